"""Commands run as `kgservice` runs them, in this process: their output, and their exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from commands import Done, Run
from emptying import empty

from kgservice import cli
from kgservice.graph.client import Address, Graph
from kgservice.local.instance import Running


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in an empty directory, with settings in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KG_DATA_DIR", str(tmp_path / "data"))

    def command(*words: object, **settings: object) -> Done:
        for name, value in settings.items():
            monkeypatch.setenv(name, str(value))
        monkeypatch.setattr(sys, "argv", ["kgservice", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code: Any = ended.value.code
        out, err = capsys.readouterr()
        return Done(int(code), out, err)

    return command


@pytest.fixture(scope="module")
def address(server: Running) -> Address:
    """A database with nothing in it at first; the tests of a module go on from each other."""
    with Graph.connect(server.address) as graph:
        empty(graph)
    return server.address


@pytest.fixture
def yours(run: Run, address: Address, tmp_path: Path) -> Run:
    """Commands on a Neo4j of one's own, its password in a file."""
    password = tmp_path / "password"
    password.write_text(address.password + "\n")

    def command(*words: object, **settings: object) -> Done:
        given = {"KG_NEO4J_URI": address.uri, "KG_NEO4J_PASSWORD_FILE": password}
        return run(*words, **(given | settings))

    return command
