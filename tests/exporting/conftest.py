"""A world of chance in the suite's Neo4j, exported from an index that followed it there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from built_indexes import indexed
from emptying import empty_but_schema
from exported_worlds import Worlds
from random_worlds import world_of
from world_files import load_world

from kgservice.graph.client import Graph
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running


@pytest.fixture(scope="module")
def worlds(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """A third of a world, indexed; then all of it and another one, followed; then indexed anew."""
    directory = tmp_path_factory.mktemp("world")
    whole, other = world_of(1, merged=False), world_of(3, merged=False)
    with Graph.connect(server.address) as graph:
        empty_but_schema(graph, server.address)
        load_world(graph, replace(whole, facts=whole.facts[::3], mined=whole.mined[::3]), directory)
        opened = indexed(graph, IndexDirectory(directory / "followed"))
        load_world(graph, whole, directory)
        load_world(graph, replace(other, mined=()), directory)
        followed = opened.followed(graph)
        yield Worlds(
            server.address, graph, indexed(graph, IndexDirectory(directory / "built")), followed
        )
