"""Qualifiers as a client of the API sees them: a set for each time that a source says a triple."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
from loaded_files import load_file
from served_sample import served

from kgservice.app import Service
from kgservice.graph.client import Graph
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running

_ASKED = """
{ entities(ids: ["a"]) { statements(relations: ["knows"]) { nodes {
    object { id }
    qualifiers { qualifiers { relation { id } object { id label } value { text time unit } } }
} } } }
"""


def load(graph: Graph, path: Path, records: list[dict[str, Any]], format: str = "triples") -> None:
    file = path / "x.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in records))
    assert not load_file(graph, file, format, format).rejected


def test_a_set_for_each_saying(graph: Graph, server: Running, tmp_path: Path) -> None:
    """An entity that the graph does not have is shown by its id."""
    since = {"relation": "height of", "value": "1801", "value_type": "time", "unit": "century"}
    there, nowhere = ({"relation": "knows", "tail": id} for id in ("c", "nowhere"))
    sets = [[since, there], [nowhere], []]
    triple = {"head": "a", "relation": "knows", "tail": "b", "qualifiers": sets}
    load(graph, tmp_path, [triple, {"head": "a", "relation": "knows", "tail": "d"}])
    load(graph, tmp_path, [{"id": "c", "label": "Cleo"}], "entities")
    indexes = IndexDirectory.below(tmp_path / "data")
    with served(Service(server.address, indexes, query_seconds=60)) as url:
        answer = httpx.post(f"{url}/graphql", json={"query": _ASKED}, timeout=90).json()
    assert "errors" not in answer, answer
    [entity] = answer["data"]["entities"]
    found = {one["object"]["id"]: one["qualifiers"] for one in entity["statements"]["nodes"]}
    assert found == {
        "b": [
            {"qualifiers": []},
            {
                "qualifiers": [
                    {
                        "relation": {"id": "height of"},
                        "object": None,
                        "value": {"text": "1801", "time": "1801", "unit": "century"},
                    },
                    {
                        "relation": {"id": "knows"},
                        "object": {"id": "c", "label": "Cleo"},
                        "value": None,
                    },
                ]
            },
            {
                "qualifiers": [
                    {
                        "relation": {"id": "knows"},
                        "object": None,
                        "value": {"text": "nowhere", "time": None, "unit": None},
                    }
                ]
            },
        ],
        "d": [],
    }
