"""Who uses the server: each user is a locked file, so one that was killed is no user any more."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from kgservice.errors import LocalNeo4jError
from kgservice.local.latch import is_held, released, take
from kgservice.local.notes import read_note, write_note
from kgservice.local.options import Home

#: Seconds that a newcomer waits while the last user's server is being stopped.
_STOPPING = 60.0


@dataclass(frozen=True, slots=True)
class User:
    """A program that uses the server: process id, what for, its version, the schema it knows."""

    pid: int
    purpose: str
    program: str
    schema: str
    since: float

    def __str__(self) -> str:
        return f"{self.purpose} (process {self.pid})"


def this_user(purpose: str, schema: str) -> User:
    """This process, as a user."""
    return User(os.getpid(), purpose, version("kgservice"), schema, time.time())


@contextmanager
def registered(home: Home, user: User) -> Iterator[None]:
    """Use the server for the length of a block."""
    home.users.mkdir(exist_ok=True)
    shared = take(home.users_lock, seconds=_STOPPING, shared=True)
    if shared is None:
        raise LocalNeo4jError(
            f"the Neo4j in {home.path} is being stopped and does not end: see {home.supervisor_log}"
        )
    with released(shared):
        entry = home.users / f"{user.pid}-{secrets.token_hex(4)}.json"
        unfinished = entry.with_suffix(".new")
        write_note(unfinished, asdict(user))
        own = take(unfinished, seconds=1.0)
        try:
            # Locked before it has its name, so nobody takes it for one left by a dead process.
            unfinished.replace(entry)
            yield
        finally:
            entry.unlink(missing_ok=True)
            if own is not None:
                os.close(own)


def users_of(home: Home) -> tuple[User, ...]:
    """Who uses the server now, the oldest first; what killed users left is cleared away."""
    found = [user for path in home.users.glob("*.json") if (user := _read(path)) is not None]
    return tuple(sorted(found, key=lambda user: (user.since, user.pid)))


def named(users: Sequence[User]) -> str:
    """Users in a sentence."""
    return ", ".join(str(user) for user in users)


def _read(path: Path) -> User | None:
    if not is_held(path):
        path.unlink(missing_ok=True)
        return None
    note = read_note(path)
    since = note.get("since")
    # Whoever holds the lock is a user, also one whose program writes other notes than ours.
    return User(
        pid=int(path.name.split("-")[0]),
        purpose=str(note.get("purpose", "another program")),
        program=str(note.get("program", "")),
        schema=str(note.get("schema", "")),
        since=since if isinstance(since, float) else 0.0,
    )
