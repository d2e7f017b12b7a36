"""`kgservice db` as a user types it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from local_programs import (
    PATIENCE,
    Programs,
    all_gone,
    command_environment,
    kgservice,
    wait_until,
)

from kgservice.cli.db import db
from kgservice.errors import ConfigurationError, InUseError
from kgservice.local import instance
from kgservice.local.instance import LocalOptions

STATUS = {
    "state", "version", "bolt", "http", "browser", "user", "password_file", "pid", "data_dir",
}  # fmt: skip


@pytest.fixture
def typed(own: LocalOptions, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`kgservice db` in this process, which is 1 s quicker than in its own."""
    for name, value in command_environment(own, BROWSER="/bin/true").items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(db, arguments)


def test_start_status_open_stop(
    own: LocalOptions, typed: Callable[..., Result], programs: Programs
) -> None:
    told = json.loads(typed("status", "--json").stdout)
    assert set(told) == STATUS
    assert (told["state"], told["pid"], told["bolt"]) == ("stopped", None, None)
    assert "start it with `kgservice db start`" in str(typed("open").exception)

    started = kgservice("db", "start", options=own)
    assert started.returncode == 0, started.stderr
    assert "starting Neo4j" in started.stderr
    told = json.loads(typed("status", "--json").stdout)
    assert told["state"] == "running"
    assert told["version"] == own.version
    assert told["data_dir"] == str(own.data_dir)
    assert Path(told["password_file"]).read_text().strip()
    assert told["bolt"] in started.stdout
    assert typed("open").stdout.startswith(told["browser"])

    program = programs(own, "kgservice serve")
    program.answer()
    assert f"kgservice serve (process {program.pid})" in typed("status").stdout
    refused = typed("stop").exception
    assert isinstance(refused, InUseError)
    assert f"kgservice serve (process {program.pid})" in str(refused)
    program.kill()

    stopped = kgservice("db", "stop", "--json", options=own)
    assert json.loads(stopped.stdout) == {"stopped": True}
    assert all_gone(own.home)
    assert typed("stop").stdout == "it did not run\n"


def test_ctrl_c_while_it_starts_leaves_nothing(own: LocalOptions) -> None:
    starting = subprocess.Popen(
        [sys.executable, "-c", "from kgservice.cli import main; main()", "db", "start"],
        env=command_environment(own),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert starting.stderr is not None
    assert b"starting Neo4j" in starting.stderr.readline()
    starting.send_signal(signal.SIGINT)
    _, error = starting.communicate(timeout=PATIENCE)
    assert starting.returncode == 130
    assert b"Traceback" not in error
    wait_until(lambda: all_gone(own.home), 30.0)
    assert instance.users(own) == ()


@pytest.mark.parametrize(
    "command", [("start",), ("stop",), ("status",), ("open",), ("backup", "x"), ("restore", "x")]
)
def test_with_a_neo4j_of_your_own_there_is_no_local_one(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_NEO4J_URI", "bolt://elsewhere:7687")
    refused = CliRunner().invoke(db, command)
    assert isinstance(refused.exception, ConfigurationError)
    assert "no local Neo4j here: KG_NEO4J_URI is bolt://elsewhere:7687" in str(refused.exception)
    shown = CliRunner().invoke(db, [command[0], "--help"])
    assert (shown.exit_code, shown.exception) == (0, None)


def test_failures_end_with_1_and_wrong_usage_with_2() -> None:
    failed = kgservice("db", "status", KG_NEO4J_HEAP="much")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == "kgservice: KG_NEO4J_HEAP is 'much': write a size such as 512m or 2g\n"
    assert kgservice("db", "backup").returncode == 2
