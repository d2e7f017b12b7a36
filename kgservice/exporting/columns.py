"""Rows of the tables as Arrow columns, under the names that an export has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.ids import literal_key
from kgservice.exporting.identifying import statement_ids
from kgservice.exporting.ordering import Part, Piece, texts_of
from kgservice.exporting.sentences import phrases, runs, sentences
from kgservice.index.layout import LEVELS, NO_MOMENT, TERMS
from kgservice.index.overlay import EntityRow
from kgservice.index.snapshot import Snapshot
from kgservice.resolution.mapped import Array

_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())

STATEMENTS = pa.schema(
    [
        pa.field("id", _TEXT, nullable=False),
        pa.field("subject", _TEXT, nullable=False),
        pa.field("subject_label", _TEXT, nullable=False),
        pa.field("subject_types", _TEXTS, nullable=False),
        pa.field("relation", _TEXT, nullable=False),
        pa.field("object", _TEXT),
        pa.field("object_label", _TEXT),
        pa.field("object_types", _TEXTS),
        pa.field("value", _TEXT),
        pa.field("number", pa.float64()),
        pa.field("unit", _TEXT),
        pa.field("time", _TEXT),
        pa.field("language", _TEXT),
        pa.field("plausibility", pa.float64()),
        pa.field("typicality", pa.float64()),
        pa.field("support", pa.int64(), nullable=False),
        pa.field("phrase", _TEXT, nullable=False),
        pa.field("text", _TEXT, nullable=False),
        pa.field("sources", _TEXTS, nullable=False),
        pa.field("level", _TEXT, nullable=False),
    ]
)

ENTITIES = pa.schema(
    [
        pa.field("id", _TEXT, nullable=False),
        pa.field("label", _TEXT, nullable=False),
        pa.field("description", _TEXT),
        pa.field("aliases", _TEXTS, nullable=False),
        pa.field("types", _TEXTS, nullable=False),
        pa.field("degree", pa.int64(), nullable=False),
        pa.field("merged_ids", _TEXTS, nullable=False),
    ]
)


class EntityColumns:
    """Columns of the entities of a snapshot, by their numbers."""

    def __init__(self, snapshot: Snapshot):
        self._snapshot = snapshot
        fresh = snapshot.fresh
        rows = {} if fresh is None else fresh.rows
        self._base = len(snapshot.tables.entities)
        self._changed = np.array(sorted(rows), np.int64)
        self._rows = rows

    def ids(self, members: Array) -> pa.Array:
        """Their ids."""
        return self._texts(self._snapshot.tables.entities.ids.all, members, lambda row: row.id)

    def labels(self, members: Array) -> pa.Array:
        """What they are called."""
        return self._texts(
            self._snapshot.tables.entities.label.column, members, lambda row: row.label
        )

    def types(self, members: Array) -> pa.Array:
        """Their direct types."""
        return self._types.take(pa.array(self._snapshot.kinds(members)))

    def table(self, members: Array) -> pa.Table:
        """All there is to tell of each."""
        tables = self._snapshot.tables.entities
        columns = [
            self.ids(members),
            self.labels(members),
            self._texts(tables.description.column, members, lambda row: row.description),
            self._texts(
                tables.aliases.column, members, lambda row: sorted({*row.aliases} - {row.label})
            ),
            self.types(members),
            pa.array(self._snapshot.degrees(members)),
            self._texts(tables.merged_ids.column, members, lambda _: []),
        ]
        return pa.Table.from_arrays(columns, schema=ENTITIES)

    @cached_property
    def _types(self) -> pa.Array:
        names, kinds = self._snapshot.names, self._snapshot.codes.kinds
        return pa.array([list(names.types(kind)) for kind in kinds], _TEXTS)

    def _texts(
        self, column: pa.Array, members: Array, read: Callable[[EntityRow], object]
    ) -> pa.Array:
        """A column of the tables, but for entities that came or changed since."""
        to = _TEXTS if pa.types.is_large_list(column.type) else _TEXT
        places = np.searchsorted(self._changed, members)
        changed = np.zeros(len(members), np.bool_)
        if len(self._changed):
            places = np.minimum(places, len(self._changed) - 1)
            changed = self._changed[places] == members
        known = column.take(pa.array(members, mask=changed)).cast(to)
        if not changed.any():
            return known
        # A take from both, one behind the other: masks are not replaced in columns of lists.
        now = pa.array([read(self._rows[number]) for number in members[changed].tolist()], to)
        taken = np.arange(len(members))
        taken[changed] = len(members) + np.arange(len(now))
        return pa.concat_arrays([known, now]).take(pa.array(taken))


@dataclass(frozen=True, slots=True)
class StatementColumns:
    """Columns of statements of a snapshot."""

    snapshot: Snapshot
    entities: EntityColumns

    def tables(self, piece: Piece, rows: int) -> Iterator[pa.Table]:
        """A piece in its order, in tables of some rows at most."""
        gathered = _Gathered.of(piece.parts)
        for first in range(0, len(piece.order), rows):
            yield self._table(gathered, piece.order[first : first + rows])

    def _table(self, gathered: _Gathered, places: Array) -> pa.Table:
        numbers = {name: column[places] for name, column in gathered.numbers.items()}
        texts = {name: column.take(pa.array(places)) for name, column in gathered.texts.items()}
        literal = numbers["object"] < 0
        entities, names = self.entities, self.snapshot.codes
        objects = np.maximum(numbers["object"], 0)
        found = {
            "subject": entities.ids(numbers["subject"]),
            "subject_label": entities.labels(numbers["subject"]),
            "subject_types": entities.types(numbers["subject"]),
            "relation": pa.array(names.relations, _TEXT).take(pa.array(numbers["relation"])),
            "object": _but(entities.ids(objects), literal),
            "object_label": _but(entities.labels(objects), literal),
            "object_types": _but(entities.types(objects), literal),
            "value": texts["value"].cast(_TEXT),
            "number": _known(numbers["number"]),
            "time": _but(texts["value"].cast(_TEXT), numbers["moment"] == NO_MOMENT),
            "plausibility": _known(numbers["plausibility"]),
            "typicality": _known(numbers["typicality"]),
            "support": pa.array(numbers["support"]),
            "sources": self._sources.take(pa.array(numbers["origin"])),
            "level": pa.array([one.value for one in LEVELS], _TEXT).take(
                pa.array(numbers["level"])
            ),
        }
        terms = {term: self._terms(term, numbers[term]) for term in TERMS}
        found |= {"unit": terms["unit"], "language": terms["language"]}
        found["id"] = self._ids(numbers["relation"], found, terms, texts["id"].cast(_TEXT))
        found["phrase"], found["text"] = self._sentences(numbers["relation"], found)
        return pa.Table.from_arrays([found[one.name] for one in STATEMENTS], schema=STATEMENTS)

    @property
    def _sources(self) -> pa.Array:
        return pa.array([list(origin[0]) for origin in self.snapshot.codes.origins], _TEXTS)

    def _terms(self, term: str, codes: Array) -> pa.Array:
        names = pa.array(self.snapshot.codes.terms[term], _TEXT)
        return names.take(pa.array(codes, mask=codes < 0))

    def _ids(
        self,
        relations: Array,
        found: dict[str, pa.Array],
        terms: dict[str, pa.Array],
        given: pa.Array,
    ) -> pa.Array:
        """The ids of statements by their parts, but for those that were given one."""
        keys = pc.binary_join_element_wise("e", found["object"], "")
        if keys.null_count:
            values = zip(
                *(one.to_pylist() for one in (found["value"], *(terms[name] for name in TERMS))),
                strict=True,
            )
            of_values = [None if one[0] is None else literal_key(*one) for one in values]
            keys = pc.coalesce(keys, pa.array(of_values, _TEXT))
        ids = statement_ids(found["subject"], relations, self.snapshot.codes.relations, keys)
        return ids if given.null_count == len(given) else pc.coalesce(given, ids)

    def _sentences(self, relations: Array, found: dict[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
        with_unit = pc.binary_join_element_wise(found["value"], found["unit"], " ")
        objects = pc.coalesce(found["object_label"], with_unit, found["value"])
        subjects, texts = found["subject_label"], []
        for first, last in runs(relations):
            kind = self.snapshot.vocabulary.relations[
                self.snapshot.codes.relations[relations[first]]
            ]
            of, by = objects[first:last], subjects[first:last]
            texts.append((phrases(kind, of), sentences(kind, by, of)))
        short, long = (pa.concat_arrays([one[place] for one in texts]) for place in (0, 1))
        return short, long


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What the tables have of some parts, the parts one behind the other."""

    numbers: dict[str, Array]
    texts: dict[str, pa.Array]

    @classmethod
    def of(cls, parts: Sequence[Part]) -> _Gathered:
        numbers = {"object": np.concatenate([part.objects for part in parts])}
        for name in ("subject", "relation", "plausibility", "typicality", "support", "level"):
            columns = [getattr(part.table, name)[part.rows] for part in parts]
            numbers[name] = np.concatenate(columns)
        numbers["origin"] = np.concatenate([part.table.origin[part.rows] for part in parts])
        numbers["number"] = np.concatenate([_number(part) for part in parts])
        numbers["moment"] = np.concatenate([_moment(part) for part in parts])
        for term in TERMS:
            numbers[term] = np.concatenate([_codes(part, term) for part in parts])
        texts = {
            "value": pa.concat_arrays(
                [texts_of(one) if one.literal else _nothing(one) for one in parts]
            ),
            "id": pa.concat_arrays([_given_ids(one) for one in parts]),
        }
        return cls(numbers, texts)


