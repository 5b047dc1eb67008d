"""What the console is for: an IT admin administers the landscape, and then reads every step of it on record."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, expect

from audit.models import Event
from roles.models import Level
from tests.browser.visitor import Visitor
from tests.factories import PASSWORD, administrator, application, environment, person, role, team
from users.models import User

LEVEL_CHANGED = (
    "Role 'Release Manager' permissions have changed from 'List Applications' to "
    "'Change and Deploy Applications' in environment 'Production'"
)
ROLE_GRANTED = "User 'Jun Sato' (jun.sato) granted role 'Release Manager' in team 'Payments'"
TAGGED = "Tagged version 1.0.0 of application 'Invoicing' in environment 'Development'"
LAUNCHED = "Launched deployment plan #1"
DEPLOYED = "Deployed version 1.0.0 of application 'Invoicing' to environment 'Production'"
COMPLETED = "Completed deployment plan #1"


@pytest.fixture
def ingrid(assert_nothing_outside: None) -> User:
    """The IT admin, and the landscape of Payments: one application that has never left Development."""
    development, production = environment("Development"), environment("Production")
    role("Release Manager", {development: Level.CHANGE_AND_DEPLOY, production: Level.LIST})
    person("jun.sato")
    application("Invoicing", development, team=team("Payments"))
    return administrator("ingrid.holm", password=PASSWORD)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_it_admin_takes_every_step_and_reads_it_in_every_log(
    visit: Callable[..., Visitor], ingrid: User, javascript: bool, tmp_path: Path
) -> None:
    admin = visit(javascript=javascript)
    admin.sign_in("ingrid.holm")

    changes_what_a_role_may_do(admin)
    grants_the_role_in_a_team(admin)
    tags_an_application(admin)
    deploys_it(admin)

    finds(admin, ("User management", "Roles", "Release Manager", "View Change Log"), LEVEL_CHANGED)
    opens_the_event(admin, LEVEL_CHANGED, "Production", "List Applications", "Change and Deploy Applications")
    finds(admin, ("User management", "Teams", "Payments", "View Change Log"), ROLE_GRANTED)
    opens_the_event(admin, ROLE_GRANTED, "Jun Sato", "nothing", "Release Manager")
    finds(admin, ("Applications", "Invoicing", "View Change Log"), TAGGED, DEPLOYED)
    opens_the_event(admin, TAGGED, "1.0.0")
    finds(admin, ("Applications", "Deployment plans", "#1", "View Change Log"), LAUNCHED, COMPLETED)
    finds(
        admin,
        ("User management", "Users", "Ingrid Holm", "View Activity Log"),
        LEVEL_CHANGED,
        ROLE_GRANTED,
        TAGGED,
        LAUNCHED,
    )
    filters_the_whole_log(admin)
    downloads_what_is_filtered(admin, ingrid, tmp_path)


def changes_what_a_role_may_do(admin: Visitor) -> None:
    admin.follow("User management", "Roles", "Release Manager", "Edit")
    admin.choose("Level in Production", "Change and Deploy Applications")
    admin.press("Save role")
    expect(admin.row("Production")).to_contain_text("Change and Deploy Applications")


def grants_the_role_in_a_team(admin: Visitor) -> None:
    admin.follow("User management", "Teams", "Payments", "Add member")
    admin.choose("User", "Jun Sato (jun.sato)")
    admin.choose("Role", "Release Manager")
    admin.press("Add member")
    expect(admin.row("Jun Sato")).to_contain_text("Release Manager")


def tags_an_application(admin: Visitor) -> None:
    admin.follow("Applications", "Invoicing", "Tag version in Development")
    admin.write("Another number", "1.0.0")
    admin.write("Description", "The first that customers see")
    admin.press("Tag version")
    expect(admin.row("Development")).to_contain_text("1.0.0")
    expect(admin.row("Production")).to_contain_text("not deployed")


def deploys_it(admin: Visitor) -> None:
    admin.follow("Applications", "Deployment plans", "Create deployment plan")
    admin.choose("From", "Development")
    admin.choose("To", "Production")
    admin.press("Create plan")
    admin.choose("Option for Invoicing", "Deploy 1.0.0")
    admin.press("Validate now")
    expect(admin.page.get_by_text("nothing stands in the way of this plan")).to_be_visible()
    admin.press("Deploy now…")
    admin.press("Deploy 1 application")
    waits_for_the_worker(admin)
    expect(admin.page.get_by_text("1 of 1 application deployed")).to_be_visible()
    admin.follow("Invoicing")
    expect(admin.row("Production")).to_contain_text("1.0.0")


def waits_for_the_worker(admin: Visitor) -> None:
    """With JavaScript the page follows the plan by itself; without it one presses Reload."""
    ended = admin.page.locator("h1").get_by_text("Finished", exact=True)
    if not admin.has_javascript:
        reload = admin.page.get_by_role("link", name="Reload")
        for _ in range(100):
            if not reload.is_visible():
                break
            reload.click()
    expect(ended).to_be_visible()


def finds(admin: Visitor, way: tuple[str, ...], *sentences: str) -> None:
    """Go to a log by links alone, and see these events in it."""
    admin.follow(*way)
    for sentence in sentences:
        expect(admin.page.locator("tr").filter(has_text=sentence)).to_have_count(1)


def opens_the_event(admin: Visitor, sentence: str, *details: str) -> None:
    """The row opens in place, to what changed and to where it came from."""
    admin.page.locator("tr").filter(has_text=sentence).get_by_role("link").first.click()
    opened = admin.page.locator("tr.detail")
    for text in (*details, "browser, 127.0.0.1"):
        expect(opened).to_contain_text(text)


def filters_the_whole_log(admin: Visitor) -> None:
    admin.follow("Infrastructure", "Audit logs")
    expect(admin.page.get_by_role("list", name="Filters in force")).to_contain_text("Last 7 days")
    admin.choose("User", "Ingrid Holm (ingrid.holm)")
    admin.choose("Changes to", "Roles")
    admin.page.get_by_label("Only updates").check()
    admin.press("Search")
    expect(sentence_of(admin, LEVEL_CHANGED)).to_have_count(1)
    expect(sentence_of(admin, "Accessed role 'Release Manager' details")).to_have_count(0)
    expect(sentence_of(admin, TAGGED)).to_have_count(0)


def sentence_of(admin: Visitor, sentence: str) -> Locator:
    return admin.page.locator("td.what").filter(has_text=sentence)


def downloads_what_is_filtered(admin: Visitor, ingrid: User, folder: Path) -> None:
    """The file holds what the page shows and what the database says: these events, every one and no other."""
    shown = [text.strip() for text in admin.page.locator("td.what").all_text_contents()]
    with admin.page.expect_download() as download:
        admin.follow("Download Excel")
    file = folder / "audit-logs.xlsx"
    download.value.save_as(file)

    workbook = load_workbook(file)
    heading, *rows = workbook["Events 1"].iter_rows(values_only=True)
    exported = [dict(zip(heading, row, strict=True)) for row in rows]
    filtered = Event.objects.filter(actor_key=ingrid.pk, entity_kind="role", is_update=True).order_by("-pk")
    assert [event["Message"] for event in exported] == shown
    assert [event["Event"] for event in exported] == [str(event.pk) for event in filtered]
    assert LEVEL_CHANGED in shown
    assert {event["User"] for event in exported} == {"Ingrid Holm"}

    about = dict(workbook["About"].iter_rows(values_only=True))
    assert about["Events"] == str(len(shown))
    assert Event.objects.filter(activity="audit.logs_exported", actor_key=ingrid.pk).count() == 1
