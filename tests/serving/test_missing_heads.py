"""Heads that are not known: counted beside the requests, kept in the graph, told, and settled."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from click.testing import CliRunner
from emptying import empty_but_schema
from served_sample import served

from kgservice.api.access import Door
from kgservice.api.keys import KeyFile, hash_of
from kgservice.app import Service
from kgservice.cli import cli
from kgservice.errors import GraphUnavailableError
from kgservice.graph.client import Address, AsyncGraph, Graph
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running
from kgservice.model import Head, HeadKind
from kgservice.serving.choice import EvaluatorChoice
from kgservice.serving.missing import MissingHeads
from kgservice.telemetry.metrics import Metrics

COUNTS = "MATCH (h:__MissingHead) RETURN coalesce(h.query, h.products[0]), h.asked"


def query(text: str) -> Head:
    return Head(HeadKind.QUERY, (), text, "en")


@pytest.fixture(scope="module")
def migrated(server: Running) -> Iterator[Graph]:
    with Graph.connect(server.address) as graph:
        empty_but_schema(graph, server.address)
        yield graph


@pytest.fixture
def queue(migrated: Graph) -> Graph:
    """A graph whose queue is empty."""
    migrated.run("MATCH (n) WHERE n:__MissingHead OR n:__MissingQueue DELETE n")
    return migrated


@pytest_asyncio.fixture
async def connected(server: Running) -> AsyncIterator[AsyncGraph]:
    async with AsyncGraph.connect(server.address) as graph:
        yield graph


async def test_what_several_workers_note_adds_up(queue: Graph, connected: AsyncGraph) -> None:
    chance = random.Random(8)
    workers = [MissingHeads(connected, Metrics()) for _ in range(4)]
    asked: Counter[str | None] = Counter()
    for _ in range(6):
        for worker in workers:
            heads = [query(f"q{chance.randrange(30)}") for _ in range(50)]
            asked.update(head.query for head in heads)
            worker.note(heads)
        await asyncio.gather(*(worker.write() for worker in workers))
    assert dict(queue.rows(COUNTS)) == asked


async def test_two_products_are_one_head_in_either_order(
    queue: Graph, connected: AsyncGraph
) -> None:
    heads = MissingHeads(connected, Metrics())
    heads.note([Head(HeadKind.CO_PURCHASE, ("B", "A")), Head(HeadKind.CO_PURCHASE, ("A", "B"))])
    heads.note([Head(HeadKind.PRODUCT, ("A",))])
    await heads.write()
    rows = queue.rows("MATCH (h:__MissingHead) RETURN h.kind, h.products, h.asked ORDER BY h.asked")
    assert rows == [["product", ["A"], 1], ["co_purchase", ["A", "B"], 2]]


async def test_memory_is_bounded_and_says_so(queue: Graph, connected: AsyncGraph) -> None:
    metrics = Metrics()
    heads = MissingHeads(connected, metrics, room=3)
    heads.note(query(f"q{number}") for number in range(5))
    heads.note([query("q0"), query("x" * 301)])
    text = metrics.exposition("")[0].decode()
    assert "kgservice_missing_heads_total 7.0" in text
    assert "kgservice_missing_heads_dropped_total 3.0" in text
    assert "kgservice_missing_heads_waiting 3.0" in text
    await heads.write()
    assert dict(queue.rows(COUNTS)) == {"q0": 2, "q1": 1, "q2": 1}
    assert "kgservice_missing_heads_waiting 0.0" in metrics.exposition("")[0].decode()


async def test_the_graph_keeps_those_that_are_asked_most(
    queue: Graph, connected: AsyncGraph
) -> None:
    heads = MissingHeads(connected, Metrics(), kept=10)
    for number in range(12):
        heads.note([query(f"q{number:02}")] * (number + 1))
    await heads.write()
    kept = dict(queue.rows(COUNTS))
    assert kept == {f"q{number:02}": number + 1 for number in range(2, 12)}


async def test_they_wait_while_neo4j_is_away(queue: Graph, server: Running) -> None:
    away = Address("bolt://127.0.0.1:1", "neo4j", "none")
    async with AsyncGraph.connect(away) as nobody:
        heads = MissingHeads(nobody, Metrics())
        heads.note([query("later")])
        with pytest.raises(GraphUnavailableError):
            await heads.write()
        heads.note([query("later")])
        async with AsyncGraph.connect(server.address) as graph:
            heads._graph = graph  # it is back
            await heads.write()
    assert dict(queue.rows(COUNTS)) == {"later": 2}


async def test_the_end_writes_what_is_left(queue: Graph, connected: AsyncGraph) -> None:
    async with MissingHeads(connected, Metrics()).writing() as heads:
        heads.note([query("last")])
    assert dict(queue.rows(COUNTS)) == {"last": 1}


HEADS = """query Rank($heads: [CommonsenseHead!]!, $relations: [String!]) {
  commonsense(heads: $heads, relations: $relations) { known } }"""
MISSING = """query Mine($first: Int = 100, $least: Int = 1) {
  missingHeads(first: $first, minAsked: $least) {
    kind products query language asked firstAsked lastAsked } }"""

KNOWN = """
MERGE (t:Entity:Product {id: 'P-TENT', label: 'Tent', aliases: []})
MERGE (i:Entity:Intent {id: 'intent:camping', label: 'camping', aliases: []})
MERGE (t)-[r:USED_FOR_FUNC {id: 'statement:x'}]->(i)
SET r.support = 1, r.sources = ['hand'], r.level = 'asserted'
"""


def served_with_keys(server: Running, directory: Path) -> Service:
    keys = [
        {"id": id, "sha256": hash_of(id), "scopes": [scope]}
        for id, scope in (("ranker", "read"), ("miner", "admin"))
    ]
    (directory / "keys.json").write_text(json.dumps({"keys": keys}))
    return Service(
        server.address,
        IndexDirectory.below(directory),
        evaluator=EvaluatorChoice.NEO4J,
        door=Door(KeyFile(directory / "keys.json")),
        query_seconds=30.0,
    )


def ask(url: str, key: str, document: str, **variables: Any) -> dict[str, Any]:
    body = {"query": document, "variables": variables}
    headers = {"authorization": f"Bearer {key}"}
    found: dict[str, Any] = httpx.post(
        f"{url}/graphql", json=body, headers=headers, timeout=60
    ).json()
    return found


def missing(url: str, **variables: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(url, "miner", MISSING, **variables)["data"]["missingHeads"]
    return found


def until_asked(url: str, times: int) -> list[dict[str, Any]]:
    """What is missing, once all that was asked is written."""
    deadline = time.monotonic() + 60
    while True:
        found = missing(url)
        if sum(one["asked"] for one in found) == times:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def test_from_the_question_to_the_mine_and_back(
    queue: Graph, server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads: list[dict[str, Any]] = [
        {"product": "P-TENT"},
        {"query": '  "Camping   TENT" '},
        {"queryProduct": {"query": "zelt", "product": "P-TENT"}},
        {"coPurchase": ["P-TENT", "P-LAMP"]},
        {"coPurchase": ["P-TENT", "P-TENT"]},  # makes no sense, so that nobody can mine it
    ]
    service = served_with_keys(server, tmp_path)
    with served(service) as url, served(replace(service)) as other:
        found = ask(url, "ranker", HEADS, heads=heads)
        assert [one and one["known"] for one in found["data"]["commonsense"]] == [False] * 4 + [
            None
        ]
        ask(other, "ranker", HEADS, heads=heads[1:2])
        told = until_asked(url, 5)
        assert told == until_asked(other, 5)
        [first, *rest] = told
        assert (first["kind"], first["query"], first["language"]) == ("QUERY", "camping tent", "en")
        assert (first["asked"], first["products"]) == (2, [])
        assert first["firstAsked"] <= first["lastAsked"]
        assert {one["kind"] for one in rest} == {"PRODUCT", "QUERY_PRODUCT", "CO_PURCHASE"}
        assert [one["asked"] for one in rest] == [1, 1, 1]
        assert missing(url, least=2) == [first]
        assert missing(url, first=2) == told[:2]
        [error] = ask(url, "ranker", MISSING)["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        [error] = ask(url, "miner", MISSING, least=0)["errors"]
        assert error["extensions"]["path"] == ["minAsked"]
        # What was mined and loaded is missing no more, whatever relation was asked for.
        queue.run(KNOWN)
        assert {one["kind"] for one in missing(url)} == {"QUERY", "QUERY_PRODUCT", "CO_PURCHASE"}
        found = ask(url, "ranker", HEADS, heads=heads[:1], relations=["USED_WITH"])
        assert found["data"]["commonsense"] == [{"known": True}]
    for name, value in {
        "KG_NEO4J_URI": server.address.uri,
        "KG_NEO4J_PASSWORD": server.address.password,
        "KG_DATA_DIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    listed = CliRunner().invoke(cli, ["missing-heads", "--json", "--first", "2"])
    assert listed.exit_code == 0, listed.output
    lines = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [one["asked"] for one in lines] == [2, 1]
    assert (lines[0]["kind"], lines[0]["language"], lines[0]["products"]) == ("query", "en", [])
    table = CliRunner().invoke(cli, ["missing-heads", "--min-asked", "2"]).stdout
    assert table.split("\t")[0] == "2"
    assert len(table.splitlines()) == 1
    queue.run("MATCH (e:Entity) DETACH DELETE e")
