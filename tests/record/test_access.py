"""Who may read what over the API: tokens and their scopes, the browser's session, and what strangers can learn."""

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern

from audit.activity import kinds
from audit.api import urls
from audit.models import Event
from roles.models import Level
from tests import factories
from tests.allowances import LASTING, PLENTY
from tests.audit.events import event
from tests.record.caller import BASE, Caller, reader
from users.models import Token
from users.services import deactivate_user
from users.tokens import make_personal_token, revoke_token

pytestmark = pytest.mark.django_db
NOBODYS = "5c1d9a52-7b0e-4f1e-9d0c-3a2b1c0d9e8f"


def told(answer: object) -> tuple[int, object]:
    """The status and the body, without what differs in every answer."""
    body = answer.json()  # type: ignore[attr-defined]
    body.pop("request_id")
    return answer.status_code, body  # type: ignore[attr-defined]


def test_whoever_is_not_known_learns_nothing() -> None:
    made, qa = event("Secret"), factories.environment("QA")
    siem = reader()
    gone, shut = reader("gone"), reader("shut")
    revoke_token(Token.objects.get(user=gone.account), by=factories.SYSTEM)
    assert shut.account is not None
    deactivate_user(shut.account, by=factories.SYSTEM)
    paths = [
        "/events",
        f"/events/{made.pk}",
        "/events/999999",
        f"/environments/{qa.pk}/change-log",
        "/me",
        "/nothing",
    ]
    paths += [f"/environments/{NOBODYS}/change-log", "/events?colour=red", "/openapi.json"]
    strangers = [Caller(None), Caller(""), Caller("x"), Caller(f"{siem.token}x"), gone, shut]
    answers = {str(told(stranger.get(path))) for stranger in strangers for path in paths}
    assert len(answers) == 1
    answer = Caller(None).get("/events")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="record"')


def test_a_wrong_token_is_on_record_and_guessing_has_an_end() -> None:
    rejected = Event.objects.filter(activity="users.service_account.api_call_rejected")
    with override_settings(API_LIMITS={**PLENTY, "rejected": (3, LASTING)}):
        for _ in range(3):
            assert Caller("ac_wrong").get("/events").status_code == 401
        answer = Caller("ac_wrong").get("/events")
        assert reader().get("/me").status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
    assert int(answer["Retry-After"]) > 0
    assert rejected.count() == 3


def test_a_token_opens_what_its_scopes_say() -> None:
    ingrid = factories.administrator("ingrid.holm")
    reads = make_personal_token(by=ingrid, label="SIEM", scopes=["record:read"])[1]
    administers = make_personal_token(by=ingrid, label="Pipeline", scopes=["administer"])[1]
    assert Caller(reads).get("/me").json()["token"]["scopes"] == ["record:read"]
    assert Caller(reads).get("/events").status_code == 200
    answer = Caller(administers).get("/events")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-missing")
    assert "record:read" in answer.json()["detail"]


def test_the_browser_that_is_signed_in_may_read_too_and_only_read() -> None:
    ingrid = factories.administrator("ingrid.holm")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ingrid)
    assert browser.get(f"{BASE}/me").json()["username"] == "ingrid.holm"
    assert browser.get(f"{BASE}/me").json()["token"] is None
    for method in ("post", "put", "patch", "delete"):
        assert getattr(browser, method)(f"{BASE}/events").status_code == 403  # no CSRF token


def test_who_sees_a_thing_but_not_its_log_is_refused_and_who_sees_neither_is_told_nothing() -> None:
    qa = factories.environment("QA")
    production = factories.environment("Production")
    role = factories.role("Lister", {qa: Level.LIST})
    lister = reader("lister", role)
    assert lister.get("/events").status_code == 403
    assert Event.objects.filter(outcome="refused", actor_key=lister.account.pk).count() == 1  # type: ignore[union-attr]
    visible = lister.get(f"/environments/{qa.pk}/change-log")
    assert (visible.status_code, visible.json()["needs"]) == (
        403,
        "Manage Infrastructure and Users, or Full Control on this environment",
    )
    hidden = told(lister.get(f"/environments/{production.pk}/change-log"))
    assert hidden == told(lister.get(f"/environments/{NOBODYS}/change-log"))
    assert hidden == told(lister.get("/environments/x/change-log")) == told(lister.get("/nothing"))
    made = event("About Production", about=[production])
    assert hidden == told(lister.get(f"/events/{made.pk}")) == told(lister.get("/events/999999"))
    assert hidden == told(lister.get(f"/users/{lister.account.pk}/change-log"))  # type: ignore[union-attr]


def test_every_kind_has_its_change_log_and_actors_have_an_activity_log() -> None:
    paths = {str(pattern.pattern) for pattern in urls.urlpatterns}
    for kind in kinds():
        of_kind = f"api/v1/{kind.title.lower().replace(' ', '-')}/<str:key>"
        assert f"{of_kind}/change-log" in paths
        assert (f"{of_kind}/activity-log" in paths) == kind.acts


def test_no_address_changes_or_removes_an_event() -> None:
    siem, made = reader(), event("Kept")
    before = Event.objects.get(pk=made.pk)
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        view = pattern.callback.view_class  # type: ignore[attr-defined]
        assert set(view.http_method_names) == {"get", "head"}, view
        path = str(pattern.pattern).replace("<int:number>", str(made.pk)).replace("<str:key>", NOBODYS)
        path = "/" + path if "[" not in path else "/api/v1/x"
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = siem.client.generic(method, path, headers={"Authorization": f"Bearer {siem.token}"})
            assert answer.status_code in ({404} if path.endswith("/x") else {405}), (method, path)
    assert vars(Event.objects.get(pk=made.pk)).items() >= {"details": before.details, "at": before.at}.items()


def test_an_allowance_is_told_and_ends() -> None:
    siem, other = reader(), reader("other")
    with override_settings(API_LIMITS={"read": (3, LASTING), "export": (1, LASTING)}):
        left = [siem.get("/me")["RateLimit-Remaining"] for _ in range(3)]
        over = siem.get("/me")
        export = [siem.get("/events", headers={"Accept": "text/csv"}) for _ in range(2)]
        assert other.get("/me").status_code == 200  # everybody has their own
    assert left == ["2", "1", "0"]
    assert (over.status_code, over.json()["code"]) == (429, "too-many-requests")
    assert over["Retry-After"] == over["RateLimit-Reset"]
    assert [answer.status_code for answer in export] == [200, 429]  # a bucket of its own
    assert export[0]["RateLimit-Limit"] == "1"
