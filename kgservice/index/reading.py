"""The graph as a stream of chunks, each a transaction of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, LiteralString, TypeVar

import numpy as np
import pyarrow as pa

from kgservice.graph.client import Graph
from kgservice.graph.cypher import indexing
from kgservice.index.numbering import Numbering
from kgservice.resolution.mapped import Array

S = TypeVar("S")
T = TypeVar("T")

#: Entities of one chunk, and rows that a chunk of statements has at most, but for hubs: at 40,000
#: rows Neo4j needs 30 MB for the list, and a larger one is no quicker.
_ENTITIES = 20_000
_ROWS = 40_000
#: Chunks that Neo4j reads side by side: one takes a core, and Python has another.
_AT_ONCE = 2
#: Statements that are asked for by the ids of their ends, in chunks of so many ends.
_ENDS = 200


@dataclass(frozen=True, slots=True)
class AlikeEntities:
    """Entities that bear the same labels and all have a description, or all have none.

    See kgservice.graph.cypher.indexing.READ_ENTITIES. `nodes` are Neo4j's own numbers of them,
    `names` are what the interface calls labels, `degrees` are how many relationships begin at each.
    """

    labels: list[str]
    ids: list[str]
    nodes: list[int]
    names: list[str]
    descriptions: list[str]
    aliases: list[list[str]]
    degrees: list[int]


@dataclass(frozen=True, slots=True)
class Alike:
    """Statements that have relation, level and origin in common; of the rest there are columns.

    See kgservice.graph.cypher.indexing.READ_STATEMENTS. `subjects` are numbers, -1 for what is not
    among the entities that were read; `objects` are Neo4j's numbers, or what literals are made of.
    """

    between: bool
    type: str
    level: str
    sources: list[str]
    domains: list[str]
    marketplaces: list[str]
    subjects: Array
    objects: list[Any]
    ids: list[str]
    plausibility: list[float]
    typicality: list[float]
    support: list[int]


@dataclass(frozen=True, slots=True)
class StatementChunk:
    """The statements of the entities from number `first` to before `last`."""

    first: int
    last: int
    statements: list[Alike]


def entity_chunks(graph: Graph) -> Iterator[list[AlikeEntities]]:
    """All entities, merged ones among them: those of a chunk stand behind those before."""

    def read(span: tuple[str, str]) -> list[AlikeEntities]:
        after, until = span
        rows = graph.value(indexing.READ_ENTITIES, {"after": after, "until": until})
        return [AlikeEntities(*row) for row in rows]

    return _side_by_side(read, _spans(graph))


def _spans(graph: Graph) -> Iterator[tuple[str, str]]:
    """The id behind which each chunk of entities begins, and its last one."""
    after = ""
    text: LiteralString = indexing.READ_LAST_ID
    while (until := graph.value(text, {"after": after, "limit": _ENTITIES})) is not None:
        yield after, until
        after = until


def merged_rows(graph: Graph) -> Iterator[list[Any]]:
    """id, label, description, aliases, labels and canonical id of every merged entity."""
    after = ""
    while rows := graph.value(indexing.READ_MERGED, {"after": after, "limit": _ENTITIES}):
        yield from rows
        after = rows[-1][0]


def statement_chunks(graph: Graph, ids: Numbering, degrees: Array) -> Iterator[StatementChunk]:
    """All statements, in order of their subjects' numbers; Neo4j reads some while one is taken."""

    def read(span: tuple[int, int]) -> StatementChunk:
        first, last = span
        ends = dict(zip(("first", "last"), ids.ids(np.array([first, last - 1])), strict=True))
        hubs = int(degrees[first:last].sum()) > 2 * _ROWS
        pages = _pages(graph, ends) if hubs else [graph.value(indexing.READ_STATEMENTS, ends)]
        return StatementChunk(first, last, [one for page in pages for one in _alike(page, ids)])

    return _side_by_side(read, _ranges(degrees))


def _side_by_side(read: Callable[[S], T], spans: Iterator[S]) -> Iterator[T]:
    """What is read of each span, in their order; some are read while one is worked on."""
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as reading:
        for span in spans:
            waiting.append(reading.submit(read, span))
            if len(waiting) > _AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def statements_at(graph: Graph, ids: Sequence[str]) -> Iterator[list[Any]]:
    """The rows of all statements with an end among these entities, each once."""
    seen: set[str] = set()
    for first in range(0, len(ids), _ENDS):
        asked = {"ids": ids[first : first + _ENDS]}
        for row in graph.value(indexing.READ_STATEMENTS_AT, asked):
            if row[0] not in seen:
                seen.add(row[0])
                yield row


def _ranges(degrees: Array) -> Iterator[tuple[int, int]]:
    """Consecutive ranges of entities with few enough statements; a hub is a range of its own."""
    rows = np.cumsum(degrees + 1)  # an entity has to be found even without a statement
    bounds = np.flatnonzero(np.diff(rows // _ROWS)) + 1
    edges = [0, *bounds.tolist(), len(degrees)]
    return ((first, last) for first, last in pairwise(edges) if first < last)


def _pages(graph: Graph, ends: dict[str, str]) -> Iterator[Any]:
    """The statements of hubs, a page at a time."""
    text: LiteralString = indexing.READ_STATEMENTS_OF_HUB
    after = ""
    while True:
        page = graph.value(text, {**ends, "after": after, "limit": _ROWS})
        if not page[1]:
            return
        yield page
        after = max(max(row[8]) for row in page[1])


def _alike(page: Sequence[Any], ids: Numbering) -> Iterator[Alike]:
    """What READ_STATEMENTS returns, with the numbers of its subjects."""
    subjects, rows = page
    numbers = ids.numbers(pa.array(subjects, pa.large_string()))
    for *common, places, objects, found, plausibility, typicality, support in rows:
        between, type, level, sources, domains, marketplaces = common
        yield Alike(
            between, type, level, sources, domains, marketplaces,
            numbers[places], objects, found, plausibility, typicality, support,
        )  # fmt: skip
