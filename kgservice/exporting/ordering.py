"""The rows of an export in its order: by relation, subject, then object, values last and by text.

The tables stand by subject. One pass over their column of relations finds the rows of a group of
relations, which are then put in order; a relation with more rows than a group may have is taken by
ranges of subjects. So memory is bounded, but for a hub: the statements of one subject and relation
that lie over a range are one piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.exporting.asserted import Asserted
from kgservice.exporting.wanted import Wanted
from kgservice.index.layout import LEVEL_CODES, TERMS
from kgservice.index.snapshot import Layer, Snapshot
from kgservice.index.tables import StatementTable
from kgservice.index.vectors import Mask
from kgservice.index.walks import passing
from kgservice.resolution.mapped import Array

#: Rows that are put in order together, and rows of a table that are looked at together: with their
#: columns 1 M take 100 MB.
_ROWS = 1_000_000

#: The rank of an entity that came since the tables lies between two numbers; see overlay.ranks_of.
_BEFORE = 0.8


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one of the two tables of a layer."""

    layer: Layer
    literal: bool
    rows: Array

    @property
    def table(self) -> StatementTable:
        """The table that they are of."""
        statements = self.layer.statements
        return statements.with_literal if self.literal else statements.between

    @property
    def objects(self) -> Array:
        """The entities at the far end; -1 where there is a literal."""
        ends = self.layer.statements.out.end
        if self.literal or ends is None:
            return np.full(len(self.rows), -1, np.int32)
        found: Array = ends[self.rows]
        return found


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of several parts, and in which order those stand, laid end to end."""

    parts: Sequence[Part]
    order: Array


@dataclass(frozen=True, slots=True)
class _Span:
    """Subjects from one number of the tables to before another, new ones between them included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class StatementOrdering:
    """Finds the wanted statements of a snapshot, and their order.

    `asserted` are those of a run, null for those of any.
    """

    snapshot: Snapshot
    wanted: Wanted
    asserted: Asserted | None = None

    def pieces(self) -> Iterator[Piece]:
        """All wanted rows: piece by piece in the order of the export."""
        for relations, spans in self._groups():
            for span in spans:
                every = (
                    self._selected(layer, literal, relations, span)
                    for layer in self.snapshot.layers
                    for literal in (False, True)
                )
                parts = [part for part in every if len(part.rows)]
                if parts:
                    yield Piece(parts, self._order(parts))

    def _groups(self) -> Iterator[tuple[Mask, Sequence[_Span]]]:
        """Relations that are taken together, and the ranges of subjects they are taken by."""
        counts = self._counts()
        by_rank = np.argsort(self.snapshot.relation_ranks)
        everything = [_Span(0, len(self.snapshot.tables.entities) + 1)]
        group = np.zeros(len(counts), np.bool_)
        rows = 0
        for code in by_rank.tolist():
            if rows and rows + counts[code] > _ROWS:
                yield group, everything
                group, rows = np.zeros(len(counts), np.bool_), 0
            if counts[code] > _ROWS:
                alone = np.zeros(len(counts), np.bool_)
                alone[code] = True
                yield alone, self._spans()
            elif counts[code]:
                group[code] = True
                rows += int(counts[code])
        if rows:
            yield group, everything

    def _counts(self) -> npt.NDArray[np.int64]:
        """How many rows each relation has at most; 0 for those that are not wanted."""
        size = len(self.snapshot.codes.relations)
        counts = np.zeros(size, np.int64)
        for layer in self.snapshot.layers:
            for table in (layer.statements.between, layer.statements.with_literal):
                for first in range(0, len(table), _ROWS):
                    counts += np.bincount(table.relation[first : first + _ROWS], minlength=size)
        wanted = self.snapshot.wanted(self.wanted.relations)
        return counts if wanted is None else np.where(wanted.mask, counts, 0)

    def _spans(self) -> Sequence[_Span]:
        """Ranges of subjects with some _ROWS rows each, of any relation."""
        statements = self.snapshot.layers[0].statements
        edges = {0, len(self.snapshot.tables.entities) + 1}
        for table in (statements.between, statements.with_literal):
            edges.update(table.subject[_ROWS::_ROWS].tolist())
        ordered = sorted(edges)
        return [_Span(first, last) for first, last in pairwise(ordered)]

    def _selected(self, layer: Layer, literal: bool, relations: Mask, span: _Span) -> Part:
        whole = Part(layer, literal, np.empty(0, np.int64))
        found = [whole.rows]
        first, last = self._rows_of(whole.table, span, base=layer is self.snapshot.layers[0])
        for begin in range(first, last, _ROWS):
            end = min(begin + _ROWS, last)
            rows = np.flatnonzero(relations[whole.table.relation[begin:end]]) + begin
            tests = list(self._tests(Part(layer, literal, rows), span))
            found.append(rows[reduce(np.logical_and, tests)] if tests else rows)
        return Part(layer, literal, np.concatenate(found))

    def _rows_of(self, table: StatementTable, span: _Span, *, base: bool) -> tuple[int, int]:
        """Where the rows of a range of subjects lie; what lies over the tables is not by rank."""
        if not base:
            return 0, len(table)
        first, last = np.searchsorted(table.subject, np.array([span.first, span.last], np.int32))
        return int(first), int(last)

    def _tests(self, part: Part, span: _Span) -> Iterator[Mask]:
        table, rows = part.table, part.rows
        alive = part.layer.alive(rows, literal=part.literal)
        if alive is not None:
            yield alive
        if part.layer is not self.snapshot.layers[0]:
            ranks = self.snapshot.ranks(table.subject[rows])
            yield (ranks >= span.first - _BEFORE) & (ranks < span.last - _BEFORE)
        yield from passing(self.snapshot, table, self.wanted.where, rows)
        if self.wanted.level is not None:
            yield table.level[rows] == LEVEL_CODES[self.wanted.level.value]
        if self.wanted.types is not None:
            yield self._of_types(table.subject[rows], self.wanted.types)
        if self.wanted.object_types is not None:
            yield self._of_types(part.objects, self.wanted.object_types)
        if self.asserted is not None:
            yield self.asserted.among(part.layer, part.literal, rows)

    def _of_types(self, members: Array, types: frozenset[str]) -> Mask:
        """Which of some entities have any of these types; -1, a literal, has none."""
        mask = self.snapshot.type_mask(types)
        if not len(mask):
            return np.zeros(len(members), np.bool_)
        found: Mask = mask[self.snapshot.kinds(np.maximum(members, 0))] & (members >= 0)
        return found

    def _order(self, parts: Sequence[Part]) -> Array:
        relations = np.concatenate(
            [self.snapshot.relation_ranks[part.table.relation[part.rows]] for part in parts]
        )
        [first, *others] = parts
        if not others and not first.literal and first.layer is self.snapshot.layers[0]:
            # They stand by subject and object already, and 16 bits are sorted by counting.
            small = len(self.snapshot.codes.relations) <= np.iinfo(np.int16).max
            return np.argsort(relations.astype(np.int16) if small else relations, kind="stable")
        subjects = np.concatenate(
            [self.snapshot.ranks(part.table.subject[part.rows]) for part in parts]
        )
        literal = np.concatenate([np.full(len(part.rows), part.literal) for part in parts])
        last = np.zeros(len(literal))
        ends = [self.snapshot.ranks(part.objects) for part in parts if not part.literal]
        last[~literal] = np.concatenate([np.empty(0), *ends])
        last[literal] = self._value_ranks([part for part in parts if part.literal])
        return np.lexsort((last, literal, subjects, relations))

    def _value_ranks(self, parts: Sequence[Part]) -> Array:
        """The place of each literal by text, datatype, language and unit."""
        names = self.snapshot.codes.terms
        if not parts:
            return np.empty(0, np.int64)
        columns = {"text": pa.chunked_array([texts_of(part) for part in parts])}
        for term in TERMS:
            ranks = np.argsort(np.argsort(np.array(["", *names[term]], object)))
            codes = [part.layer.statements.literals.terms[term][part.rows] for part in parts]
            columns[term] = pa.chunked_array([pa.array(ranks[np.concatenate(codes) + 1])])
        order = pc.sort_indices(
            pa.table(columns), [(name, "ascending") for name in ("text", *TERMS)]
        ).to_numpy()
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        return places


def entity_pieces(snapshot: Snapshot, types: frozenset[str] | None) -> Iterator[Array]:
    """The entities that have any of these types, in order of id."""
    size, fresh = len(snapshot.tables.entities), snapshot.fresh
    new_ranks = np.empty(0) if fresh is None else fresh.ranks
    gone = np.empty(0, np.int32) if fresh is None else np.array(sorted(fresh.gone), np.int32)
    for first in range(0, size + 1, _ROWS):
        last = min(first + _ROWS, size + 1)
        members = np.arange(first, min(last, size), dtype=np.int32)
        begin, end = np.searchsorted(new_ranks, [first - _BEFORE, last - _BEFORE])
        if begin < end:
            new = np.arange(size + begin, size + end, dtype=np.int32)
            members = np.concatenate([members, new])
            members = members[np.argsort(snapshot.ranks(members), kind="stable")]
        if len(gone):
            members = members[~np.isin(members, gone)]
        if types is not None:
            members = members[snapshot.type_mask(types)[snapshot.kinds(members)]]
        yield members


def texts_of(part: Part) -> pa.Array:
    """The texts of the literals of some rows."""
    texts = part.layer.statements.literals.text
    return texts.take(pa.array(part.rows)).cast(pa.large_string())
