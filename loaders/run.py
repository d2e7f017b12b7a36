"""A load, from files to a report: read, cut into batches, commit, count."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from threading import Event
from typing import Any

from kgservice.graph.store import Store
from loaders.destinations import Destination, IntoGraph, Nowhere, Origin
from loaders.full import Named
from loaders.line import Line, batches
from loaders.order import Load
from loaders.quarantine import Quarantine
from loaders.report import Report
from loaders.writing.batch import Committed
from loaders.writing.foreseen import Foreseen
from loaders.writing.runs import begin_run, claimed, end_run, prune_changes

#: Called after each batch, and told how far the load is.
Watch = Callable[[Report], None]


def load(
    graph: Store, order: Load, *, watch: Watch = lambda _: None, stop: Event | None = None
) -> Report:
    """Load files into the graph and report what became of every record.

    Raises TooManyRejectsError where more were rejected than allowed; what was committed stays, and
    a full load has then taken nothing back. Waits while another load of the same kinds of records
    of the data set is under way. Once `stop` is set the batch at hand is the last. A dry run
    reports what the load would do, and writes nothing but the quarantine.
    """
    began = time.monotonic()
    report = Report(dry_run=order.dry_run)
    origin = Origin(order.format, order.dataset, order.run, order.language)
    progress = _Progress(report, began, watch, stop or Event())
    if order.dry_run:
        with Foreseen() as foreseen:
            _load(Nowhere(graph, origin, foreseen), order, progress)
        return report

    def waiting() -> None:
        report.waiting = True
        watch(report)

    kinds = sorted(book.FORMAT for book in order.format.books) or [order.format.name]
    with ExitStack() as claims:
        for kind in kinds:
            claims.enter_context(claimed(graph, order.dataset, kind, waiting))
        report.waiting = False
        begin_run(graph, order.dataset, order.run, order.format.name)
        _load(IntoGraph(graph, origin), order, progress)
        if not report.stopped:
            end_run(graph, order.dataset, order.run, order.format.name, report.as_json())
    prune_changes(graph, order.changes_kept)
    return report


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a load is, who is told, and whether it shall stop."""

    report: Report
    began: float
    watch: Watch
    stop: Event

    def tell(self) -> None:
        """Bring the report up to now, and tell."""
        self.report.seconds = time.monotonic() - self.began
        self.watch(self.report)


def _load(destination: Destination, order: Load, progress: _Progress) -> None:
    report = progress.report
    line = Line(destination, order, report)
    with (
        Quarantine(order.quarantine) as quarantine,
        nullcontext() if order.full is None else Named(order.format.books) as named,
        _Commits(destination, line, order, progress) as commits,
    ):
        for records, rejected in batches(line, progress.stop):
            commits.settle()
            for one in rejected:
                quarantine.add(one)
                report.rejected[one.reason.value] += 1
            quarantine.flush()
            if named is not None:
                line.name(named, records, rejected)
            commits.begin(records)
        commits.settle()
        report.stopped = progress.stop.is_set()
        if not report.stopped:
            order.judge(report, at_end=True)
        if named is not None and order.full is not None and not report.stopped:
            destination.withdraw(named, order.full, report)
    report.seconds = time.monotonic() - progress.began


class _Commits(ExitStack):
    """The batch that is on its way into the graph while the next one is read.

    One alone, for batches queue for the graph's write lock anyway: so Neo4j works while Python
    does. A batch that teaches what the next is read by is waited for, as is one of a dry run.
    """

    def __init__(self, destination: Destination, line: Line, order: Load, progress: _Progress):
        super().__init__()
        self._commit = destination.commit
        self._line = line
        self._order = order
        self._progress = progress
        self._pool = self.enter_context(ThreadPoolExecutor(1, thread_name_prefix="commit"))
        self._under_way: Future[Committed] | None = None

    def begin(self, records: Sequence[Any]) -> None:
        """Send a batch on its way; the one before must be settled."""
        if not records:
            self._conclude(Committed.nothing())
        elif self._order.dry_run or self._line.teaches(records):
            self._conclude(self._line.commit(records))
        else:
            self._under_way = self._pool.submit(self._commit, records)

    def settle(self) -> None:
        """Wait for the batch that is under way, and count it; raises what its commit raised."""
        if self._under_way is not None:
            committed, self._under_way = self._under_way.result(), None
            self._conclude(committed)

    def _conclude(self, committed: Committed) -> None:
        self._progress.report.count(committed)
        self._progress.tell()
        self._order.judge(self._progress.report)
