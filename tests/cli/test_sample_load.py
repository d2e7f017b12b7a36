"""The sample comes into an empty graph, whole, and into no other."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import pytest

import migrations
import sample
from kgservice.cli.demo import load_sample
from kgservice.graph.client import Address, Graph
from kgservice.graph.cypher.bookkeeping import READ_RUNS
from kgservice.settings import read_settings
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load

pytestmark = pytest.mark.neo4j


def load_one(address: Address, one: sample.SampleFile, dataset: str, directory: Path) -> None:
    path = importlib.resources.files("sample") / one.name
    order = Load(FORMATS[one.format], [Source(str(path))], dataset, "first", directory / "rejected")
    with Graph.connect(address) as graph:
        load(graph, order)


def runs_of(address: Address) -> list[tuple[str, str]]:
    with Graph.connect(address) as graph:
        return [(row[0], row[2]) for row in graph.value(READ_RUNS, {"dataset": None})]


def test_not_beside_data_of_others(address: Address, tmp_path: Path) -> None:
    migrations.upgrade(address)
    load_one(address, sample.FILES[0], "mine", tmp_path)
    load_sample(address, read_settings(data_dir=tmp_path))
    assert runs_of(address) == [("mine", "relations")]


def test_one_that_was_cut_off_is_gone_on_with(address: Address, tmp_path: Path) -> None:
    with Graph.connect(address) as graph:
        graph.run("MATCH (n:__Run) DETACH DELETE n")
    for one in sample.FILES[:2]:
        load_one(address, one, one.dataset, tmp_path)
    for _ in range(2):
        load_sample(address, read_settings(data_dir=tmp_path))
        assert len(runs_of(address)) == 2 + len(sample.FILES)
    assert set(runs_of(address)) == {(one.dataset, one.format) for one in sample.FILES}
