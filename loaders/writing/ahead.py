"""What of a batch is news to its data set, read ahead of the transaction that brings it.

Nearly all of a nightly run comes unchanged. Whoever loads a kind of records of a data set is the
only one who does (`claimed`), so what was unchanged a moment ago has only been changed by batches
of the same load; the records that those speak of are decided on again, within the transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kgservice.graph.store import Reads
from kgservice.ledger.records import digest_of
from loaders.writing.batch import Committed
from loaders.writing.books import Book
from loaders.writing.decisions import Step

Books = Sequence[type[Book[Any]]]


@dataclass(frozen=True, slots=True)
class Looked:
    """A batch with the positions of the records that the data set says already."""

    records: Sequence[Any]
    unchanged: Collection[int] = ()

    def news(self, books: Books, earlier: Iterable[Any]) -> Sequence[Any]:
        """The records to bring, in order, where `earlier` ones were not yet brought at the look.

        Those of a key of which anything else is said, here or earlier, are all of them news: which
        stands depends on their order.
        """
        if not self.unchanged:
            return self.records
        different = {key_of(books, one) for one in earlier}
        if len(self.unchanged) < len(self.records):
            different.update(
                key_of(books, one)
                for position, one in enumerate(self.records)
                if position not in self.unchanged
            )
        if not different:
            return ()
        return [one for one in self.records if key_of(books, one) in different]


def look(books: Books, graph: Reads, dataset: str, records: Sequence[Any]) -> Looked:
    """Find the records of a batch that the data set says already."""
    unchanged: set[int] = set()
    for book in books:
        positions = [at for at, one in enumerate(records) if _book_of(books, one) is book]
        if positions:
            several = [records[at] for at in positions]
            parameters = {
                "ids": [book.id(dataset, book.key(one)) for one in several],
                "digests": [digest_of(one.canonical) for one in several],
                "dataset": dataset,
            }
            unchanged.update(positions[at] for at in graph.value(book.UNCHANGED, parameters))
    return Looked(records, unchanged)


def as_it_was(records: int) -> Committed:
    """What becomes of so many records that change nothing."""
    return Committed(Counter({Step.UNCHANGED: records}), None)


def key_of(books: Books, record: Any) -> tuple[str, str]:
    """What a record is about, and in which book."""
    book = _book_of(books, record)
    return book.FORMAT, book.key(record)


def _book_of(books: Books, record: Any) -> type[Book[Any]]:
    return next(book for book in books if isinstance(record, book.RECORDS))
