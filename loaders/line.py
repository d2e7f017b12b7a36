"""From files to batches of records; the vocabulary grows while a load registers new relations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event
from typing import Any

from graph_schema.relations import Relation
from kgservice.errors import TooManyRejectsError, UnknownRelationError
from kgservice.vocabulary import Vocabulary
from loaders.destinations import Destination
from loaders.formats import rows
from loaders.full import Named
from loaders.order import Load
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.rows import Row
from loaders.reading.wanted import Reading
from loaders.report import Report
from loaders.writing.batch import Committed
from loaders.writing.turns import Turn


class Line:
    """The state of one load: the vocabulary grows while it registers new relations."""

    def __init__(self, destination: Destination, order: Load, report: Report):
        self._destination = destination
        self._order = order
        self._report = report
        self.batch_size = order.batch_size
        self._new_relations: list[Relation] = []
        self._registered = 0
        self._learn(destination.vocabulary())

    def rows(self) -> Iterator[Row | Rejection]:
        """The rows of all files, one after another."""
        order = self._order
        for source in order.sources:
            yield from rows(
                order.format,
                source,
                self._reading,
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

    def teaches(self, records: Sequence[Any]) -> bool:
        """Whether the rows behind these records are read otherwise once these are committed."""
        return bool(
            self._new_relations
            or not self._order.format.books
            or any(isinstance(one, Relation) for one in records)
        )

    def commit(self, records: Sequence[Any], turn: Turn) -> Committed:
        """Bring a batch of records to where it goes, and learn what it teaches."""
        if self._new_relations:
            self._destination.register(self._new_relations)
            self._registered += len(self._new_relations)
            self._new_relations = []
        committed = self._destination.commit(records, turn)
        self._learn(self._destination.vocabulary())
        return committed

    def name(self, named: Named, records: Sequence[Any], rejected: Sequence[Rejection]) -> None:
        """Note what these records name, those too that are not loaded."""
        named.add_records(records)
        for one in rejected:
            named.add_rejected(self._order.format, one, self._reading)

    def _read(self, row: Row) -> Any:
        try:
            return self._order.format.read(row.cells, self._reading)
        except UnknownRelationError as error:
            known = self._order.format.relations.get(error.name)
            if known is None and not self._order.register_relations:
                raise RecordError(Reason.UNKNOWN_RELATION, str(error), "relation") from error
            self._admit(known or self._unheard_of(error.name))
            return self._read(row)

    def _learn(self, vocabulary: Vocabulary) -> None:
        order = self._order
        self._vocabulary = vocabulary
        self._reading = Reading(
            vocabulary,
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
        self._learn(self._vocabulary.with_relations([relation]))


def batches(line: Line, stop: Event) -> Iterator[tuple[list[Any], list[Rejection]]]:
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
