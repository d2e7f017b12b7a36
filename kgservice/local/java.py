"""One java process in one place: started, known, guarded, ended.

A place is a directory with two files. `java.lock` is locked by the java process itself, which
inherits the lock, so it is held exactly as long as that process lives. `java.pid` is written by the
process before it becomes java, so it is right whenever the lock is held.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from kgservice.errors import LocalNeo4jError
from kgservice.local.latch import is_held, released, take

#: Seconds that java gets to close its files; killed after that, it recovers at the next start.
GRACE = 20.0
_PAUSE = 0.05
_GUARD = Path(__file__).with_name("guard.sh")
# The shell writes its pid and then becomes java, so that there is no moment without a true pid.
_RECORD_PID = 'echo $$ >"$0" && exec "$@"'
# What others may have set for other programs would change our memory limits and agents.
_FOREIGN = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH", "JAVA_HOME")


class Java:
    """A java that this process owns; should this process be killed, a guard ends it.

    Raises LocalNeo4jError where another one works in the same place and does not end. The guard
    stays until `dismiss_guard`, to be called when `process` has ended.
    """

    def __init__(
        self,
        place: Path,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        output: int | IO[bytes],
        feed: int | IO[bytes] = subprocess.DEVNULL,
    ):
        lock = take(place / "java.lock", seconds=GRACE + 5)
        if lock is None:
            raise LocalNeo4jError(f"another java (process {pid(place)}) still works in {place}")
        self._place = place
        inherited = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        with released(lock):
            # What a guard finds there from now on is the pid of this java.
            (place / "java.pid").unlink(missing_ok=True)
            self._guard = self._new_guard()
            self.process = subprocess.Popen(
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

    def keep_guarded(self) -> None:
        """Have a new guard where the last one was killed."""
        if self._guard.poll() is not None:
            self.dismiss_guard()
            self._guard = self._new_guard()

    def dismiss_guard(self) -> None:
        """Send the guard away: its java has ended, or is somebody else's now."""
        word = self._guard.stdin
        with contextlib.suppress(BrokenPipeError):
            if word is not None and not word.closed:
                word.write(b"dismissed\n")
                word.close()
        self._guard.wait()

    def _new_guard(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["/bin/sh", str(_GUARD), str(self._place), f"{GRACE:.0f}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
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
