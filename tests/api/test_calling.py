"""Resolvers called straight against Strawberry's own way to them: the same answers and errors."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import pytest
import strawberry
from strawberry import UNSET

from kgservice.api.calling import call_straight
from kgservice.api.coercing import Inputs


@strawberry.enum
class Way(Enum):
    """From which end."""

    OUT = "out"
    IN = "in"


@strawberry.input
class Pick:
    """Some ids."""

    ids: list[strawberry.ID] | None = UNSET
    weight: float = 1.0


@strawberry.type
class Inner:
    """What has arguments below the root."""

    name: str

    @strawberry.field
    async def said(self, picks: list[Pick] | None = UNSET, at_most: int = 2) -> str:
        return repr((self.name, picks, at_most))


@strawberry.type
class Query:
    """Fields that tell what they were given."""

    @strawberry.field
    def echo(
        self,
        info: strawberry.Info,
        way: Way = Way.OUT,
        share: float | None = 0.5,
        picks: list[Pick] | None = UNSET,
        source: Annotated[Pick | None, strawberry.argument(name="from")] = UNSET,
        id: strawberry.ID | None = UNSET,
        exact: bool = False,
    ) -> str:
        return repr((info.field_name, way, share, picks, source, id, exact))

    @strawberry.field
    async def inner(self, name: str) -> Inner | None:
        return None if name == "nobody" else Inner(name=name)

    @strawberry.field
    async def fails(self, info: strawberry.Info, at_most: int) -> str | None:
        raise ValueError(f"{info.path.key} {at_most}")


ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("{ echo }", {}),
    ('{ echo(way: IN, share: 1, id: 7, exact: true, from: {ids: ["a"]}) }', {}),
    ("{ echo(share: null, picks: null, from: null) }", {}),
    ("{ echo(picks: {ids: [1]}) }", {}),
    ('{ echo(picks: [{ids: "a", weight: 2}, {ids: null}]) }', {}),
    ("query ($p: [Pick!]) { echo(picks: $p) }", {}),
    ("query ($p: [Pick!]) { echo(picks: $p) }", {"p": [{"ids": ["a"]}, {"weight": 3}]}),
    ("query ($p: [Pick!]) { echo(picks: $p) }", {"p": {"ids": [1, "b"]}}),
    ("query ($p: Pick!) { echo(picks: [$p, {}], from: $p) }", {"p": {}}),
    ("query ($i: [ID!]) { echo(from: {ids: $i}) }", {"i": ["a"]}),
    ("query ($w: Way = IN, $s: Float) { echo(way: $w, share: $s) }", {"s": 2}),
    ("query ($w: Way!) { echo(way: $w) }", {"w": "OUT"}),
    ("query ($w: Way) { echo(way: $w) }", {"w": None}),
    ("query ($w: Way) { echo(way: $w) }", {"w": "UP"}),
    ("query ($i: ID) { echo(id: $i) }", {"i": 12}),
    ("query ($b: Boolean!) { echo(exact: $b) }", {"b": "yes"}),
    ('{ a: inner(name: "a") { said } b: inner(name: "nobody") { said(atMost: 4) } }', {}),
    ('query ($p: [Pick!]) { inner(name: "a") { said(picks: $p) } }', {"p": [{"weight": 1}]}),
    ("{ fails(atMost: 3) b: fails(atMost: 4) echo }", {}),
    ("query ($n: Int!) { fails(atMost: $n) }", {"n": 2**31}),
)


@pytest.mark.parametrize(("document", "variables"), ASKED)
async def test_the_same_as_by_strawberry(document: str, variables: dict[str, Any]) -> None:
    plain, straight = strawberry.Schema(Query), strawberry.Schema(Query)
    expected = await plain.execute(document, variables)
    call_straight(straight._schema, Inputs(straight._schema), straight.config.name_converter)
    found = await straight.execute(document, variables)
    assert found.data == expected.data
    assert _told(found.errors) == _told(expected.errors)


def test_each_method_is_called_straight_and_nothing_else_is() -> None:
    schema = strawberry.Schema(Query)
    before = {name: field.resolve for name, field in _fields(schema).items()}
    call_straight(schema._schema, Inputs(schema._schema), schema.config.name_converter)
    changed = {name for name, field in _fields(schema).items() if field.resolve != before[name]}
    assert changed == {"Query.echo", "Query.inner", "Query.fails", "Inner.said"}


def _fields(schema: strawberry.Schema) -> dict[str, Any]:
    kinds: dict[str, Any] = {name: schema._schema.type_map[name] for name in ("Query", "Inner")}
    return {
        f"{kind}.{name}": field
        for kind, type in kinds.items()
        for name, field in type.fields.items()
    }


def _told(errors: list[Any] | None) -> list[tuple[str, Any]]:
    return [(one.message, one.path) for one in errors or ()]
