"""What happens to the server when programs come, go, are killed, and get in its way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from local_programs import PATIENCE, Programs, alive, all_gone, guards, supervisor_pid, wait_until

from kgservice.errors import ConfigurationError, InUseError, KGError, LocalNeo4jError
from kgservice.graph.client import Address, Graph
from kgservice.local import instance, java
from kgservice.local.door import prepare
from kgservice.local.instance import LocalOptions, State
from kgservice.local.latch import is_held, released, try_take
from kgservice.local.launch import found_a_port_taken, plan_launch
from kgservice.local.ports import Ports
from kgservice.local.server_note import Phase, Record, ServerNote

#: Promised: nothing outlives a killed program by more.
AFTERLIFE = 30.0


def listening(pid: int) -> set[str]:
    """The addresses on which a process listens, as the kernel writes them."""
    sockets = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            sockets.add(str(entry.readlink()))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                found.add(fields[1].split(":")[0])
    return found


def test_it_is_for_its_owner_on_this_machine_alone(kept: LocalOptions) -> None:
    home, now = kept.home, instance.status(kept)
    assert stat.S_IMODE(home.password.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert now.pid is not None
    addresses = listening(now.pid)
    assert addresses
    # 127.0.0.1 in IPv4, and as an IPv6 address that stands for it.
    assert addresses <= {"0100007F", "0000000000000000FFFF00000100007F"}
    password = home.password.read_text().strip()
    assert password not in Path(f"/proc/{now.pid}/cmdline").read_text()
    assert password not in Path(f"/proc/{now.pid}/environ").read_text()
    assert now.bolt is not None
    with pytest.raises(ConfigurationError), Graph.connect(Address(now.bolt, "neo4j", "neo4j")):
        pass


def test_a_terminal_cannot_reach_it(kept: LocalOptions) -> None:
    pid = instance.status(kept).pid
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)
    assert os.getsid(supervisor_pid(kept.home)) != os.getsid(0)


def test_browser_is_served_and_told_where_bolt_is(kept: LocalOptions) -> None:
    now = instance.status(kept)
    assert now.http is not None
    assert now.browser is not None
    assert now.bolt is not None
    with urllib.request.urlopen(now.browser, timeout=PATIENCE) as page:
        assert page.status == 200
        assert b"<html" in page.read()
    with urllib.request.urlopen(now.http, timeout=PATIENCE) as answer:
        assert json.load(answer)["bolt_direct"] == now.bolt


def test_a_changed_password_is_asked_for(kept: LocalOptions) -> None:
    right = kept.home.password.read_text()
    kept.home.password.write_text("wrong")
    assert instance.status(kept).state is State.RUNNING
    with (
        pytest.raises(ConfigurationError, match="write the one that is right into that file"),
        instance.attach(kept, purpose="test"),
    ):
        pass
    kept.home.password.write_text(right)


def test_all_programs_share_it_and_none_may_take_it_away(
    kept: LocalOptions, programs: Programs
) -> None:
    before = instance.status(kept)
    other = programs(kept, "kgservice load")
    assert other.answer() == {"uri": before.bolt, "pid": before.pid, "started": False}
    with instance.attach(kept, purpose="kgservice serve", schema="revision-2") as running:
        assert not running.started
        assert running.address.uri == before.bolt
        assert instance.ensure_running(kept) == running
        [first, second] = instance.users(kept)
        assert (first.pid, first.purpose, first.schema) == (
            other.pid,
            "kgservice load",
            "revision-1",
        )
        assert (second.pid, second.purpose, second.schema) == (
            os.getpid(),
            "kgservice serve",
            "revision-2",
        )
        with pytest.raises(InUseError, match=rf"kgservice load \(process {other.pid}\)"):
            instance.stop(kept)
    other.end()
    assert instance.users(kept) == ()
    assert instance.status(kept).state is State.RUNNING


def test_java_killed_under_a_user_starts_again_with_all_its_data(
    kept: LocalOptions, programs: Programs
) -> None:
    program = programs(kept, "kgservice serve")
    killed = program.answer()["pid"]
    program.ask("write before-the-kill")
    os.kill(killed, signal.SIGKILL)
    again = program.ask("ensure")
    assert again["pid"] != killed
    with instance.attach(kept, purpose="test") as running, Graph.connect(running.address) as graph:
        found = graph.rows("MATCH (n:Kept {name: 'before-the-kill'}) RETURN count(n)")
    assert found == [[1]]


def test_supervisor_then_user_killed_and_nothing_is_left(
    kept: LocalOptions, programs: Programs
) -> None:
    home = kept.home
    program = programs(kept, "kgservice serve")
    orphan = program.answer()["pid"]
    [guard] = guards(home.path)
    os.kill(guard, signal.SIGKILL)
    wait_until(lambda: guards(home.path) not in ([], [guard]))
    os.kill(supervisor_pid(home), signal.SIGKILL)
    assert wait_until(lambda: not alive(orphan)) < AFTERLIFE
    again = program.ask("ensure")
    assert again["started"]
    program.kill()
    assert wait_until(lambda: all_gone(home)) < AFTERLIFE
    assert not alive(again["pid"])
    assert instance.status(kept).state is State.STOPPED


def test_a_port_taken_meanwhile_and_files_of_the_dead_do_not_matter(
    own: LocalOptions,
) -> None:
    home = prepare(own)
    instance.stop(own)
    before = Record.read(home)
    assert before is not None
    # Whoever reads numbers out of files of the dead would hit a process of ours.
    for name in ("java.pid", "supervisor.lock", "door.lock"):
        (home.path / name).write_text(str(os.getpid()))
    (home.users / "1-dead.json").write_text("{}")
    said: list[str] = []
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", before.ports.bolt))
        other.listen()
        running = instance.start(own, witness=Heard(said))
    after = Record.read(home)
    assert after is not None
    assert after.ports.bolt != before.ports.bolt
    assert running.address.uri.endswith(f":{after.ports.bolt}")
    assert any(f"port {before.ports.bolt} is taken" in line for line in said)
    assert instance.users(own) == ()


def test_a_port_taken_between_the_choice_and_its_use(own: LocalOptions) -> None:
    home = prepare(own)
    instance.stop(own)
    home.console.parent.mkdir(parents=True, exist_ok=True)
    home.console.write_bytes(b"")
    refused: list[int] = []

    def take_it() -> None:
        # java has just begun, two seconds before it listens; let go of as soon as it says so.
        wait_until(lambda: b"Starting" in home.console.read_bytes())
        chosen = Record.read(home)
        assert chosen is not None
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", chosen.ports.bolt))
            other.listen()
            wait_until(lambda: found_a_port_taken(home))
        refused.append(chosen.ports.bolt)

    taker = threading.Thread(target=take_it)
    taker.start()
    try:
        assert instance.start(own).started
    finally:
        taker.join()
    after = Record.read(home)
    assert after is not None
    # Not the next one: whoever was quicker may be looking for a port of its own there.
    assert after.ports.bolt not in range(refused[0], refused[0] + 20)


def test_stopped_by_force_it_stays_stopped_until_it_is_started(
    kept: LocalOptions, programs: Programs
) -> None:
    program = programs(kept, "kgservice serve")
    program.answer()
    assert instance.stop(kept, force=True)
    assert all_gone(kept.home)
    refused = "stopped by `kgservice db stop --force`"
    assert refused in program.ask("ensure")["error"]
    with (
        pytest.raises(LocalNeo4jError, match=refused),
        instance.attach(kept, purpose="test"),
    ):
        pass
    instance.start(kept)
    assert "error" not in program.ask("ensure")


def test_a_server_whose_directory_is_taken_away_ends(kept: LocalOptions) -> None:
    pid, supervisor = instance.status(kept).pid, supervisor_pid(kept.home)
    assert pid is not None
    shutil.rmtree(kept.data_dir)
    assert wait_until(lambda: not alive(pid) and not alive(supervisor)) < AFTERLIFE


def test_java_that_cannot_start_says_why(empty_options: LocalOptions) -> None:
    hopeless = replace(empty_options, heap="1k", java_flags=())
    Record("5.0.0", Ports()).write(prepare(hopeless))
    said: list[str] = []
    with (
        pytest.raises(
            LocalNeo4jError, match=r"(?s)java ended with code 1 .*Too small maximum heap"
        ),
        instance.attach(hopeless, purpose="test", witness=Heard(said)),
    ):
        pass
    assert "was written by Neo4j 5.0.0" in said[0]
    assert all_gone(hopeless.home)


def test_a_supervisor_without_its_notes_fails_aloud(empty_options: LocalOptions) -> None:
    home = prepare(empty_options)
    plan_launch(empty_options, []).write(home)
    command = [sys.executable, "-m", "kgservice.local.supervisor", str(home.path)]
    lock = try_take(home.supervisor_lock)
    assert lock is not None
    with released(lock):
        assert subprocess.run(command, check=False).returncode == 3
    assert subprocess.run(command, check=False).returncode == 0
    wait_until(lambda: not is_held(home.supervisor_lock))
    assert ServerNote.read(home) == ServerNote(Phase.FAILED, f"{home.record} is gone")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("ROOM", 10**18, "make room"),
        ("_START", 0.0, "has not answered"),
        ("sys.executable", "/bin/false", "the supervisor of Neo4j did not start"),
    ],
)
def test_a_start_that_cannot_be_says_so_and_leaves_nothing(
    empty_options: LocalOptions,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: object,
    complaint: str,
) -> None:
    monkeypatch.setattr(f"kgservice.local.starting.{name}", value)
    with (
        pytest.raises(LocalNeo4jError, match=complaint),
        instance.attach(empty_options, purpose="test"),
    ):
        pass
    assert all_gone(empty_options.home)


def is_another(place: Path, pid: int) -> bool:
    return java.pid(place) != pid


def test_java_that_is_killed_again_and_again_is_left_alone(empty_options: LocalOptions) -> None:
    home = empty_options.home
    errors: list[KGError] = []

    def use() -> None:
        try:
            with instance.attach(empty_options, purpose="test"):
                pass
        except KGError as error:
            errors.append(error)

    program = threading.Thread(target=use)
    program.start()
    for _ in range(3):
        wait_until(lambda: java.pid(home.path) is not None)
        victim = java.pid(home.path)
        assert victim is not None
        os.kill(victim, signal.SIGKILL)
        wait_until(partial(is_another, home.path, victim))
    program.join(PATIENCE)
    assert "java ended 3 times within a minute of its start" in str(errors[0])
    assert all_gone(home)
    assert not is_held(home.door)


class Heard:
    """A witness that remembers what it is told."""

    def __init__(self, said: list[str]):
        self.said = said

    def say(self, fact: str) -> None:
        self.said.append(fact)

    def step(
        self, what: str, total: float | None = None
    ) -> AbstractContextManager[Callable[[float], None]]:
        self.said.append(what)
        return nullcontext(lambda amount: None)
