"""Inputs in one pass against graphql-core's coercion and Strawberry's conversion: the same values,
or none where those refuse them.
"""

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
    get_variable_values,
    is_enum_type,
    parse,
)
from graphql.utilities import coerce_input_value
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryObjectDefinition

from kgservice.api.coercing import Inputs, Variables
from kgservice.api.schema import make_schema
from kgservice.limits import Limits

SCHEMA = make_schema(Limits())
INPUTS: dict[str, GraphQLInputObjectType] = {
    name: kind
    for name, kind in SCHEMA._schema.type_map.items()
    if isinstance(kind, GraphQLInputObjectType)
}


READING = Inputs(SCHEMA._schema)
#: What may stand where it does not belong.
STRAYS: tuple[Any, ...] = (
    None, 7, 2.5, True, "text", "OUT", 2**40, -1, [], ["a"], [None], [["a"]], {}, {"no": 1},
    {"ids": ["a"]}, {"ids": ["a"], "type": "T"}, {"ids": None},
)  # fmt: skip


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


@pytest.mark.parametrize("name", INPUTS)
def test_variables_are_those_of_the_standard_way(name: str) -> None:
    random = Random(name)
    refused = 0
    for number in range(400):
        kind = random.choice([f"{name}!", name, f"[{name}!]!", f"[{name}]"])
        value = fields(INPUTS[name], random, 0)
        given = {"x": [value] if "[" in kind else value}
        if number % 2:
            spoil(given, random)
        found = variables(f"query ($x: {kind}) {{ __typename }}").read(given)
        expected = standard(f"query ($x: {kind}) {{ __typename }}", given)
        if expected is None:
            assert found is None, given
            refused += 1
        elif found is not None:
            made = {key: converted(name, one) for key, one in expected.items()}
            assert repr(found.coerced) == repr(made), given
        # What is sound and written as it is meant never takes the longer way.
        assert found is not None or number % 2, given
    # Else faults were not compared.
    assert refused >= 40


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("$n: Int = 20, $u: UnknownIds = IGNORE", {}),
        ("$n: Int = 20, $u: UnknownIds!", {"n": None, "u": "ERROR"}),
        ('$n: Int!, $ids: [ID!]! = ["a"]', {"n": 3}),
        ("$n: Int, $t: Boolean", {"t": False, "unheard of": 1}),
        ("$n: Float", {"n": 3}),
        ("$n: Float!", {"n": 0.5}),
    ],
)
def test_variables_that_stand_alone(written: str, given: dict[str, Any]) -> None:
    document = f"query ({written}) {{ __typename }}"
    found = variables(document).read(given)
    assert found is not None
    assert repr(sorted(found.coerced.items())) == repr(
        sorted((standard(document, given) or {}).items())
    )


@pytest.mark.parametrize(
    "given", [{}, {"n": None}, {"n": "3"}, {"n": 2**31}, {"n": True}, {"n": 2.5}]
)
def test_variables_that_only_the_standard_way_judges(given: dict[str, Any]) -> None:
    assert variables("query ($n: Int!) { __typename }").read(given) is None


def test_a_variable_of_no_input_type_has_no_reader() -> None:
    operation: Any = parse("query ($x: Entity) { __typename }").definitions[0]
    assert READING.variables(operation) is None


def variables(document: str) -> Variables:
    operation: Any = parse(document).definitions[0]
    found = READING.variables(operation)
    assert found is not None
    return found


def standard(document: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """The coerced variables by graphql-core; null where it refuses them."""
    operation: Any = parse(document).definitions[0]
    found = get_variable_values(SCHEMA._schema, operation.variable_definitions, given)
    return None if isinstance(found, list) else found.coerced


def converted(name: str, value: Any) -> Any:
    """What graphql-core coerced, made by Strawberry as an argument of this type is."""
    if isinstance(value, list):
        return [converted(name, one) for one in value]
    converter = SCHEMA.schema_converter
    origin = definition(name).origin
    return convert_argument(value, origin, converter.scalar_registry, SCHEMA.config)


def spoil(value: Any, random: Random) -> None:
    """Put something else into one place, at random, however deep."""
    key = random.choice([*value] if isinstance(value, dict) else range(len(value)))
    below = value[key]
    if isinstance(below, (dict, list)) and below and random.random() < 0.7:
        spoil(below, random)
    elif isinstance(value, dict) and random.random() < 0.2:
        del value[key]
    else:
        value[key] = random.choice(STRAYS)
