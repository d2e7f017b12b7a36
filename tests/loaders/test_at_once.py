"""Loads of several data sets at once come to what they come to one after another."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from graph_dump import assert_same_bits, bits
from loaded_files import load_given
from many_records import many_records
from plain_graph import Given
from prepared_graph import wipe

from kgservice.graph.client import Address, Graph
from kgservice.local.instance import Running

_DATA_SETS = ("one", "other", "third")


@pytest.mark.parametrize("batch_size", [7, 100])
def test_three_data_sets_over_the_same_entities(
    graph: Graph, server: Running, tmp_path: Path, batch_size: int
) -> None:
    worlds = {name: many_records(name, size=240, seed=seed) for seed, name in enumerate(_DATA_SETS)}
    for world in worlds.values():
        load_given(graph, tmp_path, world, register_relations=True)
    wanted = bits(graph)

    wipe(graph)
    with ThreadPoolExecutor(len(worlds)) as threads:
        loads = [
            threads.submit(load_alone, server.address, tmp_path, world, batch_size)
            for world in worlds.values()
        ]
        for one in loads:
            one.result(timeout=120)
    assert_same_bits(bits(graph), wanted)
    [[batches, versions]] = graph.rows(
        "MATCH (c:__Change) RETURN count(c), count(DISTINCT c.version)"
    )
    assert batches == versions == graph.value("MATCH (v:__DataVersion) RETURN v.version")


def load_alone(address: Address, directory: Path, world: Sequence[Given], batch_size: int) -> None:
    with Graph.connect(address) as graph:
        load_given(graph, directory, world, batch_size=batch_size, register_relations=True)
