"""Whatever is sent that no description can speak of (test_description.py tries the rest), the answer is the documented
JSON and never a failure of ours."""

import json
from typing import Any

from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.allowances import PLENTY
from tests.api.landscape import BASE, Landscape, events

FIXTURE = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def check(response: Any) -> None:
    assert response.status_code < 500 or response.status_code == 501, response.content
    if response.status_code >= 400:
        body = response.json()
        assert body["StatusCode"] == response.status_code
        assert body["Errors"]
        assert all(isinstance(sentence, str) for sentence in body["Errors"])


@FIXTURE
@given(body=st.binary(max_size=60) | values.map(json.dumps))
def test_any_bytes(landscape: Landscape, body: bytes | str) -> None:
    check(landscape.deployer.post("/deployments", body))


@FIXTURE
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    middle=st.lists(st.binary(max_size=8), max_size=4),
    root=st.sampled_from(["environments", "applications", "deployments", "users", "teams", "roles", ""]),
)
def test_any_address(landscape: Landscape, method: str, middle: list[bytes], root: str) -> None:
    tail = "/".join("".join(f"%{byte:02x}" for byte in part) for part in middle)
    check(landscape.deployer.call(method, f"/{root}/{tail}"))


@FIXTURE
@given(header=st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=40))
def test_any_authorization(landscape: Landscape, header: str) -> None:
    with override_settings(API_LIMITS=PLENTY):
        response = Client().get(f"{BASE}/environments", headers={"Authorization": header})
    assert response.status_code == 403


def test_any_letter_case_of_the_scheme(landscape: Landscape) -> None:
    for scheme in ("Bearer", "bearer", "BEARER  "):
        header = f"{scheme} {landscape.lister.token}"
        assert Client().get(f"{BASE}/environments", headers={"Authorization": header}).status_code == 200


def test_a_long_address_is_cut_in_the_record(landscape: Landscape) -> None:
    check(landscape.deployer.get(f"/{'x' * 70_000}"))
    (called,) = events("audit.api.called")
    assert called.sentence == f"Called GET {BASE}/{'x' * (300 - len(BASE) - 1)}…"
