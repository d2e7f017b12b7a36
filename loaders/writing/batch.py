"""One batch, one transaction: queue, apply, log what changed, raise the data version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from kgservice.graph.cypher import loading
from kgservice.graph.store import Store, StoreTransaction
from loaders.writing.changes import EntityChange, GraphChange, Op, pack
from loaders.writing.decisions import Step
from loaders.writing.entities import Rules
from loaders.writing.oddities import NOTHING_ODD, Oddities
from loaders.writing.turns import OvertakenError, Turn

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Batch(Generic[R]):
    """Records of one data set and run that are applied together."""

    dataset: str
    run: str
    records: Sequence[R]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did to the graph, within its transaction."""

    steps: Counter[Step]
    changes: tuple[GraphChange, ...]
    oddities: Oddities = NOTHING_ODD


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a batch; `data_version` is null where it changed nothing."""

    steps: Counter[Step]
    data_version: int | None
    oddities: Oddities = NOTHING_ODD

    @classmethod
    def nothing(cls) -> Committed:
        """What becomes of no record."""
        return cls(Counter(), None)

    def __add__(self, later: Committed) -> Committed:
        version = self.data_version if later.data_version is None else later.data_version
        return Committed(self.steps + later.steps, version, self.oddities + later.oddities)


Apply = Callable[[StoreTransaction, Batch[R], Rules], Applied]
#: Does what may be done ahead of the batch's turn, and returns what is left to do.
Begin = Callable[[StoreTransaction, Batch[R], Rules], Callable[[], Applied]]


def commit(
    graph: Store, batch: Batch[R], apply: Apply[R], rules: Callable[[StoreTransaction], Rules]
) -> Committed:
    """Apply a batch in one transaction, by the rules as they stand in it."""

    def work(transaction: StoreTransaction) -> Committed:
        queue(transaction, batch.run)
        return _committed(transaction, batch, apply(transaction, batch, rules(transaction)))

    return graph.write(work, name=f"load {batch.dataset}")


def commit_in_turn(
    graph: Store,
    batch: Batch[R],
    begin: Begin[R],
    rules: Callable[[StoreTransaction], Rules],
    turn: Turn,
) -> Committed:
    """Apply a batch in one transaction, what `begin` does ahead of its turn where that may be."""

    def ahead(transaction: StoreTransaction) -> Committed:
        seen = transaction.value(loading.READ_TURNS)
        finish = begin(transaction, batch, rules(transaction))
        turn.await_before()
        turn.take(queue(transaction, batch.run), seen)
        return written(transaction, finish())

    def in_order(transaction: StoreTransaction) -> Committed:
        turn.take(queue(transaction, batch.run))
        return written(transaction, begin(transaction, batch, rules(transaction))())

    def written(transaction: StoreTransaction, applied: Applied) -> Committed:
        committed = _committed(transaction, batch, applied)
        turn.leave()
        return committed

    name = f"load {batch.dataset}"
    if turn.may_begin_ahead:
        with suppress(OvertakenError):
            return graph.write(ahead, name=name)
    turn.await_before()
    return graph.write(in_order, name=name)


def _committed(transaction: StoreTransaction, batch: Batch[R], applied: Applied) -> Committed:
    # What a batch changes may be an assertion alone, and answers show those too.
    did_something = applied.steps.total() > applied.steps[Step.UNCHANGED]
    version = conclude(transaction, batch, _net(applied.changes)) if did_something else None
    return Committed(applied.steps, version, applied.oddities)


def queue(transaction: StoreTransaction, holder: str) -> int:
    """Wait for the batches before this one; from here on nothing changes under its hands.

    Returns how many batches have been here, this one too.
    """
    turn: int = transaction.value(loading.LOCK_DATA_VERSION, {"holder": holder})
    return turn


def conclude(transaction: StoreTransaction, batch: Batch[R], changes: Sequence[GraphChange]) -> int:
    """Raise the data version and log what it changed."""
    version: int = transaction.value(loading.RAISE_DATA_VERSION)
    parameters = {
        "version": version,
        "at": batch.at,
        "dataset": batch.dataset,
        "run": batch.run,
        "size": len(changes),
        "payload": pack(changes),
    }
    transaction.run(loading.LOG_CHANGES, parameters)
    return version


def _net(changes: Iterable[GraphChange]) -> list[GraphChange]:
    """One change for each entity and statement: an entity made and then described was made."""
    entities: dict[str, Op] = {}
    others: list[GraphChange] = []
    for change in changes:
        if not isinstance(change, EntityChange):
            others.append(change)
            continue
        earlier = entities.get(change.id)
        if earlier is Op.ADD and change.op is Op.REMOVE:
            del entities[change.id]
        elif earlier is not Op.ADD:
            entities[change.id] = change.op
    return [*(EntityChange(op, id) for id, op in entities.items()), *others]
