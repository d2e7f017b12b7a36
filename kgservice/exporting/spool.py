"""Finished exports in a directory, for callers who come back for the rest of one.

    exports/25-f1c4..-9a07...parquet        finished: its name stands for its bytes
    exports/25-f1c4..-9a07...parquet.part   being written by whoever holds its lock

Whoever asks first has it made, by a thread of the process; all who ask meanwhile, of other
processes too, read along as it grows. A caller who leaves does not end it. The lock is the
kernel's, so what a killed process leaves is begun again; the same data give the same bytes.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from kgservice.errors import ExportBrokenError
from kgservice.exporting.export import Advance

#: Writes an export into a file; told of each step, through which it can be ended.
Write = Callable[[IO[bytes], Advance], object]

#: Bytes that are read at a time, and seconds between two looks at a file that grows.
_CHUNK = 1 << 18
_LOOK_EVERY = 0.02
#: A look at a lock takes it for a moment, so that who finds it taken tries again.
_TRIES = 5

_log = logging.getLogger(__name__)


class Spool:
    """The finished exports of a service, the newest of them up to `budget` bytes."""

    def __init__(self, path: Path, budget: int):
        self._path = path
        self._budget = budget
        self._ending = threading.Event()
        # One at a time: so memory is bounded, and others have the second core.
        self._makers = ThreadPoolExecutor(1, thread_name_prefix="export")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Make exports for the length of a block; what is unfinished at its end is given up."""
        try:
            yield
        finally:
            self._ending.set()
            self._makers.shutdown(cancel_futures=True)

    def finished(self, name: str) -> Path | None:
        """The file of a finished export, which is kept longer for being asked for."""
        path = self._path / name
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def begin(self, name: str, write: Write) -> None:
        """Have an export made, unless it is finished or somebody makes it."""
        self._path.mkdir(parents=True, exist_ok=True)
        for _ in range(_TRIES):
            if self.finished(name) is not None:
                return
            descriptor = self._taken(name)
            if descriptor is not None:
                made = self._makers.submit(self._make, name, descriptor, write)
                # One that was waiting when the service ended is never begun.
                made.add_done_callback(partial(_let_go, descriptor))
                return

    async def whole(self, name: str) -> Path:
        """The file of an export that was begun, once it is finished; raises ExportBrokenError."""
        while True:
            path = self.finished(name)
            if path is not None:
                return path
            if not await asyncio.to_thread(self._is_being_made, name):
                path = self.finished(name)
                if path is None:
                    raise ExportBrokenError("the export could not be made: see the service's log")
                return path
            await asyncio.sleep(_LOOK_EVERY)

    async def growing(self, name: str) -> AsyncIterator[bytes]:
        """The bytes of an export that was begun, as they come; raises ExportBrokenError."""
        file = await asyncio.to_thread(self._opened, name)
        try:
            ended = False
            while not ended:
                # Whether it is finished is asked before the reading: so nothing can come after.
                ended = self._is_finished(name, file)
                broken = not ended and not _is_locked(file)
                ended = ended or (broken and self._is_finished(name, file))
                while chunk := await asyncio.to_thread(file.read, _CHUNK):
                    yield chunk
                if broken and not ended:
                    raise ExportBrokenError("the export could not be made: see the service's log")
                if not ended:
                    await asyncio.sleep(_LOOK_EVERY)
        finally:
            file.close()

    def _opened(self, name: str) -> IO[bytes]:
        for path in (self._part(name), self._path / name):
            with suppress(FileNotFoundError):
                return path.open("rb")
        raise ExportBrokenError("the export is gone: ask again")

    def _part(self, name: str) -> Path:
        return self._path / f"{name}.part"

    def _taken(self, name: str) -> int | None:
        """The part of an export with its lock; null where somebody has it."""
        path = self._part(name)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it before may have finished it, or given it up, since it was opened.
            if os.stat(path).st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(descriptor)
        return None

    def _make(self, name: str, descriptor: int, write: Write) -> None:
        part, path = self._part(name), self._path / name
        try:
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.truncate()
                if not path.exists():
                    write(file, self._go_on)
                    file.flush()
                    os.fsync(file.fileno())
                    part.replace(path)
        except _Ended:
            pass
        except Exception:
            _log.exception("an export could not be made: %s", name)
        finally:
            part.unlink(missing_ok=True)
        self._sweep(path)

    def _go_on(self, rows: int) -> None:
        del rows
        if self._ending.is_set():
            raise _Ended

    def _sweep(self, newest: Path) -> None:
        """Take away what was not asked for longest, beyond the budget."""
        files = [path for path in self._path.iterdir() if path.suffix != ".part"]
        sizes = {path: path.stat() for path in files if path.exists()}
        left = self._budget
        for path, status in sorted(sizes.items(), key=lambda one: -one[1].st_mtime_ns):
            left -= status.st_size
            if left < 0 and path != newest:
                path.unlink(missing_ok=True)

    def _is_finished(self, name: str, file: IO[bytes]) -> bool:
        try:
            return os.stat(self._path / name).st_ino == os.fstat(file.fileno()).st_ino
        except FileNotFoundError:
            return False

    def _is_being_made(self, name: str) -> bool:
        try:
            with self._part(name).open("rb") as file:
                return _is_locked(file)
        except FileNotFoundError:
            return False


class _Ended(Exception):  # noqa: N818
    """The service ends while an export is made."""


def _let_go(descriptor: int, _: object) -> None:
    os.close(descriptor)


def _is_locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
