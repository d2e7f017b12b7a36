"""Teach java to start faster: one run beside the real server writes an ahead-of-time cache.

    python -m kgservice.local.training HOME

It runs Neo4j on an empty store of its own with the lowest priority, asks it what a start and a
first query ask, and lets java write down what it loaded and how. The next starts take about half
the time and 4 s less CPU. Its standard input is a pipe from the supervisor: when that ends, so does
this.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString

from kgservice.errors import KGError
from kgservice.graph.client import Graph
from kgservice.local import java
from kgservice.local.latch import released, try_take
from kgservice.local.launch import Launch, make_password, write_conf
from kgservice.local.options import Home
from kgservice.local.ports import Ports, free_ports
from kgservice.local.starting import address_of

#: Seconds for the start, and for java to write the cache: 20 in calm, more beside other work.
_START = 300.0
_WRITE = 600.0
#: Bytes of disk that must be free: the cache takes 160 MB, and twice that on the way.
_ROOM = 1_000_000_000
#: Seconds after which a cache that no start used goes.
_UNUSED = 14 * 86_400
#: What a first start, a migration, a load and a walk make java load, with the planner behind it.
_LESSONS: tuple[LiteralString, ...] = (
    "RETURN 1",
    "CALL dbms.components() YIELD name, versions, edition RETURN name, versions, edition",
    "CREATE CONSTRAINT lesson IF NOT EXISTS FOR (n:Lesson) REQUIRE n.id IS UNIQUE",
    "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties",
    "UNWIND range(1, 200) AS i MERGE (n:Lesson {id: toString(i)}) SET n.name = 'lesson ' + i",
    "MATCH (a:Lesson), (b:Lesson) WHERE toInteger(a.id) = toInteger(b.id) + 1 "
    "MERGE (a)-[r:AFTER]->(b) SET r.weight = 0.5",
    "MATCH (a:Lesson {id: '9'})-[:AFTER]->(b) WITH DISTINCT b MATCH (b)-[:AFTER]->(c) "
    "RETURN collect([c.id, c.name])",
    "MATCH (n:Lesson) CALL (n) { MATCH (n)-[r]-(m) RETURN count(r) AS degree } "
    "RETURN n.id, degree ORDER BY degree DESC, n.id LIMIT 5",
)


class _EndedError(Exception):
    """The server beside which this was done has ended, so this ends too."""


def main(home: Home) -> int:
    """Write the cache that the server's launch names, unless somebody else does."""
    os.nice(19)
    launch = Launch.read(home)
    target = Path(launch.aot_cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = try_take(target.parent / "training.lock")
    if lock is None:
        return 0
    with released(lock), contextlib.suppress(_EndedError):
        if not target.exists() and shutil.disk_usage(target.parent).free > _ROOM:
            _clear(target)
            _train(launch, target)
    return 0


def _clear(target: Path) -> None:
    """Caches that no start used for long, and what a killed training left.

    Each environment has a java of its own, and so a cache: those of others in use must stay, or two
    that take turns teach anew at every start.
    """
    version = target.name.rsplit("-", 1)[0]
    for path in target.parent.glob(f"{version}-*.aot"):
        if time.time() - path.stat().st_mtime > _UNUSED:
            path.unlink()
    for path in target.parent.glob("training-*"):
        shutil.rmtree(path, ignore_errors=True)


def _train(launch: Launch, target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="training-", dir=target.parent) as directory:
        place = Home(Path(directory))
        place.console.parent.mkdir()
        make_password(place)
        ports = free_ports(Ports(bolt=17687, http=17474))
        write_conf(place.path, launch, ports)
        unfinished = place.path / target.name
        with _java(launch, place, [f"-XX:AOTCacheOutput={unfinished}"]) as process:
            _wait(lambda: process.poll() is not None or _taught(place, ports), _START)
            process.terminate()
            _wait(lambda: process.poll() is not None, _WRITE)
        if unfinished.exists():
            unfinished.replace(target)


@contextlib.contextmanager
def _java(launch: Launch, place: Home, flags: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with place.console.open("wb") as console:
        taught = java.Java(
            place.path,
            launch.command(place.path, flags),
            environment=launch.environment,
            output=console,
        )
    process = taught.process
    try:
        yield process
    finally:
        # Its store is thrown away, so there is nothing to close in peace.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        taught.dismiss_guard()


def _taught(place: Home, ports: Ports) -> bool:
    try:
        with Graph.connect(address_of(place, ports)) as graph:
            for lesson in _LESSONS:
                graph.run(lesson)
    except KGError:
        return False
    return True


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        ended, _, _ = select.select([sys.stdin], [], [], 0.5)
        if ended or time.monotonic() > deadline:
            raise _EndedError


if __name__ == "__main__":
    sys.exit(main(Home(Path(sys.argv[1]))))
