"""Where a step came from. Ambient, because it decides nothing: neither permission nor what is written of the change."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal
from uuid import UUID, uuid4

Channel = Literal["browser", "api", "lifetime-api", "command", "database"]


@dataclass(frozen=True, slots=True)
class Origin:
    """One request, command or job: all events with its `request_id` belong together.

    The id is made here, never taken from a client.
    """

    channel: Channel
    ip: str = ""
    user_agent: str = ""
    token_key: UUID | None = None
    request_id: UUID = field(default_factory=uuid4)


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current_origin() -> Origin:
    """Return the origin of what is happening now; outside any request that is honestly a command."""
    return _current.get() or Origin(channel="command")


def network(address: str) -> str:
    """Return what counts as one address: an IPv6 caller has a whole /64 to choose from."""
    try:
        ip = host(address.partition("/")[0])
    except ValueError:
        return address[:45].replace("\0", "\N{REPLACEMENT CHARACTER}")  # no text of the database can hold it
    return f"{IPv6Address(int(ip) >> 64 << 64)}/64" if isinstance(ip, IPv6Address) else str(ip)


def host(address: str) -> IPv4Address | IPv6Address:
    """Read an address, whose text is then the only one it has: an IPv4 address that came by IPv6 as such, and no scope,
    which means something to one machine only. Raises ValueError."""
    found = ip_address(address.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found


@contextmanager
def originating(origin: Origin) -> Iterator[Origin]:
    """Say that everything inside the block comes from `origin`."""
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


def attribute_to_token(key: UUID) -> None:
    """Say, as soon as it is known, which token the rest of this request came with."""
    _current.set(replace(current_origin(), token_key=key))
