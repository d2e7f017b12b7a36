"""One migration at a time, and what becomes of a lock whose holder is gone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from alembic import command
from alembic.util import CommandError
from migration_project import Project

import migrations
from kgservice.errors import SchemaLockedError
from kgservice.graph.client import Address, Graph
from migrations.neo4j_dialect import lock

LEFT = """\
CREATE (:__SchemaLock {id: 'schema', token: 'x', owner: $owner, host: $host, pid: $pid,
                       since: datetime('2026-01-02T03:04:05Z')})"""
LOCKS = "MATCH (x:__SchemaLock) RETURN count(x)"
SLOW = "import time; time.sleep(60)"


def left_by(graph: Graph, host: str, pid: int) -> None:
    lock.prepare(graph)
    graph.run(LEFT, {"owner": "eve@there", "host": host, "pid": pid})


def here(graph: Graph) -> str:
    with lock.held(graph):
        return str(graph.rows("MATCH (x:__SchemaLock) RETURN x.host")[0][0])


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(timeout=30)
    return child.pid


def test_a_second_migrator_meets_the_first(project: Project, graph: Graph) -> None:
    with lock.held(graph):
        with pytest.raises(CommandError) as refused:
            command.stamp(project.config(), "head")
        assert isinstance(refused.value.__cause__, SchemaLockedError)
        assert f"{lock.whoami()} (process {os.getpid()}) since 20" in str(refused.value)
        command.current(project.config())
    command.stamp(project.config(), "head")
    assert graph.rows(LOCKS) == [[0]]


def test_a_second_migrator_may_wait(graph: Graph, address: Address) -> None:
    def hold() -> None:
        with lock.held(graph):
            taken.set()
            time.sleep(0.5)

    taken = threading.Event()
    first = threading.Thread(target=hold)
    first.start()
    assert taken.wait(timeout=10)
    with Graph.connect(address) as second, lock.held(second, wait_seconds=20):
        assert not lock.holder(second).is_gone
    first.join(timeout=10)


def test_the_lock_is_free_again_after_an_error(project: Project, graph: Graph) -> None:
    project.revision("0002", upgrade="raise RuntimeError('on purpose')")
    command.stamp(project.config(), "0001")
    with pytest.raises(RuntimeError, match="on purpose"):
        command.upgrade(project.config(), "head")
    assert graph.rows(LOCKS) == [[0]]


def test_a_process_of_this_host_that_is_gone(graph: Graph) -> None:
    host = here(graph)
    for pid in (dead_pid(), os.getpid()):  # our own number: a lock that no thread here holds
        left_by(graph, host, pid)
        with lock.held(graph):
            assert lock.holder(graph).token != "x"
        assert graph.rows(LOCKS) == [[0]]


@pytest.mark.parametrize("foreign", [False, True])
def test_a_process_of_this_host_that_lives(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, foreign: bool
) -> None:
    def refuse(*_: int) -> None:
        raise PermissionError

    left_by(graph, here(graph), os.getppid())
    if foreign:  # it belongs to another user
        monkeypatch.setattr("os.kill", refuse)
    with pytest.raises(SchemaLockedError, match="2026-01-02T03:04:05Z"), lock.held(graph):
        pass


def test_a_process_of_another_host(graph: Graph) -> None:
    left_by(graph, "elsewhere", dead_pid())
    named = r"eve@there.*kgservice migrate --unlock"
    with pytest.raises(SchemaLockedError, match=named), lock.held(graph):
        pass
    freed = migrations.unlock(graph)
    assert freed is not None
    assert freed.owner == "eve@there"
    assert migrations.unlock(graph) is None
    with lock.held(graph):
        pass


def test_who_is_it_where_names_are_missing(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr("getpass.getuser", missing)
    monkeypatch.setattr("os.readlink", missing)
    with lock.held(graph):
        found = lock.holder(graph)
        assert found.owner == f"uid {os.getuid()}@{socket.gethostname()}"
        assert found.host == socket.gethostname()


def test_kill_dash_nine_in_the_middle(project: Project, graph: Graph) -> None:
    slow = project.revision("0002", upgrade=SLOW)
    command.stamp(project.config(), "0001")
    first = subprocess.Popen(
        project.command("upgrade", "head"), env=project.environment, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while lock.holder(graph) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert lock.holder(graph).pid == first.pid
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait(timeout=30)
    slow.write_text(slow.read_text().replace(SLOW, "op.cypher('CREATE (:Made)')"))
    command.upgrade(project.config(), "head")
    assert migrations.current(graph) == ("0002",)
