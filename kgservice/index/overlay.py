"""What came after the tables were made, as it lies over them: entities and a layer of statements.

Held in memory by each process; a snapshot with it is a snapshot like any other. Entities that the
tables do not have get the numbers behind theirs, in the order of their ids.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kgservice.index import layout
from kgservice.index.interning import Interner, Kind
from kgservice.index.numbering import Members
from kgservice.index.staged_statements import Codes as GrowingCodes
from kgservice.index.staged_statements import Rows, literal_columns, ordered
from kgservice.index.tables import LiteralTable, Statements, StatementTable
from kgservice.index.ways import SparseRuns, Way
from kgservice.literals import Literal
from kgservice.resolution.mapped import Array

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity as the graph has it now."""

    id: str
    label: str
    description: str | None
    aliases: tuple[str, ...]
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement as the graph has it now; scores that nobody gave are NaN."""

    id: str
    subject: str
    relation: str
    object: str | None
    literal: Literal | None
    plausibility: float
    typicality: float
    support: int
    level: str
    origin: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FreshEntities:
    """Entities that came, changed or went since the tables were made.

    `rows` are those that came or changed, by number; `gone` the numbers of those that went. `kind`
    is the kind of every entity, of the tables and new; `more` how many statements each entity has
    beyond those of the tables.
    """

    base: int
    new_ids: Sequence[str]
    rows: Mapping[int, EntityRow]
    gone: frozenset[int]
    kind: npt.NDArray[np.int32]
    ranks: npt.NDArray[np.float64]
    more: Mapping[int, int]
    numbers: Mapping[str, int] = field(default_factory=dict)

    def renumbered(self, ids: Sequence[str], numbers: Members) -> Members:
        """The numbers that ids have, from those that the tables tell."""
        found = numbers.copy()
        for place in np.flatnonzero(found < 0).tolist():
            found[place] = self.numbers.get(ids[place], -1)
        if self.gone:
            found[np.isin(found, list(self.gone))] = -1
        return found

    def taken(
        self,
        members: Members,
        known: Callable[[Members], Sequence[T]],
        read: Callable[[EntityRow], T],
    ) -> list[T]:
        """Something of each entity: of the tables, but where it came or changed since."""
        old = np.flatnonzero(members < self.base)
        found: dict[int, T] = dict(zip(old.tolist(), known(members[old]), strict=True))
        return [
            read(self.rows[number]) if number in self.rows else found[place]
            for place, number in enumerate(members.tolist())
        ]

    def ranked(self, members: Members) -> npt.NDArray[np.float64]:
        """Numbers that stand in the order of the entities' ids."""
        ranks = members.astype(np.float64)
        new = members >= self.base
        ranks[new] = self.ranks[members[new] - self.base]
        return ranks

    def degrees(self, members: Members, known: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """How many statements each entity has, `known` those of the tables."""
        of_tables = np.zeros(len(members), np.int64)
        old = members < self.base
        of_tables[old] = known[members[old]]
        more = [self.more.get(number, 0) for number in members.tolist()]
        found: npt.NDArray[np.int64] = of_tables + np.array(more, np.int64)
        return found

    def of_kinds(self, known: Members, wanted: npt.NDArray[np.bool_]) -> Members:
        """The entities of some kinds, `known` those that the tables tell of."""
        changed = np.fromiter({*self.rows, *self.gone}, np.int32)
        now = changed[wanted[self.kind[changed]]]
        return np.concatenate([known[~np.isin(known, changed)], now])

    def rank_of_new(self, id: str, place: int) -> float:
        """The rank of an id that the tables do not have; `place` is how many of theirs precede it.

        All new ids at one place lie between two numbers, in their own order.
        """
        return _between(place, bisect_left(self.new_ids, id) - 0.5, len(self.new_ids))


def ranks_of(new_ids: Sequence[str], places: Array) -> npt.NDArray[np.float64]:
    """The ranks of new entities, given how many ids of the tables precede each."""
    count = len(new_ids)
    return np.array(
        [_between(place, number, count) for number, place in enumerate(places.tolist())],
        np.float64,
    )


def _between(place: int, number: float, count: int) -> float:
    return place - 0.75 + 0.5 * (number + 0.5) / (count or 1)


def kinds_of(
    base: npt.NDArray[np.int32],
    rows: Mapping[int, EntityRow],
    gone: Iterable[int],
    kinds: Interner[Kind],
    labels: frozenset[str],
) -> npt.NDArray[np.int32]:
    """The kind of every entity; one that is gone has no type."""
    size = max([len(base), *(number + 1 for number in rows)])
    found = np.empty(size, np.int32)
    found[: len(base)] = base
    for number, row in rows.items():
        found[number] = kinds.code(tuple(sorted(labels & row.labels)))
    nothing = kinds.code(())
    for number in gone:
        found[number] = nothing
    return found


def statements_layer(
    rows: Sequence[StatementRow], subjects: Members, objects: Members, codes: GrowingCodes
) -> tuple[Statements, pa.Array]:
    """Some statements as a layer, with the ids of its rows.

    `subjects` and `objects` are the numbers of the ends; those of statements with a literal are -1.
    """
    values = [place for place, row in enumerate(rows) if row.literal is not None]
    ends = [place for place, row in enumerate(rows) if row.literal is None]
    between = _columns([rows[place] for place in ends], subjects[ends], codes)
    between["object"] = objects[ends]
    between = ordered(between)
    with_literal = _columns([rows[place] for place in values], subjects[values], codes)
    literals = [one for row in rows if (one := row.literal) is not None]
    with_literal = ordered(with_literal | literal_columns(literals, codes))
    ids = np.concatenate([between["id"], with_literal["id"]])
    return _statements(between, with_literal), pa.array(ids.tolist(), pa.large_string())


def _statements(between: Rows, with_literal: Rows) -> Statements:
    into = np.lexsort((between["subject"], between["relation"], between["object"]))
    return Statements(
        between=_table(between),
        out=Way(SparseRuns(between["subject"]), between["relation"], between["object"], None),
        into=Way(
            SparseRuns(between["object"][into]),
            between["relation"][into],
            between["subject"][into],
            into.astype(np.int32),
        ),
        with_literal=_table(with_literal),
        literals=LiteralTable(
            pa.array(with_literal["text"].tolist(), pa.large_string()),
            with_literal["number"],
            with_literal["moment"],
            {name: with_literal[name] for name in layout.TERMS},
        ),
        values=Way(SparseRuns(with_literal["subject"]), with_literal["relation"], None, None),
    )


def _table(rows: Rows) -> StatementTable:
    return StatementTable(**{name: rows[name] for name in ("subject", "relation", *layout.SCORES)})


def _columns(rows: Sequence[StatementRow], subjects: Members, codes: GrowingCodes) -> Rows:
    relations = [codes.relations[row.relation] for row in rows]
    return {
        "subject": subjects,
        "relation": np.array(relations, layout.relation_type(len(codes.relations))),
        "plausibility": np.array([row.plausibility for row in rows], np.float64),
        "typicality": np.array([row.typicality for row in rows], np.float64),
        "support": np.array([row.support for row in rows], np.int64),
        "level": np.array([layout.LEVEL_CODES[row.level] for row in rows], np.int8),
        "origin": codes.origins.codes(row.origin for row in rows),
        "id": np.array([row.id for row in rows], object),
    }
