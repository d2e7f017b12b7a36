"""docs/coming-from.md: GraphQL, Cypher, SPARQL and pandas give the answer below them."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import quote, unquote

import httpx
import orjson
import pandas as pd
import pytest
from pages import ROOT, Block, answered, blocks
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from kgservice.graph.client import Graph

PAGE = ROOT / "docs" / "coming-from.md"
_KG = "http://kg.example/"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
LANGUAGES = ("graphql", "cypher", "sparql", "python")


def patterns() -> list[dict[str, Block]]:
    """The blocks of each heading by their language; only those that have all four."""
    text = PAGE.read_text("utf-8")
    found: list[dict[str, Block]] = []
    starts = [len(text[: one.start()].splitlines()) for one in re.finditer("(?m)^## ", text)]
    for block in blocks(PAGE):
        line = int(block.place.rpartition(":")[2])
        section = sum(start < line for start in starts)
        found += [{} for _ in range(section - len(found))]
        found[section - 1].setdefault(block.language, block)
    return [one for one in found if "sparql" in one]


PATTERNS = patterns()


@pytest.fixture(scope="module")
def triples(client: httpx.Client) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(client.get("/export/triples").content))


@pytest.fixture(scope="module")
def store(client: httpx.Client) -> Store:
    """The same statements as RDF."""
    store = Store()
    for line in client.get("/export/triples", params={"format": "jsonl"}).text.splitlines():
        row = orjson.loads(line)
        subject = _named(row["subject"])
        store.add(Quad(subject, _named(row["relation"]), _end(row)))
        store.extend(Quad(subject, _TYPE, _named(type)) for type in row["subject_types"])
    return store


@pytest.fixture(scope="module")
def names(triples: pd.DataFrame) -> dict[str, Any]:
    """What the blocks of Python have made so far: one goes on from another."""
    return {"pd": pd, "triples": triples}


def test_there_are_eight() -> None:
    assert [len(one) for one in PATTERNS] == [len(LANGUAGES) + 1] * 8


@pytest.mark.parametrize("pattern", PATTERNS, ids=[one["graphql"].place for one in PATTERNS])
def test_all_say_the_same(
    client: httpx.Client,
    sample_graph: Graph,
    store: Store,
    names: dict[str, Any],
    pattern: dict[str, Block],
) -> None:
    shown = pattern["text"].text.splitlines()
    assert _lines(_asked(client, pattern["graphql"])) == shown
    assert _lines(sample_graph.rows(pattern["cypher"].text)) == shown  # type: ignore[arg-type]
    assert _lines(_selected(store, pattern["sparql"])) == shown
    exec(compile(pattern["python"].text, pattern["python"].place, "exec"), names)
    answer = list(names["answer"])
    assert _lines([one if isinstance(one, tuple) else (one,) for one in answer]) == shown


def test_a_single_match_leaves_her_out(sample_graph: Graph) -> None:
    """The trap of which the page warns: both hops in one MATCH."""
    trap = PATTERNS[3]
    both_in_one = trap["cypher"].text.replace("\nMATCH (film)-", "-")
    found = _lines(sample_graph.rows(both_in_one))  # type: ignore[arg-type]
    assert set(trap["text"].text.splitlines()) - set(found) == {"natalie-portman"}


def test_a_name_is_reconciled(client: httpx.Client) -> None:
    [(query, answer)] = answered(PAGE, "graphql", "text")
    found = client.post("/graphql", json={"query": query.text}).json()
    assert found["data"]["resolve"][0]["match"]["entity"]["id"] == answer.text.strip()


def _asked(client: httpx.Client, block: Block) -> list[tuple[object, ...]]:
    found = client.post("/graphql", json={"query": block.text}).json()
    assert "errors" not in found
    answers = found["data"]["answers"]
    if "groups" in answers:
        return [(one["entity"]["id"], one["count"]) for one in answers["groups"]]
    return [(one["id"],) for one in answers["nodes"]]


def _selected(store: Store, block: Block) -> list[tuple[object, ...]]:
    found = store.query(f"PREFIX kg: <{_KG}> {block.text}")
    assert isinstance(found, QuerySolutions)
    return [tuple(_told(value) for value in row) for row in found]


def _told(value: object) -> str:
    assert isinstance(value, NamedNode | Literal)
    return unquote(value.value.removeprefix(_KG))


def _end(row: dict[str, Any]) -> NamedNode | Literal:
    if row["object"] is not None:
        return _named(row["object"])
    return Literal(row["value"] if row["number"] is None else row["number"])


def _named(id: str) -> NamedNode:
    return NamedNode(_KG + quote(id, safe=":"))


def _lines(rows: Any) -> list[str]:
    return sorted({"\t".join(map(str, row)) for row in rows})
