"""Inputs made by plan against Strawberry's own conversion: the same values, whatever is given."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    get_nullable_type,
    is_enum_type,
)
from graphql.utilities import coerce_input_value
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryObjectDefinition

from kgservice.api.schema import make_schema
from kgservice.limits import Limits

SCHEMA = make_schema(Limits())
INPUTS: dict[str, GraphQLInputObjectType] = {
    name: kind
    for name, kind in SCHEMA._schema.type_map.items()
    if isinstance(kind, GraphQLInputObjectType)
}


def definition(name: str) -> StrawberryObjectDefinition:
    found: StrawberryObjectDefinition = INPUTS[name].extensions["strawberry-definition"]
    return found


def drawn(kind: Any, random: Random, depth: int = 0) -> Any:
    """A value of a type, at random: with nulls and without, and no deeper than a few levels."""
    if not isinstance(kind, GraphQLNonNull) and random.random() < 0.2:
        return None
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        count = random.choice((1, 2)) if depth < 4 else 1
        return [drawn(kind.of_type, random, depth + 1) for _ in range(count)]
    if isinstance(kind, GraphQLInputObjectType):
        return fields(kind, random, depth + 1)
    if is_enum_type(kind):
        return random.choice(list(kind.values))
    scalars = {"Int": 3, "Float": 0.25, "Boolean": True, "Long": 2**40}
    return scalars.get(kind.name, f"text {random.randrange(9)}")


def fields(kind: GraphQLInputObjectType, random: Random, depth: int) -> dict[str, Any]:
    if definition(kind.name).is_one_of:
        flat = [name for name in ("ids", "type", "product", "query") if name in kind.fields]
        name = random.choice(flat if depth > 3 and flat else list(kind.fields))
        return {name: drawn(GraphQLNonNull(kind.fields[name].type), random, depth)}
    return {
        name: drawn(field.type, random, depth)
        for name, field in kind.fields.items()
        if isinstance(field.type, GraphQLNonNull) or random.random() < 0.6
    }


@pytest.mark.parametrize("name", INPUTS)
def test_the_same_as_by_strawberry(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(name)
    given = [fields(INPUTS[name], random, 0) for _ in range(40)]
    values = [coerce_input_value(one, INPUTS[name]) for one in given]
    assert Undefined not in values
    converter = SCHEMA.schema_converter
    origin = definition(name).origin

    def converted() -> list[Any]:
        return [
            convert_argument(one, origin, converter.scalar_registry, SCHEMA.config)
            for one in values
        ]

    found = converted()
    for each in INPUTS:
        assert definition(each).from_input is not None
        monkeypatch.setattr(definition(each), "from_input", None)
    assert found == converted()
    assert repr(found) == repr(converted())
