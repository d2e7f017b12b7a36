"""`kgservice learn` and `kgservice evaluate`, from a terminal."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from learned_graph import RECORD, outcome

from kgservice.cli import cli
from kgservice.errors import IndexDamagedError
from kgservice.graph.client import Graph
from kgservice.index.building import Order, build
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running


@pytest.fixture
def data(server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of its own, beside the server of the suite."""
    given = {
        "KG_NEO4J_URI": server.address.uri,
        "KG_NEO4J_USER": server.address.user,
        "KG_NEO4J_PASSWORD": server.address.password,
        "KG_DATA_DIR": str(tmp_path),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def indexed(migrated: Graph, data: Path) -> Path:
    """With an index of two entities."""
    migrated.run("MATCH (e:Entity) DETACH DELETE e")
    migrated.run(
        "CREATE (:Entity {id: 'Q692', label: 'William Shakespeare', aliases: []}),"
        " (:Entity {id: 'Q1', label: 'Stratford', aliases: ['Stratford-upon-Avon']})"
    )
    build(migrated, IndexDirectory.below(data), Order())
    return data


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


def test_learning_without_an_index(migrated: Graph, data: Path) -> None:
    shown = run("learn")
    assert shown.exit_code == 0, shown.output
    assert "no index" in shown.stderr
    first, *rest = shown.stdout.splitlines()
    assert first == "7 outcomes, 4 visits: 2 aliases new, 0 retired, 2 in use"
    assert rest == [
        "  + 'the bard' for Q692, everybody: 0.36, 3 visits",
        "  + 'the bard shakespeare' for Q692, everybody: 0.60, 3 visits",
    ]


def test_retired_aliases_are_told_with_their_record(migrated: Graph, data: Path) -> None:
    run("learn")
    later = time.time() + 60
    lost = [outcome(f"u{n}", "the bard", None, later + n) for n in range(4)]
    migrated.run(RECORD, {"rows": lost})
    told = json.loads(run("learn", "--json").stdout)
    assert [(one["text"], one["losses"]) for one in told["retired"]] == [("the bard", 4)]
    assert told["in_use"] == 1
    assert told["outcomes"] == 11


def test_forgetting_a_user(migrated: Graph, data: Path) -> None:
    shown = run("learn", "--forget", "ann")
    assert "forgot 2 outcomes and 0 aliases of ann" in shown.stderr
    assert shown.stdout.startswith("5 outcomes, 3 visits: 0 aliases new")
    assert migrated.value("MATCH (o:__Outcome {user: 'ann'}) RETURN count(o)") == 0


@pytest.mark.parametrize("length", ["soon", "10", "0m", "-1m"])
def test_lengths_of_time(length: str) -> None:
    refused = run("learn", "--every", length)
    assert refused.exit_code == 2
    assert "is no length of time, such as 30s, 10m" in refused.output


def test_learning_again_and_again(
    migrated: Graph, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("kgservice.cli.learn.time.sleep", wait)
    shown = run("learn", "--every", "10m")
    assert waited == [600.0, 600.0]
    assert shown.stdout.count("7 outcomes, 4 visits") == 2


def test_failures_by_an_index(indexed: Path) -> None:
    shown = run("learn")
    assert shown.exit_code == 0, shown.output
    assert "no generator found the entity" in shown.stdout
    told = json.loads(run("learn", "--json").stdout)
    assert sum(told["failures"].values()) == 7


def test_a_damaged_index_is_done_without(indexed: Path) -> None:
    current = IndexDirectory.below(indexed).current()
    assert current is not None
    (current / "names" / "layer.json").unlink()
    assert "the index cannot be used" in run("learn").stderr


def test_evaluating_labelled_mentions(indexed: Path) -> None:
    lines = [
        {"text": "William Shakespeare", "entity": "Q692"},
        {"text": "Stratford upon Avon", "entity": "Q1"},
        {"text": "Zorblax", "entity": None},
    ]
    file = indexed / "mentions.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    told = json.loads(run("evaluate", str(file), "--json").stdout)
    assert (told[0]["by"], told[0]["mentions"], told[0]["recall_1"]) == ("all", 3, 1.0)
    assert {one["by"] for one in told} >= {"length", "script", "namesake", "spelling"}
    header, whole, *_ = run("evaluate", str(file)).stdout.splitlines()
    assert header.split("\t")[:4] == ["slice", "", "mentions", "recall@1"]
    assert whole.split("\t")[:5] == ["all", "all", "3", "1.000", "1.000"]


def test_evaluating_needs_an_index(data: Path) -> None:
    (data / "mentions.jsonl").write_text("")
    refused = run("evaluate", str(data / "mentions.jsonl"))
    assert isinstance(refused.exception, IndexDamagedError)
    assert "run `kgservice index build`" in str(refused.exception)
