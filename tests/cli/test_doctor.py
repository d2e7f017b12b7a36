"""`kgservice doctor` and `kgservice` alone: real faults are provoked, named, and their remedies."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from served_sample import served

import migrations
from kgservice.app import Service
from kgservice.cli.checkup import machine, serving
from kgservice.cli.checkup.finding import State
from kgservice.graph.client import Address, Graph
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import LocalOptions
from kgservice.local.options import Home
from kgservice.local.ports import Ports
from kgservice.local.server_note import Record
from migrations.neo4j_dialect import lock

#: Check, state, found, remedy.
Look = Callable[..., list[tuple[str, str, str, str]]]


def looker(run: Run) -> Look:
    def look(*words: str, **settings: object) -> list[tuple[str, str, str, str]]:
        done = run("doctor", "--json", *words, **settings)
        assert done.err == ""
        told = json.loads(done.out)
        states = {one["state"] for one in told["checks"]}
        assert done.code == int("wrong" in states)
        assert told["status"] == next((one for one in ("wrong", "note") if one in states), "ok")
        return [
            (one["check"], one["state"], one["found"], one["remedy"] or "")
            for one in told["checks"]
        ]

    return look


@pytest.fixture
def look(run: Run) -> Look:
    """Looks, with a port that nobody has."""
    return lambda *words, **settings: looker(run)(*words, **({"KG_PORT": 0} | settings))


@pytest.fixture
def look_at_yours(yours: Run) -> Look:
    """Looks at a Neo4j of one's own."""
    return lambda *words, **settings: looker(yours)(*words, **({"KG_PORT": 0} | settings))


def of(check: str, found: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str]]:
    return [(state, said, remedy) for name, state, said, remedy in found if name == check]


# ------------------------------------------------------------------ settings


def test_a_new_user_is_told_where_to_begin(look: Look) -> None:
    found = look()
    assert not [one for one in found if one[1] == "wrong"]
    [(state, _, remedy)] = of("graph", found)
    assert state == "note"
    assert "kgservice demo" in remedy
    assert "the commands that need it start it" in of("neo4j", found)[0][1]


@pytest.mark.parametrize(
    ("name", "state", "remedy"),
    [
        ("KG_NEO4J_URL", "wrong", "did you mean KG_NEO4J_URI?"),
        ("KG_DATA_DIRECTORY", "wrong", "did you mean KG_DATA_DIR?"),
        ("KG_COLOUR_OF_MOON", "note", "`kgservice settings`"),
    ],
)
def test_a_name_that_is_no_setting(look: Look, name: str, state: str, remedy: str) -> None:
    [(found, said, told)] = of("settings", look(**{name: "x"}))
    assert (found, name in said, remedy in told) == (state, True, True)


