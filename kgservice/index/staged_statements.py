"""Chunks of statements as sorted columns: what a build appends to the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.index import layout
from kgservice.index.interning import Interner, Origin
from kgservice.index.numbering import Nodes, Numbering
from kgservice.index.reading import Alike
from kgservice.index.staging import NumberColumn, TextColumn
from kgservice.index.uniting import United
from kgservice.ledger.scores import as_float
from kgservice.literals import Literal, literal
from kgservice.resolution.mapped import Array

T = TypeVar("T")

#: Columns of equal length, by name.
Rows = dict[str, Array]


@dataclass(slots=True)
class Codes:
    """What the codes in the tables stand for; they grow while rows are read."""

    relations: Mapping[str, int]
    types: Mapping[str, int]
    origins: Interner[Origin] = field(default_factory=Interner)
    terms: dict[str, Interner[str]] = field(
        default_factory=lambda: {name: Interner() for name in layout.TERMS}
    )

    def term(self, name: str, value: str | None) -> int:
        """The code of a datatype, language or unit; -1 for none."""
        return -1 if value is None else self.terms[name].code(value)


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns what Neo4j answers into rows; `united` are the entities whose statements come apart."""

    nodes: Nodes
    codes: Codes
    united: Array

    def statements(self, several: Sequence[Alike]) -> Rows:
        """The statements between entities of a chunk, in order; others are left out."""
        between = [one for one in several if one.between]
        rows = self._scored(between)
        objects = _column(between, lambda one: one.objects)
        rows["object"] = self.nodes.numbers(np.array(objects, np.int64))
        kept = (rows["subject"] >= 0) & (rows["relation"] >= 0) & (rows["object"] >= 0)
        if len(self.united):
            kept &= ~(self._is_united(rows["subject"]) | self._is_united(rows["object"]))
        return ordered({name: column[kept] for name, column in rows.items()})

    def literals(self, several: Sequence[Alike]) -> Rows:
        """The statements with a literal of a chunk, in order."""
        valued = [one for one in several if not one.between]
        rows = self._scored(valued)
        read = [
            literal(text, datatype, language=language, unit=unit)
            for text, datatype, language, unit in _column(valued, lambda one: one.objects)
        ]
        rows |= literal_columns(read, self.codes)
        kept = (rows["subject"] >= 0) & (rows["relation"] >= 0)
        if len(self.united):
            kept &= ~self._is_united(rows["subject"])
        return ordered({name: column[kept] for name, column in rows.items()})

    def _scored(self, several: Sequence[Alike]) -> Rows:
        sizes = [len(one.ids) for one in several]
        codes = self.codes
        origins = codes.origins.codes(
            (tuple(one.sources), tuple(one.domains), tuple(one.marketplaces)) for one in several
        )
        relations = [codes.types.get(one.type, -1) for one in several]
        levels = [layout.LEVEL_CODES[one.level] for one in several]
        return {
            "subject": np.concatenate([np.empty(0, np.int32), *(one.subjects for one in several)]),
            "relation": np.repeat(np.array(relations, np.int32), sizes),
            "plausibility": _known(_column(several, lambda one: one.plausibility)),
            "typicality": _known(_column(several, lambda one: one.typicality)),
            "support": np.array(_column(several, lambda one: one.support), np.int64),
            "level": np.repeat(np.array(levels, np.int8), sizes),
            "origin": np.repeat(origins, sizes),
            "key": layout.keys_of(
                pa.array(_column(several, lambda one: one.ids), pa.large_string())
            ),
        }

    def _is_united(self, numbers: Array) -> Array:
        places = np.minimum(np.searchsorted(self.united, numbers), len(self.united) - 1)
        found: Array = self.united[places] == numbers
        return found


def literal_columns(literals: Sequence[Literal], codes: Codes) -> Rows:
    """The columns that only statements with a literal have."""
    return {
        "text": np.array([one.text for one in literals], object),
        "number": np.array(
            [np.nan if one.number is None else one.number for one in literals], np.float64
        ),
        "moment": np.array(
            [layout.NO_MOMENT if one.moment is None else one.moment for one in literals], np.int64
        ),
        **{
            name: np.array([codes.term(name, getattr(one, name)) for one in literals], np.int32)
            for name in layout.TERMS
        },
    }


