"""Which statements a run of a data set asserts: told by Neo4j, kept as marks on rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from graph_schema.relations import HAS_PRODUCT, HAS_QUERY
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import Graph
from kgservice.graph.cypher import exporting
from kgservice.index.around import Around, Wish
from kgservice.index.effort import Effort
from kgservice.index.layout import LEVEL_CODES
from kgservice.index.snapshot import Layer, Snapshot
from kgservice.index.statements import StatementRows
from kgservice.index.vectors import Mask
from kgservice.ledger.tally import Level
from kgservice.resolution.mapped import Array

#: Assertions whose statements are asked for at a time: 50,000 ids are 2 MB. A larger run is read
#: page by page among all assertions.
_ASSERTIONS = 50_000
_PARTS = frozenset({HAS_QUERY, HAS_PRODUCT})


@dataclass(frozen=True, slots=True)
class Asserted:
    """Marks on the rows of each layer; those with a literal stand behind those between entities."""

    marks: Sequence[Mask]
    layers: Sequence[Layer]

    @classmethod
    def by(cls, run: str, snapshot: Snapshot, graph: Graph) -> Asserted:
        """What a run asserts now, and what is rolled up from that; as far as the snapshot has it.

        Raises GraphError.
        """
        marks = [np.zeros(_rows(layer), np.bool_) for layer in snapshot.layers]
        for ids in _statements_of(run, graph):
            for layer, mark in zip(snapshot.layers, marks, strict=True):
                mark[StatementRows(snapshot, layer).with_ids(ids)[0]] = True
        found = cls(marks, snapshot.layers)
        found._mark_rolled_up(snapshot)
        return found

    def among(self, layer: Layer, literal: bool, rows: Array) -> Mask:
        """Which of some rows of a layer are among them."""
        [mark] = [mark for mark, one in zip(self.marks, self.layers, strict=True) if one is layer]
        found: Mask = mark[rows + layer.between if literal else rows]
        return found

    @property
    def digest(self) -> str:
        """Stands for all of them."""
        whole = hashlib.sha256()
        for mark in self.marks:
            whole.update(np.packbits(mark).tobytes())
        return whole.hexdigest()

    def _mark_rolled_up(self, snapshot: Snapshot) -> None:
        """Mark what the queries and products of marked behaviors have by them."""
        of_heads: dict[int, list[Array]] = {}
        for layer, mark in zip(self.layers, self.marks, strict=True):
            for relations, pairs in _of_heads(snapshot, layer, mark):
                for relation in np.unique(relations).tolist():
                    of_heads.setdefault(relation, []).append(pairs[relations == relation])
        for relation, several in of_heads.items():
            asserted = np.unique(np.concatenate(several))
            for layer, mark in zip(self.layers, self.marks, strict=True):
                table, ends = layer.statements.between, layer.statements.out.end
                assert ends is not None, "a statement between entities has an object"
                level = table.level == LEVEL_CODES[Level.ROLLED_UP.value]
                rows = np.flatnonzero((table.relation == relation) & level)
                pairs = _pairs(snapshot, table.subject[rows], ends[rows])
                mark[rows[np.isin(pairs, asserted)]] = True


def _rows(layer: Layer) -> int:
    return layer.between + len(layer.statements.with_literal)


def _statements_of(run: str, graph: Graph) -> Iterator[list[str]]:
    if graph.value(exporting.SIZE_OF_RUN, {"run": run}) <= _ASSERTIONS:
        yield graph.value(exporting.STATEMENTS_OF_SMALL_RUN, {"run": run})
        return
    after = ""
    while True:
        parameters: dict[str, Any] = {"run": run, "after": after, "limit": _ASSERTIONS}
        rows = graph.value(exporting.STATEMENTS_OF_RUN, parameters)
        if not rows:
            return
        yield [statement for _, statement in rows]
        after = rows[-1][0]


def _of_heads(snapshot: Snapshot, layer: Layer, mark: Mask) -> Iterator[tuple[Array, Array]]:
    """Relations, and pairs of query or product with intent, of marked statements of behaviors."""
    table, ends = layer.statements.between, layer.statements.out.end
    assert ends is not None, "a statement between entities has an object"
    marked = mark[: layer.between] & (table.level == LEVEL_CODES[Level.BEHAVIOR.value])
    rows = np.flatnonzero(marked)
    around = Around(snapshot, Effort(TimeLimit("export", inf)))
    for found in around.find(table.subject[rows], Wish(_PARTS)):
        if found.far is not None:
            of = rows[found.owners]
            yield table.relation[of], _pairs(snapshot, found.far, ends[of])


def _pairs(snapshot: Snapshot, firsts: Array, seconds: Array) -> Array:
    """One number for two entities, of which there are fewer than 2^31."""
    return firsts.astype(np.int64) * snapshot.size + seconds
