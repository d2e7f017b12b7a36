"""Locks on files, which the kernel lets go of when their holder dies, however it dies."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kgservice.errors import LocalNeo4jError

#: Seconds between two tries for a lock that another process holds.
_PAUSE = 0.05


def try_take(path: Path, *, shared: bool = False) -> int | None:
    """Take the lock of a file if it is free and return its descriptor: closing that lets go.

    The lock belongs to the open file: a child process that inherits the descriptor holds it too.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if _lock(descriptor, path, shared=shared):
        return descriptor
    os.close(descriptor)
    return None


def take(
    path: Path, *, seconds: float, shared: bool = False, waiting: Callable[[], None] | None = None
) -> int | None:
    """Like try_take, but try for some seconds; `waiting` is called once if that is needed."""
    deadline = time.monotonic() + seconds
    while True:
        descriptor = try_take(path, shared=shared)
        if descriptor is not None or time.monotonic() >= deadline:
            return descriptor
        if waiting is not None:
            waiting()
            waiting = None
        time.sleep(_PAUSE)


def is_held(path: Path) -> bool:
    """Whether anyone holds the lock of a file; a file that is not there is not locked."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    with released(descriptor):
        return not _lock(descriptor, path, shared=True)


@contextmanager
def released(descriptor: int) -> Iterator[int]:
    """Let go of a lock at the end of a block."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, *, shared: bool) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise LocalNeo4jError(
                f"{path.parent} is on a file system without file locks: "
                "set KG_DATA_DIR and KG_CACHE_DIR to directories on a local disk"
            ) from error
        raise
    return True
