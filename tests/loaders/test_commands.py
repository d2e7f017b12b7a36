"""The commands that take back, rank and tell, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kgservice.cli import cli
from kgservice.errors import ConfigurationError
from kgservice.graph.client import Graph
from kgservice.local.instance import Running
from loaders.retraction import retract
from loaders.writing import keeping

_LABEL = "MATCH (e:Entity {id: 'a'}) RETURN e.label"


@pytest.fixture(autouse=True)
def _settings(
    graph: Graph, server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_NEO4J_URI", server.address.uri)
    monkeypatch.setenv("KG_NEO4J_PASSWORD", server.address.password)
    monkeypatch.setenv("KG_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("one", "other"):
        Path(f"{name}.jsonl").write_text(f'{{"id": "a", "label": "{name}"}}\n{{"id": "b"}}\n')


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def told(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def load(name: str, *more: str, run_id: str = "monday") -> Result:
    return run("load", "entities", f"{name}.jsonl", "--dataset", name, "--run", run_id, *more)


def test_priority(graph: Graph) -> None:
    load("one")
    load("other")
    assert graph.value(_LABEL) == "one"
    assert told("datasets", "priority", "other", "one") == {
        "priority": ["other", "one"],
        "changed": 1,
    }
    assert graph.value(_LABEL) == "other"
    assert [row["dataset"] for row in told("datasets")][:2] == ["other", "one"]
    assert "come first" in run("datasets", "priority", "one").stdout
    assert graph.value(_LABEL) == "one"
    assert run("datasets", "priority", "no name").exit_code == 2
    assert isinstance(run("datasets", "priority", "one", "one").exception, ConfigurationError)


def test_retract(graph: Graph) -> None:
    load("one")
    load("other")
    done = told("retract", "--dataset", "one")
    assert done["retracted"] == 2
    assert done["data_version"] == graph.value("MATCH (v:__DataVersion) RETURN v.version")
    assert graph.value(_LABEL) == "other"
    rows = {row["dataset"]: row for row in told("runs")}
    assert rows["one"]["retracted"] is not None
    assert rows["other"]["retracted"] is None
    assert "retracted" in run("runs").stdout
    load("one")
    assert graph.value(_LABEL) == "one"
    assert told("runs", "--dataset", "one")[0]["retracted"] is None


def test_a_stopped_retraction_goes_on(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_PAGE", 1)
    load("one")
    stop = Event()
    stopped = retract(graph, "one", watch=lambda _: stop.set(), stop=stop)
    assert (stopped.records, stopped.stopped) == (1, True)
    result = run("retract", "--dataset", "one")
    assert "1 records of one" in result.stdout
    assert "taking back one" in result.stderr


def test_retract_of_a_run_puts_back(graph: Graph) -> None:
    load("one")
    Path("one.jsonl").write_text(
        '{"id": "a", "label": "newer", "modified": "2024-01-01T00:00:00Z"}\n'
    )
    load("one", run_id="tuesday")
    assert graph.value(_LABEL) == "newer"
    assert "1 records of one" in run("retract", "--dataset", "one", "--run", "tuesday").stdout
    assert graph.value(_LABEL) == "one"


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [(("--dataset", "none"), ", one"), (("--dataset", "one", "--run", "x"), "monday")],
)
def test_retract_of_what_is_not_there(arguments: tuple[str, ...], advice: str) -> None:
    load("one")
    error = run("retract", *arguments).exception
    assert isinstance(error, ConfigurationError)
    assert advice in str(error)


def test_full(graph: Graph) -> None:
    load("one")
    Path("one.jsonl").write_text('{"id": "a", "label": "one"}\n')
    refused = load("one", "--full")
    assert refused.exit_code == 1
    assert "would be retracted" in refused.stdout
    assert load("one", "--full", "--max-retracted", "60%").exit_code == 0
    Path("one.jsonl").write_text("")
    assert load("one", "--full", "--allow-shrink").exit_code == 0
    assert graph.value("MATCH (e:Entity) RETURN count(e)") == 0
    assert load("one", "--full", "--max-retracted", "many").exit_code == 2
