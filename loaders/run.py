"""A load, from files to a report: read, cut into batches, commit, count."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from graph_schema.relations import Relation
from kgservice.errors import ConfigurationError, TooManyRejectsError, UnknownRelationError
from kgservice.graph.client import Graph
from loaders.destinations import Destination, IntoGraph, Nowhere, Origin
from loaders.formats import Columns, Format, rows
from loaders.full import Named, Shrink
from loaders.quarantine import Quarantine
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.rows import Row
from loaders.reading.sources import STANDARD_INPUT, Source
from loaders.reading.wanted import Reading
from loaders.report import Report
from loaders.writing.batch import Committed
from loaders.writing.foreseen import Foreseen
from loaders.writing.runs import CHANGES_KEPT, begin_run, claimed, end_run, prune_changes

#: From this record on the share of rejects is judged, and again at the end.
_JUDGED_FROM = 10_000

#: Characters of the name of a data set or run. Keys are made of them, with a control character in
#: between, and an indexed value ends at 8,167 bytes.
_MAX_NAME = 200

#: Rows a transaction: between 5,000 and 20,000 Neo4j's rate is flat, and the memory of a batch is
#: bounded by it.
BATCH_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class MaxRejected:
    """How many rejects stop a load: a share of what was read, or a number."""

    share: float | None = 0.01
    number: int | None = None

    def exceeded(self, report: Report) -> bool:
        """Whether a report has more."""
        if self.number is not None:
            return report.rejected.total() > self.number
        return report.rejected.total() > (self.share or 0) * report.read


@dataclass(frozen=True, slots=True)
class Load:
    """What to load and how."""

    format: Format
    sources: Sequence[Source]
    dataset: str
    run: str
    quarantine: Path
    file_type: str | None = None
    columns: Columns | None = None
    prefix: str = ""
    blank_nodes: str | None = None
    languages: tuple[str, ...] | None = None
    every_rank: bool = False
    max_rejected: MaxRejected = field(default_factory=MaxRejected)
    register_relations: bool = False
    max_new_relations: int = 1_000
    language: str = "en"
    batch_size: int = BATCH_SIZE
    full: Shrink | None = None
    dry_run: bool = False
    changes_kept: timedelta = CHANGES_KEPT

    def __post_init__(self) -> None:
        """Refuse names that cannot be part of a key, and a quarantine that is its own source."""
        _check_name("data set", self.dataset)
        _check_name("run", self.run)
        for source in self.sources:
            if source.path != STANDARD_INPUT and Path(source.path).resolve() == (
                self.quarantine.resolve()
            ):
                raise ConfigurationError(
                    f"{source.path} cannot be loaded and be the quarantine file at once; "
                    "name another with --quarantine"
                )


def _check_name(what: str, name: str) -> None:
    if not 1 <= len(name) <= _MAX_NAME or any(unicodedata.category(one) == "Cc" for one in name):
        raise ConfigurationError(
            f"the name of a {what} has 1 to {_MAX_NAME} characters and no control character: "
            f"{name!r}"
        )


#: Called after each batch, and told how far the load is.
Watch = Callable[[Report], None]


def load(
    graph: Graph, order: Load, *, watch: Watch = lambda _: None, stop: Event | None = None
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
    line = _Line(destination, order, report)
    with (
        Quarantine(order.quarantine) as quarantine,
        nullcontext() if order.full is None else Named(order.format.books) as named,
    ):
        for records, rejected in _batches(line, progress.stop):
            for one in rejected:
                quarantine.add(one)
                report.rejected[one.reason.value] += 1
            quarantine.flush()
            if named is not None:
                line.name(named, records, rejected)
            if records:
                report.count(line.commit(records))
            progress.tell()
            if report.read >= _JUDGED_FROM:
                _judge(order, report)
        report.stopped = progress.stop.is_set()
        if not report.stopped:
            _judge(order, report)
        if named is not None and order.full is not None and not report.stopped:
            destination.withdraw(named, order.full, report)
    report.seconds = time.monotonic() - progress.began


class _Line:
    """The state of one load: the vocabulary grows while it registers new relations."""

    def __init__(self, destination: Destination, order: Load, report: Report):
        self._destination = destination
        self._order = order
        self._report = report
        self.batch_size = order.batch_size
        self._new_relations: list[Relation] = []
        self._registered = 0
        self._vocabulary = destination.vocabulary()

    def rows(self) -> Iterator[Row | Rejection]:
        """The rows of all files, one after another."""
        order = self._order
        for source in order.sources:
            yield from rows(
                order.format,
                source,
                self._reading(),
                file_type=order.file_type,
                columns=order.columns,
            )

    def read(self, row: Row) -> Any:
        """The record of a row, or a Rejection."""
        try:
            return self._read(row)
        except RecordError as error:
            return Rejection(
                row.file, row.line, error.field, error.reason, str(error), dict(row.cells)
            )

    def commit(self, records: Sequence[Any]) -> Committed:
        """Bring a batch of records to where it goes."""
        if self._new_relations:
            self._destination.register(self._new_relations)
            self._registered += len(self._new_relations)
            self._new_relations = []
        committed = self._destination.commit(records)
        self._vocabulary = self._destination.vocabulary()
        return committed

    def name(self, named: Named, records: Sequence[Any], rejected: Sequence[Rejection]) -> None:
        """Note what these records name, those too that are not loaded."""
        named.add_records(records)
        for one in rejected:
            named.add_rejected(self._order.format, one, self._reading())

    def _read(self, row: Row) -> Any:
        try:
            return self._order.format.read(row.cells, self._reading())
        except UnknownRelationError as error:
            known = self._order.format.relations.get(error.name)
            if known is None and not self._order.register_relations:
                raise RecordError(Reason.UNKNOWN_RELATION, str(error), "relation") from error
            self._admit(known or self._unheard_of(error.name))
            return self._read(row)

    def _reading(self) -> Reading:
        order = self._order
        return Reading(
            self._vocabulary,
            Naming(order.prefix, order.blank_nodes),
            order.language,
            order.languages,
            order.every_rank,
            self._report.noticed,
        )

    def _unheard_of(self, name: str) -> Relation:
        """A relation of which only the name is known."""
        allowed = self._order.max_new_relations
        if self._registered + len(self._new_relations) >= allowed:
            raise TooManyRejectsError(
                f"more than {allowed:,} new relations, {name!r} the last: is the relation in "
                "another column? See --columns, or raise --max-new-relations"
            )
        return Relation(name, name, commonsense=self._order.format.commonsense)

    def _admit(self, relation: Relation) -> None:
        """Take a new relation into the vocabulary; the graph hears of it before the next batch."""
        self._new_relations.append(relation)
        self._vocabulary = self._vocabulary.with_relations([relation])


def _batches(line: _Line, stop: Event) -> Iterator[tuple[list[Any], list[Rejection]]]:
    """The records in batches, each with what was rejected between them; until it shall stop."""
    records: list[Any] = []
    rejected: list[Rejection] = []
    for row in line.rows():
        one = row if isinstance(row, Rejection) else line.read(row)
        if isinstance(one, Rejection):
            rejected.append(one)
        else:
            records.append(one)
        if len(records) + len(rejected) >= line.batch_size or stop.is_set():
            yield records, rejected
            records, rejected = [], []
            if stop.is_set():
                return
    if records or rejected:
        yield records, rejected


def _judge(order: Load, report: Report) -> None:
    if order.max_rejected.exceeded(report):
        raise TooManyRejectsError(
            f"{report.rejected.total():,} of {report.read:,} records were rejected, more than "
            f"--max-rejected allows; they are in {order.quarantine}. What was loaded stays, and "
            "running the command again continues"
        )


def new_run() -> str:
    """The id of a run that nobody named: the time at which it starts."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
