"""One data version of the graph, as the evaluator and the reads see it; it never changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph_schema.identifiers import label_of_type
from kgservice.algebra.pattern import Relations, StatementFilter
from kgservice.graph.records import Names
from kgservice.index.numbering import Members
from kgservice.index.overlay import EntityRow, FreshEntities
from kgservice.index.tables import Codes, Statements, Tables
from kgservice.index.texts import Texts
from kgservice.index.vectors import Mask
from kgservice.index.ways import Wanted
from kgservice.model import Entity
from kgservice.resolution.mapped import Array
from kgservice.resolution.spans import spread
from kgservice.vocabulary import Vocabulary

T = TypeVar("T")

#: Sets of relations and types that a snapshot remembers in array form.
_REMEMBERED = 4_096


#: Label, description, aliases and merged ids of an entity.
_Said = tuple[str, str | None, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layer:
    """Statements of one source: the tables, or the changes that lie over them.

    `named` are ids that do not follow from the parts of a statement, by row; `keys` are 60 bits of
    every id in order, with their rows. Here rows with a literal are numbered behind those between
    entities. `dead` tells of each row whether a later layer
    replaced it, null where none did.
    """

    statements: Statements
    named_rows: npt.NDArray[np.int32]
    named_ids: Texts
    keys: npt.NDArray[np.uint64]
    key_rows: npt.NDArray[np.int32]
    dead: Mask | None = None

    @property
    def between(self) -> int:
        """How many rows are statements between entities; those with a literal come behind."""
        return len(self.statements.between)

    def alive(self, rows: Array, *, literal: bool = False) -> Mask | None:
        """Which of these rows of a table count; null where all do."""
        if self.dead is None:
            return None
        found: Mask = ~self.dead[rows + self.between if literal else rows]
        return found

    def rows_of_keys(self, keys: npt.NDArray[np.uint64]) -> Array:
        """The rows that count of all statements whose ids have one of these keys."""
        keys = np.unique(keys)
        firsts, lasts = (np.searchsorted(self.keys, keys, side) for side in ("left", "right"))
        places, _ = spread(firsts, lasts)
        rows: Array = self.key_rows[places]
        return rows if self.dead is None else rows[~self.dead[rows]]


def base_layer(tables: Tables, dead: Mask | None = None) -> Layer:
    """The statements of an index."""
    names = tables.named_rows, tables.named_ids
    return Layer(tables.statements, *names, tables.keys, tables.key_rows, dead)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The graph at one data version."""

    tables: Tables
    version: int
    vocabulary: Vocabulary
    names: Names
    codes: Codes
    layers: tuple[Layer, ...]
    fresh: FreshEntities | None
    _relations: dict[str, int]
    _remembered: dict[Hashable, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, tables: Tables) -> Snapshot:
        """The data version that an index was built of."""
        return cls(
            tables=tables,
            version=tables.manifest.mark.version,
            vocabulary=tables.vocabulary,
            names=Names(tables.vocabulary),
            codes=tables.codes,
            layers=(base_layer(tables),),
            fresh=None,
            _relations={id: code for code, id in enumerate(tables.codes.relations)},
        )

    # ------------------------------------------------------------------ entities

    @property
    def size(self) -> int:
        """All numbers of entities lie below this."""
        return len(self.tables.entities) + (0 if self.fresh is None else len(self.fresh.new_ids))

    def numbers(self, ids: Sequence[str]) -> Members:
        """The number of each entity, a merged one that of its canonical; -1 where unknown."""
        numbers = self.tables.entities.ids.numbers(ids)
        if len(self.tables.merged) and (numbers < 0).any():
            merged = self.tables.merged.numbers(ids)
            numbers = np.where(merged >= 0, self.tables.canonical[merged], numbers)
        return numbers if self.fresh is None else self.fresh.renumbered(ids, numbers)

    def ids(self, members: Members) -> list[str]:
        """The ids of some entities."""
        if self.fresh is None:
            return self.tables.entities.ids.ids(members)
        return self.fresh.taken(members, self.tables.entities.ids.ids, lambda row: row.id)

    def ranks(self, members: Members) -> Array:
        """Numbers that stand in the order of the entities' ids."""
        return members if self.fresh is None else self.fresh.ranked(members)

    def rank_behind(self, id: str) -> float:
        """A number: the entities whose ids stand behind this one have greater ranks."""
        place = self.tables.entities.ids.places(pa.array([id], pa.large_string()))[0]
        if self.tables.entities.ids.numbers([id])[0] >= 0:
            return float(place)
        return place - 0.5 if self.fresh is None else self.fresh.rank_of_new(id, int(place))

    def degrees(self, members: Members) -> npt.NDArray[np.int64]:
        """How many statements have each entity as subject or object."""
        if self.fresh is None:
            return self.tables.entities.degree[members]
        return self.fresh.degrees(members, self.tables.entities.degree)

    def cards(self, members: Members) -> list[Entity]:
        """What is shown of each entity."""
        types = self._recall("types of kinds", self._types_of_kinds)
        of = [types[kind] for kind in self.kinds(members).tolist()]
        degrees = self.degrees(members).tolist()
        *texts, merged = zip(*self._said(members), strict=True) if len(members) else [()] * 4
        return list(map(Entity, self.ids(members), *texts, of, degrees, merged))

    def labels(self, members: Members) -> list[str]:
        """What entities are called."""
        known = self.tables.entities.label
        if self.fresh is None:
            return known.of(members)
        return self.fresh.taken(members, known.of, lambda row: row.label)

    def _said(self, members: Members) -> list[_Said]:
        if self.fresh is None:
            return self._said_by_tables(members)
        return self.fresh.taken(members, self._said_by_tables, _said_by_row)

    def _said_by_tables(self, members: Members) -> list[_Said]:
        table = self.tables.entities
        texts = table.label.of(members), table.description.where_known(members)
        lists = table.aliases.of(members), table.merged_ids.of(members)
        return list(zip(*texts, *lists, strict=True))

    def kinds(self, members: Members) -> npt.NDArray[np.int32]:
        """The kind of each entity: the code of its set of labels."""
        kind = self.tables.entities.kind if self.fresh is None else self.fresh.kind
        return kind[members]

    def of_types(self, types: frozenset[str]) -> Members:
        """All entities that have any of these types."""
        entities, starts = self.tables.entities, self.tables.entities.kind_starts
        chosen = np.flatnonzero(self.type_mask(types)).tolist()
        known = len(self.tables.codes.kinds)
        runs = [
            entities.by_kind[starts[kind] : starts[kind + 1]] for kind in chosen if kind < known
        ]
        found = np.concatenate([np.empty(0, np.int32), *runs])
        if self.fresh is not None:
            found = self.fresh.of_kinds(found, self.type_mask(types))
        return np.sort(found)

    # ------------------------------------------------------------------ what codes stand for

    def wanted(self, relations: Relations) -> Wanted | None:
        """The relations of a hop among the codes of the tables; null is any."""
        if relations is None:
            return None
        return self._recall(("relations", relations), lambda: self._wanted(relations))

    def type_mask(self, types: frozenset[str]) -> Mask:
        """Of each kind whether its entities have any of these types."""
        return self._recall(("types", types), lambda: self._type_mask(types))

    def origin_mask(self, where: StatementFilter) -> Mask | None:
        """Of each origin whether statements of it may be walked; null where all may."""
        names = (where.sources, where.domains, where.marketplaces)
        if names == (None, None, None):
            return None
        return self._recall(("origins", names), lambda: self._origin_mask(names))

    def term(self, name: str, value: str) -> int:
        """The code of a datatype, language or unit; -2, which nothing has, where it is unknown."""
        terms: dict[str, int] = self._recall(
            ("terms", name), lambda: {one: code for code, one in enumerate(self.codes.terms[name])}
        )
        return terms.get(value, -2)

    @property
    def relation_ranks(self) -> npt.NDArray[np.int32]:
        """Of each code of a relation its place among all in the order of their ids."""
        return self._recall("relation ranks", lambda: self._ranked(self.codes.relations))

    def relation_rank(self, id: str) -> float:
        """Where a relation stands among all; one that is not known stands between two others."""
        code = self._relations.get(id)
        if code is not None:
            return float(self.relation_ranks[code])
        return bisect_left(sorted(self.codes.relations), id) - 0.5

    def _ranked(self, ids: Sequence[str]) -> npt.NDArray[np.int32]:
        ranks = np.empty(len(ids), np.int32)
        ranks[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        return ranks

    def _types_of_kinds(self) -> list[tuple[str, ...]]:
        return [self.names.types(kind) for kind in self.codes.kinds]

    def _wanted(self, relations: frozenset[str]) -> Wanted:
        known = [self._relations[one] for one in relations if one in self._relations]
        dtype = self.tables.statements.between.relation.dtype
        return Wanted.of(known, len(self.codes.relations), dtype)

    def _type_mask(self, types: frozenset[str]) -> Mask:
        kinds_of_label: dict[str, list[int]] = self._recall("labels", self._kinds_of_labels)
        mask = np.zeros(len(self.codes.kinds), np.bool_)
        for type in types:
            mask[kinds_of_label.get(label_of_type(type), [])] = True
        return mask

    def _kinds_of_labels(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for code, labels in enumerate(self.codes.kinds):
            for label in labels:
                found.setdefault(label, []).append(code)
        return found

    def _origin_mask(self, wanted: tuple[frozenset[str] | None, ...]) -> Mask:
        return np.array(
            [
                all(
                    allowed is None or not allowed.isdisjoint(names)
                    for names, allowed in zip(origin, wanted, strict=True)
                )
                for origin in self.codes.origins
            ],
            np.bool_,
        )

    def _recall(self, key: Hashable, make: Callable[[], T]) -> T:
        found: T | None = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = make()
        return found


def _said_by_row(row: EntityRow) -> _Said:
    return row.label, row.description, tuple(sorted({*row.aliases} - {row.label})), ()
