"""What a data set holds, page by page, and forgetting it in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, LiteralString

from kgservice.graph.cypher import asserting
from kgservice.graph.store import Store, StoreTransaction
from loaders.writing.batch import Applied, Batch, Committed, commit
from loaders.writing.books import Book, forget
from loaders.writing.entities import Rules
from loaders.writing.rules import RulesInForce
from loaders.writing.tombstones import scope

#: Keys a page: read by their index, so a page costs the same wherever it begins.
_PAGE = 10_000

Forget = Callable[[type[Book[Any]], StoreTransaction, Batch[str], Rules], Applied]


def held_keys(
    graph: Store, book: type[Book[Any]], dataset: str, run: str | None = None
) -> Iterator[list[str]]:
    """The keys that a data set asserts, or that one of its runs does, in pages."""
    return _pages(graph, book.PAGE, {"dataset": dataset, "run": run})


def buried_keys(
    graph: Store, book: type[Book[Any]], dataset: str, run: str | None = None
) -> Iterator[list[str]]:
    """The keys of its tombstones, in pages."""
    parameters = {"scope": scope(book.FORMAT, dataset), "run": run}
    return _pages(graph, asserting.PAGE_OF_TOMBSTONES, parameters)


def forget_earlier_of(
    graph: Store, book: type[Book[Any]], dataset: str, run: str | None = None
) -> None:
    """Keep nothing of what a data set, or one of its runs, had said before something newer."""
    parameters = {"scope": scope(book.FORMAT, dataset), "run": run}
    graph.run(asserting.FORGET_EARLIER, parameters)


def forget_keys(
    graph: Store,
    book: type[Book[Any]],
    batch: Batch[str],
    rules: RulesInForce,
    *,
    how: Forget = forget,
) -> Committed:
    """Forget what a data set said of some keys, in one transaction."""
    return commit(graph, batch, partial(how, book), rules)


def in_batches(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    """The keys in lists of at most so many."""
    several: list[str] = []
    for key in keys:
        several.append(key)
        if len(several) == size:
            yield several
            several = []
    if several:
        yield several


def _pages(graph: Store, text: LiteralString, parameters: dict[str, Any]) -> Iterator[list[str]]:
    after = ""
    while rows := graph.value(text, {**parameters, "after": after, "limit": _PAGE}):
        yield [key for _, key in rows]
        after = rows[-1][0]
