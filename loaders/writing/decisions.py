"""Which records of a batch stand, given what is held.

Of each key the newest record stands, a retraction as a tombstone. The steps counted here are the
ones that a report shows; what changes is the difference between the first and the last state of a
key, however many records of the batch spoke of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from kgservice.ledger.order import Order


class Record(Protocol):
    """What can be compared with another record of its key."""

    @property
    def canonical(self) -> str:
        """All that it says."""
        ...

    @property
    def order(self) -> Order:
        """How new it is."""
        ...


R = TypeVar("R", bound=Record)


class Step(StrEnum):
    """What became of a record that was not rejected."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Incoming(Generic[R]):
    """A record with its key and its digest."""

    key: str
    digest: int
    record: R


@dataclass(frozen=True, slots=True)
class Held(Generic[R]):
    """What the graph holds of a key; the record is only put together where digests differ."""

    digest: int
    revive: Callable[[], R]


@dataclass(frozen=True, slots=True)
class Change(Generic[R]):
    """The state of a key before and after a batch."""

    before: R | None
    after: Incoming[R]


@dataclass(frozen=True, slots=True)
class Decided(Generic[R]):
    """What becomes of a batch."""

    steps: Counter[Step]
    changes: Mapping[str, Change[R]]


def decide(incoming: Iterable[Incoming[R]], held: Mapping[str, Held[R]]) -> Decided[R]:
    """Let each record in turn replace what is held of its key, where it is newer."""
    steps: Counter[Step] = Counter()
    changes: dict[str, Change[R]] = {}
    for one in incoming:
        change = changes.get(one.key)
        known = held.get(one.key)
        if change is None and known is None:
            changes[one.key] = Change(None, one)
            steps[_step(None, one.record)] += 1
            continue
        if one.digest == (change.after.digest if change else known.digest if known else None):
            steps[Step.UNCHANGED] += 1
            continue
        before = change.before if change else known.revive() if known else None
        standing = change.after.record if change else before
        if standing is not None and one.record.order <= standing.order:
            steps[Step.UNCHANGED] += 1
            continue
        changes[one.key] = Change(before, one)
        steps[_step(standing, one.record)] += 1
    return Decided(steps, changes)


def _step(standing: Record | None, record: Record) -> Step:
    if record.order.retraction:
        return Step.RETRACTED
    if standing is None or standing.order.retraction:
        return Step.ADDED
    return Step.UPDATED
