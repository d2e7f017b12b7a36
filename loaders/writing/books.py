"""What a data set has said, kind by kind: how records get in, and how they are forgotten.

A book is one kind of record (triples, entity records, assertions) in one transaction. It knows what
is held of a key and what follows from a change of it; which record stands is decided here, alike
for all kinds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Generic, LiteralString, TypeVar

from kgservice.graph.store import StoreTransaction
from loaders.writing.batch import Applied, Batch
from loaders.writing.changes import GraphChange
from loaders.writing.decisions import Change, Decided, Held, Incoming, Record, Step, decide
from loaders.writing.entities import Rules
from loaders.writing.oddities import Oddities, TypesOf, types_in_graph
from loaders.writing.tombstones import (
    forget_earlier,
    keep_earlier,
    read_earlier,
    read_tombstones,
    scope,
    write_tombstones,
)

R = TypeVar("R", bound=Record)


class Book(ABC, Generic[R]):
    """The records of one kind and data set, within one transaction."""

    FORMAT: ClassVar[str]
    #: What its records are.
    RECORDS: ClassVar[tuple[type, ...]]
    #: Reads a page of the keys that are held: see PAGE_OF_TRIPLES.
    PAGE: ClassVar[LiteralString]
    #: Tells which are held with the same digest: see UNCHANGED_TRIPLES.
    UNCHANGED: ClassVar[LiteralString]

    def __init__(self, transaction: StoreTransaction, dataset: str, at: datetime, rules: Rules):
        self.transaction = transaction
        self.dataset = dataset
        self.at = at
        self.rules = rules

    @property
    def scope(self) -> str:
        """What the keys of tombstones begin with."""
        return scope(self.FORMAT, self.dataset)

    @staticmethod
    @abstractmethod
    def key(record: R) -> str:
        """What a record is about."""

    @staticmethod
    def id(dataset: str, key: str) -> str:
        """The id of the node by which a data set says something of a key."""
        return scope(dataset, key)

    @staticmethod
    @abstractmethod
    def written(record: R) -> str:
        """A record as text, for `read`."""

    @staticmethod
    @abstractmethod
    def read(key: str, written: str) -> R:
        """The record that was written down so."""

    @abstractmethod
    def prepare(self, records: Sequence[R]) -> None:
        """Make what these records need, whether or not they will stand."""

    @abstractmethod
    def held(self, keys: Sequence[str]) -> Mapping[str, Held[R]]:
        """What the data set asserts of these keys."""

    def look_up(self, keys: Iterable[str]) -> None:
        """Read whole what is asserted of these of the keys held, where `held` reads digests."""
        del keys

    def begin(self, changes: Sequence[Change[R]], run: str) -> None:
        """Do of `bring` what may be done ahead of the batch's turn: what no other program touches,
        and takes no lock that another program could wait for.
        """
        del changes, run

    def types(self, record: R) -> Iterable[tuple[str, str]]:
        """The entities that a record gives types to, each with the type."""
        del record
        return ()

    def oddities(self, changes: Sequence[Change[R]], types_of: TypesOf) -> Oddities:
        """What looks odd about these changes, once they are brought."""
        del changes, types_of
        return Oddities()

    @abstractmethod
    def bring(self, changes: Sequence[Change[R]], run: str) -> Sequence[GraphChange]:
        """Bring the graph from the state before to the state after; keys are among those held.

        The same changes were begun before.
        """


@dataclass(frozen=True, slots=True)
class _Begun(Generic[R]):
    """The records of one kind of a batch, of which it is decided what becomes of them."""

    opened: Book[R]
    batch: Batch[R]
    decided: Decided[R]


def begin(
    books: Sequence[type[Book[Any]]], transaction: StoreTransaction, batch: Batch[Any], rules: Rules
) -> Callable[[], Applied]:
    """Let a batch of records replace what their data set said before of the same keys.

    Each goes into the first book that takes records of its type. Decides, and begins; what is
    returned does the rest.
    """
    begun: list[_Begun[Any]] = []
    for book in books:
        records = [one for one in batch.records if isinstance(one, book.RECORDS)]
        if records:
            opened = book(transaction, batch.dataset, batch.at, rules)
            found = decided(opened, records)
            opened.begin(found.changes, batch.run)
            begun.append(_Begun(opened, replace(batch, records=records), found))
    return partial(_finish, begun)


def keys(books: Sequence[type[Book[Any]]], records: Sequence[Any]) -> frozenset[str]:
    """What these records are about, in the book that each goes into."""
    return frozenset(
        scope(book.FORMAT, book.key(one))
        for book in books
        for one in records
        if isinstance(one, book.RECORDS)
    )


def _finish(begun: Sequence[_Begun[Any]]) -> Applied:
    steps: Counter[Step] = Counter()
    changes: list[GraphChange] = []
    oddities = Oddities()
    for one in begun:
        one.opened.prepare(one.batch.records)
    for one in begun:
        opened, decided, run = one.opened, one.decided, one.batch.run
        transaction = opened.transaction
        keep_earlier(transaction, opened.scope, run, decided.changes, opened.written)
        changes.extend(_bring(opened, decided.changes, run))
        oddities += opened.oddities(decided.changes, types_in_graph(transaction))
        steps += decided.steps
    return Applied(steps, tuple(changes), oddities)


def decided(
    opened: Book[R], records: Sequence[R], foreseen: Mapping[str, Held[R]] | None = None
) -> Decided[R]:
    """Which of these records stand; what is `foreseen` of a key stands before what is held."""
    incoming = [Incoming(opened.key(one), one.digest, one) for one in records]
    keys = list({one.key: None for one in incoming})
    buried = read_tombstones(opened.transaction, opened.scope, keys, opened.read)
    held = opened.held(keys)
    opened.look_up({one.key: None for one in incoming if not _is_held(one, held)})
    return decide(incoming, {**held, **buried, **(foreseen or {})})


def _is_held(one: Incoming[R], held: Mapping[str, Held[R]]) -> bool:
    known = held.get(one.key)
    return known is not None and known.digest == one.digest


def forget(
    book: type[Book[R]], transaction: StoreTransaction, batch: Batch[str], rules: Rules
) -> Applied:
    """Forget what a data set said of these keys, as if it had never said it."""
    return _forget(book, transaction, batch, rules, {})


def take_back(
    book: type[Book[R]], transaction: StoreTransaction, batch: Batch[str], rules: Rules
) -> Applied:
    """Forget what a run said of these keys, and put back what stood before where it is kept."""
    opened = book(transaction, batch.dataset, batch.at, rules)
    earlier = read_earlier(transaction, opened.scope, batch.records, book.read)
    return _forget(book, transaction, batch, rules, earlier)


def _forget(
    book: type[Book[R]],
    transaction: StoreTransaction,
    batch: Batch[str],
    rules: Rules,
    earlier: Mapping[str, Held[R]],
) -> Applied:
    opened = book(transaction, batch.dataset, batch.at, rules)
    asserted = opened.held(batch.records)
    opened.look_up(asserted)
    held = {
        **asserted,
        **read_tombstones(transaction, opened.scope, batch.records, book.read),
    }
    by_run: dict[str, list[Change[R]]] = {}
    for key in batch.records:
        if key in held:
            back = earlier.get(key)
            after = None if back is None else Incoming(key, back.digest, back.revive())
            run = batch.run if back is None else back.run
            change = Change(key, held[key].revive(), after, held[key].run)
            by_run.setdefault(run, []).append(change)
    forget_earlier(transaction, opened.scope, batch.records)
    graph_changes: list[GraphChange] = []
    for run, changes in by_run.items():
        # What was looked up for one run is not of now any more when the next one comes.
        opened.look_up([one.key for one in changes])
        opened.begin(changes, run)
        graph_changes.extend(_bring(opened, changes, run))
    return Applied(Counter({Step.RETRACTED: len(held)}), tuple(graph_changes))


def _bring(opened: Book[R], changes: Sequence[Change[R]], run: str) -> Sequence[GraphChange]:
    write_tombstones(opened.transaction, opened.scope, run, changes, opened.written)
    return opened.bring(changes, run)
