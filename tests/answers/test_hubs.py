"""Three hops through a hub, asked by some, while another asks for little and does not wait.

That what takes too long ends at its limit, in the database too, is seen in test_ending.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import LiteralString

import pytest
import pytest_asyncio
from comparison import patience
from world_files import Fresh

from kgservice.algebra.expression import Follow, Step, ids
from kgservice.algebra.pattern import Hop, Repeat
from kgservice.algebra.question import Answers, PageRequest, Question
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.graph.records import Names
from kgservice.local.instance import Running
from kgservice.vocabulary import Vocabulary

pytestmark = pytest.mark.neo4j

LEAVES, TAGS = 400, 100

#: Every leaf leads to the hub and to all tags, so three hops look at 80,000 statements.
MAKE: LiteralString = """
CREATE (hub:Entity {id: 'hub', label: 'hub', aliases: []})
WITH hub
UNWIND range(1, $leaves) AS n
CREATE (leaf:Entity {id: 'leaf ' + n, label: 'leaf', aliases: []})
CREATE (leaf)-[:IS_OF {id: 'of ' + n, level: 'asserted', support: 1, sources: []}]->(hub)
WITH collect(leaf) AS leaves
UNWIND range(1, $tags) AS n
CREATE (tag:Entity {id: 'tag ' + n, label: 'tag', aliases: []})
WITH leaves, tag
UNWIND leaves AS leaf
CREATE (leaf)-[:HAS_TAG {id: leaf.id + tag.id, level: 'asserted', support: 1, sources: []}]->(tag)
"""

ANYWHERE = Hop(forwards=None, backwards=None)
THROUGH = Question(Follow(ids("leaf 1"), (Step(Repeat(ANYWHERE, 3, 3)),)))
LITTLE = Question(Follow(ids("leaf 7"), (Step(Hop(forwards=frozenset({"IS_OF"}))),)))


@pytest_asyncio.fixture
async def evaluator(fresh: Fresh, server: Running) -> AsyncIterator[CypherEvaluator]:
    with fresh() as graph:
        graph.run(MAKE, {"leaves": LEAVES, "tags": TAGS})
    async with AsyncGraph.connect(server.address) as reader:
        yield CypherEvaluator(reader, Surroundings(), Names(Vocabulary({}, {})))


async def ask(evaluator: CypherEvaluator, question: Question, limit: TimeLimit) -> Answers:
    return await evaluator.answers(question, PageRequest(3, total=True), limit)


async def test_who_asks_for_little_does_not_wait_for_a_hub(evaluator: CypherEvaluator) -> None:
    for question in (LITTLE, THROUGH):
        await ask(evaluator, question, patience())  # planned
    asked = [asyncio.create_task(ask(evaluator, THROUGH, patience())) for _ in range(6)]
    await asyncio.sleep(0.02)
    found = await ask(evaluator, LITTLE, patience())
    assert not all(one.done() for one in asked)
    assert [one.id for one in found.positions] == ["hub"]
    for one in await asyncio.gather(*asked):
        assert one.total == TAGS + 1
