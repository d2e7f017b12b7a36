"""Commands on a Neo4j of one's own, in the order in which somebody types them."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from commands import Run

import migrations
from kgservice.graph.client import Address

pytestmark = pytest.mark.neo4j


def test_1_it_is_refused_until_it_is_migrated(yours: Run) -> None:
    for words in (("stats",), ("runs",), ("serve",), ("load", "triples", "x", "--dataset", "d")):
        done = yours(*words)
        assert done.code == 1
        assert "run `kgservice migrate`" in done.err or "no such file" in done.err
    migrated = yours("migrate")
    assert migrated.code == 0
    assert f"the schema is at {migrations.head()}, the newest" in migrated.out


def test_2_a_wrong_password_is_said(yours: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    done = yours("stats", KG_NEO4J_PASSWORD_FILE=wrong)
    assert done.code == 1
    assert "KG_NEO4J_PASSWORD" in done.err


def test_3_files_are_loaded(yours: Run, tmp_path: Path) -> None:
    relations = tmp_path / "relations.jsonl"
    relations.write_text('{"id": "KNOWS_OF", "label": "knows of"}\n')
    first, second = tmp_path / "facts-1.tsv", tmp_path / "facts-2.tsv"
    first.write_text("ann\tKNOWS_OF\tbob\n")
    second.write_text("bob\tKNOWS_OF\tcy\ncy\tNEVER\tann\n")
    assert yours("load", "relations", relations, "--dataset", "people").code == 0
    pattern = tmp_path / "facts-*.tsv"
    done = yours(
        "load", "triples", pattern, "--dataset", "people", "--run", "one", "--max-rejected", "9"
    )
    assert done.code == 3
    assert "rejected records, each with its reason" in done.err
    quarantine = tmp_path / "data" / "quarantine" / "people" / "one.jsonl"
    [rejection] = map(json.loads, quarantine.read_text().splitlines())
    assert (rejection["file"], rejection["line"]) == (str(second), 2)
    assert rejection["reason"] == "unknown_relation"


def test_4_standard_input_columns_and_json(
    yours: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = tmp_path / "swapped.tsv"
    swapped.write_text("dee\tann\tKNOWS_OF\n")
    done = yours(
        "load", "triples", swapped, "--dataset", "people", "--json",
        "--columns", "head=2,relation=3,tail=1", "--id-prefix", "p-",
    )  # fmt: skip
    assert done.code == 0
    report = json.loads(done.out)
    assert (report["read"], report["added"], report["rejected"]["total"]) == (1, 1, 0)
    assert "no such file" in yours("load", "triples", tmp_path / "none", "--dataset", "d").err


def test_5_what_is_there(yours: Run) -> None:
    stats = json.loads(yours("stats", "--json").out)
    # ann, bob, cy of the first files; p-ann and p-dee of the last.
    assert (stats["entities"], stats["statements"]) == (5, 3)
    assert stats["schema"] == migrations.head()
    assert "entities\t5\n" in yours("stats").out
    runs = json.loads(yours("runs", "--dataset", "people", "--json").out)
    assert [(one["format"], one["report"]["read"]) for one in runs] == [
        ("triples", 1), ("triples", 3), ("relations", 1),
    ]  # fmt: skip
    assert runs[1]["run"] == "one"
    assert yours("runs").out.splitlines()[1].startswith("people\tone\ttriples\t")
    assert yours("runs", "--dataset", "nobody").out == ""
    [dataset] = json.loads(yours("datasets", "--json").out)
    assert dataset["dataset"] == "people"
    assert yours("datasets").out.startswith("people\t")


def test_6_others_are_not_served_without_keys(yours: Run) -> None:
    done = yours("serve", "--host", "0.0.0.0")
    assert done.code == 1
    assert "KG_API_KEYS_FILE" in done.err


def test_7_a_port_that_is_taken(yours: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = yours("serve", "--port", port)
    assert done.code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.err
    assert "--port" in done.err


def test_8_the_index_is_built_and_looked_at(yours: Run) -> None:
    missing = yours("index", "status")
    assert "missing" in missing.out
    built = yours("index", "build", "--json")
    assert built.code == 0, built.err
    assert json.loads(built.out)
    assert "current" in yours("index", "status").out
    assert json.loads(yours("index", "status", "--json").out)


def test_9_the_address_never_shows_the_password(address: Address) -> None:
    assert address.password not in repr(address)
