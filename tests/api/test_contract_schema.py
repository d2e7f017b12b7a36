"""The printed schema holds all that the contract's has: names, nullability, defaults, kinds.

What is added beside it is free, but for one thing: an argument or input field of ours that the
contract does not know must not be required, or its clients could not ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
)

from kgservice.api.schema import make_schema
from kgservice.limits import Limits


@pytest.fixture(scope="module")
def ours() -> GraphQLSchema:
    return build_schema(make_schema(Limits()).as_str())


def test_the_schema_holds_the_contract(ours: GraphQLSchema, contract: Path) -> None:
    theirs = build_schema((contract / "schema.graphql").read_text("utf-8"))
    assert len(theirs.type_map) > 50
    assert set(_differences(theirs, ours)) == set()


def _differences(theirs: GraphQLSchema, ours: GraphQLSchema) -> Iterator[str]:
    for name, kind in theirs.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        own = ours.type_map.get(name)
        if type(own) is not type(kind):
            yield f"type {name}"
            continue
        yield from _differences_of(name, kind, own)


def _differences_of(name: str, theirs: Any, ours: Any) -> Iterator[str]:
    match theirs:
        case GraphQLEnumType():
            yield from _names(name, theirs.values, ours.values)
        case GraphQLInputObjectType():
            if theirs.is_one_of != ours.is_one_of:
                yield f"{name} @oneOf"
            yield from _inputs(name, theirs.fields, ours.fields, is_required_input_field)
        case GraphQLObjectType() | GraphQLInterfaceType():
            if {one.name for one in theirs.interfaces} - {one.name for one in ours.interfaces}:
                yield f"{name} implements"
            yield from _fields(name, theirs.fields, ours.fields)
        case _:
            assert isinstance(theirs, GraphQLScalarType)


def _fields(name: str, theirs: Any, ours: Any) -> Iterator[str]:
    yield from _names(name, theirs, ours)
    for field in theirs.keys() & ours.keys():
        if str(theirs[field].type) != str(ours[field].type):
            yield f"{name}.{field}: {ours[field].type}, not {theirs[field].type}"
        yield from _inputs(
            f"{name}.{field}", theirs[field].args, ours[field].args, is_required_argument
        )


def _inputs(name: str, theirs: Any, ours: Any, is_required: Any) -> Iterator[str]:
    yield from _names(name, theirs, ours)
    for one in theirs.keys() & ours.keys():
        said, own = theirs[one], ours[one]
        if str(said.type) != str(own.type):
            yield f"{name}.{one}: {own.type}, not {said.type}"
        if said.default_value != own.default_value:
            yield f"{name}.{one} = {own.default_value}, not {said.default_value}"
    for one in ours.keys() - theirs.keys():
        if is_required(ours[one]):
            yield f"{name}.{one} is required"


def _names(name: str, theirs: Any, ours: Any) -> Iterator[str]:
    for one in theirs.keys() - ours.keys():
        yield f"{name}.{one}"


def test_everything_says_what_it_is(ours: GraphQLSchema) -> None:
    """A client reads the schema in GraphiQL: types without a word would leave it guessing."""
    silent = [
        name
        for name, kind in ours.type_map.items()
        if not name.startswith("__")
        and not is_specified_scalar_type(kind)
        and not (kind.description or "").strip()
    ]
    assert silent == []


#: Arguments and input fields that a limit bounds, with the setting that their description names.
BOUNDED = {
    "Query.nodes": "KG_MAX_IDS",
    "Query.entities": "KG_MAX_IDS",
    "Query.commonsense": "KG_MAX_HEADS",
    "SetExpression.ids": "KG_MAX_IDS",
    "SetExpression.intersect": "KG_MAX_OPERANDS",
    "SetExpression.union": "KG_MAX_OPERANDS",
    "FollowInput.steps": "KG_MAX_STEPS",
    "MentionInput.limit": "KG_MAX_CANDIDATES",
}


@pytest.mark.parametrize(("place", "setting"), BOUNDED.items())
def test_limits_stand_in_the_descriptions(ours: GraphQLSchema, place: str, setting: str) -> None:
    name, _, field = place.partition(".")
    kind = ours.type_map[name]
    assert isinstance(kind, GraphQLObjectType | GraphQLInputObjectType)
    assert setting in (kind.fields[field].description or "")
