"""An export: what is wanted of one snapshot, written in one format."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from typing import IO

import orjson
import pyarrow as pa

from kgservice.exporting.asserted import Asserted
from kgservice.exporting.columns import ENTITIES, STATEMENTS, EntityColumns, StatementColumns
from kgservice.exporting.formats import Format
from kgservice.exporting.ordering import StatementOrdering, entity_pieces
from kgservice.exporting.wanted import Filters, Kind, Wanted
from kgservice.graph.client import Graph
from kgservice.index.manifest import Mark
from kgservice.index.snapshot import Snapshot

#: Rows of a table, which is a row group in Parquet and a batch in Arrow.
TABLE_ROWS = 131_072

#: Changes whenever the same data would give other bytes.
_EDITION = "1"

#: Told how many rows were written since it was told last.
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Export:
    """One export of one data version; `mark` is the state of the graph that the snapshot is of."""

    snapshot: Snapshot
    mark: Mark
    wanted: Wanted
    format: Format
    asserted: Asserted | None = None

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        mark: Mark,
        kind: Kind,
        filters: Filters,
        format: Format,
        graph: Callable[[], AbstractContextManager[Graph]],
    ) -> Export:
        """Raises RequestError where a filter makes no sense.

        Where a run is asked for, `graph` gives a connection: who asserts a statement is not in the
        tables. Then GraphError is raised where Neo4j is away.
        """
        wanted = Wanted.of(kind, filters, snapshot.vocabulary)
        asserted = None
        if filters.run is not None:
            with graph() as connected:
                asserted = Asserted.by(filters.run, snapshot, connected)
        return cls(snapshot, mark, wanted, format, asserted)

    @property
    def subject(self) -> str:
        """Stands for what is asked for, of whatever data version."""
        asked = [self.wanted.kind.value, self.format.name, self.wanted.filters.given()]
        return _digest(asked)

    @property
    def name(self) -> str:
        """Stands for its bytes: data version, what is asked for, and all that they depend on."""
        state = [
            _EDITION,
            version("pyarrow"),
            [self.mark.database, self.mark.version, self.mark.made_at],
            None if self.asserted is None else self.asserted.digest,
        ]
        return f"{self.mark.version}-{self.subject}-{_digest(state)}.{self.format.ending}"

    def write(self, file: IO[bytes], advance: Advance) -> int:
        """Write it whole, a few tables in memory at a time; returns how many rows there were."""
        rows = 0
        schema = STATEMENTS if self.wanted.kind is Kind.TRIPLES else ENTITIES
        with self.format.opened(file, schema.with_metadata(self._metadata())) as write:
            # The next is made while one is written: that takes about as long, and frees the lock.
            for table in _ahead(_even(self._tables())):
                write(table)
                rows += len(table)
                advance(len(table))
        return rows

    def _tables(self) -> Iterator[pa.Table]:
        entities = EntityColumns(self.snapshot)
        if self.wanted.kind is Kind.ENTITIES:
            for members in entity_pieces(self.snapshot, self.wanted.types):
                for first in range(0, len(members), TABLE_ROWS):
                    yield entities.table(members[first : first + TABLE_ROWS])
            return
        columns = StatementColumns(self.snapshot, entities)
        for piece in StatementOrdering(self.snapshot, self.wanted, self.asserted).pieces():
            yield from columns.tables(piece, TABLE_ROWS)

    def _metadata(self) -> dict[str, str]:
        filters = orjson.dumps(self.wanted.filters.given(), option=orjson.OPT_SORT_KEYS).decode()
        return {"kg.data_version": str(self.snapshot.version), "kg.filters": filters}


def _even(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of TABLE_ROWS, but the last: so bytes do not tell how they came."""
    waiting: list[pa.Table] = []
    rows = 0
    for table in tables:
        waiting.append(table)
        rows += len(table)
        while rows >= TABLE_ROWS:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, TABLE_ROWS).combine_chunks()
            rows -= TABLE_ROWS
            waiting = [whole.slice(TABLE_ROWS)]
    if rows:
        yield pa.concat_tables(waiting).combine_chunks()


def _ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same tables; the next is made while one is worked on."""
    with ThreadPoolExecutor(1) as making:
        future = making.submit(next, tables, None)
        while (table := future.result()) is not None:
            future = making.submit(next, tables, None)
            yield table


def _digest(content: object) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]
