"""The graphs that are asked: CoDEx, loaded by the real loaders, and synthetic ones, imported."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import migrations
from bench.queries.facts import Facts
from bench.synthetic import COSMO, TWO_MILLION, Drawn, Size, drawn, import_synthetic
from kgservice.cli.db import local_options
from kgservice.graph.client import Address, Graph
from kgservice.local.instance import LocalOptions, attach
from kgservice.settings import read_settings
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load

DATA = Path(os.environ.get("KG_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))

#: What can be asked: two real graphs, and two drawn at random.
SYNTHETIC: dict[str, Size] = {"2m": TWO_MILLION, "cosmo": COSMO}
SIZES = ("s", "m", *SYNTHETIC)

_PARTS = ("train", "valid", "test")


def facts(size: str) -> Facts:
    """The facts of a graph, without asking anybody."""
    if size in SYNTHETIC:
        return facts_of(drawn(SYNTHETIC[size]))
    triples = [triple for file in codex_files(size) for triple in _triples(file)]
    ids = sorted({end for head, _, tail in triples for end in (head, tail)})
    relations = sorted({relation for _, relation, _ in triples})
    numbers = {id: number for number, id in enumerate(ids)}
    codes = {id: code for code, id in enumerate(relations)}
    rows = np.array(
        [[numbers[head], codes[relation], numbers[tail]] for head, relation, tail in triples]
    )
    return Facts(ids, relations, *np.unique(rows, axis=0).T)


def facts_of(graph: Drawn) -> Facts:
    """The facts of a graph that was drawn."""
    columns = (graph.subject, graph.relation, graph.object)
    return Facts(graph.ids, graph.relations, *(one.astype(np.int64) for one in columns))


def codex_files(size: str) -> Iterator[Path]:
    """The files of a size of CoDEx."""
    for part in _PARTS:
        yield DATA / "codex" / f"codex-{size}_{part}.tsv.gz"


def local(data_dir: Path) -> LocalOptions:
    """A local Neo4j of a benchmark, as the settings have it but for where its graph lies."""
    return replace(local_options(read_settings()), data_dir=data_dir.resolve())


def ensure(options: LocalOptions, size: str) -> None:
    """Have the graph in a local Neo4j, unless one is there already."""
    if size in SYNTHETIC:
        import_synthetic(drawn(SYNTHETIC[size]), options)
        return
    with attach(options, purpose="bench.queries") as running:
        ensure_loaded(running.address, size)


def ensure_loaded(address: Address, size: str) -> None:
    """Load a size of CoDEx, unless the graph holds something already."""
    migrations.upgrade(address)
    with Graph.connect(address) as graph, TemporaryDirectory() as directory:
        if graph.value("MATCH (e:Entity) RETURN count(e)"):
            return
        relations = DATA / "codex" / "relations_en.json"
        orders = [(relations, "relations"), *((file, "triples") for file in codex_files(size))]
        for file, format in orders:
            quarantine = Path(directory) / file.name
            load(graph, Load(FORMATS[format], [Source(str(file))], "codex", "bench", quarantine))


def _triples(file: Path) -> Iterator[tuple[str, str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            head, relation, tail = line.rstrip("\n").split("\t")
            yield head, relation, tail
