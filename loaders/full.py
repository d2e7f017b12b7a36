"""`--full`: the files of a load are the whole of what their data set has, so what they lack goes.

The keys that the files name are kept on disk while they are read, 16 bytes each. When all is
loaded, what the data set holds and the files did not name is counted, and forgotten only if it is
not more than expected: a file that was cut off or emptied by mistake must not empty the graph.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from kgservice.errors import UnknownRelationError
from kgservice.graph.store import Store
from loaders.formats import Format
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.wanted import Reading
from loaders.report import Report
from loaders.writing.assertions import Assertions
from loaders.writing.batch import Batch
from loaders.writing.books import Book
from loaders.writing.decisions import Step
from loaders.writing.keeping import forget_keys, held_keys, in_batches
from loaders.writing.rules import RulesInForce

Books = Sequence[type[Book[Any]]]

#: Keys a transaction.
_BATCH = 10_000

#: What makes the key of a record; of formats that are not here it is not told from fields alone.
_IDENTITY: Mapping[str, Sequence[str]] = {
    "triples": ("head", "relation", "tail", "value", "unit", "language", "value_type"),
    "entities": ("id",),
    "assertions": ("assertion_id",),
}

#: A record that is rejected for one of these cannot be about anything that is held.
_NAMES_NOTHING = frozenset({Reason.UNKNOWN_RELATION, Reason.RESERVED_ID, Reason.ID_TOO_LONG})

#: sqlite's own cache, in KiB: beyond it the keys are on disk.
_CACHE = 64 * 1024


class Named(AbstractContextManager["Named"]):
    """The keys that the files of one load name, whatever became of their records."""

    def __init__(self, books: Books) -> None:
        self.books = books
        #: Why it is not known what a record names; null while all is known.
        self.unknown: str | None = None
        self._directory = tempfile.TemporaryDirectory(prefix="kgservice-full-")
        self._keys = sqlite3.connect(Path(self._directory.name, "keys"), isolation_level=None)
        self._keys.execute("PRAGMA journal_mode = OFF")
        self._keys.execute("PRAGMA synchronous = OFF")
        self._keys.execute(f"PRAGMA cache_size = -{_CACHE}")
        self._keys.execute("CREATE TABLE named (key BLOB PRIMARY KEY) WITHOUT ROWID")
        self._keys.execute("CREATE TABLE missing (book TEXT, key TEXT)")

    def add_records(self, records: Iterable[Any]) -> None:
        """Records that were read name their keys."""
        self._add(
            _digest(book, book.key(one))
            for one in records
            for book in self.books
            if isinstance(one, book.RECORDS)
        )

    def add_rejected(self, format: Format, rejection: Rejection, reading: Reading) -> None:
        """What a rejected record names is kept; where that cannot be told, everything is."""
        if rejection.reason in _NAMES_NOTHING:
            return
        try:
            self._add_identity(format, rejection.record, reading)
        except UnknownRelationError:
            return
        except RecordError:
            self.unknown = (
                f"what the record in line {rejection.line} of {rejection.file} names cannot be told"
            )

    def compare(self, graph: Store, dataset: str) -> tuple[int, int]:
        """How many keys the data set holds, and how many of them no file named."""
        held = 0
        self._keys.execute("DELETE FROM missing")
        for book in self.books:
            for page in held_keys(graph, book, dataset):
                held += len(page)
                rows = [(book.FORMAT, key) for key in page if not self._has(_digest(book, key))]
                self._insert("INSERT INTO missing VALUES (?, ?)", rows)
        return held, int(self._keys.execute("SELECT count(*) FROM missing").fetchone()[0])

    def missing_keys(self, book: type[Book[Any]]) -> Iterator[str]:
        """Those of one kind that `compare` found no file to name."""
        for [key] in self._keys.execute("SELECT key FROM missing WHERE book = ?", (book.FORMAT,)):
            yield key

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._keys.close()
        self._directory.cleanup()

    def _add_identity(self, format: Format, record: Any, reading: Reading) -> None:
        if not isinstance(record, Mapping) or format.name not in _IDENTITY:
            raise RecordError(Reason.NOT_AN_OBJECT, "nothing names what it is about")
        if format.name == Assertions.FORMAT:
            id = record.get("assertion_id")
            if not isinstance(id, str):
                raise RecordError(Reason.MISSING_FIELD, "an assertion has an id", "assertion_id")
            self._add([_digest(Assertions, id)])
            return
        identity = {name: record[name] for name in _IDENTITY[format.name] if name in record}
        self.add_records([format.read(identity, reading)])

    def _has(self, digest: bytes) -> bool:
        found = self._keys.execute("SELECT 1 FROM named WHERE key = ?", (digest,))
        return found.fetchone() is not None

    def _add(self, digests: Iterable[bytes]) -> None:
        rows = [(digest,) for digest in digests]
        self._insert("INSERT OR IGNORE INTO named VALUES (?)", rows)

    def _insert(self, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self._keys.execute("BEGIN")
        self._keys.executemany(text, rows)
        self._keys.execute("COMMIT")


@dataclass(frozen=True, slots=True)
class Shrink:
    """How much of what a data set held a full load may take back: a share, or null for all."""

    max_retracted: float | None = 0.2


def withdraw_missing(
    graph: Store,
    named: Named,
    shrink: Shrink,
    report: Report,
    rules: RulesInForce,
    batch: Callable[[list[str]], Batch[str]],
    *,
    foreseen: int | None = None,
) -> None:
    """Forget what the data set holds and no file named, and say so in the report.

    In a dry run `foreseen` is how many keys the load would have added, and nothing is forgotten.
    Nothing goes where a rejected record may name any of it, or where it would be a larger share of
    what was held before than is allowed; then the report says what would have gone, and why not.
    """
    dataset = batch([]).dataset
    held, missing = named.compare(graph, dataset)
    before = max(held + (foreseen or 0) - report.steps[Step.ADDED], missing)
    if missing and named.unknown is not None:
        report.withhold(missing, named.unknown)
    elif shrink.max_retracted is not None and missing > shrink.max_retracted * before:
        report.withhold(
            missing,
            f"of {before:,} that is more than --max-retracted allows ({shrink.max_retracted:.0%}); "
            "where the files are whole, --allow-shrink takes it back",
        )
    elif foreseen is not None:
        report.withdrawn += missing
    else:
        for book in named.books:
            for keys in in_batches(named.missing_keys(book), _BATCH):
                report.count_withdrawn(forget_keys(graph, book, batch(keys), rules))


def _digest(book: type[Book[Any]], key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16, person=book.FORMAT.encode()[:16]).digest()
