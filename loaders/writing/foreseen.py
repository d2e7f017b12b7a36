"""What batches would do, without doing it: the dry run of a load.

What becomes of a record depends on what is held of its key, and that on the batches before. These
were not written, so what they would have left is kept here, and stands before what the graph
holds. It is on disk: a dry run of any file needs no more memory than the load itself.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, LiteralString, TypeVar

from kgservice.graph.store import StoreTransaction
from loaders.writing.batch import Batch
from loaders.writing.books import Book, decided
from loaders.writing.decisions import Decided, Held, Record
from loaders.writing.entities import Rules
from loaders.writing.oddities import Oddities, TypesOf, types_in_graph

R = TypeVar("R", bound=Record)

#: sqlite's own cache, in KiB: beyond it what is foreseen is on disk.
_CACHE = 64 * 1024
#: Keys of one question to sqlite, which allows 32,766 parameters.
_ASKED = 10_000


#: What records say of the types of entities, by the digests of the records' keys.
Types = Mapping[bytes, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Foretold:
    """What one kind of record of a batch would do."""

    book: type[Book[Any]]
    decided: Decided[Any]
    types: Types
    oddities: Oddities


class Foreseen(AbstractContextManager["Foreseen"]):
    """What the batches of one dry run would have left; `more` is how many keys they would add.

    Types that the load itself takes back, or puts below others, are still those of the graph when
    ends of other types are counted; all else is exact.
    """

    def __init__(self) -> None:
        self.more = 0
        self._directory = tempfile.TemporaryDirectory(prefix="kgservice-dry-")
        path = Path(self._directory.name, "foreseen")
        self._rows = sqlite3.connect(path, isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute(f"PRAGMA cache_size = -{_CACHE}")
        self._rows.execute(
            "CREATE TABLE held (key BLOB PRIMARY KEY, digest INTEGER, record TEXT) WITHOUT ROWID"
        )
        self._rows.execute("CREATE TABLE said (key BLOB, entity TEXT, type TEXT)")
        self._rows.execute("CREATE INDEX said_by ON said (key)")
        self._rows.execute("CREATE INDEX said_of ON said (entity)")

    def apply(
        self,
        books: Sequence[type[Book[Any]]],
        transaction: StoreTransaction,
        batch: Batch[Any],
        rules: Rules,
    ) -> list[Foretold]:
        """What a batch would do, book by book, as `loaders.writing.books.apply` does it.

        The transaction may be run again, so nothing is noted before it is over: see `note`.
        """
        return [
            self._apply(book, transaction, replace(batch, records=records), rules)
            for book in books
            if (records := [one for one in batch.records if isinstance(one, book.RECORDS)])
        ]

    def note(self, foretold: Iterable[Foretold]) -> None:
        """Let what a batch would do stand for the batches behind it."""
        self._rows.execute("BEGIN")
        for one in foretold:
            self._note(one)
        self._rows.execute("COMMIT")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rows.close()
        self._directory.cleanup()

    def _apply(
        self, book: type[Book[Any]], transaction: StoreTransaction, batch: Batch[Any], rules: Rules
    ) -> Foretold:
        opened = book(transaction, batch.dataset, batch.at, rules)
        keys = list({book.key(one): None for one in batch.records})
        found = decided(opened, batch.records, self._held(book, batch.run, keys))
        types = {
            _digest(book, one.key): list(opened.types(one.stands)) if one.stands else []
            for one in found.changes
        }
        types_of = self._types_of(transaction, types)
        return Foretold(book, found, types, opened.oddities(found.changes, types_of))

    def _types_of(self, transaction: StoreTransaction, of_batch: Types) -> TypesOf:
        """The types of entities: in the graph, by the batches before, and by the one at hand."""
        in_graph = types_in_graph(transaction)

        def types_of(ids: Collection[str]) -> Mapping[str, Collection[str]]:
            known = {id: set(types) for id, types in in_graph(ids).items()}
            for key, id, type in self._found("key, entity, type FROM said WHERE entity", list(ids)):
                if key not in of_batch:
                    known.setdefault(id, set()).add(type)
            for id, type in (each for several in of_batch.values() for each in several):
                known.setdefault(id, set()).add(type)
            return known

        return types_of

    def _held(self, book: type[Book[R]], run: str, keys: Sequence[str]) -> Mapping[str, Held[R]]:
        digests = {_digest(book, key): key for key in keys}
        return {
            digests[key]: Held(digest, run, partial(book.read, digests[key], record))
            for key, digest, record in self._found(
                "key, digest, record FROM held WHERE key", list(digests)
            )
        }

    def _found(self, what: LiteralString, values: Sequence[bytes | str]) -> Iterator[Any]:
        for start in range(0, len(values), _ASKED):
            asked = values[start : start + _ASKED]
            yield from self._rows.execute(f"SELECT {what} IN ({','.join('?' * len(asked))})", asked)

    def _note(self, foretold: Foretold) -> None:
        book, types = foretold.book, foretold.types
        changes = [one for one in foretold.decided.changes if one.after is not None]
        self.more += sum((one.stands is not None) - (one.stood is not None) for one in changes)
        rows = [
            (_digest(book, one.key), one.after.digest, book.written(one.after.record))
            for one in changes
            if one.after is not None
        ]
        self._rows.executemany("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", rows)
        self._rows.executemany("DELETE FROM said WHERE key = ?", [(key,) for key in types])
        said = [(key, id, type) for key, several in types.items() for id, type in several]
        self._rows.executemany("INSERT INTO said VALUES (?, ?, ?)", said)


def _digest(book: type[Book[Any]], key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16, person=book.FORMAT.encode()[:16]).digest()
