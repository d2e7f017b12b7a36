"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands: `note` works and could be better, `unseen` could not be looked at."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what it is like, and what to do where it is not well."""

    check: str
    state: State
    found: str
    remedy: str | None = None


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, State.OK, found)


def note(check: str, found: str, remedy: str) -> Finding:
    """It works, and somebody may want to know."""
    return Finding(check, State.NOTE, found, remedy)


def wrong(check: str, found: str, remedy: str) -> Finding:
    """It does not work, or soon will not."""
    return Finding(check, State.WRONG, found, remedy)


def unseen(check: str, found: str, remedy: str) -> Finding:
    """Nobody knows; what has to be done first is the remedy."""
    return Finding(check, State.UNSEEN, found, remedy)
