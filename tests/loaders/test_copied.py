"""A graph as import files, and those files in an empty local Neo4j: the same to the last bit."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graph_dump import assert_same_bits, bits
from random_worlds import world_of
from world_files import Fresh, load_file, load_world

from kgservice import cli
from kgservice.errors import ExportBrokenError
from kgservice.exporting.copying import copy
from kgservice.exporting.import_files import ImportFiles
from kgservice.graph.client import Graph
from kgservice.local.instance import LocalOptions, Running, attach

TIMES = """
MATCH ()-[r]->() WHERE r.level IS NOT NULL
RETURN r.id, r.updated_at.epochMillis, r.updated_at.nanosecond, toString(r.updated_at)
"""

pytestmark = pytest.mark.neo4j


@pytest.fixture
def graph(fresh: Fresh) -> Iterator[Graph]:
    """A database with the vocabulary of its world alone, and none of other tests' constraints."""
    with fresh() as emptied:
        yield emptied


@pytest.fixture
def command(
    local_options: LocalOptions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., dict[str, Any]]:
    """Runs a command with a local Neo4j of its own; returns what it says as JSON."""
    monkeypatch.setenv("KG_DATA_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("KG_CACHE_DIR", str(local_options.cache_dir))

    def run(*words: str | Path, **settings: str) -> dict[str, Any]:
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["kgservice", *map(str, words), "--json"])
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                cli.main()
        out, err = capsys.readouterr()
        assert ended.value.code == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    return run


def ours(graph: Graph) -> list[str]:
    """Without what the tests note for themselves in the suite's database."""
    return [one for one in bits(graph) if "__LoaderTests" not in one]


def test_the_same_bits(
    graph: Graph,
    server: Running,
    local_options: LocalOptions,
    command: Callable[..., dict[str, Any]],
    tmp_path: Path,
) -> None:
    load_world(graph, world_of(4, merged=True), tmp_path)
    odd = [
        {"id": 'a "b"\nc', "label": "", "aliases": ["x, y", "\\", "a;b"], "types": ["A"]},
        {"id": "nothing but an id"},
    ]
    file = tmp_path / "odd.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in odd), "utf-8")
    load_file(graph, file, "entities", "odd", tmp_path)
    # Deleted and put back: what stands behind that is kept as well.
    file.write_text('{"id": "nothing but an id", "deleted": true}\n', "utf-8")
    load_file(graph, file, "entities", "odd", tmp_path)
    options = replace(local_options, data_dir=tmp_path / "other")
    password = tmp_path / "password"
    password.write_text(server.address.password)

    words = ("export", "triples", "--format", "neo4j-admin", "--output", tmp_path / "graph")
    yours = {"KG_NEO4J_URI": server.address.uri, "KG_NEO4J_PASSWORD_FILE": str(password)}
    written = command(*words, **yours)
    read = command("import", "neo4j-admin", tmp_path / "graph")
    assert [read[name] for name in ("nodes", "relationships")] == [
        written[name] for name in ("nodes", "relationships")
    ]
    wanted = ours(graph)
    schema = "SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties"
    with attach(options, purpose="pytest") as running, Graph.connect(running.address) as copied:
        assert_same_bits(ours(copied), wanted)
        assert sorted(copied.rows(schema)) == sorted(graph.rows(schema))
        assert sorted(copied.rows(TIMES)) == sorted(graph.rows(TIMES))
        assert copied.value("MATCH (v:__DataVersion) RETURN v.version") == written["data_version"]
        labels = copied.value("CALL db.labels() YIELD label RETURN collect(label)")
        assert not [label for label in labels if label.startswith("__Empty")]
        # The loaders go on in it as in the other.
        for each in (graph, copied):
            load_file(each, tmp_path / "odd.jsonl", "entities", "odd", tmp_path)
        assert_same_bits(ours(copied), ours(graph))


def test_others_keep_theirs(graph: Graph, tmp_path: Path) -> None:
    graph.run("CREATE (:Note {id: 'mine'})-[:ABOUT]->(:Entity {id: 'a', label: 'a'})-[:MINE]->()")
    directory = tmp_path / "graph"
    directory.mkdir()
    told: list[int] = []
    copied = copy(graph, directory, told.append)
    rows = [
        row
        for path in directory.glob("*.csv")
        for row in csv.reader(path.read_text("utf-8").splitlines())
    ]
    assert not [row for row in rows if "mine" in row or "MINE" in row]
    assert copied.nodes > sum(told) - 1 > 20


@pytest.mark.parametrize("value", [[""], ["a\x1fb"], {"a": 1}, object()])
def test_what_files_cannot_hold(value: object, tmp_path: Path) -> None:
    files = ImportFiles(tmp_path)
    with pytest.raises(ExportBrokenError, match=r"import files cannot hold|no column type"):
        files.node("one", ["Entity"], {"a": value})
