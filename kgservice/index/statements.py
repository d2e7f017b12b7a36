"""Rows of the tables as statements: what is shown of them, and their ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kgservice.index.layout import LEVELS, TERMS, keys_of
from kgservice.index.snapshot import Layer, Snapshot
from kgservice.index.tables import StatementTable
from kgservice.literals import Literal, literal
from kgservice.model import Statement
from kgservice.resolution.mapped import Array

#: Plausibility, typicality, support, sources, level: what follows the parts in a Statement.
_Scores = tuple[float | None, float | None, int, tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class StatementRows:
    """Reads the statements of one layer; each method is a few array steps, whatever the number."""

    snapshot: Snapshot
    layer: Layer

    def between(self, rows: Array) -> list[Statement]:
        """The statements in some rows of those between entities, in the order of the rows."""
        subjects, relations, objects = self._parts(rows)
        scores = self._scores(self.layer.statements.between, rows)
        statements = [
            Statement(subject, relation, object, None, *rest)
            for subject, relation, object, rest in zip(
                subjects, relations, objects, scores, strict=True
            )
        ]
        return self._called(rows, statements)

    def with_literal(self, rows: Array) -> list[Statement]:
        """The statements in some rows of those with a literal, in the order of the rows."""
        table = self.layer.statements.with_literal
        subjects = self.snapshot.ids(table.subject[rows])
        relations = self._relations(table, rows)
        values = self._literals(rows)
        scores = self._scores(table, rows)
        statements = [
            Statement(subject, relation, None, value, *rest)
            for subject, relation, value, rest in zip(
                subjects, relations, values, scores, strict=True
            )
        ]
        return self._called(rows + self.layer.between, statements)

    def with_ids(self, ids: Collection[str]) -> tuple[Array, list[Statement]]:
        """Those with these ids, and their rows: sought by the digests, then by the ids themselves.

        Equal digests are the same statement but for one case in 10^11; then the other one stays.
        """
        rows, several = self._with_digests(_digests(ids))
        asked = set(ids)
        kept = np.flatnonzero([one.id in asked for one in several])
        return rows[kept], [several[place] for place in kept.tolist()]

    def made_of(self, ids: Collection[str]) -> Array:
        """The rows that were made of the statements with these ids, whatever they show.

        A row whose parts do not give its digest was read while the node that it leads to was one of
        another entity: what kgservice.graph.cypher.indexing says of Neo4j's numbers.
        """
        digests = _digests(ids)
        rows, several = self._with_digests(digests)
        asked = set(ids)
        is_asked = np.array([one.id in asked for one in several], np.bool_)
        shown = _digests([one.id for one in several])
        made: Array = rows[is_asked | ~np.isin(shown, digests)]
        return made

    def _with_digests(self, digests: Array) -> tuple[Array, list[Statement]]:
        """Those whose ids have these digests, and their rows."""
        rows = self.layer.rows_of_keys(digests)
        between, valued = rows[rows < self.layer.between], rows[rows >= self.layer.between]
        several = self.between(between) + self.with_literal(valued - self.layer.between)
        return np.concatenate([between, valued]), several

    def _parts(self, rows: Array) -> tuple[list[str], list[str], list[str]]:
        table, ends = self.layer.statements.between, self.layer.statements.out.end
        assert ends is not None, "a statement between entities has an object"
        relations = self._relations(table, rows)
        return self.snapshot.ids(table.subject[rows]), relations, self.snapshot.ids(ends[rows])

    def _relations(self, table: StatementTable, rows: Array) -> list[str]:
        names = self.snapshot.codes.relations
        return [names[code] for code in table.relation[rows].tolist()]

    def _called(self, rows: Array, statements: list[Statement]) -> list[Statement]:
        """The same with the ids of those that were given one."""
        named = self.layer.named_rows
        if len(named):
            places = np.minimum(np.searchsorted(named, rows), len(named) - 1)
            given = np.flatnonzero(named[places] == rows)
            names = self.layer.named_ids.of(places[given])
            for place, id in zip(given.tolist(), names, strict=True):
                statements[place] = statements[place].called(id)
        return statements

    def _literals(self, rows: Array) -> Iterator[Literal]:
        literals, names = self.layer.statements.literals, self.snapshot.codes.terms
        texts = literals.text.take(pa.array(rows)).to_pylist()
        terms = [
            [None if code < 0 else names[term][code] for code in literals.terms[term][rows]]
            for term in TERMS
        ]
        for text, datatype, language, unit in zip(texts, *terms, strict=True):
            yield literal(text, datatype, language=language, unit=unit)

    def _scores(self, table: StatementTable, rows: Array) -> list[_Scores]:
        origins = self.snapshot.codes.origins
        return [
            (
                None if plausibility != plausibility else plausibility,
                None if typicality != typicality else typicality,
                support,
                origins[origin][0],
                LEVELS[level],
            )
            for plausibility, typicality, support, origin, level in zip(
                table.plausibility[rows].tolist(),
                table.typicality[rows].tolist(),
                table.support[rows].tolist(),
                table.origin[rows].tolist(),
                table.level[rows].tolist(),
                strict=True,
            )
        ]


def _digests(ids: Collection[str]) -> Array:
    return keys_of(pa.array(list(ids), pa.large_string()))
