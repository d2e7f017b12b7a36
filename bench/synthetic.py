"""Graphs drawn at random, of any size: as columns, and in a local Neo4j.

Two thirds of the entities are products, the others intents that statements lead to. How often an
intent is led to has a heavy tail: of 6.3 M entities the first has some 200,000 of 29 M statements,
and one in the middle has 4. The same size and seed make the same graph. Loading 29 M statements by
the loaders takes hours: `import_synthetic` writes files for neo4j-admin, without what the loaders
keep of who said what.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

import migrations
from graph_schema.ids import entity_key, statement_id
from kgservice.graph.client import Graph
from kgservice.local.instance import LocalOptions, Running
from kgservice.local.offline import import_files
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load
from migrations.neo4j_dialect import bookkeeping, ownership

_RELATIONS = 15
_WORDS = 40_000
_CHUNK = 1_000_000
_OPTIONS = ("--id-type=string", "--array-delimiter=U+001F", "--bad-tolerance=0")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is drawn, and from which seed."""

    entities: int
    statements: int
    seed: int = 1


TWO_MILLION = Size(450_000, 2_000_000)
#: What Amazon's COSMO is said to have (Yu et al., SIGMOD 2024), with its 15 relations.
COSMO = Size(6_300_000, 29_000_000)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A graph as columns; statements by subject, relation and object, each once.

    `ids` are in order of code point; the first `intents` entities are intents.
    """

    ids: list[str]
    labels: pa.Array
    intents: int
    relations: list[str]
    subject: npt.NDArray[np.int32]
    relation: npt.NDArray[np.int16]
    object: npt.NDArray[np.int32]
    plausibility: npt.NDArray[np.float64]
    typicality: npt.NDArray[np.float64]
    support: npt.NDArray[np.int64]

    def keys(self, first: int, last: int) -> list[str]:
        """The ids of some statements."""
        rows = zip(
            self.subject[first:last].tolist(),
            self.relation[first:last].tolist(),
            self.object[first:last].tolist(),
            strict=True,
        )
        ids, names = self.ids, self.relations
        return [statement_id(ids[s], names[r], entity_key(ids[o])) for s, r, o in rows]


def drawn(size: Size) -> Drawn:
    """The graph of a size: 29 M statements take 4 GB."""
    rng = np.random.default_rng(size.seed)
    intents = size.entities // 3
    keys = np.empty(0, np.int64)
    while len(keys) < size.statements:
        # Heavy tails draw much twice: half as much again as is missing, or rounds are many.
        more = int((size.statements - len(keys)) * 1.5) + 1_000
        subject = size.entities - 1 - (rng.random(more) ** 1.5 * size.entities).astype(np.int64)
        # Every twentieth statement leads from anything to anything, so that walks go on.
        far = np.where(rng.random(more) < 0.05, size.entities, intents)
        object = (rng.random(more) ** 3 * far).astype(np.int64)
        relation = (rng.random(more) ** 2 * _RELATIONS).astype(np.int64)
        fresh = (subject * _RELATIONS + relation) * size.entities + object
        keys = np.unique(np.concatenate([keys, fresh]))
    keys = np.sort(rng.choice(keys, size.statements, replace=False))
    near, object = np.divmod(keys, size.entities)
    subject, relation = np.divmod(near, _RELATIONS)
    scores = np.round(rng.random((2, size.statements)), 6)
    return Drawn(
        [f"e{number:08}" for number in range(size.entities)],
        _labels(size.entities, rng),
        intents,
        [f"LEADS_TO_{number:02}" for number in range(_RELATIONS)],
        subject.astype(np.int32),
        relation.astype(np.int16),
        object.astype(np.int32),
        scores[0],
        scores[1],
        rng.integers(1, 50, size.statements),
    )


def _labels(entities: int, rng: np.random.Generator) -> pa.Array:
    """Three words each, the frequent ones far more often than the others."""
    letters = np.array(list("aeiourstlnmkpdbgvfzh"))
    words = pa.array(["".join(one) for one in rng.choice(letters, (_WORDS, 7))], pa.large_string())
    columns = [
        words.take(pa.array((rng.random(entities) ** 3 * _WORDS).astype(np.int32)))
        for _ in range(3)
    ]
    return pc.binary_join_element_wise(*columns, pa.scalar(" ", pa.large_string()))


def import_synthetic(graph: Drawn, options: LocalOptions) -> None:
    """Fill an empty local Neo4j with a graph: constraints, vocabulary and data version included.

    Nothing is done where a graph is already.
    """
    if (options.home.store / "databases" / "neo4j").exists():
        return
    options.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.data_dir.parent) as temporary:
        place = Path(temporary)
        nodes, relationships = place / "nodes.csv", place / "relationships.csv"
        _write(nodes, _NODES, _node_tables(graph))
        _write(relationships, _RELATIONSHIPS, _relationship_tables(graph))
        arguments = [f"--nodes={nodes}", f"--relationships={relationships}", *_OPTIONS]
        import_files(options, arguments, lambda running: _finish(graph, running, place))


_NODES = (":ID", "id", "label", "aliases:string[]", ":LABEL")
_RELATIONSHIPS = (
    ":START_ID", ":END_ID", ":TYPE", "id", "plausibility:double", "typicality:double",
    "support:long", "sources:string[]", "level",
)  # fmt: skip


def _node_tables(graph: Drawn) -> Iterator[list[pa.Array]]:
    ids = pa.array(graph.ids, pa.large_string())
    kinds = np.where(np.arange(len(ids)) < graph.intents, "Entity;Intent;FunctionIntent", "")
    labels = pc.replace_substring(pa.array(kinds), ";", "\x1f")
    labels = pc.if_else(pc.equal(labels, ""), "Entity\x1fProduct", labels)
    for first in range(0, len(ids), _CHUNK):
        part = slice(first, first + _CHUNK)
        # An alias that equals the label is none: a list that is empty cannot be written.
        yield [ids[part], ids[part], graph.labels[part], graph.labels[part], labels[part]]


def _relationship_tables(graph: Drawn) -> Iterator[list[pa.Array]]:
    ids = pa.array(graph.ids, pa.large_string())
    types = pa.array(graph.relations)
    for first in range(0, len(graph.subject), _CHUNK):
        part = slice(first, first + _CHUNK)
        keys = graph.keys(first, first + _CHUNK)
        yield [
            ids.take(pa.array(graph.subject[part])),
            ids.take(pa.array(graph.object[part])),
            types.take(pa.array(graph.relation[part])),
            pa.array(keys),
            pa.array(graph.plausibility[part]),
            pa.array(graph.typicality[part]),
            pa.array(graph.support[part]),
            pa.array(["synthetic"] * len(keys)),
            pa.array(["asserted"] * len(keys)),
        ]


def _write(path: Path, names: tuple[str, ...], parts: Iterator[list[pa.Array]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(names)
    options = arrow_csv.WriteOptions(include_header=False)
    with path.open("ab") as file:
        for arrays in parts:
            arrow_csv.write_csv(pa.table(arrays, names=list(names)), file, options)


def _finish(graph: Drawn, running: Running, place: Path) -> None:
    with Graph.connect(running.address) as found:
        bookkeeping.prepare(found)
        ownership.claim(found, beside=False)
    migrations.upgrade(running.address)
    relations = place / "relations.jsonl"
    relations.write_bytes(b"".join(orjson.dumps({"id": one}) + b"\n" for one in graph.relations))
    counts = np.bincount(graph.relation, minlength=len(graph.relations)).tolist()
    with Graph.connect(running.address) as found:
        # The loader makes the constraint of each relation, and the first data version.
        order = Load(FORMATS["relations"], [Source(str(relations))], "synthetic", "bench", place)
        load(found, order)
        rows = [list(row) for row in zip(graph.relations, counts, strict=True)]
        found.run(
            "UNWIND $rows AS row MATCH (r:Relation {id: row[0]}) SET r.count = row[1]",
            {"rows": rows},
        )
        found.run("CALL db.awaitIndexes(86400)")
        found.run("CALL db.awaitIndexes(86400)")
