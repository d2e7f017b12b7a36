"""Several processes that serve on one socket: forked from one, watched by it, ended with it.

Each maps the same files of the index, so its pages are in memory once. Who dies is replaced, unless
none has answered yet: then the fault is in the settings, and all end.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from kgservice.errors import KGError

#: Seconds between two looks at whether all live.
_LOOK_EVERY = 0.5
#: Seconds that workers have to end in, beyond those that they give to requests.
_PATIENCE = 5.0

#: Serves until SIGTERM; told what to call once it answers.
Serve = Callable[[Callable[[], None]], None]
#: Told of each process that ended.
Buried = Callable[[int], None]


class WorkersFailedError(KGError):
    """No worker could begin to serve; what they wrote to stderr says why."""


def serve_together(
    count: int,
    serve: Serve,
    ready: Callable[[], None],
    *,
    buried: Buried | None = None,
    patience: float = 10.0,
) -> None:
    """Serve in so many processes until SIGINT or SIGTERM; `ready` is called when all answer.

    `patience`: seconds that they may go on with requests then.

    Call it while this process has no threads of its own. Raises WorkersFailedError, and
    KeyboardInterrupt on either signal.
    """
    workers = _Workers(serve, ready, buried)
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        workers.keep(count)
    finally:
        workers.end(_PATIENCE + patience)
        signal.signal(signal.SIGTERM, previous)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


class _Workers:
    def __init__(self, serve: Serve, ready: Callable[[], None], buried: Buried | None):
        self._serve = serve
        self._ready = ready
        self._buried = buried
        self._pids: set[int] = set()
        self._answering = 0
        self._read, self._write = os.pipe()

    def keep(self, count: int) -> None:
        """Keep so many alive."""
        said = False
        while True:
            while len(self._pids) < count:
                self._start()
            self._listen()
            if self._answering >= count and not said:
                said = True
                self._ready()
            self._bury(said=said)

    def end(self, patience: float) -> None:
        """End all, and wait until they are gone; after so many seconds they are killed."""
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while self._pids and time.monotonic() < deadline:
            self._pids -= {pid for pid in self._pids if _is_gone(pid)}
            time.sleep(0.05)
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _start(self) -> None:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os._exit(_served(self._serve, self._tell))
        self._pids.add(pid)

    def _tell(self) -> None:
        os.write(self._write, b".")

    def _listen(self) -> None:
        readable, _, _ = select.select([self._read], [], [], _LOOK_EVERY)
        if readable:
            self._answering += len(os.read(self._read, 1_024))

    def _bury(self, *, said: bool) -> None:
        gone = {pid for pid in self._pids if _is_gone(pid)}
        self._pids -= gone
        if self._buried is not None:
            for pid in gone:
                self._buried(pid)
        if gone and not said:
            raise WorkersFailedError("a worker ended before it served: its own message says why")


def _is_gone(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] == pid


def _served(serve: Serve, answers: Callable[[], None]) -> int:
    """Run one worker; whatever this process began before is its parent's to end."""
    try:
        serve(answers)
    except KeyboardInterrupt:
        return 0
    except KGError as error:
        sys.stderr.write(f"kgservice: {error}\n")
        return 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0
