"""A load, from files to a report: read, cut into batches, commit, count."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from threading import Event

from kgservice.graph.store import Store
from loaders.commits import Commits
from loaders.destinations import Destination, IntoGraph, Nowhere, Origin
from loaders.full import Named
from loaders.line import Line, batches
from loaders.order import Load
from loaders.quarantine import Quarantine
from loaders.reading.rejection import Rejection
from loaders.report import Report
from loaders.writing.batch import Committed
from loaders.writing.foreseen import Foreseen
from loaders.writing.runs import begin_run, claimed, end_run, prune_changes

#: How many new objects Python's collector looks through at a time: some of a batch's.
_SELDOM = (50_000, 20, 20)

#: Called after each batch, and told how far the load is.
Watch = Callable[[Report], None]


@contextmanager
def _out_of_the_collectors_way() -> Iterator[None]:
    """What is there before a load outlives it, so it is not looked through after each batch.

    Looking took 18 of 66 us of Python a statement. A batch lives until it is in, and its records
    hold no cycles: looking through it every 700 objects took 10 of 53 us.
    """
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


@_out_of_the_collectors_way()
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
        Commits(destination, line, order, partial(_conclude, order, progress)) as commits,
    ):
        for records, rejected in batches(line, progress.stop):
            quarantine.add(rejected)
            if named is not None:
                line.name(named, records, rejected)
            commits.add(records, rejected)
        commits.finish()
        report.stopped = progress.stop.is_set()
        if not report.stopped:
            order.judge(report, at_end=True)
        if named is not None and order.full is not None and not report.stopped:
            destination.withdraw(named, order.full, report)
    report.seconds = time.monotonic() - progress.began


def _conclude(
    order: Load, progress: _Progress, committed: Committed, rejected: Sequence[Rejection]
) -> None:
    """Count a batch with what was rejected between its records, tell, and judge."""
    progress.report.count(committed)
    progress.report.rejected.update(one.reason.value for one in rejected)
    progress.tell()
    order.judge(progress.report)
