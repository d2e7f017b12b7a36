"""What is written down of a server: what stays for good, and what its supervisor says of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from kgservice.local.notes import read_note, write_note
from kgservice.local.options import Home
from kgservice.local.ports import Ports

#: How the files of a data directory are laid out; raised when an older program must keep off.
LAYOUT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """What stays from one start to the next: by whom the data was written, which ports it has."""

    version: str
    ports: Ports
    layout: int = LAYOUT

    def write(self, home: Home) -> None:
        """Keep it in the data directory."""
        write_note(home.record, asdict(self))

    @classmethod
    def read(cls, home: Home) -> Self | None:
        """What was kept; None where nothing was, or nothing readable."""
        match read_note(home.record):
            case {
                "version": str(version),
                "layout": int(layout),
                "ports": {"bolt": int(bolt), "http": int(http)},
            }:
                return cls(version, Ports(bolt, http), layout)
        return None


class Phase(StrEnum):
    """Where a supervisor is with its server; `stopped` means that the store was closed in order."""

    UP = "up"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ServerNote:
    """What the supervisor says; `up` is only true while its lock is held."""

    phase: Phase
    reason: str = ""

    def write(self, home: Home) -> None:
        """Say it to all users."""
        write_note(home.server, asdict(self))

    @classmethod
    def read(cls, home: Home) -> Self:
        """What was said last; nothing readable means that no server has run here."""
        match read_note(home.server):
            case {"phase": "up" | "stopped" | "failed" as phase, "reason": str(reason)}:
                return cls(Phase(phase), reason)
        return cls(Phase.STOPPED)
