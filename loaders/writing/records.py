"""Entity records into the graph: what data sets say of entities themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kgservice.graph.client import Transaction
from kgservice.graph.cypher import loading
from kgservice.ledger.records import EntityRecord, digest_of
from loaders.writing import entities
from loaders.writing.batch import Applied, Batch
from loaders.writing.decisions import Change, Held, Incoming, decide
from loaders.writing.entities import Rules
from loaders.writing.tombstones import read_tombstones, scope, write_tombstones

FORMAT = "entities"


def apply_entities(transaction: Transaction, batch: Batch[EntityRecord], rules: Rules) -> Applied:
    """Let a batch of records replace what their data set said of these entities before."""
    ids = sorted({record.id for record in batch.records})
    decided = decide(
        (Incoming(record.id, digest_of(record.canonical), record) for record in batch.records),
        _held(transaction, batch.dataset, ids),
    )
    changes = list(decided.changes.values())
    entities.make_types(transaction, (type for one in batch.records for type in one.types))
    write_tombstones(transaction, scope(FORMAT, batch.dataset), changes)
    _write(transaction, batch, changes)
    standing = [one.after.key for one in changes if not one.after.record.deleted]
    touched = [one.after.key for one in changes]
    made = entities.ensure(transaction, standing)
    described = entities.refresh(transaction, touched, rules)
    gone = entities.remove_orphans(transaction, set(touched) - set(standing))
    return Applied(decided.steps, (*made, *described, *gone))


def _held(
    transaction: Transaction, dataset: str, ids: Sequence[str]
) -> dict[str, Held[EntityRecord]]:
    rows = transaction.value(loading.READ_ENTITY_RECORDS, {"ids": ids})
    held = {
        id: Held(digest, partial(EntityRecord.from_canonical, id, record))
        for id, source, digest, _, record in rows
        if source == dataset
    }
    buried = read_tombstones(transaction, scope(FORMAT, dataset), ids, EntityRecord.from_canonical)
    return {**held, **buried}


def _write(
    transaction: Transaction, batch: Batch[EntityRecord], changes: Sequence[Change[EntityRecord]]
) -> None:
    kept, gone = [], []
    for change in changes:
        one = change.after
        key = scope(batch.dataset, one.key)
        if not one.record.deleted:
            kept.append([key, one.key, one.digest, one.record.canonical])
        elif change.before is not None and not change.before.deleted:
            gone.append(key)
    if kept:
        parameters = {"rows": kept, "dataset": batch.dataset, "run": batch.run}
        transaction.run(loading.WRITE_ENTITY_RECORDS, parameters)
    if gone:
        transaction.run(loading.DELETE_ENTITY_RECORDS, {"ids": gone})
