"""docs/export.md: its commands are typed by test_typed_commands, its Python runs on the sample."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import httpx
import orjson
import pytest
from pages import ROOT, Block, blocks

PAGE = ROOT / "docs" / "export.md"
READERS = [block for block in blocks(PAGE) if block.language == "python"]


@pytest.fixture(scope="module")
def triples(client: httpx.Client) -> list[dict[str, Any]]:
    lines = client.get("/export/triples", params={"format": "jsonl"}).text.splitlines()
    return [orjson.loads(line) for line in lines]


def run(block: Block, client: httpx.Client) -> tuple[dict[str, Any], str]:
    """The names that a block makes, and what it prints."""
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        text = block.text.replace("http://127.0.0.1:8000", str(client.base_url).rstrip("/"))
        exec(compile(text, block.place, "exec"), names)
    return names, printed.getvalue()


def test_pandas(client: httpx.Client, triples: list[dict[str, Any]]) -> None:
    names, printed = run(READERS[0], client)
    frame = names["triples"]
    assert list(frame["id"]) == [one["id"] for one in triples]
    assert list(frame["sources"].map(list)) == [one["sources"] for one in triples]
    assert len(printed.splitlines()) >= 4


def test_polars(client: httpx.Client, triples: list[dict[str, Any]]) -> None:
    names, _ = run(READERS[1], client)
    assert names["triples"].collect().to_dicts() == triples


def test_hetero_data(client: httpx.Client, triples: list[dict[str, Any]]) -> None:
    names, _ = run(READERS[2], client)
    listed: dict[str, list[str]] = {}
    for entity in names["entities"].to_dict("records"):
        listed.setdefault(entity["types"][0] if len(entity["types"]) else "Entity", []).append(
            entity["id"]
        )
    assert names["nodes"] == {kind: len(ids) for kind, ids in listed.items()}
    found = {
        (listed[start][row], relation, listed[end][other])
        for (start, relation, end), edges in names["edges"].items()
        for row, other in edges.T.tolist()
    }
    expected = {
        (one["subject"], one["relation"], one["object"]) for one in triples if one["object"]
    }
    assert found == expected
    assert len(found) > 1_000
