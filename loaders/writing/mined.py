"""What behaviors tell of entities, kept as sums beside the graph (`:__Mined`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kgservice.graph.cypher import loading
from kgservice.graph.store import StoreTransaction
from kgservice.ledger.behaviors import Contributions
from kgservice.ledger.mined import Entry, MinedEntity, Register


def read_mined(transaction: StoreTransaction, ids: Sequence[str]) -> dict[str, MinedEntity]:
    """What behaviors tell of these entities."""
    rows = transaction.value(loading.READ_MINED_ENTITIES, {"ids": list(ids)})
    return {row[0]: _restored(row) for row in rows}


def add_and_take(
    entities: dict[str, MinedEntity],
    added: Iterable[Contributions],
    taken: Iterable[Contributions],
) -> None:
    """Add what behaviors tell now and take what they told before.

    First all that is added: a name that a behavior gives again at a later time is then not the
    newest one that is taken.
    """
    for contributed in added:
        for described in contributed.described:
            entities.setdefault(described.id, MinedEntity(described.id)).add(described)
    for contributed in taken:
        for described in contributed.described:
            entities[described.id].take(described)


def write_mined(transaction: StoreTransaction, entities: Iterable[MinedEntity]) -> None:
    """Write the sums down; those that nothing is left of are deleted."""
    kept, gone = [], []
    for entity in entities:
        if entity.uses:
            kept.append(_row(entity))
        else:
            gone.append(entity.id)
    if kept:
        transaction.run(loading.WRITE_MINED_ENTITIES, {"rows": kept})
    if gone:
        transaction.run(loading.DELETE_MINED_ENTITIES, {"ids": gone})


def _row(entity: MinedEntity) -> list[Any]:
    entries = sorted(entity.entries.items())
    return [
        entity.id,
        entity.uses,
        [field for (field, _), _ in entries],
        [value for (_, value), _ in entries],
        [entry.uses for _, entry in entries],
        [entry.newest.time for _, entry in entries],
        [entry.newest.version for _, entry in entries],
    ]


def _restored(row: Sequence[Any]) -> MinedEntity:
    id, uses, *columns = row
    entries = {
        (field, value): Entry(times, Register(field, value, time, version))
        for field, value, times, time, version in zip(*columns, strict=True)
    }
    return MinedEntity(id, uses, entries)
