"""What the description of the LifeTime API does not permit in a body is refused, field by field, in words."""

from collections.abc import Iterator
from typing import Any

from auditconsole.reference.lifetime import lifetime_description
from tests.api.operations import OPERATIONS
from tests.api.organisation import Organisation
from tests.api.test_description import described, found
from tests.databases import undone
from tests.describing import operations

WRONG: dict[str, Any] = {"string": 7, "boolean": "yes", "integer": "7", "array": {}, "object": []}
Schema = dict[str, Any]


def test_every_field_is_refused_where_it_is_not_as_described(organisation: Organisation) -> None:
    known = operations(lifetime_description())
    taking = [one for one in OPERATIONS if one.body is not None and one.expected[-1] < 400]
    tried = 0
    for operation in taking:
        path = organisation.filled(operation.path)
        told, _ = found(known, operation.method, f"{path}/")
        schema = described()[told.label]["requestBody"]["content"]["application/json"]["schema"]
        for body in spoiled(schema, organisation.body(operation.body)):
            with undone():
                response = organisation.manager.call(operation.method, path, body)
            # a key that is none reads as one of nothing
            assert response.status_code in ({400, 404} if "no key" in str(body) else {400}), (operation, body)
            assert response.json()["Errors"][0]
            tried += 1
    assert tried > 300, tried


def resolved(schema: Schema) -> Schema:
    """The schema itself, where a name stands for it."""
    if "$ref" not in schema:
        return schema
    named: Schema = lifetime_description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return named


def spoiled(schema: Schema, value: Any) -> Iterator[Any]:
    """The value with one thing wrong at a time."""
    schema = resolved(schema)
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if kinds:
        yield WRONG[kinds[0]]
        if "null" not in kinds:
            yield None
    if "enum" in schema:
        yield "none of these"
    if schema.get("maxItems") == 0:
        yield [{}]
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "pattern" in schema or "format" in schema:
        yield "no key and no number"
    if "items" in schema and value:
        for one in spoiled(schema["items"], value[0]):
            yield [one, *value[1:]]
    if "properties" in schema:
        yield {**value, "Surprise": 1}
        for name, inner in schema["properties"].items():
            if name in schema["required"]:
                yield {known: kept for known, kept in value.items() if known.lower() != name.lower()}
            for one in spoiled(inner, value.get(name, [])):
                yield {**{known: kept for known, kept in value.items() if known != name}, name: one}
