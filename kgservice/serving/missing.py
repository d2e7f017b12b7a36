"""Heads that commonsense was asked of and is not known of: counted here, kept in the graph.

To note one is a line in memory; a task writes them in batches beside the requests. So no answer
waits, a restart loses nothing that was written, and what several workers noted adds up. While
Neo4j is away they wait here, as many as there is room for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Self

from kgservice.algebra.pattern import StatementFilter
from kgservice.errors import KGError
from kgservice.graph import missing
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.missing import Asked
from kgservice.graph.reads import CommonsenseRequest
from kgservice.model import Head, MissingHead
from kgservice.serving.offers import Reads
from kgservice.serving.state import State
from kgservice.telemetry.metrics import Metrics

#: Seconds between two writes, and for one; what a process that is killed loses is no more.
_WRITE_EVERY, _WRITE_SECONDS = 2.0, 5.0
#: Heads of one write: some 20 ms.
_BATCH = 1_000
#: Heads that wait here at most: 10 MB.
_ROOM = 20_000
#: Characters of a query or id; nobody mines longer ones, and a row stays small.
_LONGEST = 300
#: Heads that the graph keeps; beyond a tenth more the least asked go.
_KEPT = 100_000
#: Heads that are looked up at once, when it is asked which are still missing.
_LOOKED_UP = 500

_ANYTHING = StatementFilter(None, None, None)


class MissingHeads:
    """Notes heads, writes them, and tells the most asked that are still missing."""

    def __init__(
        self, graph: AsyncGraph, metrics: Metrics, *, kept: int = _KEPT, room: int = _ROOM
    ):
        self._graph = graph
        self._metrics = metrics
        self._kept = kept
        self._room = room
        self._waiting: dict[Head, Asked] = {}

    def note(self, heads: Iterable[Head]) -> None:
        """Count heads that are not known; costs 1 us each, and never fails."""
        now = time.time()
        for head in heads:
            self._add(head, Asked(1, now, now))
            self._metrics.missing_heads.inc()
        self._metrics.missing_heads_waiting.set(len(self._waiting))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Self]:
        """Write what is noted for the length of a block, and the rest at its end."""
        task = asyncio.create_task(self._write_again_and_again())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            with suppress(KGError):
                await self.write()

    async def write(self) -> None:
        """Write all that is noted; raises GraphError, and keeps what was not written."""
        while self._waiting:
            batch = [(head, self._waiting.pop(head)) for head in list(self._waiting)[:_BATCH]]
            try:
                count = await missing.note(self._graph, batch, _limit())
            except BaseException:
                for head, asked in batch:
                    self._add(head, asked)
                raise
            finally:
                self._metrics.missing_heads_waiting.set(len(self._waiting))
            if count > self._kept * 1.1:
                await missing.prune(self._graph, self._kept, _limit())

    async def still_missing(
        self, state: State, first: int, least: int, limit: TimeLimit
    ) -> list[MissingHead]:
        """The most asked heads of which nothing is known; see `still_missing` of this module."""
        every = state.vocabulary.commonsense_relations
        return await still_missing(self._graph, state.reads, every, first, least, limit)

    def _add(self, head: Head, asked: Asked) -> None:
        known = self._waiting.get(head)
        if known is not None:
            self._waiting[head] = known.and_also(asked)
        elif len(self._waiting) < self._room and _is_short(head):
            self._waiting[head] = asked
        else:
            self._metrics.missing_heads_dropped.inc(asked.times)

    async def _write_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(_WRITE_EVERY)
            with suppress(KGError):  # they wait for the next time
                await self.write()


async def still_missing(
    graph: AsyncGraph,
    reads: Reads,
    relations: frozenset[str],
    first: int,
    least: int,
    limit: TimeLimit,
) -> list[MissingHead]:
    """The most asked heads of which nothing is known to this day; `least`: how often at least.

    relations: all that say commonsense. Those that are known by now leave the queue.
    """
    found: list[MissingHead] = []
    last: MissingHead | None = None
    while len(found) < first:
        heads = await missing.waiting(graph, _LOOKED_UP, least, last, limit)
        if not heads:
            break
        asked = tuple(one.head.ends for one in heads)
        told = await reads.commonsense(CommonsenseRequest(asked, relations, _ANYTHING, 0), limit)
        known = [what is not None and what.known for what in told]
        settled = [one.head for one, is_known in zip(heads, known, strict=True) if is_known]
        if settled:
            await missing.settle(graph, settled, limit)
        found += [one for one, is_known in zip(heads, known, strict=True) if not is_known]
        last = heads[-1]
    return found[:first]


def _is_short(head: Head) -> bool:
    parts = (*head.products, head.query or "", head.language or "")
    return max(map(len, parts)) <= _LONGEST


def _limit() -> TimeLimit:
    return TimeLimit("missing heads", _WRITE_SECONDS)
