"""What a program meets before the server: one door, and the reasons to be turned away at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from kgservice.errors import ConfigurationError, InUseError, LocalNeo4jError
from kgservice.local.latch import is_held, released, take
from kgservice.local.options import Home, LocalOptions
from kgservice.local.progress import Witness
from kgservice.local.server_note import LAYOUT, Record
from kgservice.local.users import named, users_of

#: Seconds that a command waits for another one that starts or stops the same server.
_PATIENCE = 1200.0


def prepare(options: LocalOptions) -> Home:
    """Make the directory of the instance, for its owner alone."""
    home = options.home
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for directory in (home.users, home.conf, home.console.parent):
            directory.mkdir(exist_ok=True)
        home.door.touch(mode=0o600)
    except OSError as error:
        raise ConfigurationError(
            f"KG_DATA_DIR is {options.data_dir}, and {home.path} in it cannot be used "
            f"({error.strerror}): set KG_DATA_DIR to a directory that can be written"
        ) from error
    return home


@contextmanager
def door(
    home: Home, purpose: str, witness: Witness, *, seconds: float = _PATIENCE
) -> Iterator[None]:
    """Start, stop or work offline: one program at a time, for the length of a block."""
    lock = take(
        home.door,
        seconds=seconds,
        waiting=lambda: witness.say(f"waiting for {_holder(home)}"),
    )
    if lock is None:
        raise InUseError(
            f"{_holder(home)} starts or stops the Neo4j in {home.path}: try again when it is done"
        )
    with released(lock):
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{purpose} (process {os.getpid()})".encode(), 0)
        yield


def refuse_unfit(options: LocalOptions) -> None:
    """Turn away a program that may not or cannot use what is in the directory."""
    home = options.home
    refuse_banned(home)
    record = Record.read(home)
    if record is None:
        return
    if record.layout > LAYOUT:
        raise LocalNeo4jError(
            f"{home.path} was made by a newer kgservice: use that one, or another KG_DATA_DIR"
        )
    if _number(record.version) > _number(options.version):
        raise LocalNeo4jError(
            f"the graph in {home.path} was written by Neo4j {record.version}, and "
            f"{options.version} is older and cannot read it: set KG_NEO4J_VERSION="
            f"{record.version}, or another KG_DATA_DIR"
        )
    if record.version != options.version and is_held(home.supervisor_lock):
        raise InUseError(
            f"Neo4j {record.version} runs in {home.path}, and {options.version} was asked for: "
            f"`kgservice db stop` first{_used_by(home)}"
        )


def refuse_banned(home: Home) -> None:
    """Turn away everybody while the server is to stay stopped."""
    if home.ban.exists():
        raise LocalNeo4jError(
            f"the Neo4j in {home.path} was stopped by `kgservice db stop --force`: "
            "`kgservice db start` starts it again"
        )


def refuse_used(home: Home) -> None:
    """Turn away whoever would take the server from its users."""
    if users := users_of(home):
        raise InUseError(
            f"the Neo4j in {home.path} is used by {named(users)}: end that first, or stop it under "
            "them with `kgservice db stop --force`"
        )


def _holder(home: Home) -> str:
    try:
        return home.door.read_text(encoding="utf-8") or "another command"
    except OSError:
        return "another command"


def _used_by(home: Home) -> str:
    users = users_of(home)
    return f"; it is used by {named(users)}" if users else ""


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
