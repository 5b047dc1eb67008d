"""Every address of the site, found by walking the URL resolver, filled with things that exist."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.utils.regex_helper import normalize


@dataclass(frozen=True)
class Address:
    """An address, by the name and the view it leads to."""

    name: str
    path: str
    view: Any

    def __str__(self) -> str:
        return f"{self.name or 'unnamed'} {self.path}"


def addresses(values: Iterable[object]) -> list[Address]:
    """Return every address of the site, each parameter filled with the first of `values` that fits.

    Raises AssertionError where none fits, so that nothing is left out unnoticed.
    """
    candidates = [str(value) for value in values]
    return list(_walk(get_resolver().url_patterns, [("", [])], "", candidates))


def _walk(
    patterns: Sequence[URLPattern | URLResolver],
    prefixes: list[tuple[str, list[str]]],
    namespace: str,
    values: list[str],
) -> Iterator[Address]:
    for entry in patterns:
        parts = normalize(entry.pattern.regex.pattern)
        joined = [(a + b, [*before, *after]) for a, before in prefixes for b, after in parts]
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, joined, inner, values)
        else:
            text, names = joined[0]
            yield Address(
                f"{namespace}{entry.name or ''}", _filled(text, names, entry, values), entry.callback
            )


def _filled(text: str, names: list[str], entry: URLPattern, values: list[str]) -> str:
    for value in values if names else [""]:
        path = "/" + text % dict.fromkeys(names, value)
        try:
            if resolve(path).func is entry.callback:
                return path
        except Resolver404:
            continue
    raise AssertionError(f"No value fits {text}.")
