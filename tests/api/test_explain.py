"""`explain` shows how answers are found, to those who look after the service."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from asking import Ask
from served_sample import served

from kgservice.api.access import Door
from kgservice.api.keys import KeyFile
from kgservice.app import Service
from kgservice.graph.client import Address, Graph
from kgservice.serving.choice import EvaluatorChoice

DOCUMENT = """query ($query: SetExpression!) {
  answers(query: $query) { totalCount explain { evaluator expression cypher parameters plan } } }"""

Told = Callable[[dict[str, Any]], Any]

LEON = {"ids": ["leon"]}
TWICE = {"intersect": [{"follow": {"from": LEON, "path": "DIRECTOR"}}, {"union": []}]}


@pytest.fixture
def sample_graph(address: Address) -> Iterator[Graph]:
    with Graph.connect(address) as graph:
        yield graph


@pytest.fixture(scope="module")
def told(made: Service) -> Iterator[Told]:
    """What a service answers that asks Neo4j."""
    with (
        served(replace(made, evaluator=EvaluatorChoice.NEO4J, query_seconds=60.0)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):

        def answer(query: dict[str, Any]) -> Any:
            body = {"query": DOCUMENT, "variables": {"query": query}}
            return client.post("/graphql", json=body).json()["data"]["answers"]

        yield answer


def test_what_is_shown(told: Told) -> None:
    along = {
        "follow": {"from": {"follow": {"from": LEON, "path": "DIRECTOR"}}, "path": "^DIRECTOR"}
    }
    shown = told(along)["explain"]
    assert shown["expression"] == "follow(ids(leon), DIRECTOR / ^DIRECTOR)"
    assert "`DIRECTOR`" in shown["cypher"]
    assert shown["plan"][0].startswith("ProduceResults")
    assert any("NodeUniqueIndexSeek" in line for line in shown["plan"])
    assert shown["evaluator"] == "neo4j"


def test_constant_empty_sets_are_not_asked_for(told: Told) -> None:
    shown = told(TWICE)
    assert shown["totalCount"] == 0
    assert shown["explain"]["expression"] == "ids()"


def test_counts_alone_bring_no_rows(told: Told) -> None:
    shown = told(LEON)
    assert "RETURN [] AS rows, [] AS page, total" in shown["explain"]["cypher"]


def test_beside_the_index_stands_what_neo4j_would_be_asked(
    ask: Ask, names: None, sample_graph: Graph
) -> None:
    query = {"follow": {"from": LEON, "path": "DIRECTOR"}}
    document = DOCUMENT.replace("totalCount", "nodes { id }")
    shown = ask(document, query=query)["data"]["answers"]["explain"]
    assert shown["evaluator"] == "matrix"
    [row] = sample_graph.run(shown["cypher"], json.loads(shown["parameters"]))
    assert "luc-besson" in str(row)


def test_it_is_for_those_who_look_after_the_service(made: Service, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = [
        {"id": name, "sha256": hashlib.sha256(name.encode()).hexdigest(), "scopes": [name]}
        for name in ("read", "admin")
    ]
    file.write_text(json.dumps({"keys": keys}), "utf-8")
    with served(replace(made, door=Door(keys=KeyFile(file)))) as url:
        asked = {name: answered(url, name) for name in ("read", "admin")}
    assert asked["admin"]["data"]["answers"]["explain"]["expression"] == "ids(leon)"
    assert asked["read"]["data"]["answers"] == {"totalCount": 1, "explain": None}
    [error] = asked["read"]["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"


def answered(url: str, key: str) -> dict[str, Any]:
    body = {"query": DOCUMENT, "variables": {"query": LEON}}
    headers = {"Authorization": f"Bearer {key}"}
    found: dict[str, Any] = httpx.post(f"{url}/graphql", json=body, headers=headers).json()
    return found
