"""One Neo4j for each data directory: attach to it or start it, leave it, stop it, ask about it.

Starting, stopping and working offline happen behind one lock, the door, so they never overlap. A
user holds a lock for as long as it lives, and the kernel lets go of it when it dies, however it
dies. That, and not a file that says so, decides whether the server is still wanted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kgservice.errors import ConfigurationError
from kgservice.local import java
from kgservice.local.door import door, prepare, refuse_used
from kgservice.local.latch import is_held
from kgservice.local.options import Home, LocalOptions
from kgservice.local.ports import LOOPBACK
from kgservice.local.progress import Silent, Witness
from kgservice.local.server_note import Record
from kgservice.local.starting import (
    USER,
    Running,
    answers,
    bring_up,
    browser_of,
    ensure_running,
    http_of,
    stop_supervisor,
)
from kgservice.local.users import User, registered, this_user, users_of

__all__ = [
    "LocalOptions",
    "Running",
    "State",
    "Status",
    "User",
    "attach",
    "ensure_running",
    "start",
    "status",
    "stop",
    "users",
]

#: Seconds that `stop` waits for a command that starts or stops: it must answer a person.
_DOOR_OF_STOP = 5.0
#: Seconds that the last user waits to see its server gone.
_LEAVE = java.GRACE + 5.0
_PAUSE = 0.05


class State(StrEnum):
    """What the local Neo4j does."""

    RUNNING = "running"
    STARTING = "starting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Status:
    """The local Neo4j as it is now; addresses are None until it has first been started."""

    state: State
    version: str
    bolt: str | None
    http: str | None
    browser: str | None
    user: str
    password_file: Path
    pid: int | None
    data_dir: Path
    users: tuple[User, ...]


@contextmanager
def attach(
    options: LocalOptions, *, purpose: str, schema: str = "", witness: Witness | None = None
) -> Iterator[Running]:
    """Use the local Neo4j for the length of a block; it is started if it does not run.

    `purpose` is what others read when they may not stop it, such as "kgservice load"; `schema` is
    the schema revision that this program knows, for `users`. When the block ends and nobody else
    uses the server it is stopped, unless `start` was called. Raises LocalNeo4jError, DownloadError,
    ConfigurationError.

    >>> with attach(LocalOptions(data_dir, cache_dir), purpose="test") as neo4j:  # doctest: +SKIP
    ...     neo4j.address.uri
    'bolt://127.0.0.1:7687'
    """
    witness = witness or Silent()
    home = prepare(options)
    with ExitStack() as stack:
        with door(home, purpose, witness):
            stack.callback(_await_end, home)
            stack.enter_context(registered(home, this_user(purpose, schema)))
            running = bring_up(options, witness)
        yield running


def start(options: LocalOptions, *, witness: Witness | None = None) -> Running:
    """Start the server and let it stay when its last user leaves, until `stop`."""
    home = prepare(options)
    home.ban.unlink(missing_ok=True)
    with attach(options, purpose="kgservice db start", witness=witness) as running:
        home.pin.touch(mode=0o600)
    return running


def stop(options: LocalOptions, *, force: bool = False, witness: Witness | None = None) -> bool:
    """Stop the server; False where none was running.

    Raises InUseError that names the users; with `force` it is stopped under them, and nobody but
    `start` starts it again.
    """
    home = options.home
    if not home.path.is_dir():
        return False
    if force:
        if is_held(home.supervisor_lock) or users_of(home):
            home.ban.touch(mode=0o600)
        return stop_supervisor(home)
    with door(home, "kgservice db stop", witness or Silent(), seconds=_DOOR_OF_STOP):
        refuse_used(home)
        return stop_supervisor(home)


def status(options: LocalOptions) -> Status:
    """What the server does now; does not wait for it."""
    home = options.home
    record = Record.read(home)
    supervised = is_held(home.supervisor_lock)
    ports = None if record is None else record.ports
    return Status(
        state=_state(home, supervised=supervised),
        version=options.version if record is None else record.version,
        bolt=None if ports is None else f"bolt://{LOOPBACK}:{ports.bolt}",
        http=None if ports is None else http_of(ports),
        browser=None if ports is None else browser_of(ports),
        user=USER,
        password_file=home.password,
        pid=java.pid(home.path) if supervised else None,
        data_dir=options.data_dir,
        users=users(options),
    )


def users(options: LocalOptions) -> tuple[User, ...]:
    """Who uses the server now, the oldest first; this program too, inside `attach`."""
    return users_of(options.home)


def _state(home: Home, *, supervised: bool) -> State:
    if not supervised:
        return State.STOPPED
    try:
        return State.RUNNING if answers(home) else State.STARTING
    except ConfigurationError:
        # It refuses the password in its file, so it is there.
        return State.RUNNING


def _await_end(home: Home) -> None:
    """See the server gone where this was its last user, so that nothing is left when we end."""
    deadline = time.monotonic() + _LEAVE
    while is_held(home.supervisor_lock) and time.monotonic() < deadline:
        if home.pin.exists() or users_of(home):
            return
        time.sleep(_PAUSE)