def united_rows(statements: Sequence[United], ids: Numbering, codes: Codes) -> tuple[Rows, Rows]:
    """United statements as rows: those between entities, and those with a literal.

    Each has the column `id` too: it does not follow from the parts.
    """
    between = [one for one in statements if one.literal is None]
    with_literal = [one for one in statements if one.literal is not None]
    rows = _united(between, ids, codes)
    rows["object"] = ids.numbers([one.object or "" for one in between])
    literals = _united(with_literal, ids, codes)
    literals |= literal_columns([one.literal for one in with_literal if one.literal], codes)
    return ordered(rows), ordered(literals)


def ordered(rows: Rows) -> Rows:
    """Rows by subject, relation, and object or text."""
    if "text" in rows:
        keys = {name: rows[name] for name in ("subject", "relation")}
        table = pa.table({**keys, "text": pa.array(rows["text"], pa.large_string())})
        order = pc.sort_indices(table, [(name, "ascending") for name in table.column_names])
        places: Array = order.to_numpy()
    else:
        places = np.lexsort((rows["object"], rows["relation"], rows["subject"]))
    return {name: column[places] for name, column in rows.items()}


def joined(several: Iterable[Rows]) -> Rows:
    """Rows with the same columns, one after another."""
    parts = list(several)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class StatementColumns:
    """The columns of one table of statements, growing in a directory."""

    def __init__(self, directory: Path, relations: int, *, literals: bool):
        own: dict[str, Any] = {"subject": np.int32, "relation": layout.relation_type(relations)}
        if literals:
            own |= {"number": np.float64, "moment": np.int64}
            own |= dict.fromkeys(layout.TERMS, np.int32)
        else:
            own["object"] = np.int32
        directory.mkdir()
        columns = {**own, **layout.SCORES}
        self._columns = {
            name: NumberColumn(directory / name, type) for name, type in columns.items()
        }
        self._keys = NumberColumn(directory / "key", np.uint64)
        self._texts = TextColumn(directory / "text") if literals else None

    def append(self, rows: Rows) -> None:
        """Add rows, which stand in order behind those before."""
        for name, column in self._columns.items():
            column.append(rows[name])
        self._keys.append(rows["key"])
        if self._texts is not None:
            self._texts.append(pa.array(rows["text"], pa.large_string()))

    @property
    def rows(self) -> int:
        """How many there are."""
        return self._keys.rows

    def columns(self) -> dict[str, pa.Array]:
        """All columns of the table."""
        found = {name: column.column() for name, column in self._columns.items()}
        return found if self._texts is None else {**found, "text": self._texts.column()}

    def keys(self) -> Array:
        """The keys of the statement ids."""
        return self._keys.array()


def _united(statements: Sequence[United], ids: Numbering, codes: Codes) -> Rows:
    tallies = [one.tally for one in statements]
    stored = [tally.stored() for tally in tallies]
    found = np.array([one.id for one in statements], object)
    return {
        "subject": ids.numbers([one.subject for one in statements]),
        "relation": np.array([codes.relations[one.relation] for one in statements], np.int32),
        "plausibility": _scores(tallies, lambda tally: tally.plausibility),
        "typicality": _scores(tallies, lambda tally: tally.typicality),
        "support": np.array([tally.support for tally in tallies], np.int64),
        "level": np.array([layout.LEVEL_CODES[tally.level.value] for tally in tallies], np.int8),
        "origin": codes.origins.codes(
            (one.sources, one.domains, one.marketplaces) for one in stored
        ),
        "key": layout.keys_of(pa.array(found, pa.large_string())),
        "id": found,
    }


def _scores(tallies: Sequence[Any], score: Callable[[Any], int | None]) -> Array:
    values = [as_float(score(tally)) for tally in tallies]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _column(several: Sequence[Alike], of: Callable[[Alike], list[T]]) -> list[T]:
    """A column of all of these, one after another."""
    return list(chain.from_iterable(map(of, several)))


def _known(scores: list[float]) -> Array:
    """-1, which stands for no score where Neo4j collects, becomes NaN: no minimum is met by it."""
    found = np.array(scores, np.float64)
    found[found < 0] = np.nan
    return found
