"""Addresses: the last slash and the letter case of the base path are free; JSON for everything, never a redirect."""

import pytest

from audit.activity import Origin, originating
from audit.activity.gates import DenyUndeclared
from auditconsole.lifetime_urls import urlpatterns
from tests.api.landscape import NOTHING_HERE, Landscape

BASES = ["/lifetimeapi/rest/v2", "/LifeTimeAPI/rest/v2", "/LIFETIMEAPI/REST/V2"]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("path", ["/environments", "/applications/{portal}", "/deployments/"])
def test_the_last_slash_and_the_letter_case_of_the_base_make_no_difference(
    landscape: Landscape, base: str, path: str
) -> None:
    headers = {"Authorization": f"Bearer {landscape.lister.token}"}
    path = f"{base}{path.format(portal=landscape.portal.pk)}".rstrip("/")
    answers = [landscape.lister.client.get(one, headers=headers) for one in (path, f"{path}/")]
    assert [answer.status_code for answer in answers] == ([204] * 2 if "deployments" in path else [200] * 2)
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    "path",
    ["", "/", "/nowhere", "/nowhere/", "//environments", "/environments%0A", "/environments//x", "/%00"],
)
def test_an_address_without_an_operation_is_a_404_in_json(landscape: Landscape, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        response = landscape.lister.call(method, path)
        assert (response.status_code, response.json()) == (404, NOTHING_HERE)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/applications/{portal}", "GET, HEAD"),
        ("PATCH", "/applications", "GET, HEAD"),
        ("OPTIONS", "/applications", "GET, HEAD"),
        ("PUT", "/deployments", "GET, POST, HEAD"),
        ("GET", "/deployments/{portal}/start", "POST"),
        ("BREW", "/environments", "GET, POST, HEAD"),
        ("DELETE", "/modules", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_a_405_in_json(landscape: Landscape, method: str, path: str, allowed: str) -> None:
    response = landscape.lister.call(method, path.format(portal=landscape.portal.pk))
    assert response.status_code == 405
    assert response.json() == {"Errors": [f'Method "{method}" not allowed.'], "StatusCode": 405}
    assert set(response["Allow"].split(", ")) == set(allowed.split(", "))


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "nonsense", ""])
def test_whatever_is_accepted_the_answer_is_json(landscape: Landscape, accept: str) -> None:
    for path in ("/environments", "/environments?format=xml", "/nowhere"):
        response = landscape.lister.call("GET", path, Accept=accept)
        assert response["Content-Type"] == "application/json"


def test_a_hidden_thing_and_an_absent_one_answer_alike(landscape: Landscape) -> None:
    hidden, absent = landscape.production.pk, "6f9619ff-8b86-4011-b42d-00c04fc964ff"
    for key in (hidden, absent, "malformed", "1", "'; --", "%00", "null"):
        for path in (f"/environments/{key}", f"/applications/{key}", f"/deployments/{key}/status"):
            response = landscape.lister.get(path)
            assert (response.status_code, response.json()) == (404, NOTHING_HERE)


def test_every_view_declares_its_permission() -> None:
    for pattern in urlpatterns:
        view = pattern.callback.cls  # type: ignore[attr-defined]
        assert view.permission_classes == [DenyUndeclared]
        assert hasattr(view, "permission"), view


def test_a_view_that_declares_nothing_is_refused_as_a_mistake(landscape: Landscape) -> None:
    from django.test import RequestFactory
    from rest_framework.request import Request
    from rest_framework.response import Response

    from audit.activity.api import LifeTimeView

    class Forgetful(LifeTimeView):
        def get(self, request: Request) -> Response:
            return Response({"secret": "told"})

    headers = {"Authorization": f"Bearer {landscape.deployer.token}"}
    refused = pytest.raises(TypeError, match="Forgetful declares no permission")
    with originating(Origin(channel="api")), refused:
        Forgetful.as_view()(RequestFactory().get("/", headers=headers))