def test_a_misspelt_name_in_a_file(look: Look, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KG_WORKER=4\nOTHER=1\nKG_TEST_DATA=somewhere\n")
    [(state, said, remedy)] = of("settings", look())
    assert (state, "KG_WORKER " in said, remedy) == ("wrong", True, "did you mean KG_WORKERS?")


def test_a_value_that_cannot_be(look: Look) -> None:
    [(state, said, _)] = of("settings", look(KG_QUERY_TIMEOUT="soon"))
    assert (state, "KG_QUERY_TIMEOUT is 'soon'" in said) == ("wrong", True)
    [(state, said, _)] = of("settings", look(KG_NEO4J_URI="http://x", KG_QUERY_TIMEOUT="5"))
    assert (state, "'http://x': write bolt://HOST:7687" in said) == ("wrong", True)
    found = look(KG_NEO4J_URI="", KG_NEO4J_VERSION="4.4")
    assert ("wrong", True) in [
        (state, "2026.09.0" in said) for state, said, _ in of("settings", found)
    ]


def test_passwords_that_do_not_count(look: Look, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("x")
    said = " ".join(
        str(one)
        for one in of(
            "settings", look(KG_NEO4J_PASSWORD="x", KG_NEO4J_PASSWORD_FILE=tmp_path / "password")
        )
    )
    assert "the first counts" in said
    assert "the local Neo4j has its own" in said


def test_keys(look: Look, tmp_path: Path) -> None:
    [(state, said, remedy)] = of("keys", look(KG_HOST="0.0.0.0"))
    assert (state, "KG_API_KEYS_FILE" in said, "keys create" in remedy) == ("wrong", True, True)
    (tmp_path / "keys.json").write_text('{"keys": [{"id": "x", "sha": "1"}]}')
    [(state, said, _)] = of("keys", look(KG_API_KEYS_FILE=tmp_path / "keys.json"))
    assert (state, "has a fault" in said) == ("wrong", True)
    (tmp_path / "keys.json").write_text('{"keys": []}')
    assert of("keys", look())[0][0] == "ok"
    assert of("documents", look(KG_TRUSTED_ONLY="true"))[0][0] == "wrong"


# ------------------------------------------------------------------ the machine


def test_python_that_nobody_tried() -> None:
    assert machine.python((3, 14)).state is State.WRONG
    assert machine.python((3, 10)).state is State.WRONG
    assert machine.python().state is State.OK


def test_room(tmp_path: Path) -> None:
    [full] = machine.disk({"KG_DATA_DIR": tmp_path / "not" / "yet"}, wanted=10**18)
    [tight] = machine.disk({"KG_CACHE_DIR": tmp_path}, comfort=10**18)
    assert (full.state, tight.state) == (State.WRONG, State.NOTE)
    assert "KG_DATA_DIR" in str(full.remedy)
    assert "KG_CACHE_DIR" in str(tight.remedy)


def test_pages_that_are_not_built(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    found = serving.pages(tmp_path)
    assert (found.state, "graphiql.html" in found.found) == (State.NOTE, True)
    assert "make install" in str(found.remedy)


def test_files_of_neo4j_that_have_to_be_fetched(look: Look, tmp_path: Path) -> None:
    [(state, said, remedy)] = of("neo4j files", look(KG_CACHE_DIR=tmp_path / "cache"))
    assert (state, "are not in" in said, "MB" in remedy) == ("note", True, True)


def test_a_data_directory_that_cannot_be(look: Look, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    [(state, said, remedy)] = of("data", look(KG_DATA_DIR=tmp_path / "file" / "data"))
    assert (state, "cannot be written" in said) == ("wrong", True)
    assert "KG_DATA_DIR" in remedy


def test_data_of_a_newer_neo4j(look: Look, tmp_path: Path) -> None:
    home = Home(tmp_path / "data" / "neo4j")
    home.path.mkdir(parents=True)
    Record("2099.01.0", Ports()).write(home)
    found = look()
    assert ("wrong", True) in [
        (state, "KG_NEO4J_VERSION=2099.01.0" in remedy) for state, _, remedy in of("data", found)
    ]
    # It was started once, so something may be in it.
    [(state, _, remedy)] = of("graph", found)
    assert (state, "--start" in remedy) == ("unseen", True)


def test_one_that_was_stopped_by_force(look: Look, tmp_path: Path) -> None:
    home = Home(tmp_path / "data" / "neo4j")
    home.path.mkdir(parents=True)
    home.ban.touch()
    assert ("wrong", True) in [
        (state, "db start" in said + remedy) for state, said, remedy in of("data", look())
    ]


# ------------------------------------------------------------------ the port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_that_another_program_has(look: Look, taken: int) -> None:
    [(state, said, remedy)] = of("port", look(KG_PORT=taken))
    assert (state, str(taken) in said, "KG_PORT" in remedy) == ("wrong", True, True)


# ------------------------------------------------------------------ the graph


@pytest.mark.neo4j
def test_the_local_one_that_runs(
    run: Run, look: Look, address: Address, local_options: LocalOptions
) -> None:
    settings = {"KG_DATA_DIR": local_options.data_dir, "KG_NEO4J_VERSION": local_options.version}
    found = look("--start", **settings)
    assert "for pytest" in of("neo4j", found)[0][1]
    # The next command migrates it, so nothing is wrong.
    assert of("schema", found)[0][0] == "note"
    assert of("java", found)[0][0] == "ok"


@pytest.mark.parametrize(
    ("settings", "said", "remedy"),
    [
        ({"KG_NEO4J_URI": "bolt://127.0.0.1:1"}, "cannot be reached", "KG_NEO4J_URI"),
        ({"KG_NEO4J_PASSWORD_FILE": "none"}, "No such file", "correct it"),
        ({"KG_NEO4J_PASSWORD": "wrong"}, "refuses the user or password", "KG_NEO4J_PASSWORD"),
        ({"KG_NEO4J_DATABASE": "none"}, "DatabaseNotFound", "KG_NEO4J_DATABASE"),
    ],
)
@pytest.mark.neo4j
def test_one_that_does_not_answer(
    look_at_yours: Look, settings: dict[str, Any], said: str, remedy: str
) -> None:
    [*_, (state, found, told)] = of("neo4j", look_at_yours(**settings))
    assert (state, said in found, remedy in told) == ("wrong", True, True), (found, told)


@pytest.mark.neo4j
def test_from_an_empty_database_to_one_that_is_served(
    yours: Run, look_at_yours: Look, address: Address, tmp_path: Path
) -> None:
    with Graph.connect(address) as graph:
        [(state, _, remedy)] = of("schema", look_at_yours())
        assert (state, remedy) == ("wrong", "`kgservice migrate`")

        migrations.upgrade(address)
        found = look_at_yours()
        assert of("schema", found)[0][0] == "ok"
        [(state, said, _)] = of("graph", found)
        assert (state, said) == ("note", "nothing is loaded")
        assert of("index", found)[0][0] == "note"

        graph.run("DROP CONSTRAINT entity_id")
        [(state, said, remedy)] = of("schema", look_at_yours())
        assert (state, said, "verify --repair" in remedy) == ("wrong", "lacks entity_id", True)
        graph.run("CREATE CONSTRAINT entity_id FOR (x:Entity) REQUIRE x.id IS UNIQUE")

        with lock.held(graph):
            [held, _] = of("schema", look_at_yours())
            assert (held[0], "--unlock" in held[2]) == ("note", True)

        (tmp_path / "facts.tsv").write_text("ann\tKNOWS\tbob\n")
        words = ("facts.tsv", "--dataset", "people", "--new-relations", "register")
        assert yours("load", "triples", *words).code == 0
        with served(Service(address, IndexDirectory.below(tmp_path / "data"))) as url:
            found = look_at_yours(KG_PORT=url.rpartition(":")[2])
        assert not [one for one in found if one[1] != "ok"], found
        assert "kgservice 0" in of("port", found)[0][1]
        assert of("graph", found)[0][1].startswith("2 entities, 1 statements, data version")

        # A load that was cut off leaves its run without an end.
        graph.run("MATCH (r:__Run) SET r.finished = null")
        [_, (state, said, remedy)] = of("graph", look_at_yours())
        assert (state, "people has not ended" in said) == ("note", True)
        assert "it goes on" in remedy

        graph.run("MATCH (v:__DataVersion) SET v.version = v.version + 1")
        [(state, _, remedy)] = of("index", look_at_yours())
        assert (state, "catches up" in remedy) == ("note", True)
    [index] = (tmp_path / "data" / "index").glob("*-*/manifest.json")
    index.write_text(index.read_text().replace('"database": "', '"database": "another'))
    assert "of another graph" in of("index", look_at_yours())[0][1]
    index.write_text("{}")
    [(state, said, remedy)] = of("index", look_at_yours())
    assert (state, remedy) == ("wrong", "`kgservice index build`")


# ------------------------------------------------------------------ without a command


def test_alone_it_says_what_is_wrong_and_where_to_go_on(run: Run, taken: int) -> None:
    done = run(KG_PORT=0)
    assert (done.code, done.err) == (0, "")
    assert "the local one is stopped" in done.out
    assert "kgservice --help" in done.out
    assert "encoder" not in done.out
    done = run(KG_PORT=taken)
    assert done.code == 1
    assert "WRONG port" in done.out
    done = run("doctor", KG_PORT=taken)
    assert done.code == 1
    assert "ok    encoder" in done.out
