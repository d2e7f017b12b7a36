"""CoDEx, real facts of Wikidata: every structure of question, and statements that are not true.

The data lie beside the checkout, or where KG_TEST_DATA says; without them these tests are skipped.
"""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from comparison import Asked
from reference.graph import Graph as Reference
from reference.reading import graph_of
from reference.sayings import Fact, World
from structures import STRUCTURES, TRAPS, answers_by_trails, questions
from world_files import Fresh, load_file

from kgservice.algebra.expression import Expression, Follow, Intersect, Step, ids
from kgservice.algebra.pattern import Hop
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.evaluation import CypherEvaluator

pytestmark = pytest.mark.neo4j

# Read here, for the tests themselves see none of the developer's settings.
CODEX = (
    Path(os.environ.get("KG_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data") / "codex"
)

Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Codex:
    """One size of it."""

    size: str
    asked: Asked


def triples(size: str, part: str) -> list[Triple]:
    with gzip.open(CODEX / f"codex-{size}_{part}.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return [(head, relation, tail) for head, relation, tail in rows]


def graph_of_triples(all_triples: list[Triple]) -> Reference:
    return graph_of(World(facts=tuple(Fact("codex", *triple) for triple in all_triples)))


@pytest.fixture(scope="module", params=["s", pytest.param("m", marks=pytest.mark.slow)])
def codex(
    request: pytest.FixtureRequest,
    fresh: Fresh,
    reader: AsyncGraph,
    tmp_path_factory: pytest.TempPathFactory,
) -> Codex:
    """All of one size, loaded as its files are."""
    if not CODEX.is_dir():
        pytest.skip(f"CoDEx is not at {CODEX}; KG_TEST_DATA says where the data are")
    size: str = request.param
    parts = ("train", "valid", "test")
    directory = tmp_path_factory.mktemp("codex")
    with fresh() as graph:
        load_file(graph, CODEX / "relations_en.json", "relations", "codex", directory)
        for part in parts:
            file = CODEX / f"codex-{size}_{part}.tsv.gz"
            load_file(graph, file, "triples", "codex", directory)
    reference = graph_of_triples([one for part in parts for one in triples(size, part)])
    return Codex(size, Asked(CypherEvaluator(reader, Surroundings()), reference))


@pytest.mark.parametrize("name", STRUCTURES)
async def test_fifty_questions_of_each_structure(codex: Codex, name: str) -> None:
    graph = codex.asked.graph
    asked = questions(graph, STRUCTURES[name], Random(f"{codex.size} {name}"), 50)
    assert len(asked) == 50
    traps = 0
    for question in asked:
        answers = await codex.asked.agrees(question)
        by_trails = answers_by_trails(graph, question) if name in TRAPS else None
        traps += by_trails is not None and by_trails != set(answers)
    # Else the questions would not tell walks from trails.
    assert traps >= (5 if name in TRAPS else 0)


async def test_whoever_speaks_a_language_that_one_speaks(codex: Codex) -> None:
    speaks = frozenset({"P1412"})
    there_and_back = (Step(Hop(forwards=speaks)), Step(Hop(backwards=speaks)))
    answers = await codex.asked.ids(Follow(ids("Q39658"), there_and_back))
    assert "Q39658" in answers
    assert len(answers) == {"s": 15, "m": 208}[codex.size]


async def test_what_is_not_stated_is_never_an_answer(codex: Codex) -> None:
    for part in ("valid_negatives", "test_negatives"):
        for triple in triples(codex.size, part):
            assert await codex.asked.ids(stated(triple)) == set(), triple


async def test_what_is_stated_is_an_answer(codex: Codex) -> None:
    for part in ("valid", "test"):
        for triple in triples(codex.size, part):
            assert await codex.asked.ids(stated(triple)) == {triple[2]}, triple


def stated(triple: Triple) -> Expression:
    """Holds the object exactly if the triple is a statement."""
    head, relation, tail = triple
    objects = Follow(ids(head), (Step(Hop(forwards=frozenset({relation}))),))
    return Intersect((objects, ids(tail)))
