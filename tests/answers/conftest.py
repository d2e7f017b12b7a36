"""Answers on a real Neo4j against the reference in tests/reference.

Loading and planning are what costs, so a world is loaded once for many questions. `asked` is each
of two random worlds in turn: one without merged entities, alone in the database, and one with them,
beside what others made.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from comparison import Asked, AskOf, NamedOnly
from hypothesis import HealthCheck, settings
from random_worlds import world_of
from reference.graph import Graph as Reference
from reference.reading import graph_of
from world_files import Fresh, add_what_others_made, load_world

from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.graph.records import Names
from kgservice.local.instance import Running
from kgservice.vocabulary import Vocabulary

# Where a text is planned for the first time an example takes as long as it takes.
settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest_asyncio.fixture(scope="session")
async def ask_of(server: Running) -> AsyncIterator[AskOf]:
    """Makes evaluators of what is in the database."""
    async with (
        AsyncGraph.connect(server.address) as graph,
        AsyncGraph.connect(server.address) as named,
    ):
        named.plans = NamedOnly(named.plans.prepare)

        def made(reference: Reference, surroundings: Surroundings) -> Asked:
            names = Names(Vocabulary({}, {}))
            first, later = [CypherEvaluator(one, surroundings, names) for one in (graph, named)]
            return Asked(first, reference, later)

        yield made


@pytest.fixture(scope="module", params=["unmerged, alone", "merged, beside others'"])
def asked(
    request: pytest.FixtureRequest,
    fresh: Fresh,
    ask_of: AskOf,
    tmp_path_factory: pytest.TempPathFactory,
) -> Asked:
    """The evaluator and the reference, asked about one world."""
    merged = request.param != "unmerged, alone"
    world = world_of(2 if merged else 1, merged=merged)
    with fresh() as graph:
        load_world(graph, world, tmp_path_factory.mktemp("world"))
        if merged:
            add_what_others_made(graph)
    surroundings = Surroundings(foreign=merged, merged=merged)
    return ask_of(graph_of(world), surroundings)
