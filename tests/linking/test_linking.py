"""Judgements in the graph: merged, read as one, and taken back without a trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from emptying import empty_but_schema

from kgservice.cli import cli
from kgservice.errors import IndexDamagedError, UnknownEntityError
from kgservice.graph.client import Graph
from kgservice.index.building import Order, build
from kgservice.index.directory import IndexDirectory
from kgservice.ledger.change_log import unpack
from kgservice.ledger.judgements import Judgement, Verdict
from kgservice.local.instance import Running
from loaders.writing.judging import judge, judgements_of

SAME, DIFFERENT = Verdict.SAME, Verdict.DIFFERENT


@pytest.fixture(scope="module")
def schema(server: Running) -> Iterator[Graph]:
    with Graph.connect(server.address) as graph:
        empty_but_schema(graph, server.address)
        yield graph


@pytest.fixture
def films(schema: Graph) -> Graph:
    """Films of two data sets, of which `films` comes first, and a third without a place."""
    schema.run("MATCH (n) WHERE n:Entity OR n:__Judgement OR n:__Dataset DETACH DELETE n")
    schema.run("CREATE (:__Dataset {id: 'films', priority: 1}), (:__Dataset {id: 'discs'})")
    rows = [
        ["P-DISC-JAWS", "Jaws", "film of 1975 about a shark", ["discs"]],
        ["jaws", "Jaws", "thriller of 1975 about a shark", ["films"]],
        ["Q189505", "Jaws (1975)", "thriller by Spielberg about a shark", ["wiki"]],
        ["titanic", "Titanic", "film of 1997", ["films"]],
    ]
    schema.run(
        "UNWIND $rows AS row CREATE (:Entity:Film {id: row[0], label: row[1], description: row[2],"
        " datasets: row[3], aliases: []})",
        {"rows": rows},
    )
    return schema


def merged(graph: Graph) -> dict[str, str]:
    rows = graph.rows(
        "MATCH (e:Entity)-[:SAME_AS]->(c) WHERE e.canonical_id = c.id RETURN e.id, c.id"
    )
    stray = graph.value(
        "MATCH (e:Entity) WHERE (e.canonical_id IS NULL) = EXISTS { (e)-[:SAME_AS]->() }"
        " RETURN count(e)"
    )
    assert stray == 0
    return dict(rows)


def changed(graph: Graph, version: int | None) -> set[str]:
    payload = graph.value("MATCH (c:__Change {version: $v}) RETURN c.payload", {"v": version})
    lines = list(unpack(bytes(payload)))
    assert {line["op"] for line in lines} == {"update"}
    return {line["id"] for line in lines}


def test_the_canonical_one_is_of_the_first_data_set(films: Graph) -> None:
    found = judge(films, [Judgement("P-DISC-JAWS", "jaws", SAME)])
    assert merged(films) == {"P-DISC-JAWS": "jaws"} == found.merged
    assert changed(films, found.data_version) == {"P-DISC-JAWS", "jaws"}
    # Without a place code points decide, and a chain has one end.
    again = judge(films, [Judgement("Q189505", "P-DISC-JAWS", SAME)])
    assert merged(films) == {"P-DISC-JAWS": "jaws", "Q189505": "jaws"}
    assert again.merged == {"Q189505": "jaws"}
    nothing = judge(films, [Judgement("jaws", "Q189505", SAME)])
    assert (nothing.merged, nothing.data_version) == ({}, None)


def test_all_of_it_can_be_taken_back(films: Graph) -> None:
    judge(films, [Judgement("P-DISC-JAWS", "jaws", SAME), Judgement("Q189505", "jaws", SAME)])
    found = judge(films, [], taken_back=[("jaws", "P-DISC-JAWS")])
    assert found.parted == ["P-DISC-JAWS"]
    assert merged(films) == {"Q189505": "jaws"}
    assert changed(films, found.data_version) == {"P-DISC-JAWS", "jaws"}
    judge(films, [Judgement("jaws", "Q189505", Verdict.UNSURE, by="ann")])
    assert merged(films) == {}
    assert judgements_of(films) == [Judgement("Q189505", "jaws", Verdict.UNSURE, by="ann")]


def test_a_contradiction_leaves_the_class_unmerged(films: Graph) -> None:
    judge(films, [Judgement("P-DISC-JAWS", "jaws", SAME), Judgement("Q189505", "jaws", SAME)])
    found = judge(films, [Judgement("P-DISC-JAWS", "Q189505", DIFFERENT)])
    assert found.contradicted == [("P-DISC-JAWS", "Q189505", "jaws")]
    assert merged(films) == {}
    judge(films, [Judgement("Q189505", "P-DISC-JAWS", SAME)])
    assert len(merged(films)) == 2


def test_unknown_entities_are_refused_and_nothing_is_kept(films: Graph) -> None:
    with pytest.raises(UnknownEntityError, match="nowhere"):
        judge(films, [Judgement("jaws", "titanic", SAME), Judgement("jaws", "nowhere", SAME)])
    assert judgements_of(films) == []
    assert merged(films) == {}


def test_an_entity_that_went_does_not_stand_for_others(films: Graph) -> None:
    judge(films, [Judgement("P-DISC-JAWS", "jaws", SAME), Judgement("Q189505", "jaws", SAME)])
    films.run("MATCH (e:Entity {id: 'jaws'}) DETACH DELETE e")
    judge(films, [Judgement("titanic", "P-DISC-JAWS", DIFFERENT)])
    assert merged(films) == {"Q189505": "P-DISC-JAWS"}


# ------------------------------------------------------------------ the command


@pytest.fixture
def data(films: Graph, server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
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


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["link", *arguments])


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("list", "--json").stdout)
    return found


def test_judging_from_a_terminal(data: Path, films: Graph) -> None:
    assert run("say", "P-DISC-JAWS", "jaws", "same").stdout == "P-DISC-JAWS is now jaws\n"
    shown = run("say", "titanic", "jaws", "unsure", "--by", "ann")
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert run("list").stdout.splitlines() == [
        "same\t1.00\tP-DISC-JAWS\tjaws\t",
        "unsure\t1.00\tjaws\ttitanic\tann",
    ]
    taken = run("forget", "jaws", "P-DISC-JAWS")
    assert taken.stdout == "P-DISC-JAWS stands for itself again\n"
    assert [one["verdict"] for one in listed()] == ["unsure"]
    run("say", "titanic", "jaws", "same")
    run("say", "jaws", "P-DISC-JAWS", "same")
    doubted = run("say", "titanic", "P-DISC-JAWS", "different")
    assert "left unmerged" in doubted.stderr


def test_duplicates_are_proposed_and_applied_by_confidence(data: Path, films: Graph) -> None:
    build(films, IndexDirectory.below(data), Order())
    proposed = json.loads(run("propose", "--show", "0", "--json").stdout)
    assert (proposed[0]["one"], proposed[0]["other"]) == ("P-DISC-JAWS", "jaws")
    assert all("titanic" not in (one["one"], one["other"]) for one in proposed)
    assert merged(films) == {}
    surest = proposed[0]["confidence"]
    assert 0.5 < surest <= 1
    applied = run("propose", "--apply", "0.5")
    assert "P-DISC-JAWS is now jaws" in applied.stdout
    assert merged(films) == {"P-DISC-JAWS": "jaws"}
    # What was judged is not proposed again, whatever was judged.
    again = json.loads(run("propose", "--show", "0", "--json").stdout)
    assert ("P-DISC-JAWS", "jaws") not in [(one["one"], one["other"]) for one in again]


def test_proposing_needs_an_index(data: Path) -> None:
    refused = run("propose")
    assert isinstance(refused.exception, IndexDamagedError)
