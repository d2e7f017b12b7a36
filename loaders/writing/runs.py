"""What was loaded when: a node for each run of each data set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from kgservice.errors import QueryTimeoutError
from kgservice.graph.cypher import bookkeeping, loading
from kgservice.graph.store import Store, StoreTransaction
from loaders.writing.tombstones import BETWEEN, scope

#: Seconds after which a load says that it waits for another one.
_UNTIL_TOLD = 1.0

#: How long the change log is kept where nobody says: a service that was away for a weekend still
#: follows, and a change feed has a week to be read.
CHANGES_KEPT = timedelta(days=7)


def begin_run(graph: Store, dataset: str, run: str, format: str) -> None:
    """Note that a run has begun; a data set that is new begins to exist."""

    def write(transaction: StoreTransaction) -> None:
        parameters = {"id": _id(dataset, run, format), "dataset": dataset, "run": run}
        at = datetime.now(UTC)
        transaction.run(bookkeeping.BEGIN_RUN, {**parameters, "format": format, "at": at})

    graph.write(write, name="begin run")


def end_run(graph: Store, dataset: str, run: str, format: str, report: dict[str, Any]) -> None:
    """Note that a run has ended, with its report."""

    def write(transaction: StoreTransaction) -> None:
        parameters = {"id": _id(dataset, run, format), "at": datetime.now(UTC)}
        written = orjson.dumps(report).decode()
        transaction.run(bookkeeping.END_RUN, {**parameters, "report": written})

    graph.write(write, name="end run")


def prune_changes(graph: Store, kept: timedelta) -> None:
    """Take what is older out of the change log; the newest change always stays."""
    graph.run(bookkeeping.PRUNE_CHANGES, {"before": datetime.now(UTC) - kept})


@contextmanager
def claimed(graph: Store, dataset: str, format: str, waiting: Callable[[], None]) -> Iterator[None]:
    """Be the only one that loads a format of a data set, for the length of a block.

    Waits for whoever is; `waiting` is called where that takes longer than a moment. A process that
    is killed leaves no claim behind.
    """
    claim = {"id": scope(format, dataset)}
    try:
        with graph.holding(loading.CLAIM, claim, seconds=_UNTIL_TOLD):
            pass
    except QueryTimeoutError:
        waiting()
    with graph.holding(loading.CLAIM, claim):
        yield


def _id(dataset: str, run: str, format: str) -> str:
    return BETWEEN.join((dataset, format, run))
