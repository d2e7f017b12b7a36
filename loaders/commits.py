"""Batches on their way into the graph: looked at ahead, begun one ahead, committed in order."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from loaders.destinations import Destination
from loaders.line import Line
from loaders.order import Load
from loaders.reading.rejection import Rejection
from loaders.writing.batch import Committed
from loaders.writing.decisions import Step
from loaders.writing.turns import Turn

#: Batches that are looked at while one is read: enough that Python always has something to do.
_AHEAD = 2

#: From this share of unchanged records on, looking ahead costs less than it spares.
_WORTH = 0.25

#: Batches that are under way: one is written while the next is begun.
_UNDER_WAY = 2

#: Told what became of a batch, and what was rejected between its records.
Conclude = Callable[[Committed, Sequence[Rejection]], None]


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch that is being looked at; the future is what of it is news."""

    records: Sequence[Any]
    rejected: Sequence[Rejection]
    news: Future[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A batch on its way; `known` of its records are in already, and not among those committed."""

    committed: Future[Committed] | None
    rejected: Sequence[Rejection]
    known: int


class Commits(ExitStack):
    """The batches that are on their way into the graph while the next one is read.

    One alone has the graph's lock, which the batches of all programs queue for; the next is begun
    meanwhile, as far as that goes without the lock: so Neo4j works while Python does. While most of
    what comes is in already, batches are looked at before, and only what is news is committed. A
    batch that teaches what the next is read by is waited for, as is one of a dry run.
    """

    def __init__(self, destination: Destination, line: Line, order: Load, conclude: Conclude):
        super().__init__()
        self._destination = destination
        self._line = line
        self._dry_run = order.dry_run
        self._conclude = conclude
        self._committing = self.enter_context(ThreadPoolExecutor(_UNDER_WAY, "commit"))
        self._looking = self.enter_context(ThreadPoolExecutor(_AHEAD, "look"))
        self.callback(self._settle_the_rest)
        self._looks = True
        self._ahead: deque[_Batch] = deque()
        self._under_way: deque[_UnderWay] = deque()
        self._turn: Turn | None = None

    def add(self, records: Sequence[Any], rejected: Sequence[Rejection]) -> None:
        """Send a batch on its way; raises what the commit of an earlier one raised."""
        if self._dry_run or self._line.teaches(records):
            self.finish()
            committed = self._line.commit(records, Turn()) if records else Committed.nothing()
            self._conclude(committed, rejected)
        elif self._looks:
            news = self._looking.submit(self._destination.news, records)
            self._ahead.append(_Batch(records, rejected, news))
            if len(self._ahead) > _AHEAD:
                self._commit_next()
        else:
            self._catch_up()
            self._commit(records, rejected, 0)

    def finish(self) -> None:
        """Wait until all batches are in."""
        self._catch_up()
        self._settle(0)

    def _settle_the_rest(self) -> None:
        """Where a load ends before its end, what is under way comes in, and is counted."""
        with suppress(Exception):
            self._settle(0)

    def _catch_up(self) -> None:
        while self._ahead:
            self._commit_next()

    def _commit_next(self) -> None:
        """Commit what is news of the batch that has been looked at longest."""
        batch = self._ahead.popleft()
        news = batch.news.result()
        self._commit(news, batch.rejected, len(batch.records) - len(news))

    def _commit(self, records: Sequence[Any], rejected: Sequence[Rejection], known: int) -> None:
        """Send records on their way; so many beside them are in already."""
        committed = None
        if records:
            if self._turn is not None:
                self._turn.await_written()
            self._turn = Turn(self._turn)
            committed = self._committing.submit(self._destination.commit, records, self._turn)
        self._under_way.append(_UnderWay(committed, rejected, known))
        self._settle(_UNDER_WAY - 1)

    def _settle(self, left: int) -> None:
        """Wait for batches, the first ones first, until so many are left; tell of each."""
        while len(self._under_way) > left:
            batch = self._under_way.popleft()
            known = {Step.UNCHANGED: batch.known} if batch.known else {}
            committed = Committed(Counter(known), None)
            if batch.committed is not None:
                committed += batch.committed.result()
            self._looks = committed.steps[Step.UNCHANGED] >= _WORTH * committed.steps.total()
            self._conclude(committed, batch.rejected)
