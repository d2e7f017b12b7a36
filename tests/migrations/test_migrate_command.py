"""`kgservice migrate`, and the way of every command to a graph whose schema it knows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic import command
from click.testing import CliRunner, Result
from migration_project import Project
from pydantic import SecretStr

import migrations
from kgservice.cli import cli
from kgservice.cli.address import graph_address, migrated_address, refuse_other_programs
from kgservice.errors import ConfigurationError, MigrationError, SchemaOutOfDateError
from kgservice.graph.client import Address, Graph
from kgservice.local import instance
from kgservice.settings import Settings, read_settings
from migrations.neo4j_dialect import lock


@pytest.fixture
def yours(project: Project, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that name the server of the suite as one's own Neo4j."""
    monkeypatch.chdir(project.place)
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


@pytest.fixture
def local(yours: Settings, address: Address, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings without an address, where attaching leads to the server of the suite."""

    @contextmanager
    def attach(*_: object, **__: object) -> Iterator[Any]:
        yield SimpleNamespace(address=address)

    monkeypatch.setattr(instance, "attach", attach)
    monkeypatch.setattr(instance, "users", lambda options: ())
    return yours.model_copy(update={"neo4j_uri": None})


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["migrate", *arguments])


def test_up_again_and_down(yours: Settings, graph: Graph) -> None:
    assert run().stdout == "up 0001\nthe schema is at 0001, the newest\n"
    assert run().stdout == "the schema is at 0001, the newest\n"
    down = json.loads(run("base", "--json").stdout)
    applied = [{"direction": "down", "revision": "0001"}]
    assert down == {"applied": applied, "current": [], "head": "0001"}
    assert run("base").stdout == "the schema is at no revision\n"


def test_a_script_needs_no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KG_NEO4J_URI", "bolt://127.0.0.1:1")
    done = run("--sql")
    assert done.exit_code == 0
    assert "CREATE CONSTRAINT `entity_id`" in done.stdout


def test_beside_and_repair(yours: Settings, graph: Graph) -> None:
    graph.run("CREATE (:Customer)")
    refused = run()
    assert isinstance(refused.exception, MigrationError)
    assert run("--beside", "--repair").exit_code == 0
    assert migrations.is_current(graph)


def test_unlock(yours: Settings, graph: Graph) -> None:
    assert run("--unlock").stdout == "there was no lock\n"
    with lock.held(graph):
        assert run("--unlock").stdout.startswith(f"freed the lock of {lock.whoami()}")
    with lock.held(graph):
        assert lock.whoami() in json.loads(run("--unlock", "--json").stdout)["freed"]
    assert migrations.current(graph) == ()  # it does nothing else


@pytest.mark.parametrize("more", ["--beside", "--repair", "--unlock"])
def test_wishes_that_contradict_each_other(more: str) -> None:
    refused = run("--sql", more)
    assert refused.exit_code == 2


def test_a_refusal_is_a_sentence(project: Project, graph: Graph) -> None:
    graph.run("CREATE (:Customer)")
    done = subprocess.run(
        [str(Path(sys.executable).parent / "kgservice"), "migrate"],
        cwd=project.place,
        env=project.environment,
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("kgservice: the database holds nodes")
    assert "Traceback" not in done.stderr


def test_your_own_neo4j_is_migrated_by_you_alone(
    yours: Settings, project: Project, graph: Graph
) -> None:
    advice = r"at no revision.*needs 0001.*kgservice migrate"
    with pytest.raises(SchemaOutOfDateError, match=advice), migrated_address(yours, purpose="test"):
        pass
    assert migrations.current(graph) == ()
    command.stamp(project.config(), "head")
    with migrated_address(yours, purpose="test") as found:
        assert found.uri == yours.neo4j_uri


def test_the_local_neo4j_is_migrated_by_every_command(local: Settings, graph: Graph) -> None:
    with migrated_address(local, purpose="test"):
        assert migrations.is_current(graph)


def test_not_under_a_program_that_knows_another_schema(
    local: Settings, project: Project, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    def user(pid: int, schema: str) -> instance.User:
        return instance.User(pid, "kgservice serve", "0.0.9", schema, 0.0)

    others = [user(1, "0001"), user(2, "")]
    monkeypatch.setattr(instance, "users", lambda options: others)
    refuse_other_programs(local)
    others.append(user(3, "0000"))
    named = r"serve \(process 3\) knows revision 0000"
    with pytest.raises(MigrationError, match=named), migrated_address(local, purpose="test"):
        pass
    assert migrations.current(graph) == ()
    command.stamp(project.config(), "head")
    with migrated_address(local, purpose="test"):
        pass


def test_the_password_may_be_in_a_file(yours: Settings, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("secret\n")
    filed = yours.model_copy(update={"neo4j_password": None, "neo4j_password_file": path})
    with graph_address(filed, purpose="test") as found:
        assert found.password == "secret"
    path.unlink()
    named = r"KG_NEO4J_PASSWORD_FILE.*No such file"
    with pytest.raises(ConfigurationError, match=named), graph_address(filed, purpose="test"):
        pass
    given = filed.model_copy(update={"neo4j_password": SecretStr("word")})
    with graph_address(given, purpose="test") as found:
        assert found.password == "word"
