"""The catalogue: each activity is declared once, named for its app, asked for by a known permission, and performed."""

import ast
from dataclasses import fields, is_dataclass
from importlib import import_module

import pytest

from audit.activity import PUBLIC, Activity, activities, needs
from tests.architecture.sources import DOMAIN, files, tree

APPS = ("audit", *DOMAIN)


def declared(app: str) -> dict[str, set[str]]:
    """The names that each activity of an app has in its activities.py, alone or in a group; by its code."""
    names: dict[str, set[str]] = {}
    for name, value in vars(import_module(f"{app}.activities")).items():
        is_group = is_dataclass(value) and not isinstance(value, type)
        group = {one.name: getattr(value, one.name) for one in fields(value)} if is_group else {name: value}
        for member, activity in group.items():
            if isinstance(activity, Activity):
                names.setdefault(activity.code, set()).add(member)
    return names


def mentioned(app: str) -> set[str]:
    """Every name or attribute that the app's modules mention, its declarations left out."""
    found: set[str] = set()
    for path in files(app):
        if path.stem != "activities":
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Attribute):
                    found.add(node.attr)
                elif isinstance(node, ast.Name):
                    found.add(node.id)
    return found


@pytest.mark.parametrize("app", APPS)
def test_an_activity_is_named_for_its_app(app: str) -> None:
    assert [code for code in declared(app) if not code.startswith(f"{app}.")] == []


@pytest.mark.parametrize("app", APPS)
def test_an_activity_is_performed_where_it_is_declared(app: str) -> None:
    known = mentioned(app)
    assert [code for code, names in declared(app).items() if not names & known] == []


def test_every_activity_is_declared_in_an_activities_module() -> None:
    everywhere = {code for app in APPS for code in declared(app)}
    assert {code for code in activities() if ".test" not in code} == everywhere


def test_every_permission_has_a_rule_and_words() -> None:
    for activity in activities().values():
        assert activity.requires == PUBLIC or needs(activity.requires), activity.code


def test_within_is_a_fact() -> None:
    assert [a.code for a in activities().values() if a.within and a.within not in a.facts] == []


@pytest.mark.parametrize("app", APPS)
def test_nobody_performs_what_another_app_declares(app: str) -> None:
    for path in files(app):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".activities"):
                owner = (node.module or "").partition(".")[0]
                if owner not in (app, "audit"):
                    foreign = {alias.name for alias in node.names} & {
                        name for names in declared(owner).values() for name in names
                    }
                    assert foreign == set(), f"{path} performs {foreign} of {owner}"
