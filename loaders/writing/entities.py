"""Entities: their nodes follow from everything that is said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_schema.identifiers import label_of_type
from kgservice.graph.cypher import loading
from kgservice.graph.store import StoreTransaction
from kgservice.ledger.entities import EntityState, Fact, Sayings, derive
from kgservice.ledger.mined import MinedEntity
from kgservice.ledger.records import EntityRecord
from kgservice.vocabulary import Vocabulary
from loaders.writing.changes import EntityChange, Op
from loaders.writing.mined import read_mined


@dataclass(frozen=True, slots=True)
class Rules:
    """How the sayings of several data sets become one entity."""

    vocabulary: Vocabulary
    priority: tuple[str, ...] = ()
    language: str = "en"


def make_types(transaction: StoreTransaction, types: Iterable[str]) -> None:
    """Make the types that are not known.

    To be called with all that records name, those of older records too: so it does not depend on
    the order of loading which types there are.
    """
    rows = [[type, label_of_type(type)] for type in sorted(set(types))]
    if rows:
        transaction.run(loading.MAKE_TYPES, {"rows": rows})


def ensure(transaction: StoreTransaction, ids: Collection[str]) -> list[EntityChange]:
    """Make the entities that are not there yet, with their id as label."""
    wanted = sorted(ids)
    known = set(transaction.value(loading.READ_ENTITY_IDS, {"ids": wanted}))
    new = [id for id in wanted if id not in known]
    if new:
        transaction.run(loading.CREATE_BARE_ENTITIES, {"ids": new})
    return [EntityChange(Op.ADD, id) for id in new]


def refresh(
    transaction: StoreTransaction, ids: Collection[str], rules: Rules
) -> list[EntityChange]:
    """Bring the nodes of those of these entities that are there to what is said of them now."""
    if not ids:
        return []
    wanted = sorted(ids)
    ours = set(transaction.value(loading.READ_TYPE_LABELS))
    held = {
        row[0]: _Node.of(row, ours)
        for row in transaction.value(loading.READ_ENTITIES, {"ids": wanted})
    }
    rows: list[list[Any]] = []
    more: Counter[str] = Counter()
    less: Counter[str] = Counter()
    for sayings in read_sayings(transaction, list(held), rules.vocabulary):
        state = derive(sayings, rules.priority, rules.language)
        before, after = held[state.id], _Node.as_should_be(state)
        if before == after:
            continue
        rows.append(after.difference(before))
        more.update(type for type in state.types if label_of_type(type) not in before.labels)
        less.update(before.labels - after.labels)
    if rows:
        transaction.run(loading.WRITE_ENTITIES, {"rows": rows})
    _count(transaction, more, less)
    return [EntityChange(Op.UPDATE, row[0]) for row in rows]


def remove_orphans(transaction: StoreTransaction, ids: Collection[str]) -> list[EntityChange]:
    """Take away those of these entities that nothing asserts any more."""
    if not ids:
        return []
    locked = transaction.value(loading.LOCK_ENTITIES, {"ids": sorted(ids)})
    gone = transaction.value(loading.REMOVE_ORPHANS, {"ids": locked})
    return [EntityChange(Op.REMOVE, id) for id in gone]


def read_sayings(
    transaction: StoreTransaction, ids: Sequence[str], vocabulary: Vocabulary
) -> Iterable[Sayings]:
    """Everything that is said of these entities."""
    records: dict[str, dict[str, EntityRecord]] = {id: {} for id in ids}
    for id, dataset, _, _, record in transaction.value(loading.READ_ENTITY_RECORDS, {"ids": ids}):
        records[id][dataset] = EntityRecord.from_canonical(id, record)
    facts: dict[str, list[Fact]] = {id: [] for id in ids}
    for id, dataset, relation, value, language in transaction.value(
        loading.READ_FACTS, {"ids": ids}
    ):
        known = vocabulary.relations.get(relation)
        if known is not None and known.means is not None:
            facts[id].append(Fact(dataset, known.means, value, language))
    mined: Mapping[str, MinedEntity] = read_mined(transaction, ids)
    for id in ids:
        yield Sayings(id, records[id], facts[id], mined.get(id))


@dataclass(frozen=True, slots=True)
class _Node:
    """What of an entity's node the loaders answer for."""

    id: str
    properties: Mapping[str, Any]
    labels: frozenset[str]

    @classmethod
    def of(cls, row: Sequence[Any], ours: Collection[str]) -> _Node:
        id, label, aliases, description, language, modified, datasets, labels, typed = row
        properties = {
            "label": label,
            "aliases": aliases,
            "description": description,
            "language": language,
            "modified": modified,
            "datasets": datasets,
            **typed,
        }
        kept = {name: value for name, value in properties.items() if value is not None}
        return cls(id, kept, frozenset(label for label in labels if label in ours))

    @classmethod
    def as_should_be(cls, state: EntityState) -> _Node:
        properties = {
            "label": state.label,
            "aliases": list(state.aliases),
            "description": state.description,
            "language": state.language,
            "modified": state.modified,
            "datasets": list(state.datasets),
            **state.properties,
        }
        kept = {name: value for name, value in properties.items() if value is not None}
        return cls(state.id, kept, frozenset(label_of_type(type) for type in state.types))

    def difference(self, before: _Node) -> list[Any]:
        """id, properties to set, labels to add, labels to take away."""
        gone = {name: None for name in before.properties if name not in self.properties}
        return [
            self.id,
            {**self.properties, **gone},
            sorted(self.labels - before.labels),
            sorted(before.labels - self.labels),
        ]


def _count(transaction: StoreTransaction, more: Counter[str], less: Counter[str]) -> None:
    if more:
        transaction.run(loading.COUNT_TYPES, {"rows": [list(one) for one in more.items()]})
    if less:
        transaction.run(loading.DISCOUNT_TYPES, {"rows": [list(one) for one in less.items()]})
