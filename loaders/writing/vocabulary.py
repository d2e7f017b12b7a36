"""Relations and entity types into the graph.

A relation needs a constraint of its own before its first statement, and Neo4j makes constraints
only in transactions without data: so first the constraints, then the nodes. A kind of thing that is
named as a parent and not known is made, with its id as label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, LiteralString, TypeVar

from graph_schema.ddl import relation_item
from graph_schema.entity_types import EntityType
from graph_schema.nodes import Properties, relation_properties, type_properties
from graph_schema.relations import Relation
from kgservice.graph.cypher import vocabulary as texts
from kgservice.graph.cypher.bookkeeping import NOTE_VOCABULARY
from kgservice.graph.store import Store, StoreTransaction
from kgservice.vocabulary import Vocabulary
from loaders.writing.batch import Batch, Committed, conclude, queue
from loaders.writing.decisions import Step

K = TypeVar("K", Relation, EntityType)


def write_relations(graph: Store, batch: Batch[Relation], known: Vocabulary) -> Committed:
    """Register relations, or change registered ones."""
    changed, steps = _changed(batch.records, known.relations, Relation)
    for relation in changed:
        if relation.id not in known.relations:
            graph.define(relation_item(relation.id))
    rows = [relation_properties(relation) for relation in changed]
    return _commit(
        graph, batch, steps, (texts.WRITE_RELATIONS, texts.WRITE_RELATION_PARENTS), rows, changed
    )


def write_types(graph: Store, batch: Batch[EntityType], known: Vocabulary) -> Committed:
    """Register entity types, or change registered ones."""
    changed, steps = _changed(batch.records, declared_alone(graph, known).types, EntityType)
    rows = [type_properties(type) for type in changed]
    return _commit(
        graph, batch, steps, (texts.WRITE_TYPES, texts.WRITE_TYPE_PARENTS), rows, changed
    )


def described(relations: Iterable[Relation], known: Vocabulary) -> list[Relation]:
    """What a publisher says of its relations, where nobody has described them yet.

    A relation that was registered by its name alone has its id as label.
    """
    found = []
    for relation in relations:
        standing = known.relations.get(relation.id, relation)
        if standing.label == standing.id:
            label, description = relation.label, relation.description
            standing = replace(standing, label=label, description=description)
        found.append(standing)
    return found


def declared_alone(graph: Store, known: Vocabulary) -> Vocabulary:
    """The vocabulary with those parents of types alone that records declare."""
    declared = dict(graph.value(texts.READ_DECLARED_PARENTS))
    types = {
        id: replace(type, parents=tuple(declared.get(id, ()))) for id, type in known.types.items()
    }
    return Vocabulary(known.relations, types)


def foresee_relations(
    records: Sequence[Relation], known: Vocabulary
) -> tuple[Counter[Step], Vocabulary]:
    """What write_relations would do, and the vocabulary after it."""
    changed, steps = _changed(records, known.relations, Relation)
    return steps, known.with_relations(changed)


def foresee_types(
    records: Sequence[EntityType], known: Vocabulary
) -> tuple[Counter[Step], Vocabulary]:
    """What write_types would do, and the vocabulary after it; `known` as declared_alone has it."""
    changed, steps = _changed(records, known.types, EntityType)
    return steps, Vocabulary(known.relations, {**known.types, **{one.id: one for one in changed}})


def _changed(
    records: Sequence[K], known: Mapping[str, K], make: type[K]
) -> tuple[list[K], Counter[Step]]:
    """The kinds that differ from what is known, missing parents first, and what each record did."""
    steps: Counter[Step] = Counter()
    changed: dict[str, K] = {}
    standing = dict(known)
    for record in records:
        before = standing.get(record.id)
        if before is not None and _content(before) == _content(record):
            steps[Step.UNCHANGED] += 1
            continue
        steps[Step.UPDATED if before else Step.ADDED] += 1
        standing[record.id] = changed[record.id] = record
    missing = {parent for one in changed.values() for parent in one.parents} - set(standing)
    changed_and_missing = [make(id, id) for id in sorted(missing)]
    changed_and_missing.extend(changed.values())
    return changed_and_missing, steps


def _content(kind: Relation | EntityType) -> Any:
    if isinstance(kind, Relation):
        return relation_properties(kind), sorted(kind.parents)
    return type_properties(kind), sorted(kind.parents)


def _commit(
    graph: Store,
    batch: Batch[K],
    steps: Counter[Step],
    write: tuple[LiteralString, LiteralString],
    rows: Iterable[Properties],
    changed: Sequence[K],
) -> Committed:
    if not changed:
        return Committed(steps, None)

    def work(transaction: StoreTransaction) -> Committed:
        queue(transaction, batch.run)
        nodes, parents = write
        transaction.run(nodes, {"rows": list(rows)})
        transaction.run(parents, {"rows": [[one.id, list(one.parents)] for one in changed]})
        version = conclude(transaction, batch, ())
        transaction.run(NOTE_VOCABULARY)
        return Committed(steps, version)

    return graph.write(work, name=f"load {batch.dataset}")
