"""Answers on a real Neo4j against the reference in tests/reference.

Loading and planning are what costs, so a world is loaded once for many questions. `fresh` empties
the database for one. `asked` is each of two random worlds in turn, first with nothing beside it in
the database and then with what others made; pytest runs all tests of one of these together.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio
from comparison import Asked
from emptying import empty
from hypothesis import HealthCheck, settings
from random_worlds import world_of
from reference.reading import graph_of
from reference.sayings import World
from world_files import Fresh, add_what_others_made, forget_what_others_made, load_world

from kgservice.graph.client import AsyncGraph, Graph
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.local.instance import Running
from migrations import upgrade

# Where a text is planned for the first time an example takes as long as it takes.
settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def fresh(server: Running) -> Fresh:
    """Opens the database, empty but for the schema."""

    @contextmanager
    def opened() -> Iterator[Graph]:
        with Graph.connect(server.address) as graph:
            empty(graph)
            upgrade(server.address)
            yield graph

    return opened


@pytest_asyncio.fixture(scope="session")
async def reader(server: Running) -> AsyncIterator[AsyncGraph]:
    async with AsyncGraph.connect(server.address) as connected:
        yield connected


@pytest.fixture(scope="session", params=["unmerged", "merged"])
def world(
    request: pytest.FixtureRequest, fresh: Fresh, tmp_path_factory: pytest.TempPathFactory
) -> World:
    """What is in the database."""
    merged = request.param == "merged"
    made = world_of(2 if merged else 1, merged=merged)
    with fresh() as graph:
        load_world(graph, made, tmp_path_factory.mktemp("world"))
    return made


@pytest.fixture(scope="module", params=["ours", "others' too"])
def asked(
    request: pytest.FixtureRequest, world: World, server: Running, reader: AsyncGraph
) -> Iterator[Asked]:
    """The evaluator and the reference, asked about one world."""
    foreign = request.param != "ours"
    surroundings = Surroundings(foreign=foreign, merged=bool(world.merged))
    with Graph.connect(server.address) as graph:
        if foreign:
            add_what_others_made(graph)
        yield Asked(CypherEvaluator(reader, surroundings), graph_of(world))
        forget_what_others_made(graph)
