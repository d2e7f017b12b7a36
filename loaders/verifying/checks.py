"""One page of a verification: what is wrong with it, and writing it anew.

A check of a page runs in a transaction and writes what it finds wrong; whether that is committed is
for the caller to say. So what is told and what is repaired are one and the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graph_schema.identifiers import relationship_type_of
from graph_schema.relations import Relation
from kgservice.graph.client import Transaction
from kgservice.graph.cypher import verifying
from kgservice.ledger.content import mined_record
from kgservice.ledger.mined import MinedEntity
from kgservice.ledger.records import EntityRecord, MinedAssertion
from loaders.verifying.findings import Fault, Finding
from loaders.verifying.spool import Spool
from loaders.writing import entities, mined
from loaders.writing.assertions import unpacked
from loaders.writing.changes import EntityChange, GraphChange
from loaders.writing.entities import Rules
from loaders.writing.triple_assertions import revived

#: What is wrong with a page, and what of the graph changes by putting it right.
Checked = tuple[list[Finding], Sequence[GraphChange]]
Check = Callable[[Transaction, Rules], Checked]


def triple_is_whole(row: Sequence[Any]) -> bool:
    """Whether the assertion of a triple is what its digest says."""
    try:
        triple = revived(row[5:])
        return bool(triple.statement_id == row[1] and triple.digest == row[3])
    except (TypeError, ValueError, AttributeError):
        return False


def record_is_whole(row: Sequence[Any]) -> bool:
    """Whether an entity record is what its digest says."""
    _, entity, dataset, digest, record = row
    try:
        return bool(
            dataset is not None and EntityRecord.from_canonical(entity, record).digest == digest
        )
    except (TypeError, ValueError, KeyError):
        return False


def mined_or_none(row: Sequence[Any]) -> MinedAssertion | None:
    """The record of a mined assertion, if it is what its digest says."""
    _, id, statement_id, dataset, digest, packed = row
    try:
        record = mined_record(unpacked(packed))
    except (TypeError, ValueError, KeyError, AttributeError, zlib.error):
        return None
    if not isinstance(record, MinedAssertion):
        return None
    whole = (
        dataset is not None
        and (record.assertion_id, record.statement_id) == (id, statement_id)
        and record.digest == digest
    )
    return record if whole else None


def check_sums(spool: Spool, ids: Sequence[str], transaction: Transaction, rules: Rules) -> Checked:
    """What behaviors tell of entities, against the sums that are kept."""
    del rules
    held = mined.read_mined(transaction, ids)
    wrong = []
    for id in ids:
        told = spool.entity(id)
        if told != held.get(id):
            wrong.append(MinedEntity(id) if told is None else told)
    mined.write_mined(transaction, wrong)
    return [Finding(Fault.SUMS_WRONG, one.id) for one in wrong], ()


def check_presence_of_entities(
    ids: Sequence[str], transaction: Transaction, rules: Rules
) -> Checked:
    """Entities that something is said of are there."""
    made = entities.ensure(transaction, set(ids))
    described = entities.refresh(transaction, {one.id for one in made}, rules)
    return [Finding(Fault.ENTITY_MISSING, one.id) for one in made], [*made, *described]


def check_entities(ids: Sequence[str], transaction: Transaction, rules: Rules) -> Checked:
    """Entities are what is said of them, and nothing is there that nobody asserts."""
    changed = entities.refresh(transaction, ids, rules)
    gone: list[EntityChange] = []
    if orphans := transaction.value(verifying.FIND_ORPHANS, {"ids": ids}):
        gone = entities.remove_orphans(transaction, orphans)
    surplus = {one.id for one in gone}
    found = [Finding(Fault.ENTITY_SURPLUS, id) for id in sorted(surplus)]
    found += [Finding(Fault.ENTITY_CHANGED, one.id) for one in changed if one.id not in surplus]
    return found, [*[one for one in changed if one.id not in surplus], *gone]


def check_nameless(
    known: Mapping[str, Relation], transaction: Transaction, rules: Rules
) -> Checked:
    """Relationships of our types that have no id were made by hand."""
    del rules
    types = {relationship_type_of(id): id for id in known}
    found = []
    for type, times in transaction.value(verifying.FIND_NAMELESS, {"types": list(types)}):
        transaction.run(verifying.delete_nameless(relationship_type_of(types[type])))
        what = f"{times:,} of {types[type]} without an id"
        found.append(Finding(Fault.STATEMENT_SURPLUS, what))
    return found, ()


def check_loose_literals(transaction: Transaction, rules: Rules) -> Checked:
    """Literals that no statement leads to."""
    del rules
    ids = transaction.value(verifying.FIND_LOOSE_LITERALS)
    if ids:
        transaction.run(verifying.DELETE_NODES, {"ids": ids})
    return [Finding(Fault.LITERAL_LOOSE, id) for id in ids], ()


def check_counts(transaction: Transaction, rules: Rules) -> Checked:
    """The counts of relations and types."""
    del rules
    relations, types = transaction.value(verifying.READ_COUNTS)
    labels = dict(transaction.value(verifying.COUNT_LABELS))
    found, right = [], []
    for name, count in relations:
        type = relationship_type_of(name)
        true = transaction.value(verifying.count_statements(type))
        if true != count:
            found.append(Finding(Fault.COUNT_WRONG, name))
            right.append([name, true])
    transaction.run(verifying.SET_RELATION_COUNTS, {"rows": right})
    wrong = [
        [label, labels.get(label, 0)] for label, count in types if labels.get(label, 0) != count
    ]
    transaction.run(verifying.SET_TYPE_COUNTS, {"rows": wrong})
    return [*found, *(Finding(Fault.COUNT_WRONG, label) for label, _ in wrong)], ()
