"""What a batch loads although it looks odd, for the report: ends of other types, shared ids.

On triples the types of a relation's ends are not enforced (contract, records.md, Types of ends).
Nothing is odd about an entity of which no type is known, and a subtype fits where its parent does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph_schema.relations import Relation
from kgservice.graph.cypher import loading
from kgservice.graph.store import StoreTransaction
from kgservice.ledger.records import EntityRecord, Triple


@dataclass(frozen=True, slots=True)
class Oddities:
    """How many triples have an end of another type, and which ids another data set uses too."""

    mismatches: int = 0
    shared: tuple[str, ...] = ()

    def __add__(self, other: Oddities) -> Oddities:
        return Oddities(self.mismatches + other.mismatches, (*self.shared, *other.shared))


NOTHING_ODD = Oddities()

#: The direct types of entities, by id.
TypesOf = Callable[[Collection[str]], Mapping[str, Collection[str]]]


def types_in_graph(transaction: StoreTransaction) -> TypesOf:
    """The types that entities have at this point of a transaction."""

    def types_of(ids: Collection[str]) -> Mapping[str, Collection[str]]:
        rows = transaction.value(loading.READ_LABELS_OF, {"ids": sorted(ids)})
        labels = {label for _, several in rows for label in several}
        named = dict(transaction.value(loading.READ_TYPES_OF_LABELS, {"ids": sorted(labels)}))
        return {id: [named[one] for one in several if one in named] for id, several in rows}

    return types_of


def mismatches(
    transaction: StoreTransaction,
    triples: Iterable[Triple],
    known: Mapping[str, Relation],
    types_of: TypesOf,
) -> int:
    """How many of these triples have an end that is of none of the types of their relation."""
    ends = [end for triple in triples for end in _typed_ends(triple, known[triple.relation])]
    if not ends:
        return 0
    types = types_of({id for _, id, _ in ends if id is not None})
    above = _with_parents(transaction, {type for several in types.values() for type in several})
    odd = set()
    for triple, id, allowed in ends:
        direct = types.get(id, ()) if id is not None else ()
        if id is None or (direct and not any(allowed & above[type] for type in direct)):
            odd.add(triple.statement_id)
    return len(odd)


def shared_ids(
    transaction: StoreTransaction, dataset: str, records: Sequence[EntityRecord]
) -> tuple[str, ...]:
    """The ids of these records that another data set gives to something of other types."""
    typed = {record.id: frozenset(record.types) for record in records if record.types}
    if not typed:
        return ()
    shared = set()
    for id, other, *_, written in transaction.value(
        loading.READ_ENTITY_RECORDS, {"ids": sorted(typed)}
    ):
        if other != dataset:
            types = frozenset(EntityRecord.from_canonical(id, written).types)
            if types and not types & typed[id]:
                shared.add(id)
    return tuple(sorted(shared))


def _typed_ends(
    triple: Triple, relation: Relation
) -> Iterator[tuple[Triple, str | None, frozenset[str]]]:
    """The ends whose types the relation names; a literal has no id."""
    if relation.subject_types:
        yield triple, triple.subject, frozenset(relation.subject_types)
    if relation.object_types:
        yield triple, triple.object, frozenset(relation.object_types)


def _with_parents(
    transaction: StoreTransaction, types: Collection[str]
) -> Mapping[str, frozenset[str]]:
    """Each type with all that it is a subtype of."""
    parents: dict[str, set[str]] = {}
    asked = set(types)
    while asked:
        parents.update({type: set() for type in asked})
        rows = transaction.value(loading.READ_PARENTS, {"ids": sorted(asked)})
        for type, parent in rows:
            parents[type].add(parent)
        asked = {parent for _, parent in rows} - parents.keys()
    return {type: _closure(type, parents) for type in types}


def _closure(type: str, parents: Mapping[str, Collection[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [type]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(parents[one])
    return frozenset(found)
