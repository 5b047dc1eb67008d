"""What the address of a log asks for: read strictly, and written back for the links of the page."""

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from audit import paging

PLACES = (
    "older",
    "newer",
    "open",
)  # pages begin at one of the first two; the third names the event of the open row


def problems_of(request: HttpRequest, known: tuple[str, ...]) -> list[str]:
    """Return what is wrong with the names of an address' parameters, in sentences that name them."""
    problems = [f"“{name}” is not a parameter of this page." for name in request.GET if name not in known]
    repeated = (name for name in request.GET if name in known and len(request.GET.getlist(name)) > 1)
    problems += [f"“{name}” is given more than once; give it once." for name in repeated]
    opened = request.GET.get("open")
    if opened is not None and "open" in known and not (opened.isascii() and opened.isdigit()):
        problems.append("“open” is not the number of an event.")
    return problems


def place_in(name: str, text: str) -> paging.Place:
    """Return the place that the parameter `name` says. Raises ValidationError for one we never gave out."""
    try:
        return paging.Place.read(text)
    except signing.BadSignature as error:
        message = f"“{name}” is no place in this log: the address is incomplete or was altered."
        raise ValidationError(message) from error


def filters_in(request: HttpRequest) -> QueryDict:
    """Return the parameters that are filters."""
    data = request.GET.copy()
    for name in PLACES:
        data.pop(name, None)
    return data


def query_of(request: HttpRequest, *, without: tuple[str, ...], **places: paging.Place | None) -> str:
    """Return the address' parameters with some taken out and places put in; nothing if a place is None."""
    if None in places.values():
        return ""
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    for name, place in places.items():
        query[name] = str(place)
    return "?" + query.urlencode()


def kept(query: QueryDict, name: str, value: str) -> QueryDict:
    """Return the parameters of the whole log that keep, of what these find, only what has this value."""
    narrowed = _filters_of(query)
    narrowed[name] = value
    narrowed.pop(f"not_{name}", None)
    return narrowed


def left_out(query: QueryDict, name: str, value: str) -> QueryDict:
    """Return the parameters of the whole log that leave out, of what these find, what has this value."""
    narrowed = _filters_of(query)
    if narrowed.get(name) == value:
        del narrowed[name]
    already = [each for each in narrowed.get(f"not_{name}", "").split(",") if each and each != value]
    narrowed[f"not_{name}"] = ",".join([*already, value])
    return narrowed


def _filters_of(query: QueryDict) -> QueryDict:
    filters = query.copy()
    for name in [
        name for name, value in filters.items() if name in PLACES or (not value and name != "since")
    ]:
        del filters[name]
    return filters
