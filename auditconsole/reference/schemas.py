"""Shapes as OpenAPI 3.1 writes them, each once among the components; and an example of each, made of its members'."""

from typing import Any, is_typeddict

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from audit.activity.shapes import Part, part, parts

KINDS = {str: "string", bool: "boolean", int: "integer", list: "array", type(None): "null"}


def schema(shape: Any, components: ComponentRegistry) -> dict[str, Any]:
    """Return the schema of a shape, whose parts become components."""
    return _schema(part(shape), components)


def example(shape: Any) -> Any:
    """Return an example of a shape."""
    return _example(part(shape))


def _schema(known: Part, components: ComponentRegistry) -> dict[str, Any]:
    said = known.field
    words = {"description": said.words} if said.words else {}
    if is_typeddict(known.kind):
        made = _component(known.kind, components)
        return {"anyOf": [made, {"type": "null"}], **words} if known.is_nullable else {**made, **words}
    if known.kind is Any:
        return words
    made = {"type": [KINDS[known.kind], "null"] if known.is_nullable else KINDS[known.kind]}
    if known.inner and "maxItems" not in said.limits:
        made["items"] = _schema(known.inner, components)
    if said.choices:
        made["enum"] = [*said.choices, *([None] if known.is_nullable else [])]
    examples = {} if said.example is None else {"examples": [said.example]}
    return {**made, **said.limits, **words, **examples}


def _component(shape: Any, components: ComponentRegistry) -> dict[str, Any]:
    name = shape.__name__.removesuffix("Shape")
    component: Any = ResolvedComponent(  # type: ignore[no-untyped-call]
        name=name, type=ResolvedComponent.SCHEMA, object=shape
    )
    if component not in components:
        components.register(component)
        members = parts(shape)
        component.schema = {
            "type": "object",
            "description": str(shape.__doc__),
            "properties": {name: _schema(one, components) for name, one in members.items()},
            "required": [name for name, one in members.items() if one.is_required],
            "additionalProperties": False,
        }
    made: dict[str, Any] = component.ref
    return made


def _example(known: Part) -> Any:
    said = known.field
    if is_typeddict(known.kind):
        members = parts(known.kind).items()
        return {name: _example(one) for name, one in members if one.kind is not Any}
    if said.example is None and known.inner:
        return [_example(known.inner)]
    if said.example is None and said.choices:
        return said.choices[0]
    return "" if said.example is None and known.kind is str else said.example
