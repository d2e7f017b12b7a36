"""Taking back what a data set, or one of its runs, has asserted: it is forgotten, not buried.

A retraction record leaves a tombstone with a time of its own. This leaves nothing, so loading the
same files again restores what was there. What a run had put in the place of another run's assertion
goes, and that one comes back where it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from typing import Any

from kgservice.errors import ConfigurationError
from kgservice.graph.client import Graph, Transaction
from kgservice.graph.cypher import bookkeeping
from loaders.writing.assertions import Assertions
from loaders.writing.batch import Batch
from loaders.writing.books import Book, forget, take_back
from loaders.writing.decisions import Step
from loaders.writing.keeping import buried_keys, forget_earlier_of, forget_keys, held_keys
from loaders.writing.records import EntityRecords
from loaders.writing.rules import RulesInForce
from loaders.writing.runs import claimed
from loaders.writing.triples import Triples

#: In this order: entities that statements still need stay until those have gone.
BOOKS: tuple[type[Book[Any]], ...] = (Assertions, Triples, EntityRecords)


@dataclass(slots=True)
class Retracted:
    """What was taken back so far: records, and the data version after the last batch.

    `waiting` for a load of the same data set; `stopped` before all was taken back.
    """

    records: int = 0
    data_version: int | None = None
    waiting: bool = False
    stopped: bool = False


Watch = Callable[[Retracted], None]


def retract(
    graph: Graph,
    dataset: str,
    run: str | None = None,
    *,
    language: str = "en",
    watch: Watch = lambda _: None,
    stop: Event | None = None,
) -> Retracted:
    """Take back all that a data set asserted, or one of its runs.

    Once `stop` is set the batch at hand is the last. Stopped anywhere, the same call goes on.
    Raises ConfigurationError where there is no such data set or run.
    """
    _refuse_unknown(graph, dataset, run)
    done = Retracted()
    rules = RulesInForce(language)
    how = forget if run is None else take_back

    def waiting() -> None:
        done.waiting = True
        watch(done)

    with ExitStack() as claims:
        for book in sorted(BOOKS, key=lambda one: one.FORMAT):
            claims.enter_context(claimed(graph, dataset, book.FORMAT, waiting))
        done.waiting = False
        for book, keys in _keys(graph, dataset, run):
            if stop is not None and stop.is_set():
                done.stopped = True
                return done
            batch = Batch(dataset, run or "", keys)
            committed = forget_keys(graph, book, batch, rules, how=how)
            done.records += committed.steps[Step.RETRACTED]
            if committed.data_version is not None:
                done.data_version = committed.data_version
            watch(done)
        _note(graph, dataset, run)
    return done


def _keys(
    graph: Graph, dataset: str, run: str | None
) -> Iterator[tuple[type[Book[Any]], list[str]]]:
    for book in BOOKS:
        forget_earlier_of(graph, book, dataset, run)
        for keys in (held_keys, buried_keys):
            for page in keys(graph, book, dataset, run):
                yield book, page


def _refuse_unknown(graph: Graph, dataset: str, run: str | None) -> None:
    known = [row[0] for row in graph.value(bookkeeping.READ_DATASETS)]
    if dataset not in known:
        raise ConfigurationError(
            f"there is no data set {dataset!r}; there are: {', '.join(known) or 'none'}"
        )
    runs = [row[1] for row in graph.value(bookkeeping.READ_RUNS, {"dataset": dataset})]
    if run is not None and run not in runs:
        newest = ", ".join(dict.fromkeys(runs[:10])) or "none"
        raise ConfigurationError(
            f"there is no run {run!r} of {dataset}; the newest are: {newest} (kgservice runs)"
        )


def _note(graph: Graph, dataset: str, run: str | None) -> None:
    def write(transaction: Transaction) -> None:
        parameters = {"dataset": dataset, "run": run, "at": datetime.now(UTC)}
        transaction.run(bookkeeping.NOTE_RETRACTION, parameters)

    graph.write(write, name="note a retraction")
