"""Which records of a batch stand, given what is held.

Of each key the newest record stands, a retraction as a tombstone. The steps counted here are the
ones that a report shows; what changes is the difference between the first and the last state of a
key, however many records of the batch spoke of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    def digest(self) -> int:
        """Whether another record of its key says the same."""
        ...

    @property
    def retraction(self) -> bool:
        """Whether it takes back what was said."""
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
    run: str
    revive: Callable[[], R]


@dataclass(frozen=True, slots=True)
class Change(Generic[R]):
    """The state of a key before and after; null where there is nothing, not even a tombstone.

    `run` is the one that the state before came with; `stood` is what was asserted before, `stands`
    what is asserted now: looked at so often that both are worked out once.
    """

    key: str
    before: R | None
    after: Incoming[R] | None
    run: str | None = None
    stood: R | None = field(init=False)
    stands: R | None = field(init=False)

    def __post_init__(self) -> None:
        before, after = self.before, None if self.after is None else self.after.record
        set_once = object.__setattr__
        set_once(self, "stood", None if before is None or before.retraction else before)
        set_once(self, "stands", None if after is None or after.retraction else after)


@dataclass(frozen=True, slots=True)
class Decided(Generic[R]):
    """What becomes of a batch."""

    steps: Counter[Step]
    changes: Sequence[Change[R]]


def decide(incoming: Iterable[Incoming[R]], held: Mapping[str, Held[R]]) -> Decided[R]:
    """Let each record in turn replace what is held of its key, where it is newer."""
    steps: Counter[Step] = Counter()
    changes: dict[str, Change[R]] = {}
    for one in incoming:
        change = changes.get(one.key)
        known = held.get(one.key)
        if change is None and known is None:
            changes[one.key] = Change(one.key, None, one)
            steps[_step(None, one.record)] += 1
            continue
        standing = change.after if change else None
        if one.digest == (standing.digest if standing else known.digest if known else None):
            steps[Step.UNCHANGED] += 1
            continue
        before = change.before if change else known.revive() if known else None
        record = standing.record if standing else before
        if record is not None and one.record.order <= record.order:
            steps[Step.UNCHANGED] += 1
            continue
        changes[one.key] = Change(one.key, before, one, known.run if known else None)
        steps[_step(record, one.record)] += 1
    return Decided(steps, list(changes.values()))


def _step(standing: Record | None, record: Record) -> Step:
    if record.retraction:
        return Step.RETRACTED
    if standing is None or standing.retraction:
        return Step.ADDED
    return Step.UPDATED
