"""The frame of the pages: forms said in one manner, error pages that need nothing that may be missing."""

import pytest
from django import forms
from django.template.loader import get_template
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains


class Grant(forms.Form):
    reason = forms.CharField(help_text="Stands in the record.")
    permanent = forms.BooleanField(required=False)
    sort = forms.ChoiceField(choices=[("a", "Team"), ("b", "Application")], widget=forms.RadioSelect)


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html", "403_csrf.html"])
def test_an_error_page_needs_neither_request_nor_user_nor_database(name: str) -> None:
    page = get_template(name).render()
    assert "<h1>" in page
    assert "Request" not in page


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_an_error_page_names_the_request(name: str) -> None:
    assert "<code>3f0c</code>" in get_template(name).render({"request_id": "3f0c"})


def test_a_fault_stands_in_the_summary_and_beside_its_field() -> None:
    page = str(Grant({"sort": "a"}))
    assert '<a href="#id_reason">Reason</a>: This field is required.' in page
    assert 'role="alert" tabindex="-1" autofocus' in page  # focused and read first, without JavaScript
    assert '<ul class="errorlist" id="id_reason_error">' in page
    assert 'aria-describedby="id_reason_helptext id_reason_error"' in page
    assert 'aria-invalid="true"' in page


def test_a_group_of_choices_is_reached_from_the_summary() -> None:
    page = str(Grant({"reason": "x"}))
    assert '<a href="#id_sort">Sort</a>' in page
    assert 'id="id_sort"' in page


def test_a_form_without_faults_has_no_summary() -> None:
    assert "alert" not in str(Grant())


@pytest.mark.django_db
def test_an_address_that_does_not_exist_gets_our_page_with_the_requests_id(client: Client) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assertContains(answer, "<h1>Page not found</h1>", status_code=404, html=True)
    assertContains(answer, answer["X-Request-ID"], status_code=404)
    assertNotContains(answer, "Sign out", status_code=404)
