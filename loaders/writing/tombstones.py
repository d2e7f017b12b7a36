"""Tombstones: what a retraction leaves, so that an older record cannot bring back what was taken.

A tombstone keeps no entity alive. Its record is kept whole, because a newer record must be compared
with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from kgservice.graph.client import Transaction
from kgservice.graph.cypher import loading
from loaders.writing.decisions import Change, Held, Incoming, Record

R = TypeVar("R", bound=Record)

#: What separates the parts of a key; it cannot be part of a format or data set name.
_BETWEEN = "\x1f"


def read_tombstones(
    transaction: Transaction, scope: str, keys: Iterable[str], revive: Callable[[str, str], R]
) -> dict[str, Held[R]]:
    """The tombstones among these keys of a scope (a format and a data set)."""
    if not transaction.value(loading.ANY_TOMBSTONE):
        return {}
    wanted = {scope + _BETWEEN + key: key for key in keys}
    rows = transaction.value(loading.READ_TOMBSTONES, {"ids": list(wanted)})
    return {
        wanted[id]: Held(digest, partial(revive, wanted[id], record)) for id, digest, record in rows
    }


def write_tombstones(transaction: Transaction, scope: str, changes: Iterable[Change[R]]) -> None:
    """Bring the tombstones of a scope to what a batch decided."""
    made: list[Incoming[R]] = []
    gone: list[str] = []
    for change in changes:
        if change.after.record.order.retraction:
            made.append(change.after)
        elif change.before is not None and change.before.order.retraction:
            gone.append(scope + _BETWEEN + change.after.key)
    if made:
        rows = [[scope + _BETWEEN + one.key, one.digest, one.record.canonical] for one in made]
        transaction.run(loading.WRITE_TOMBSTONES, {"rows": rows, "scope": scope})
    if gone:
        transaction.run(loading.DELETE_TOMBSTONES, {"ids": gone})


def scope(format: str, dataset: str) -> str:
    """The name of all keys of one format in one data set."""
    return format + _BETWEEN + dataset
