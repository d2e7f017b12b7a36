"""What of a batch is news to its data set, found ahead of the transaction that brings it.

Nearly all of a nightly run comes unchanged. Of each key the newest record stands, and a digest
covers all that makes a record newer: so a record that stood a moment ago, or one that is newer,
stands when its batch is brought, whatever other batches bring meanwhile, and it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kgservice.graph.store import Reads
from loaders.writing.books import Book


def news(
    graph: Reads, books: Sequence[type[Book[Any]]], dataset: str, records: Sequence[Any]
) -> Sequence[Any]:
    """Those of these records, in order, that the data set does not say already."""
    unchanged: set[int] = set()
    for book in books:
        positions = [at for at, one in enumerate(records) if isinstance(one, book.RECORDS)]
        if positions:
            several = [records[at] for at in positions]
            parameters = {
                "ids": [book.id(dataset, book.key(one)) for one in several],
                "digests": [one.digest for one in several],
                "dataset": dataset,
            }
            unchanged.update(positions[at] for at in graph.value(book.UNCHANGED, parameters))
    if not unchanged:
        return records
    return [one for at, one in enumerate(records) if at not in unchanged]
