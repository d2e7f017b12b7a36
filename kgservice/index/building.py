"""From the graph to an index: read it in chunks, write columns, finish with the manifest.

A chunk is a transaction of its own, so a load during a build is seen in part. Therefore the data
version is noted before, and what was changed since stands in the index beside its tables: whoever
opens it lays the one over the other, and then it is of one version.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from graph_schema.identifiers import label_of_type, relationship_type_of
from kgservice.errors import IndexTooLargeError
from kgservice.graph.client import Graph
from kgservice.graph.cypher import indexing
from kgservice.graph.cypher.vocabulary import READ_VOCABULARY
from kgservice.graph.records import Names
from kgservice.graph.vocabulary import vocabulary_of
from kgservice.index import layout
from kgservice.index.directory import IndexDirectory
from kgservice.index.interning import Interner, Kind
from kgservice.index.manifest import Manifest, Mark, summed, write_manifest
from kgservice.index.naming import NAMES_DIRECTORY, name_source
from kgservice.index.numbering import Nodes, Numbering
from kgservice.index.reading import (
    StatementChunk,
    entity_chunks,
    merged_rows,
    statement_chunks,
    statements_at,
)
from kgservice.index.staged_entities import EntityColumns, StagedEntities
from kgservice.index.staged_statements import (
    Codes,
    Reader,
    Rows,
    StatementColumns,
    joined,
    ordered,
    united_rows,
)
from kgservice.index.tables import map_entities, map_statements
from kgservice.index.uniting import Merges, part_of, united
from kgservice.index.writing import Columns, write_tables
from kgservice.resolution.encoder import Encoder
from kgservice.resolution.layer import write_layer
from kgservice.vocabulary import Vocabulary

#: What an entity and a statement take in the files at least, about: for a first look at the size.
#: More than half of an entity's are for finding it by a label of three words.
_BYTES_AN_ENTITY, _BYTES_A_STATEMENT = 350, 65

#: Told the stage, how much of it is done and how much there is.
Progress = Callable[[str, int, int], None]


def _silent(stage: str, done: int, of: int) -> None:
    del stage, done, of


@dataclass(frozen=True, slots=True)
class Order:
    """How to build.

    `budget` are the bytes that the index may take, null for any. Without an encoder names are found
    by their letters alone.
    """

    budget: int | None = None
    encoder: Encoder | None = None
    progress: Progress = _silent


def build(graph: Graph, directory: IndexDirectory, order: Order | None = None) -> Manifest:
    """Build an index of the graph and make it the current one.

    Raises IndexBusyError where another process builds, IndexTooLargeError beyond the budget.

    >>> build(graph, IndexDirectory.below(Path(".kg")), Order(budget=2**31))  # doctest: +SKIP
    """
    order = order or Order()
    began = time.monotonic()
    with directory.building() as target:
        building = _Building(graph, target, order)
        building.refuse_too_large()
        manifest = building.build(began)
        directory.publish(target, manifest.mark.version)
    return manifest


def read_mark(graph: Graph) -> Mark:
    """The state that the graph is in now."""
    return Mark(*graph.value(indexing.READ_MARK))


@dataclass(slots=True)
class _Building:
    """One build: what is known of the graph when it begins, and the columns as they grow."""

    graph: Graph
    target: Path
    order: Order
    mark: Mark = field(init=False)
    size: tuple[int, int] = field(init=False)
    vocabulary_rows: Any = field(init=False)
    vocabulary: Vocabulary = field(init=False)
    codes: Codes = field(init=False)
    kinds: Interner[Kind] = field(default_factory=Interner)

    def __post_init__(self) -> None:
        self.mark = read_mark(self.graph)
        self.vocabulary_rows = self.graph.value(READ_VOCABULARY)
        self.vocabulary = vocabulary_of(self.vocabulary_rows)
        relations = {id: code for code, id in enumerate(sorted(self.vocabulary.relations))}
        types: dict[str, int] = {relationship_type_of(id): code for id, code in relations.items()}
        self.codes = Codes(relations, types)
        entities, statements = self.graph.value(indexing.READ_SIZE)
        self.size = (entities, statements)

    def refuse_too_large(self) -> None:
        """Raise IndexTooLargeError where the graph will surely not fit."""
        entities, statements = self.size
        _refuse(entities * _BYTES_AN_ENTITY + statements * _BYTES_A_STATEMENT, self.order.budget)

    def build(self, began: float) -> Manifest:
        """Everything but making it the current one."""
        staging = self.target / "staging"
        staging.mkdir()
        read = self._read(staging)
        self.order.progress("writing", 0, 1)
        write_tables(self.target, read)
        layout.write_json(self.target / layout.VOCABULARY, {"vocabulary": self.vocabulary_rows})
        counts = len(read.ids), read.between.rows, read.literals.rows
        kinds = self.kinds.values
        del read
        shutil.rmtree(staging)
        self._write_names(kinds)
        manifest = Manifest(
            self.mark,
            *counts,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - began, 1),
            files=summed(self.target),
        )
        _refuse(manifest.bytes, self.order.budget)
        write_manifest(self.target, manifest)
        return manifest

    def _write_names(self, kinds: Sequence[Kind]) -> None:
        entities, statements = map_entities(self.target), map_statements(self.target)
        source = name_source(entities, statements, kinds, self.vocabulary)
        write_layer(
            source,
            self.target / NAMES_DIRECTORY,
            encoder=self.order.encoder,
            progress=self.order.progress,
        )

    def _read(self, staging: Path) -> Columns:
        merges = Merges.of(merged_rows(self.graph))
        entities = self._read_entities(staging, merges)
        rows = statements_at(self.graph, merges.members)
        names = Names(self.vocabulary)
        parts = [part for row in rows if (part := part_of(row, names)) is not None]
        together = united(parts, merges)
        ids = Numbering(entities.columns["id"])
        staged = _Staged(
            Reader(Nodes(entities.nodes), self.codes, np.unique(ids.numbers(sorted(merges.cards)))),
            StatementColumns(staging / "between", len(self.codes.relations), literals=False),
            StatementColumns(staging / "literals", len(self.codes.relations), literals=True),
            united_rows(together, ids, self.codes),
        )
        for chunk in statement_chunks(self.graph, ids, entities.degrees):
            staged.append(chunk)
            done = staged.between.rows + staged.literals.rows
            self.order.progress("statements", done, self.size[1])
        return Columns(
            entities,
            self.kinds,
            staged.between,
            staged.literals,
            self.codes,
            merges,
            together,
            parts,
        )

    def _read_entities(self, staging: Path, merges: Merges) -> StagedEntities:
        labels = frozenset(label_of_type(type) for type in self.vocabulary.types)
        columns = EntityColumns(staging, labels, self.kinds, merges)
        done = 0
        for several in entity_chunks(self.graph):
            done += sum(len(one.ids) for one in several)
            self.order.progress("entities", done, self.size[0])
            columns.append(several)
        return columns.finish()


@dataclass(frozen=True, slots=True)
class _Staged:
    """The two tables of statements as they grow, and the united ones that come in between."""

    reader: Reader
    between: StatementColumns
    literals: StatementColumns
    united: tuple[Rows, Rows]

    def append(self, chunk: StatementChunk) -> None:
        """Add the statements of a chunk."""
        span = chunk.first, chunk.last
        rows = self.reader.statements(chunk.statements)
        self.between.append(_with(rows, self.united[0], span))
        rows = self.reader.literals(chunk.statements)
        self.literals.append(_with(rows, self.united[1], span))


def _with(rows: Rows, united_rows: Rows, span: tuple[int, int]) -> Rows:
    """The rows of a chunk, and the united ones whose subjects lie in its span."""
    first, last = np.searchsorted(united_rows["subject"], span)
    if first == last:
        return rows
    return ordered(joined([rows, {name: united_rows[name][first:last] for name in rows}]))


def _refuse(size: int, budget: int | None) -> None:
    if budget is not None and size > budget:
        raise IndexTooLargeError(
            f"the index of this graph takes about {size / 2**30:.1f} GB, more than KG_INDEX_MEMORY "
            f"allows ({budget / 2**30:.1f} GB): raise it, or let Neo4j answer (KG_EVALUATOR=neo4j)"
        )
