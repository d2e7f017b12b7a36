"""The main job on real input: CoDEx and FolkScope through `kgservice load`, answered over HTTP.

CoDEx-S first: fifty random questions of each of seven structures, asked by GraphQL, against the
brute-force reference. Then CoDEx-M and FolkScope come into the same graph. The data lie beside the
checkout, or where KG_TEST_DATA says; without them these tests are skipped.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from reference.graph import Graph as Reference
from reference.reading import graph_of
from reference.sayings import Fact, World
from reference.walks import Scores
from served_sample import served
from structures import questions
from world_files import Fresh

from kgservice.algebra.expression import (
    Entities,
    Expression,
    Follow,
    Intersect,
    Step,
    Subtract,
    Union,
)
from kgservice.algebra.pattern import Hop
from kgservice.algebra.structures import STRUCTURES
from kgservice.app import Service
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

DATA = Path(os.environ.get("KG_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data")
PARTS = ("train", "valid", "test")
HELD_OUT = ("valid", "test")
ASKED = ("1p", "2p", "2i", "pi", "ip", "2u", "2in")
#: Questions of one document: aliases are limited.
AT_ONCE = 5
PATIENCE = 500.0


class Loaded:
    """The graph that real files were loaded into, by the command that anyone loads them by."""

    def __init__(self, running: Running, directory: Path):
        self.address = running.address
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("KG_")
        } | {
            "KG_NEO4J_URI": running.address.uri,
            "KG_NEO4J_PASSWORD": running.address.password,
            "KG_DATA_DIR": str(directory),
        }

    def load(self, format: str, *files: Path, dataset: str, rejected: int = 0) -> dict[str, Any]:
        """The report of a load; exit code 3 says that some records were rejected."""
        done = subprocess.run(
            [sys.executable, "-c", "from kgservice.cli import main; main()", "load", format,
             *map(str, files), "--dataset", dataset, "--max-rejected", str(rejected), "--json"],
            env=self._environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == (3 if rejected else 0), done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        assert report["rejected"]["total"] == rejected
        return report


def codex(size: str, part: str) -> Path:
    return DATA / "codex" / f"codex-{size}_{part}.tsv.gz"


def triples(size: str, parts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for part in parts:
        with gzip.open(codex(size, part), "rt", encoding="utf-8") as lines:
            for line in lines:
                head, relation, tail = line.rstrip("\n").split("\t")
                yield head, relation, tail


@pytest.fixture(scope="module")
def loaded(
    fresh: Fresh, server: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """CoDEx-S with the names of its entities."""
    if not (DATA / "codex").is_dir() or not (DATA / "folkscope").is_dir():
        pytest.skip(f"CoDEx and FolkScope are not at {DATA}; KG_TEST_DATA says where the data are")
    with fresh():
        graph = Loaded(server, tmp_path_factory.mktemp("loaded"))
        graph.load("relations", DATA / "codex" / "relations_en.json", dataset="codex")
        graph.load("types", DATA / "codex" / "types_en.json.gz", dataset="codex")
        files = [codex("s", part) for part in PARTS]
        assert graph.load("triples", *files, dataset="codex-s")["added"] == 36_543
        yield graph


@pytest.fixture(scope="module")
def client(loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a service over it, names without their meaning: nobody asks for names here."""
    indexes = IndexDirectory.below(tmp_path_factory.mktemp("indexes"))
    with (
        served(Service(loaded.address, indexes, query_seconds=60.0)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def reference() -> Reference:
    return graph_of(World(facts=tuple(Fact("codex-s", *triple) for triple in triples("s", PARTS))))


@pytest.mark.parametrize("name", ASKED)
def test_fifty_questions_of_a_structure(
    client: httpx.Client, reference: Reference, name: str
) -> None:
    asked = questions(reference, STRUCTURES[name], Random(f"over HTTP {name}"), 50)
    assert len(asked) == 50
    waiting = iter(asked.items())
    while some := list(islice(waiting, AT_ONCE)):
        found = answers(client, [question for question, _ in some])
        for (question, expected), shown in zip(some, found, strict=True):
            assert shown == expected, question


def await_mined(client: httpx.Client) -> None:
    """Until the service has seen what was loaded last, which takes it up to a second."""
    for _ in range(300):
        found = post(
            client, """{ answers(first: 0, query: {type: "CoPurchase"}) { totalCount } }"""
        )
        if found["answers"]["totalCount"]:
            return
        time.sleep(0.1)


def test_a_larger_graph_and_commonsense_beside_it(loaded: Loaded, client: httpx.Client) -> None:
    """Loaded into the same graph, while the service runs; test_codex has more of CoDEx-M."""
    entities = DATA / "codex" / "codex-sm_entities_en.jsonl.gz"
    assert loaded.load("entities", entities, dataset="codex")["read"] == 17_050
    large = loaded.load("triples", *[codex("m", part) for part in HELD_OUT], dataset="codex-m")
    assert large["read"] == 20_621
    rows = DATA / "folkscope" / "assertions.jsonl.gz"
    mined = loaded.load("folkscope", rows, dataset="folkscope", rejected=_without_counterpart(rows))
    assert mined["added"] + mined["unchanged"] + mined["updated"] > 1_000
    both = {*triples("s", PARTS), *triples("m", HELD_OUT)}
    await_mined(client)
    found = post(
        client,
        """{ stats { statementCount entityCount }
      entities(ids: ["Q16"]) { label description types { id } }
      spoken: answers(first: 0, query: {follow: {from: {ids: ["Q39658"]}, path: "P1412/^P1412"}}) {
        totalCount }
      mined: answers(first: 0, query: {type: "CoPurchase"}) { totalCount }
      commonsense(heads: [{product: "B00000J1U8"}], minPlausibility: null) {
        known statements { phrase typicality } } }""",
    )
    assert found["stats"]["statementCount"] > len(both)
    [canada] = found["entities"]
    assert (canada["label"], canada["description"]) == ("Canada", "country in North America")
    # Whoever speaks a language that Q39658 speaks: counted in the files.
    speaks = {head: {t for h, r, t in both if (h, r) == (head, "P1412")} for head in ["Q39658"]}
    languages = speaks["Q39658"]
    speakers = {head for head, relation, tail in both if relation == "P1412" and tail in languages}
    assert found["spoken"]["totalCount"] == len(speakers)
    assert found["mined"]["totalCount"] > 500
    [head] = found["commonsense"]
    assert head["known"]
    assert {"phrase": "is a usb extension cable", "typicality": 0.6} in head["statements"]


def _without_counterpart(path: Path) -> int:
    """How many rows have a relation that none of the fifteen corresponds to."""
    known = {
        "usedFor", "capableOf", "can", "isA", "definedAs", "mannerOf", "cause", "effect",
        "relatedTo",
    }  # fmt: skip
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return sum(json.loads(line)["relation"] not in known for line in lines)


def answers(client: httpx.Client, asked: Sequence[Expression]) -> list[Scores]:
    """All answers of several questions, asked in one document."""
    names = [f"q{number}" for number in range(len(asked))]
    heads = ", ".join(f"${name}: SetExpression!" for name in names)
    fields = " ".join(
        f"{name}: answers(query: ${name}, first: 1000) {{ totalCount"
        " edges { score node { id } } }"
        for name in names
    )
    variables = {name: shown(one) for name, one in zip(names, asked, strict=True)}
    found = post(client, f"query ({heads}) {{ {fields} }}", **variables)
    scores = []
    for name in names:
        edges = found[name]["edges"]
        assert found[name]["totalCount"] == len(edges)
        scores.append({edge["node"]["id"]: edge["score"] for edge in edges})
    return scores


def post(client: httpx.Client, document: str, **variables: Any) -> dict[str, Any]:
    body = client.post("/graphql", json={"query": document, "variables": variables}).json()
    assert "errors" not in body, body["errors"]
    data: dict[str, Any] = body["data"]
    return data


def shown(expression: Expression) -> dict[str, Any]:
    """An expression as a client writes it."""
    match expression:
        case Entities(entities):
            return {"ids": [id for id, _ in entities]}
        case Follow(source, steps):
            return {"follow": {"from": shown(source), "steps": [shown_step(one) for one in steps]}}
        case Intersect(operands):
            return {"intersect": [shown(one) for one in operands]}
        case Union(operands):
            return {"union": [shown(one) for one in operands]}
        case Subtract(source, remove):
            return {"subtract": {"from": shown(source), "remove": shown(remove)}}
        case _:
            raise AssertionError(expression)


def shown_step(step: Step) -> dict[str, Any]:
    hop = step.pattern
    assert isinstance(hop, Hop)
    forwards, backwards = hop.forwards or frozenset(), hop.backwards or frozenset()
    assert bool(forwards) != bool(backwards)
    direction = "OUT" if forwards else "IN"
    return {"relations": sorted(forwards or backwards), "direction": direction}
