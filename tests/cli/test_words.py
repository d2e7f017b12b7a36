"""The command line itself: help, faults, exit codes; nothing here needs a graph."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from commands import Run
from graphql import build_schema


def test_without_a_command_it_helps(run: Run) -> None:
    for words in (("db",), ("keys",), ("index",)):
        done = run(*words)
        assert done.code == 2
        assert "Usage: kgservice" in done.err
        assert "Commands:" in done.err
    assert all(name in run("-h").out for name in ("demo", "doctor", "serve", "load", "migrate"))


@pytest.mark.parametrize("words", [("--help",), ("-h",), ("load", "-h"), ("--version",)])
def test_help_is_no_fault(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lod",), "No such command 'lod'"),
        (("load", "triples", "x.tsv"), "--dataset"),
        (("load", "tripels", "x.tsv", "--dataset", "d"), "triples"),
        (("load", "triples", "x.tsv", "--dataset", "no name"), "at most 64"),
        (("load", "triples", "-", "--dataset", "d"), "--as"),
        (("load", "triples", "x.tsv", "--dataset", "d", "--max-rejected", "few"), "1%"),
        (("load", "triples", "x.tsv", "--dataset", "d", "--max-rejected", "1.5"), "1%"),
        (("load", "triples", "x.tsv", "--dataset", "d", "--columns", "head"), "head=2"),
        (("migrate", "--sql", "--unlock"), "no other option"),
        (("keys", "create", "--id", "me", "--scope", "write"), "read"),
        (("serve", "--port", "many"), "--port"),
    ],
)
def test_wrong_usage_is_2_with_what_is_right(
    run: Run, words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    (tmp_path / "x.tsv").touch()
    done = run(*words)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"KG_PORT": "80000"}, "KG_PORT is '80000'"),
        ({"KG_QUERY_TIMEOUT": "0"}, "KG_QUERY_TIMEOUT"),
        ({"KG_EVALUATOR": "both"}, "KG_EVALUATOR is 'both'"),
        ({"KG_NEO4J_VERSION": "4.4"}, "2026.09.0"),
        ({"KG_NEO4J_HEAP": "lots"}, "512m or 2g"),
    ],
)
def test_a_wrong_setting_is_named(run: Run, settings: dict[str, str], said: str) -> None:
    done = run("stats", **settings)
    assert done.code == 1
    assert done.err.startswith("kgservice: ")
    assert said in done.err


def test_settings_with_their_origin(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KG_PORT=9000\nKG_LANGUAGE=\n")
    done = run("settings", "--json", KG_NEO4J_PASSWORD="hunter2", KG_MAX_FIRST=50)
    shown = {one["name"]: one for one in json.loads(done.out)}
    assert (shown["KG_PORT"]["value"], shown["KG_PORT"]["origin"]) == ("9000", ".env")
    assert (shown["KG_MAX_FIRST"]["value"], shown["KG_MAX_FIRST"]["origin"]) == (
        "50",
        "environment",
    )
    assert (shown["KG_LANGUAGE"]["value"], shown["KG_LANGUAGE"]["origin"]) == ("en", "default")
    assert "hunter2" not in done.out
    assert all(one["description"] for one in shown.values())
    # For a pipe: one line each, a tab between cells.
    plain = run("settings")
    assert "KG_PORT\t9000\t.env\t" in plain.out


def test_the_schema_is_one(run: Run) -> None:
    done = run("schema")
    assert done.code == 0
    assert build_schema(done.out).query_type is not None


# ------------------------------------------------------------------ keys


def test_keys_from_first_to_last(run: Run, tmp_path: Path) -> None:
    assert "KG_API_KEYS_FILE" in run("keys", "list").err
    file = tmp_path / "keys.json"
    settings = {"KG_API_KEYS_FILE": file}
    made = run(
        "keys", "create", "--id", "search", "--scope", "read", "--scope", "feedback", **settings
    )
    key = made.out.strip()
    assert key.startswith("kg_")
    assert key not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("keys", "create", "--id", "slow", "--rate", "60").code == 0
    again = run("keys", "create", "--id", "search")
    assert (again.code, again.out) == (1, "")
    assert "revoke" in again.err
    assert run("keys", "list").out.splitlines() == [
        "search\tread, feedback\tdefault rate",
        "slow\tread\t60 a minute",
    ]
    listed = json.loads(run("keys", "list", "--json").out)
    assert [one["id"] for one in listed] == ["search", "slow"]
    assert "sha256" not in listed[0]
    assert "there are: search, slow" in run("keys", "revoke", "nobody").err
    assert run("keys", "revoke", "search").code == 0
    assert run("keys", "list").out == "slow\tread\t60 a minute\n"


# ------------------------------------------------------------------ serve and demo refuse


def test_the_demo_leaves_your_neo4j_alone(run: Run) -> None:
    done = run("demo", KG_NEO4J_URI="bolt://db.example:7687")
    assert done.code == 1
    assert "bolt://db.example:7687" in done.err
    assert "unset it" in done.err


def test_there_is_no_local_neo4j_beside_yours(run: Run) -> None:
    for words in (("db", "status"), ("db", "start")):
        done = run(*words, KG_NEO4J_URI="bolt://db.example:7687")
        assert done.code == 1
        assert "KG_NEO4J_URI" in done.err


def test_a_neo4j_that_is_not_there(run: Run) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        uri = f"bolt://127.0.0.1:{probe.getsockname()[1]}"
    done = run("stats", KG_NEO4J_URI=uri)
    assert done.code == 1
    assert done.err == "kgservice: Neo4j cannot be reached\n"


def test_a_password_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "none"
    done = run("stats", KG_NEO4J_URI="bolt://127.0.0.1:1", KG_NEO4J_PASSWORD_FILE=missing)
    assert done.code == 1
    assert str(missing) in done.err