def _nothing(part: Part) -> pa.Array:
    return pa.nulls(len(part.rows), pa.large_string())


def _number(part: Part) -> Array:
    numbers = part.layer.statements.literals.number
    return numbers[part.rows] if part.literal else np.full(len(part.rows), np.nan)


def _moment(part: Part) -> Array:
    moments = part.layer.statements.literals.moment
    return moments[part.rows] if part.literal else np.full(len(part.rows), NO_MOMENT)


def _codes(part: Part, term: str) -> Array:
    codes = part.layer.statements.literals.terms[term]
    return codes[part.rows] if part.literal else np.full(len(part.rows), -1, np.int32)


def _given_ids(part: Part) -> pa.Array:
    """The ids that do not follow from the parts of statements."""
    rows, named = part.rows, part.layer.named_rows
    if part.literal:
        rows = rows + part.layer.between
    if not len(named):
        return _nothing(part)
    places = np.minimum(np.searchsorted(named, rows), len(named) - 1)
    return part.layer.named_ids.column.take(pa.array(places, mask=named[places] != rows))


def _but(column: pa.Array, without: Array) -> pa.Array:
    """A column that has nothing in some rows."""
    if not without.any():
        return column
    return column.take(pa.array(np.arange(len(column)), mask=without))


def _known(scores: Array) -> pa.Array:
    """Numbers, of which NaN stands for none."""
    return pa.array(scores, mask=np.isnan(scores))
