"""One java process in one place: started, known, ended.

A place is a directory with two files. `java.lock` is locked by the java process itself, which
inherits the lock, so it is held exactly as long as that process lives. `java.pid` is written by the
process before it becomes java, so it is right whenever the lock is held.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from kgservice.errors import LocalNeo4jError
from kgservice.local.latch import is_held, released, take

#: Seconds that java gets to close its files; killed after that, it recovers at the next start.
GRACE = 20.0
_PAUSE = 0.05
# The shell writes its pid and then becomes java, so that there is no moment without a true pid.
_RECORD_PID = 'echo $$ >"$0" && exec "$@"'
# What others may have set for other programs would change our memory limits and agents.
_FOREIGN = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH", "JAVA_HOME")


def spawn(
    place: Path,
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    output: int | IO[bytes],
    feed: int | IO[bytes] = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start java in a place; raises LocalNeo4jError where one still runs and does not end."""
    lock = take(place / "java.lock", seconds=GRACE + 5)
    if lock is None:
        raise LocalNeo4jError(f"another java (process {pid(place)}) still works in {place}")
    inherited = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    with released(lock):
        (place / "java.pid").unlink(missing_ok=True)
        return subprocess.Popen(
            ["/bin/sh", "-c", _RECORD_PID, str(place / "java.pid"), *command],
            env={**inherited, **environment},
            stdin=feed,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            cwd=place,
            # A group of its own, to end it with what it may have started itself.
            start_new_session=True,
        )


def lives(place: Path) -> bool:
    """Whether a java works in a place."""
    return is_held(place / "java.lock")


def pid(place: Path) -> int | None:
    """The process id of the java that works in a place."""
    if not lives(place):
        return None
    try:
        return int((place / "java.pid").read_text())
    except (OSError, ValueError):
        return None


def end(place: Path) -> None:
    """End the java of a place: ask, wait, kill. Returns when it is gone."""
    # Just after its start it may not have written its pid yet.
    _until(lambda: not lives(place) or pid(place) is not None, 2.0)
    victim = pid(place)
    if victim is None:
        return
    for which, seconds in ((signal.SIGTERM, GRACE), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(victim, which)
        # A different pid means that this one is gone and another java has been started here.
        if _until(lambda: pid(place) != victim, seconds):
            return


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return True


class Guard:
    """A process that ends the java of a place when this process dies without having done so.

    Its standard input is a pipe that only this process can write to: when this process ends, the
    kernel closes it, and the guard acts.
    """

    def __init__(self, place: Path):
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kgservice.local.guard", str(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=place,
            start_new_session=True,
        )

    @property
    def lives(self) -> bool:
        """Whether the guard still watches."""
        return self._process.poll() is None

    def close(self) -> None:
        """Send the guard away: its java has been seen to."""
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate(b"dismissed")
