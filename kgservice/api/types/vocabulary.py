"""Pages of the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from graph_schema.entity_types import EntityType
from graph_schema.relations import Relation
from kgservice.api.context import Context
from kgservice.api.cursors import cursor, order_of, read_cursor
from kgservice.api.questions import checked_first
from kgservice.api.types import kinds
from kgservice.api.types.values import Long, page_info

K = TypeVar("K", Relation, EntityType)


@dataclass(frozen=True, slots=True)
class Listing:
    """Which part of the vocabulary is wanted."""

    ids: Sequence[str] | None
    search: str | None
    first: int
    after: str | None


def relation_page(request: Listing, context: Context) -> kinds.RelationConnection:
    """Relations by id; `search` looks into ids, labels and aliases."""
    known = context.state.vocabulary.relations
    found = _found(request, known, lambda one: (one.id, one.label, *one.aliases))
    page, order, has_next = _page(found, request, "relations", context)
    edges = [
        kinds.RelationEdge(cursor=cursor(order, [one.id]), node=kinds.relation(one)) for one in page
    ]
    return kinds.RelationConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info([edge.cursor for edge in edges], has_next, bool(request.after)),
        total_count=Long(len(found)),
    )


def type_page(request: Listing, context: Context) -> kinds.EntityTypeConnection:
    """Entity types by id; `search` looks into ids and labels."""
    found = _found(request, context.state.vocabulary.types, lambda one: (one.id, one.label))
    page, order, has_next = _page(found, request, "entityTypes", context)
    edges = [
        kinds.EntityTypeEdge(cursor=cursor(order, [one.id]), node=kinds.entity_type(one))
        for one in page
    ]
    return kinds.EntityTypeConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info([edge.cursor for edge in edges], has_next, bool(request.after)),
        total_count=Long(len(found)),
    )


def _found(
    request: Listing, known: Mapping[str, K], names: Callable[[K], Iterable[str]]
) -> list[K]:
    """The kinds with the ids asked for whose names hold the text sought, by id."""
    ids = known if request.ids is None else [id for id in request.ids if id in known]
    sought = (request.search or "").casefold()
    return [
        known[id]
        for id in sorted(set(ids))
        if any(sought in name.casefold() for name in names(known[id]))
    ]


def _page(
    found: Sequence[K], request: Listing, kind: str, context: Context
) -> tuple[Sequence[K], str, bool]:
    first = checked_first(request.first, context.limits)
    order = order_of(kind, request.ids, request.search)
    if request.after is not None:
        [seen] = read_cursor(request.after, order, (str,))
        found = [one for one in found if one.id > seen]
    return found[:first], order, len(found) > first
