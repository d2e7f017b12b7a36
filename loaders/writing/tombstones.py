"""Records kept beside the graph: tombstones, and what stood before the newest run spoke.

A tombstone is what a retraction leaves, so that an older record cannot bring back what was taken;
it keeps no entity alive. What another run had asserted of a key is kept when a newer record takes
its place, once for each key, so that the newer run can be taken back. Both keep records whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, LiteralString, TypeVar

from kgservice.graph.cypher import asserting
from kgservice.graph.store import StoreTransaction
from loaders.writing.decisions import Change, Held, Record

R = TypeVar("R", bound=Record)

#: What separates the parts of a key; it cannot be part of a format or data set name.
BETWEEN = "\x1f"


def scope(format: str, dataset: str) -> str:
    """The name of all keys of one format in one data set."""
    return format + BETWEEN + dataset


def read_tombstones(
    transaction: StoreTransaction, scope: str, keys: Iterable[str], revive: Callable[[str, str], R]
) -> dict[str, Held[R]]:
    """The tombstones among these keys of a scope."""
    if not transaction.value(asserting.ANY_TOMBSTONE):
        return {}
    return _read(transaction, asserting.READ_TOMBSTONES, scope, keys, revive)


def read_earlier(
    transaction: StoreTransaction, scope: str, keys: Iterable[str], revive: Callable[[str, str], R]
) -> dict[str, Held[R]]:
    """What stood of these keys before, where it is kept."""
    return _read(transaction, asserting.READ_EARLIER, scope, keys, revive)


def write_tombstones(
    transaction: StoreTransaction,
    scope: str,
    run: str,
    changes: Sequence[Change[R]],
    write: Callable[[R], str],
) -> None:
    """Bring the tombstones of a scope to what a batch decided; `write` writes a record down."""
    made: list[list[Any]] = []
    gone: list[str] = []
    for change in changes:
        after = change.after
        if after is not None and after.record.retraction:
            made.append([scope + BETWEEN + change.key, after.digest, write(after.record)])
        elif change.before is not None and change.before.retraction:
            gone.append(scope + BETWEEN + change.key)
    if made:
        parameters = {"rows": made, "scope": scope, "run": run}
        transaction.run(asserting.WRITE_TOMBSTONES, parameters)
    if gone:
        transaction.run(asserting.DELETE_TOMBSTONES, {"ids": gone})


def keep_earlier(
    transaction: StoreTransaction,
    scope: str,
    run: str,
    changes: Sequence[Change[R]],
    write: Callable[[R], str],
) -> None:
    """Keep what other runs had asserted of the keys that a run changes."""
    rows = [
        [scope + BETWEEN + one.key, one.before.digest, one.run, write(one.before)]
        for one in changes
        if one.before is not None and one.run != run
    ]
    if rows:
        transaction.run(asserting.WRITE_EARLIER, {"rows": rows, "scope": scope})


def forget_earlier(transaction: StoreTransaction, scope: str, keys: Iterable[str]) -> None:
    """Keep nothing of what stood of these keys before."""
    transaction.run(asserting.DELETE_EARLIER, {"ids": [scope + BETWEEN + key for key in keys]})


def _read(
    transaction: StoreTransaction,
    text: LiteralString,
    scope: str,
    keys: Iterable[str],
    revive: Callable[[str, str], R],
) -> dict[str, Held[R]]:
    wanted = {scope + BETWEEN + key: key for key in keys}
    rows = transaction.value(text, {"ids": list(wanted)})
    return {
        wanted[id]: Held(digest, run, partial(revive, wanted[id], record))
        for id, digest, run, record in rows
    }
