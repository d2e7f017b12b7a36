"""Batches on their way into the graph: looked at ahead, committed in order, one at a time."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from loaders.destinations import Destination
from loaders.line import Line
from loaders.order import Load
from loaders.reading.rejection import Rejection
from loaders.writing.batch import Committed
from loaders.writing.decisions import Step

#: Batches that are looked at while one is read: enough that Python always has something to do.
_AHEAD = 2

#: From this share of unchanged records on, looking ahead costs less than it spares.
_WORTH = 0.25

#: Told what became of a batch, and what was rejected between its records.
Conclude = Callable[[Committed, Sequence[Rejection]], None]


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch that is being looked at; the future is what of it is news."""

    records: Sequence[Any]
    rejected: Sequence[Rejection]
    news: Future[Sequence[Any]]


class Commits(ExitStack):
    """The batches that are on their way into the graph while the next one is read.

    One alone is committed at a time, for batches queue for the graph's write lock anyway: so Neo4j
    works while Python does. While most of what comes is in already, batches are looked at before,
    and only what is news is committed. A batch that teaches what the next is read by is waited for,
    as is one of a dry run.
    """

    def __init__(self, destination: Destination, line: Line, order: Load, conclude: Conclude):
        super().__init__()
        self._destination = destination
        self._line = line
        self._dry_run = order.dry_run
        self._conclude = conclude
        self._committing = self.enter_context(ThreadPoolExecutor(1, "commit"))
        self._looking = self.enter_context(ThreadPoolExecutor(_AHEAD, "look"))
        self._looks = True
        self._ahead: deque[_Batch] = deque()
        self._settle: Callable[[], None] | None = None

    def add(self, records: Sequence[Any], rejected: Sequence[Rejection]) -> None:
        """Send a batch on its way; raises what the commit of an earlier one raised."""
        if self._dry_run or self._line.teaches(records):
            self.finish()
            self._conclude(self._line.commit(records) if records else Committed.nothing(), rejected)
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
        self._await()

    def _catch_up(self) -> None:
        while self._ahead:
            self._commit_next()

    def _commit_next(self) -> None:
        """Commit what is news of the batch that has been looked at longest."""
        batch = self._ahead.popleft()
        news = batch.news.result()
        self._commit(news, batch.rejected, len(batch.records) - len(news))

    def _commit(self, records: Sequence[Any], rejected: Sequence[Rejection], known: int) -> None:
        """Commit records when those before are in; so many beside them are in already."""
        self._await()
        under_way = self._committing.submit(self._destination.commit, records) if records else None

        def settle() -> None:
            committed = Committed(Counter({Step.UNCHANGED: known} if known else ()), None)
            if under_way is not None:
                committed += under_way.result()
            self._looks = committed.steps[Step.UNCHANGED] >= _WORTH * committed.steps.total()
            self._conclude(committed, rejected)

        self._settle = settle

    def _await(self) -> None:
        """Wait for the batch that is under way, and tell what became of it."""
        settle, self._settle = self._settle, None
        if settle is not None:
            settle()
