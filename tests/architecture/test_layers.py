"""Each app knows only what stands below it: also in its foreign keys, which no import shows."""

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.sources import DOMAIN


@pytest.mark.parametrize("app", DOMAIN)
def test_foreign_keys_point_down(app: str) -> None:
    below = {*DOMAIN[: DOMAIN.index(app) + 1]}
    for model in apps.get_app_config(app).get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_hidden=True):
            if isinstance(field, models.ForeignKey | models.ManyToManyField):
                leads_to = field.remote_field.model._meta.app_label
                assert leads_to in below, f"{model.__name__}.{field.name} leads to {leads_to}"


def test_the_record_has_no_foreign_key() -> None:
    for model in apps.get_app_config("audit").get_models(include_auto_created=True):
        assert [field for field in model._meta.get_fields() if field.is_relation] == []
