"""One migration at a time: a node that exists while one is under way.

The lock is committed before work begins and deleted at its end. A crash leaves it behind: on the
same host it is free once its process is gone; from another host only `--unlock` frees it, because
nobody here can tell whether that process still works.
"""

from __future__ import annotations

import getpass
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kgservice.errors import GraphConflictError, SchemaLockedError
from kgservice.graph.client import Graph
from migrations.neo4j_dialect.bookkeeping import prepare

#: Seconds between two looks at a lock that someone else holds.
_POLL_SECONDS = 0.2

_TAKE = """\
CREATE (:__SchemaLock {id: 'schema', token: $token, owner: $owner, host: $host, pid: $pid,
                       since: datetime()})"""
_HOLDER = "MATCH (x:__SchemaLock) RETURN x.token, x.owner, x.host, x.pid, toString(x.since)"
_RELEASE = "MATCH (x:__SchemaLock {token: $token}) DELETE x"

#: Locks that this process holds now: one of its own that is not among them was left behind.
_HELD: set[str] = set()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, and since when."""

    token: str
    owner: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.owner} (process {self.pid}) since {self.since}"

    @property
    def is_gone(self) -> bool:
        """Whether this host knows that the holder's process has ended."""
        if self.host != _host():
            return False
        if self.pid == os.getpid():
            return self.token not in _HELD
        return not _is_running(self.pid)


@contextmanager
def held(graph: Graph, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock for the duration of a block.

    Raises SchemaLockedError, which names the holder, when it is still held after the wait.
    """
    prepare(graph)
    token = uuid.uuid4().hex
    _take(graph, token, time.monotonic() + wait_seconds)
    _HELD.add(token)
    try:
        yield
    finally:
        _HELD.discard(token)
        graph.run(_RELEASE, {"token": token})


def holder(graph: Graph) -> Holder | None:
    """Who holds the lock, if anyone does."""
    rows = graph.rows(_HOLDER)
    return Holder(*rows[0]) if rows else None


def release(graph: Graph) -> Holder | None:
    """Free the lock, whoever holds it, and say who did."""
    found = holder(graph)
    if found is not None:
        graph.run(_RELEASE, {"token": found.token})
    return found


def whoami() -> str:
    """This user and host, as the log and the lock name them."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number that has no name
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"


def _take(graph: Graph, token: str, deadline: float) -> None:
    mine = {"token": token, "owner": whoami(), "host": _host(), "pid": os.getpid()}
    while True:
        try:
            graph.run(_TAKE, mine)
        except GraphConflictError as error:
            found = holder(graph)
            if found is None:  # released this very moment
                continue
            if found.is_gone:
                graph.run(_RELEASE, {"token": found.token})
                continue
            if time.monotonic() >= deadline:
                raise SchemaLockedError(str(found)) from error
            time.sleep(_POLL_SECONDS)
        else:
            return


def _host() -> str:
    # Containers can share a host name and still not see each other's processes.
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:  # not Linux
        return socket.gethostname()
    return f"{socket.gethostname()} {namespace}"


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs under another user
        return True
    return True
