"""Those who look at the pages of plans, and what they read and send."""

from typing import Any

from django.test import Client
from django.urls import reverse

from deployments.models import Plan
from infrastructure.models import Environment
from roles.models import Level
from tests.deployments.landscape import Landscape
from tests.factories import person, role
from users.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def lister(land: Landscape, *more: Environment) -> User:
    return person("lister", role("Lister", dict.fromkeys([land.development, land.qa, *more], Level.LIST)))


def page(client: Client, plan: Plan, name: str = "detail") -> Any:
    return client.get(reverse(f"deployments:{name}", args=[plan.pk]))


def text(response: Any) -> str:
    return str(response.content.decode())


def options(land: Landscape, **chosen: str) -> dict[str, str]:
    """The fields of a draft that say so."""
    return {f"option-{getattr(land, name).pk}": value for name, value in chosen.items()}
