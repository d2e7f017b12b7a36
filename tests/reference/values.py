"""Literals compared; semantics.md, `filter` and `top`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from kgservice.algebra.expression import Comparison, Condition, SortOrder
from kgservice.literals import Kind, read_moment, read_number
from reference.graph import Graph
from reference.sayings import Value

#: A number, the first microsecond of a time, or a text: of one kind with what it is compared with.
Key = float | int | str

_HOLDS: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.EQ: operator.eq,
    Comparison.LT: operator.lt,
    Comparison.LE: operator.le,
    Comparison.GT: operator.gt,
    Comparison.GE: operator.ge,
}


def read_as(text: str, kind: Kind) -> Key | None:
    """The text in a kind; null where it cannot be read so."""
    if kind is Kind.NUMBER:
        return read_number(text)
    return read_moment(text) if kind is Kind.TIME else text


def meets(graph: Graph, id: str, condition: Condition) -> bool:
    values = [
        value
        for value in graph.values_of(id, condition.relations)
        if condition.unit is None or value.unit == condition.unit
    ]
    if condition.comparison is Comparison.NE:
        return bool(values) and not any(_compares(one, operator.eq, condition) for one in values)
    holds = _HOLDS[condition.comparison]
    return any(_compares(one, holds, condition) for one in values)


def _compares(value: Value, holds: Callable[[Any, Any], bool], condition: Condition) -> bool:
    mine, asked = read_as(value.text, value.kind), read_as(condition.value, value.kind)
    return asked is not None and holds(mine, asked)


def extremes(
    graph: Graph, ids: Sequence[str], relations: frozenset[str], order: SortOrder
) -> dict[str, Key]:
    """The value that each entity counts with; those without one of the deciding kind are absent."""
    having = {kind: _of_kind(graph, ids, relations, kind) for kind in Kind}
    # max() takes the first of equals: numbers, then times, then texts.
    most = max((Kind.NUMBER, Kind.TIME, Kind.TEXT), key=lambda kind: len(having[kind]))
    choose: Callable[[list[Any]], Key] = max if order is SortOrder.DESC else min
    return {id: choose(keys) for id, keys in having[most].items()}


def _of_kind(
    graph: Graph, ids: Sequence[str], relations: frozenset[str], kind: Kind
) -> dict[str, list[Key]]:
    found = {
        id: [
            key
            for value in graph.values_of(id, relations)
            if value.kind is kind and (key := read_as(value.text, kind)) is not None
        ]
        for id in ids
    }
    return {id: keys for id, keys in found.items() if keys}
