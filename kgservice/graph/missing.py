"""The queue of heads that commonsense was asked of and is not known of, kept in the graph."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher import missing
from kgservice.model import Head, HeadKind, MissingHead


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a head was asked for, and when first and last, in POSIX seconds."""

    times: int
    first: float
    last: float

    def and_also(self, other: Asked) -> Asked:
        """Both together."""
        return Asked(
            self.times + other.times, min(self.first, other.first), max(self.last, other.last)
        )


async def note(graph: AsyncGraph, heads: Iterable[tuple[Head, Asked]], limit: TimeLimit) -> int:
    """Add what was asked to the queue; returns how many heads are in it then."""
    rows = [
        {
            "id": head_id(head),
            "kind": head.kind,
            "products": sorted(head.products),
            "query": head.query,
            "language": head.language,
            "asked": asked.times,
            "first": asked.first,
            "last": asked.last,
        }
        for head, asked in heads
    ]
    count: int = await graph.write(missing.NOTE, {"rows": rows}, limit)
    return count


async def prune(graph: AsyncGraph, kept: int, limit: TimeLimit) -> None:
    """Leave so many in the queue, those that were asked most."""
    await graph.write(missing.PRUNE, {"kept": kept}, limit)


async def settle(graph: AsyncGraph, heads: Collection[Head], limit: TimeLimit) -> None:
    """Take heads that are known by now out of the queue."""
    await graph.write(missing.SETTLE, {"ids": [head_id(head) for head in heads]}, limit)


async def waiting(
    graph: AsyncGraph, first: int, least: int, after: MissingHead | None, limit: TimeLimit
) -> list[MissingHead]:
    """Heads of the queue, the most asked first, known by now or not; `after`: those behind it."""
    place = None if after is None else [after.asked, head_id(after.head)]
    rows = await graph.value(missing.READ, {"first": first, "least": least, "after": place}, limit)
    return [_head(*row) for row in rows]


def head_id(head: Head) -> str:
    """The key of a head's node: of two products whichever came first is the same."""
    parts = [head.kind, sorted(head.products), head.query, head.language]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _head(
    id: str,
    kind: str,
    products: list[str],
    query: str | None,
    language: str | None,
    asked: int,
    first: float,
    last: float,
) -> MissingHead:
    del id
    head = Head(HeadKind(kind), tuple(products), query, language)
    return MissingHead(head, asked, _moment(first), _moment(last))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
