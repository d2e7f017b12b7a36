"""One process in one place; a shell stands in for java, whose work does not matter here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from local_programs import alive, guard_of, guards, ignores_termination, wait_until

from kgservice.errors import LocalNeo4jError
from kgservice.local import java

SLEEPING = ["/bin/sleep", "100"]
STUBBORN = ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"]
OWNER = """
import subprocess, sys, time
from pathlib import Path
from kgservice.local import java
place, java.GRACE = Path(sys.argv[1]), 1.0
owned = java.Java(place, sys.argv[2:], environment={}, output=subprocess.DEVNULL)
time.sleep(100)
"""


@contextmanager
def started(place: Path, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    owned = java.Java(place, command, environment={}, output=subprocess.DEVNULL)
    wait_until(lambda: java.pid(place) == owned.process.pid)
    yield owned.process
    if owned.process.poll() is None:
        owned.process.kill()
    owned.process.wait()
    owned.dismiss_guard()


def test_it_is_known_as_long_as_it_lives(tmp_path: Path) -> None:
    assert not java.lives(tmp_path)
    assert java.pid(tmp_path) is None
    with started(tmp_path, SLEEPING):
        assert java.lives(tmp_path)
    assert not java.lives(tmp_path)
    assert java.pid(tmp_path) is None
    java.end(tmp_path)


@pytest.mark.parametrize(
    ("command", "ended_by"), [(SLEEPING, signal.SIGTERM), (STUBBORN, signal.SIGKILL)]
)
def test_it_is_asked_to_end_and_then_made_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], ended_by: int
) -> None:
    monkeypatch.setattr(java, "GRACE", 1.0)
    with started(tmp_path, command) as process:
        wait_until(lambda: ignores_termination(process.pid) == (command is STUBBORN))
        java.end(tmp_path)
        assert process.wait() == -ended_by
        assert not java.lives(tmp_path)


def test_there_is_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "GRACE", -5.0)
    with (
        started(tmp_path, SLEEPING) as process,
        pytest.raises(LocalNeo4jError, match=rf"another java \(process {process.pid}\)"),
        started(tmp_path, SLEEPING),
    ):
        pass


@pytest.mark.parametrize("command", [SLEEPING, STUBBORN])
def test_the_guard_ends_what_a_killed_owner_left(tmp_path: Path, command: list[str]) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path), *command])
    wait_until(lambda: java.pid(tmp_path) is not None)
    orphan = java.pid(tmp_path)
    assert orphan is not None
    owner.kill()
    owner.wait()
    assert wait_until(lambda: not alive(orphan)) < 30.0


def test_a_guard_that_is_killed_is_replaced(tmp_path: Path) -> None:
    owned = java.Java(tmp_path, SLEEPING, environment={}, output=subprocess.DEVNULL)
    guard = guard_of(tmp_path)
    os.kill(guard, signal.SIGKILL)
    wait_until(lambda: not alive(guard))
    owned.keep_guarded()
    other = guard_of(tmp_path)
    owned.keep_guarded()
    assert guards(tmp_path) == [other]
    owned.dismiss_guard()
    # It did not take its dismissal for the death of its owner.
    assert owned.process.poll() is None
    java.end(tmp_path)
    owned.process.wait()


def test_the_supervisor_carries_little(tmp_path: Path) -> None:
    heavy = "{'neo4j', 'rich', 'jgo', 'numpy', 'pydantic'}"
    seen = f"import sys, kgservice.local.supervisor; print({heavy} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", seen], capture_output=True, check=True)
    assert shown.stdout == b"set()\n"
