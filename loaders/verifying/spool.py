"""What follows from all behaviors together, kept on disk while the graph is compared with it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from kgservice.ledger.behaviors import Contributions
from kgservice.ledger.mined import Described, MinedEntity, Register
from kgservice.ledger.statements import Parts
from kgservice.ledger.tally import Level, Observation, Tally

_TABLES = """
CREATE TABLE observed (id TEXT, subject TEXT, relation TEXT, object TEXT, observation BLOB);
CREATE TABLE described (id TEXT, said BLOB);
"""
_INDEXES = """
CREATE INDEX observed_id ON observed (id);
CREATE INDEX observed_relation ON observed (relation, id);
CREATE INDEX described_id ON described (id);
"""


class Spool(AbstractContextManager["Spool"]):
    """Observations by statement and descriptions by entity, in a file that goes with the block."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="kgservice-verify-")
        self._rows = sqlite3.connect(Path(self._directory.name, "rows"), isolation_level=None)
        self._rows.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)

    def add(self, contributed: Iterable[Contributions]) -> None:
        """Add what follows from some behaviors."""
        observed: list[tuple[Any, ...]] = []
        described: list[tuple[str, bytes]] = []
        for one in contributed:
            for parts, seen in one.observations.items():
                ends = parts.subject, parts.relation, parts.object
                observed.append((parts.id, *ends, _packed_observation(seen)))
            described.extend((each.id, _packed_description(each)) for each in one.described)
        self._rows.execute("BEGIN")
        self._rows.executemany("INSERT INTO observed VALUES (?, ?, ?, ?, ?)", observed)
        self._rows.executemany("INSERT INTO described VALUES (?, ?)", described)
        self._rows.execute("COMMIT")

    def close_writing(self) -> None:
        """All is there: from here on it can be asked."""
        self._rows.executescript(_INDEXES)

    def tally(self, statement_id: str) -> tuple[Parts, Tally] | None:
        """What behaviors together observe of a statement."""
        parts, total = None, Tally()
        for subject, relation, object, packed in self._rows.execute(
            "SELECT subject, relation, object, observation FROM observed WHERE id = ?",
            (statement_id,),
        ):
            parts = Parts(statement_id, subject, relation, object)
            total.add(_observation(packed))
        return None if parts is None else (parts, total)

    def entity(self, id: str) -> MinedEntity | None:
        """What behaviors together say of an entity."""
        found = MinedEntity(id)
        for [packed] in self._rows.execute("SELECT said FROM described WHERE id = ?", (id,)):
            found.add(_description(id, packed))
        return found if found.uses else None

    def statements(self, size: int) -> Iterator[list[tuple[str, str]]]:
        """All statements that behaviors make, relation and id, in batches."""
        cursor = self._rows.execute(
            "SELECT DISTINCT relation, id FROM observed ORDER BY relation, id"
        )
        while rows := cursor.fetchmany(size):
            yield rows

    def entities(self, size: int) -> Iterator[list[str]]:
        """All entities that behaviors describe, in batches."""
        cursor = self._rows.execute("SELECT DISTINCT id FROM described ORDER BY id")
        while rows := cursor.fetchmany(size):
            yield [id for [id] in rows]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rows.close()
        self._directory.cleanup()


def _packed_observation(seen: Observation) -> bytes:
    names = [sorted(seen.sources), sorted(seen.domains), sorted(seen.marketplaces)]
    scores = [seen.support, seen.plausibility, seen.typicality, seen.level.value]
    return orjson.dumps([*scores, *names])


def _observation(packed: bytes) -> Observation:
    support, plausibility, typicality, level, *names = orjson.loads(packed)
    sources, domains, marketplaces = (frozenset(several) for several in names)
    return Observation(
        support, plausibility, typicality, Level(level), sources, domains, marketplaces
    )


def _packed_description(one: Described) -> bytes:
    registers = [[each.field, each.value, each.time, each.version] for each in one.registers]
    return orjson.dumps([one.types, one.label, dict(one.properties), registers])


def _description(id: str, packed: bytes) -> Described:
    types, label, properties, registers = orjson.loads(packed)
    given: Sequence[Sequence[Any]] = registers
    return Described(id, tuple(types), label, properties, tuple(Register(*each) for each in given))
