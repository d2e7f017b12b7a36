"""A drawn graph made an index without Neo4j: as large as one likes, within a minute."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from bench.synthetic import Drawn
from graph_schema.entity_types import BUILT_IN_TYPES
from graph_schema.nodes import relation_properties, type_properties
from graph_schema.relations import Relation
from kgservice.index import layout
from kgservice.index.directory import IndexDirectory
from kgservice.index.interning import Interner, Kind
from kgservice.index.manifest import Manifest, Mark, summed, write_manifest
from kgservice.index.staged_entities import StagedEntities
from kgservice.index.staged_statements import Codes, StatementColumns
from kgservice.index.tables import Tables
from kgservice.index.uniting import Merges
from kgservice.index.writing import Columns, write_tables

_CHUNK = 1_000_000


def as_index(graph: Drawn, indexes: IndexDirectory) -> Tables:
    """Write the tables of an index, opened; names are not among them."""
    began = time.monotonic()
    with indexes.building() as target:
        read = _columns(graph, target)
        write_tables(target, read)
        layout.write_json(target / layout.VOCABULARY, {"vocabulary": _vocabulary(graph)})
        rows = len(graph.ids), read.between.rows, 0
        del read
        shutil.rmtree(target / "staging")
        manifest = Manifest(
            Mark("synthetic", 1, None),
            *rows,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - began, 1),
            files=summed(target),
        )
        write_manifest(target, manifest)
        return Tables.open(indexes.publish(target, manifest.mark.version))


def _columns(graph: Drawn, target: Any) -> Columns:
    staging = target / "staging"
    staging.mkdir()
    relations = len(graph.relations)
    between = StatementColumns(staging / "between", relations, literals=False)
    literals = StatementColumns(staging / "literals", relations, literals=True)
    codes = Codes({id: code for code, id in enumerate(graph.relations)}, {})
    origin = codes.origins.code((("synthetic",), (), ()))
    for first in range(0, len(graph.subject), _CHUNK):
        part = slice(first, first + _CHUNK)
        keys = graph.keys(first, first + _CHUNK)
        between.append(
            {
                "subject": graph.subject[part],
                "relation": graph.relation[part],
                "object": graph.object[part],
                "plausibility": graph.plausibility[part],
                "typicality": graph.typicality[part],
                "support": graph.support[part],
                "level": np.full(len(keys), layout.LEVEL_CODES["asserted"]),
                "origin": np.full(len(keys), origin),
                "key": layout.keys_of(pa.array(keys, pa.large_string())),
            }
        )
    kinds: Interner[Kind] = Interner([("FunctionIntent", "Intent"), ("Product",)])
    return Columns(_entities(graph), kinds, between, literals, codes, Merges.of([]), [], [])


def _entities(graph: Drawn) -> StagedEntities:
    size = len(graph.ids)
    nothing = pa.LargeListArray.from_arrays(
        pa.array(np.zeros(size + 1, np.int64)), pa.array([], pa.large_string())
    )
    columns = {
        "id": pa.array(graph.ids, pa.large_string()),
        "label": graph.labels,
        "description": pa.nulls(size, pa.large_string()),
        "aliases": nothing,
        "merged_ids": nothing,
        "kind": pa.array((np.arange(size) >= graph.intents).astype(np.int32)),
    }
    return StagedEntities(columns, np.arange(size), np.bincount(graph.subject, minlength=size))


def _vocabulary(graph: Drawn) -> list[Any]:
    """As kgservice.graph.cypher.vocabulary.READ_VOCABULARY has it."""
    relations = [relation_properties(Relation(id, id)) | {"count": 0} for id in graph.relations]
    types = [[type_properties(one), list(one.parents)] for one in BUILT_IN_TYPES]
    return [[[one, []] for one in relations], types]
