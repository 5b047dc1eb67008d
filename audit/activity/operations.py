"""What an operation of the LifeTime API takes and answers, said where it is served. `LifeTimeView.sent` reads a body by
it, parameters that are not in it cannot be read, and the description of the API is made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

H = TypeVar("H", bound=Callable[..., Any])


@dataclass(frozen=True)
class Described:
    """The shapes of the answers by status (None for an answer without a body), of the body, and the parameters.

    `fails` are statuses that follow neither from the method nor from the address nor from the body (see the
    description's assembly).
    """

    answers: Mapping[int, Any] = field(default_factory=dict)
    body: Any = None
    query: tuple[Any, ...] = ()
    fails: tuple[int, ...] = ()


NOTHING = Described()


def operation(
    answers: Mapping[int, Any], *, body: Any = None, query: tuple[Any, ...] = (), fails: tuple[int, ...] = ()
) -> Callable[[H], H]:
    """Say of a method of a view what it takes and answers."""

    def mark(handler: H) -> H:
        handler.described = Described(answers, body, query, fails)  # type: ignore[attr-defined]
        return handler

    return mark


def described(view: Any, method: str) -> Described:
    """Return what is said of a view's method."""
    found: Described = getattr(getattr(view, method.lower(), None), "described", NOTHING)
    return found
