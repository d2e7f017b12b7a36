"""Indexes built from what the real loaders brought into a real Neo4j, as tests/answers has it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from built_indexes import Both, indexed
from comparison import Asked
from random_worlds import world_of
from reference.reading import graph_of
from world_files import Fresh, add_what_others_made, load_world

from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.local.instance import Running


@pytest_asyncio.fixture(scope="session")
async def reader(server: Running) -> AsyncIterator[AsyncGraph]:
    async with AsyncGraph.connect(server.address) as connected:
        yield connected


@pytest.fixture(scope="module", params=["unmerged, alone", "merged, beside others'"])
def both(
    request: pytest.FixtureRequest,
    fresh: Fresh,
    reader: AsyncGraph,
    tmp_path_factory: pytest.TempPathFactory,
) -> Both:
    """One random world: in Neo4j, in an index, and in the reference."""
    merged = request.param != "unmerged, alone"
    world = world_of(2 if merged else 1, merged=merged)
    with fresh() as graph:
        load_world(graph, world, tmp_path_factory.mktemp("world"))
        if merged:
            add_what_others_made(graph)
        opened = indexed(graph, IndexDirectory(tmp_path_factory.mktemp("index")))
    snapshot = opened.snapshot
    cypher = CypherEvaluator(reader, Surroundings(foreign=merged, merged=merged), snapshot.names)
    return Both(Asked(MatrixEvaluator(snapshot), graph_of(world)), cypher, opened)
