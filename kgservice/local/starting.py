"""Bringing the server up until it answers a query, and taking it down. Behind the door alone."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from kgservice.errors import ConfigurationError, GraphError, LocalNeo4jError
from kgservice.graph.client import Address, Graph
from kgservice.local import java
from kgservice.local.door import door, refuse_banned, refuse_unfit
from kgservice.local.jars import ensure_jars
from kgservice.local.latch import is_held
from kgservice.local.launch import has_bolt, has_started, make_password, plan_launch
from kgservice.local.options import Home, LocalOptions
from kgservice.local.ports import LOOPBACK, Ports
from kgservice.local.progress import Silent, Witness
from kgservice.local.server_note import Phase, Record, ServerNote

USER = "neo4j"

#: Seconds for a start: recovery after a crash in a bulk load took 24 s for a million edges.
_START = 900.0
#: Seconds for a stop: java's grace, and time to see that it is gone.
_STOP = java.GRACE + 15.0
_PAUSE = 0.1
#: Lines of the console that tell why a start failed.
_TELLING = re.compile(r" ERROR |^Caused by:")
#: Bytes of free disk that a start wants: a new store, its logs, and room to breathe.
ROOM = 200_000_000


@dataclass(frozen=True, slots=True)
class Running:
    """A local Neo4j that answers queries."""

    address: Address
    http_url: str
    browser_url: str
    version: str
    pid: int | None
    #: Whether this program started it, rather than finding it running.
    started: bool


def ensure_running(options: LocalOptions, witness: Witness | None = None) -> Running:
    """Have the server answer again, started anew if it died; its address may have changed.

    For use inside the block of `attach`. Raises LocalNeo4jError where it cannot start, or was
    stopped by force and has not been started since.
    """
    witness = witness or Silent()
    with door(options.home, "restart", witness):
        return bring_up(options, witness)


def bring_up(options: LocalOptions, witness: Witness) -> Running:
    """Start the server unless it runs, and wait until it answers; the caller is a user."""
    refuse_unfit(options)
    home = options.home
    before = _record(options, witness)
    started = not is_held(home.supervisor_lock)
    if started:
        _start(options, witness)
    if not answers(home):
        with witness.step(f"starting Neo4j {options.version}") as advance:
            _await_answer(options, lambda: advance(0))
    after = Record.read(home) or before
    _say_changes(before.ports, after.ports, witness)
    return _running(options, after, started)


def stop_supervisor(home: Home) -> bool:
    """Stop the server, whoever uses it; False where none was running."""
    home.pin.unlink(missing_ok=True)
    if not is_held(home.supervisor_lock):
        # Where its supervisor was killed a moment ago java may still live.
        java.end(home.path)
        return False
    asked: int | None = None
    deadline = time.monotonic() + _STOP
    while is_held(home.supervisor_lock):
        if time.monotonic() > deadline:
            raise LocalNeo4jError(
                f"the Neo4j in {home.path} does not stop (supervisor {asked}): "
                f"see {home.supervisor_log}"
            )
        asked = asked or _ask_to_stop(home)
        time.sleep(_PAUSE)
    return True


def answers(home: Home) -> bool:
    """Whether the server answers a query now.

    An open port is not enough: it may be another program's, and 0.5 to 4 s pass between that and
    the first answer. Raises ConfigurationError where the server does not take its password.
    """
    record = Record.read(home)
    if record is None or java.pid(home.path) is None or not has_bolt(home):
        return False
    address = address_of(home, record.ports)
    try:
        with Graph.connect(address) as graph:
            # One try, where `rows` would try again for half a minute.
            return graph.run("RETURN 1") == [[1]] and has_started(home)
    except GraphError:
        return False
    except ConfigurationError as error:
        raise ConfigurationError(
            f"the Neo4j in {home.path} does not take the password in {home.password}: if you "
            "changed it, write the one that is right into that file"
        ) from error


def address_of(home: Home, ports: Ports) -> Address:
    """Where the server is, and the password."""
    try:
        password = home.password.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"{home.password} cannot be read ({error.strerror}): it holds the password of the "
            f"user {USER} of this graph; write it there, or use another KG_DATA_DIR"
        ) from error
    return Address(f"bolt://{LOOPBACK}:{ports.bolt}", USER, password)


def _record(options: LocalOptions, witness: Witness) -> Record:
    record = Record.read(options.home)
    if record is None:
        record = Record(options.version, Ports())
        record.write(options.home)
    if record.version != options.version:
        witness.say(
            f"the graph was written by Neo4j {record.version}: {options.version} upgrades it, and "
            f"{record.version} cannot read it afterwards"
        )
    return record


def _start(options: LocalOptions, witness: Witness) -> None:
    home = options.home
    home.pin.unlink(missing_ok=True)
    jars = ensure_jars(options, witness)
    free = shutil.disk_usage(home.path).free
    if free < ROOM:
        raise LocalNeo4jError(
            f"only {free / 1e6:.0f} MB are free in {home.path}, and Neo4j wants "
            f"{ROOM / 1e6:.0f}: make room, or set KG_DATA_DIR to a directory on another disk"
        )
    # Neo4j reads the first password as long as it has no system database to keep it in.
    if not (home.store / "databases" / "system").exists():
        make_password(home)
    address_of(home, Ports())
    # One is only left here if its guard was killed as well.
    java.end(home.path)
    plan_launch(options, jars).write(home)
    with home.supervisor_log.open("ab") as log:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "kgservice.local.supervisor", str(home.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home.path,
            start_new_session=True,
            check=False,
        )
    if ended.returncode != 0:
        raise LocalNeo4jError(
            f"the supervisor of Neo4j did not start (code {ended.returncode}): "
            f"see {home.supervisor_log}"
        )


def _await_answer(options: LocalOptions, tick: Callable[[], None]) -> None:
    home = options.home
    deadline = time.monotonic() + _START
    while not answers(home):
        refuse_banned(home)
        if not is_held(home.supervisor_lock):
            raise LocalNeo4jError(_why_not(options))
        if time.monotonic() > deadline:
            raise LocalNeo4jError(
                f"Neo4j {options.version} has not answered for {_START / 60:.0f} minutes: "
                f"see {home.console.parent}"
            )
        tick()
        time.sleep(_PAUSE)


def _why_not(options: LocalOptions) -> str:
    home = options.home
    note = ServerNote.read(home)
    if note.phase is not Phase.FAILED:
        return f"Neo4j {options.version} was stopped while it started: run the command again"
    lines = home.console.read_text(errors="replace").splitlines() if home.console.exists() else []
    # Neo4j's first error says what failed and its last cause why; java itself is brief.
    telling = [line for line in lines if _TELLING.search(line)] or lines[-3:]
    said = "\n".join(f"  {line.strip()[:300]}" for line in telling[:1] + telling[1:][-2:])
    return (
        f"Neo4j {options.version} did not start: {note.reason}\n{said}\nSee {home.console.parent}"
    )


def _say_changes(before: Ports, after: Ports, witness: Witness) -> None:
    for name, old, new in (("Bolt", before.bolt, after.bolt), ("HTTP", before.http, after.http)):
        if old != new:
            witness.say(f"port {old} is taken by another program: Neo4j's {name} port is {new}")


def _running(options: LocalOptions, record: Record, started: bool) -> Running:
    http = http_of(record.ports)
    return Running(
        address=address_of(options.home, record.ports),
        http_url=http,
        browser_url=browser_of(record.ports),
        version=record.version,
        pid=java.pid(options.home.path),
        started=started,
    )


def http_of(ports: Ports) -> str:
    """The address of Neo4j's own pages."""
    return f"http://{LOOPBACK}:{ports.http}"


def browser_of(ports: Ports) -> str:
    """The address of Neo4j Browser."""
    return f"{http_of(ports)}/browser/"


def _ask_to_stop(home: Home) -> int | None:
    try:
        supervisor = int(home.supervisor_lock.read_text())
        os.kill(supervisor, signal.SIGTERM)
    except (ValueError, ProcessLookupError):
        return None
    return supervisor
