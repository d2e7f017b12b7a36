"""CoDEx, real facts of Wikidata: every structure of question, and statements that are not true.

Of CoDEx-M a third of what is for training is loaded, twice as much as all of CoDEx-S: with the rest
loading takes as long as all questions, and no text is planned in another way.
The data lie beside the checkout, or where KG_TEST_DATA says; without them these tests are skipped.
"""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from built_indexes import indexed
from comparison import Asked, AskOf
from reference.graph import Graph as Reference
from reference.listing import in_order
from reference.reading import graph_of
from reference.sayings import Fact, World
from reference.walks import Scores
from structures import TRAPS, answers_by_trails, questions
from world_files import Fresh, load_file

from kgservice.algebra.expression import Expression, Follow, Step, ids
from kgservice.algebra.pattern import Hop
from kgservice.algebra.structures import STRUCTURES
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator

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
    tables: Asked
    questions: dict[str, dict[Expression, Scores]] = field(default_factory=dict)

    def questions_of(self, name: str) -> dict[Expression, Scores]:
        """Of each structure the same, however often they are asked for."""
        if name not in self.questions:
            many = {"s": 15, "m": 8}[self.size]
            random = Random(f"{self.size} {name}")
            self.questions[name] = questions(self.asked.graph, STRUCTURES[name], random, many)
            assert len(self.questions[name]) == many
        return self.questions[name]

    def triples(self, *parts: str) -> list[Triple]:
        return [one for part in parts for one in triples(self.size, part)]


def triples(size: str, part: str) -> list[Triple]:
    with gzip.open(CODEX / f"codex-{size}_{part}.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    kept = rows[2::3] if (size, part) == ("m", "train") else rows
    return [(head, relation, tail) for head, relation, tail in kept]


def graph_of_triples(all_triples: list[Triple]) -> Reference:
    return graph_of(World(facts=tuple(Fact("codex", *triple) for triple in all_triples)))


@pytest.fixture(scope="module", params=["s", pytest.param("m", marks=pytest.mark.slow)])
def codex(
    request: pytest.FixtureRequest,
    fresh: Fresh,
    ask_of: AskOf,
    tmp_path_factory: pytest.TempPathFactory,
) -> Codex:
    """One size of it, loaded."""
    if not CODEX.is_dir():
        pytest.skip(f"CoDEx is not at {CODEX}; KG_TEST_DATA says where the data are")
    size: str = request.param
    parts = ("train", "valid", "test")
    directory = tmp_path_factory.mktemp("codex")
    with fresh() as graph:
        load_file(graph, CODEX / "relations_en.json", "relations", "codex", directory)
        for part in parts:
            file = directory / f"{part}.tsv"
            file.write_text("".join("\t".join(one) + "\n" for one in triples(size, part)), "utf-8")
            load_file(graph, file, "triples", "codex", directory)
        opened = indexed(graph, IndexDirectory(directory / "index"))
    reference = graph_of_triples([one for part in parts for one in triples(size, part)])
    tables = Asked(MatrixEvaluator(opened.snapshot), reference)
    return Codex(size, ask_of(reference, Surroundings()), tables)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("name", STRUCTURES)
async def test_questions_of_each_structure(codex: Codex, name: str, named: bool) -> None:
    asked = codex.questions_of(name)
    found = await codex.asked.all_whole(asked, named=named)
    for question, answers, expected in zip(asked, found, asked.values(), strict=True):
        assert answers == in_order(expected), question


@pytest.mark.parametrize("name", STRUCTURES)
async def test_the_index_answers_each_structure_alike(codex: Codex, name: str) -> None:
    for question, expected in codex.questions_of(name).items():
        assert await codex.tables.whole(question) == in_order(expected), question


@pytest.mark.parametrize("name", sorted(TRAPS))
def test_questions_tell_walks_from_trails(codex: Codex, name: str) -> None:
    """Else they would not notice a relationship that Neo4j may use but once."""
    traps = 0
    asked = codex.questions_of(name)
    for question, answers in asked.items():
        by_trails = answers_by_trails(codex.asked.graph, question)
        traps += by_trails is not None and by_trails != set(answers)
        if traps >= len(asked) // 10:
            return
    pytest.fail(f"only {traps} of {len(asked)} questions do")


async def test_whoever_speaks_a_language_that_one_speaks(codex: Codex) -> None:
    speaks = frozenset({"P1412"})
    there_and_back = (Step(Hop(forwards=speaks)), Step(Hop(backwards=speaks)))
    answers = await codex.asked.ids(Follow(ids("Q39658"), there_and_back))
    spoken = [
        (head, tail)
        for head, relation, tail in codex.triples("train", "valid", "test")
        if relation == "P1412"
    ]
    languages = {tail for head, tail in spoken if head == "Q39658"}
    assert answers == {head for head, tail in spoken if tail in languages}
    assert len(answers) > 10


async def test_what_is_stated_is_answered_and_what_is_not_never(codex: Codex) -> None:
    """Every triple of CoDEx-S that is held out, and every one that is false; of M a sample."""
    stated = codex.triples("valid", "test")
    false = codex.triples("valid_negatives", "test_negatives")
    asked = sorted({(relation, tail) for _, relation, tail in (*stated, *false)})
    if codex.size == "m":
        asked = Random("negatives").sample(asked, 300)
    found = await codex.asked.all_whole(
        (Follow(ids(tail), (Step(Hop(backwards=frozenset({one}))),)) for one, tail in asked),
        named=False,
    )
    heads = {one: {id for id, _ in rows} for one, rows in zip(asked, found, strict=True)}
    for head, relation, tail in stated:
        assert head in heads.get((relation, tail), {head})
    for head, relation, tail in false:
        assert head not in heads.get((relation, tail), set())
