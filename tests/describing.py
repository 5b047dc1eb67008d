"""Trying whatever a description permits, and what it does not, against the site itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis import checks, openapi
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as answers

from auditconsole.wsgi import application

CHECKS = [
    checks.not_a_server_error,
    answers.status_code_conformance,
    answers.content_type_conformance,
    answers.response_headers_conformance,
    answers.response_schema_conformance,
    answers.negative_data_rejection,
]


def operations(description: dict[str, Any], *, refuse_more: bool = True) -> list[Any]:
    """Every operation that a description names, ready to be called; and whether unknown parameters are refused."""
    schema = openapi.from_dict(description)
    schema.app = application
    schema.config.checks.not_a_server_error.expected_statuses = ["2xx", "3xx", "4xx", "501"]
    # who calls, the test decides
    schema.config.generation.update(with_security_parameters=False, allow_extra_parameters=refuse_more)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def cases(operation: Any) -> st.SearchStrategy[Any]:
    """Calls that fit the description of an operation, and calls that do not."""
    fitting: st.SearchStrategy[Any] = operation.as_strategy(GenerationMode.POSITIVE)
    has_parts = operation.path_parameters or operation.query or operation.body
    return fitting | operation.as_strategy(GenerationMode.NEGATIVE) if has_parts else fitting


def trying(examples: int) -> settings:
    """The same calls in every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def one_connection() -> Iterator[None]:
    """Let requests leave the test's connection open, as Django's own client does (which connects them again)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
