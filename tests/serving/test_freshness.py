"""A running service while loads come in: what is loaded is answered, by whoever is fresh."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from emptying import empty, empty_but_schema
from served_sample import served
from world_files import load_file

from kgservice.app import Service
from kgservice.graph.client import Graph
from kgservice.index.building import Order, build
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running
from kgservice.serving.choice import EvaluatorChoice
from migrations import upgrade

pytestmark = pytest.mark.neo4j

ASKED = '{ resolve(mentions: [{text: "numbat ketle"}]) { candidates { entity { id label } } } }'


@pytest.fixture
def graph(server: Running) -> Iterator[Graph]:
    """A graph with one entity."""
    with Graph.connect(server.address) as connected:
        empty_but_schema(connected, server.address)
        yield connected


def load_entities(graph: Graph, directory: Path, *records: dict[str, Any]) -> None:
    file = directory / "entities.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    load_file(graph, file, "entities", "zoo", directory)


@contextmanager
def asking(service: Service) -> Iterator[Callable[[str], dict[str, Any]]]:
    with served(service) as url, httpx.Client(base_url=url, timeout=30) as client:

        def ask(document: str) -> dict[str, Any]:
            response = client.post("/graphql", json={"query": document})
            found: dict[str, Any] = response.json()
            assert response.headers["X-Data-Version"] == found["extensions"]["dataVersion"]
            return found

        ask.ready = lambda: client.get("/readyz").json()
        yield ask


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.05)


def label_of(found: dict[str, Any]) -> str | None:
    [one] = found["data"]["entities"]
    return None if one is None else one["label"]


@pytest.mark.parametrize("choice", EvaluatorChoice)
def test_a_load_is_answered_and_its_names_are_found(
    graph: Graph, server: Running, tmp_path: Path, choice: EvaluatorChoice
) -> None:
    service = Service(server.address, IndexDirectory.below(tmp_path), evaluator=choice)
    load_entities(graph, tmp_path, {"id": "a1", "label": "Quokka Lantern"})
    with asking(service) as ask:
        assert label_of(ask('{ entities(ids: ["a1"]) { label } }')) == "Quokka Lantern"
        load_entities(graph, tmp_path, {"id": "a2", "label": "Numbat Kettle"})
        until(lambda: label_of(ask('{ entities(ids: ["a2"]) { label } }')) == "Numbat Kettle")
        named = {"entity": {"id": "a2", "label": "Numbat Kettle"}}
        until(lambda: named in ask(ASKED)["data"]["resolve"][0]["candidates"])
        until(lambda: ask.ready()["checks"]["index"] == "ok")
        assert ask.ready()["status"] == "ready"


def test_an_index_that_another_process_builds_is_taken_over(
    graph: Graph, server: Running, tmp_path: Path
) -> None:
    indexes = IndexDirectory.below(tmp_path)
    service = Service(server.address, indexes, evaluator=EvaluatorChoice.MATRIX)
    with asking(service) as ask:
        load_entities(graph, tmp_path, {"id": "a1", "label": "Quokka Lantern"})
        build(graph, indexes)
        load_entities(graph, tmp_path, {"id": "a2", "label": "Numbat Kettle"})
        build(graph, indexes)
        until(lambda: label_of(ask('{ entities(ids: ["a2"]) { label } }')) is not None)
        assert label_of(ask('{ entities(ids: ["a1"]) { label } }')) == "Quokka Lantern"


def test_another_graph_is_noticed(graph: Graph, server: Running, tmp_path: Path) -> None:
    """As after a backup was restored: the versions count alike, and what is there is another."""
    service = Service(
        server.address, IndexDirectory.below(tmp_path), evaluator=EvaluatorChoice.MATRIX
    )
    load_entities(graph, tmp_path, {"id": "a1", "label": "Quokka Lantern"})
    with asking(service) as ask:
        assert label_of(ask('{ entities(ids: ["a1"]) { label } }')) == "Quokka Lantern"
        empty(graph)
        upgrade(server.address)
        load_entities(graph, tmp_path, {"id": "b1", "label": "Numbat Kettle"})
        until(lambda: label_of(ask('{ entities(ids: ["b1"]) { label } }')) == "Numbat Kettle")
        assert label_of(ask('{ entities(ids: ["a1"]) { label } }')) is None


def test_too_large_a_graph_stays_on_neo4j(graph: Graph, server: Running, tmp_path: Path) -> None:
    service = Service(server.address, IndexDirectory.below(tmp_path), Order(budget=1_000))
    load_entities(graph, tmp_path, *({"id": f"a{number}"} for number in range(9)))
    with asking(service) as ask:
        assert label_of(ask('{ entities(ids: ["a1"]) { label } }')) == "a1"
        ready = ask.ready()
        assert ready["status"] == "ready"
        assert "KG_INDEX_MEMORY" in ready["checks"]["index"]
        [error] = ask(ASKED)["errors"]
        assert error["extensions"]["code"] == "UNAVAILABLE"
        assert "KG_INDEX_MEMORY" in error["message"]


def test_a_damaged_index_is_built_again(graph: Graph, server: Running, tmp_path: Path) -> None:
    indexes = IndexDirectory.below(tmp_path)
    load_entities(graph, tmp_path, {"id": "a1", "label": "Quokka Lantern"})
    build(graph, indexes)
    current = indexes.current()
    assert current is not None
    (current / "entities.arrow").write_bytes(b"nothing")
    service = Service(server.address, indexes, evaluator=EvaluatorChoice.MATRIX)
    with asking(replace(service)) as ask:
        assert label_of(ask('{ entities(ids: ["a1"]) { label } }')) == "Quokka Lantern"
        assert indexes.current() != current
