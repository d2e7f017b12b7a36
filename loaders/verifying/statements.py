"""The relationships of one relation, against what is asserted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_schema.identifiers import label_of_type, relationship_type_of
from graph_schema.relations import Relation
from kgservice.graph.client import Transaction
from kgservice.graph.cypher import loading
from kgservice.ledger.statements import Parts, of_triple
from kgservice.ledger.tally import Tally
from kgservice.vocabulary import Vocabulary
from loaders.verifying.findings import Fault, Finding
from loaders.verifying.spool import Spool
from loaders.writing import entities, statements
from loaders.writing.changes import GraphChange, Op, StatementChange
from loaders.writing.entities import Rules
from loaders.writing.triple_assertions import read_asserted
from loaders.writing.triples import FILLS_ENTITY, observed

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A statement as it has to be."""

    parts: Parts
    tally: Tally

    def row(self) -> list[Any]:
        """As page_of_statements returns it, without the labels of its ends."""
        literal = self.parts.literal
        value = None if literal is None else statements.literal_properties(literal)
        moment = (None, None) if literal is None else statements.literal_moment(literal)
        return [
            self.parts.id,
            self.parts.subject,
            self.parts.object,
            value,
            *moment,
            *statements.stored_scores(self.tally),
        ]


@dataclass(slots=True)
class Compared:
    """What differs in one batch of statements, and what of it is to be written."""

    found: list[Finding] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    made: list[Wanted] = field(default_factory=list)

    def add(
        self, fault: Fault, id: str, *, row: Row | None = None, want: Wanted | None = None
    ) -> None:
        """Something is wrong: `row` is there, `want` should be."""
        self.found.append(Finding(fault, id))
        if row is not None:
            self.gone.append(row)
        if want is not None:
            self.made.append(want)


def wanted(
    transaction: Transaction, spool: Spool, relation: Relation, ids: Sequence[str]
) -> dict[str, Wanted]:
    """What is asserted of these statements: outright, and by behaviors."""
    if relation.means in FILLS_ENTITY:
        return {}
    found = _outright(transaction, ids)
    if not statements.pipelines_assert(relation):
        return found
    for id in ids:
        told = spool.tally(id)
        if told is not None:
            parts, tally = told
            if id in found:
                tally.merge(found[id].tally)
            found[id] = Wanted(parts, tally)
    return found


def _outright(transaction: Transaction, ids: Sequence[str]) -> dict[str, Wanted]:
    found: dict[str, Wanted] = {}
    for id, several in read_asserted(transaction, ids).items():
        total = Tally()
        for one in several:
            total.add(observed(one.dataset, one.triple()))
        found[id] = Wanted(of_triple(several[0].triple()), total)
    return found


def compare(rows: Sequence[Row], should_be: Mapping[str, Wanted]) -> Compared:
    """The relationships that are there, against those that should be."""
    compared = Compared()
    seen: set[str] = set()
    for row in rows:
        id, want = row[0], should_be.get(row[0])
        if want is None or id in seen:
            compared.add(Fault.STATEMENT_SURPLUS, id, row=row)
        elif _normal([*row[:6], *row[8:]]) != _normal(want.row()):
            compared.add(Fault.STATEMENT_CHANGED, id, row=row, want=want)
        seen.add(id)
    return compared


def missing(
    transaction: Transaction, relation: Relation, should_be: Mapping[str, Wanted]
) -> Compared:
    """Those that should be, and are not there."""
    compared = Compared()
    text = loading.read_statements(relationship_type_of(relation.id))
    there = {row[0] for row in transaction.value(text, {"ids": list(should_be)})}
    for id, want in should_be.items():
        if id not in there:
            compared.add(Fault.STATEMENT_MISSING, id, want=want)
    return compared


def write(
    transaction: Transaction, relation: Relation, compared: Compared, rules: Rules, at: Any
) -> list[GraphChange]:
    """Delete what is wrong, write what should be; an end that is not there is made."""
    gone = [row[0] for row in compared.gone]
    if gone:
        text = loading.delete_statements(relationship_type_of(relation.id))
        transaction.run(text, {"ids": gone})
        transaction.run(loading.COUNT_RELATIONS, {"rows": [[relation.id, -len(gone)]]})
    parts = [one.parts for one in compared.made]
    ends = {end for one in parts for end in one.ends}
    made = entities.ensure(transaction, ends)
    described = entities.refresh(transaction, {one.id for one in made}, rules)
    revised = [statements.Revised(one.parts, None, one.tally) for one in compared.made]
    statements.write(transaction, statements.rows(revised), at=at)
    kept = {one.parts.id for one in compared.made}
    removed = [_removed(relation, row) for row in compared.gone if row[0] not in kept]
    before = set(gone)
    changed = [
        StatementChange(Op.UPDATE if one.parts.id in before else Op.ADD, one.parts, one.tally)
        for one in compared.made
    ]
    return [*made, *described, *changed, *removed]


def mismatched(rows: Sequence[Row], relation: Relation, vocabulary: Vocabulary) -> int:
    """How many statements have an end that is of none of the types that the relation expects.

    As loads count them (loaders.writing.oddities): an end of which no type is known is not odd, and
    a literal in the place of an entity is.
    """
    ours = {label_of_type(type) for type in vocabulary.types}
    subjects = _labels(relation.subject_types, vocabulary)
    objects = _labels(relation.object_types, vocabulary)

    def is_odd(labels: Sequence[str], allowed: frozenset[str] | None) -> bool:
        types = ours.intersection(labels)
        return allowed is not None and bool(types) and allowed.isdisjoint(types)

    return sum(
        is_odd(row[6], subjects)
        or (objects is not None and row[2] is None)
        or is_odd(row[7], objects)
        for row in rows
    )


def _labels(types: Sequence[str], vocabulary: Vocabulary) -> frozenset[str] | None:
    """The labels of these types and of all below them; null where any type will do."""
    if not types:
        return None
    below = vocabulary.with_subtypes(type for type in types if type in vocabulary.types)
    return frozenset(label_of_type(type) for type in below)


def _normal(row: Sequence[Any]) -> list[Any]:
    value = row[3]
    if value is not None:
        value = {name: part for name, part in value.items() if part is not None}
    return [*row[:3], value, *row[4:]]


def _removed(relation: Relation, row: Row) -> StatementChange:
    parts = Parts(row[0], row[1] or "", relation.id, row[2])
    return StatementChange(Op.REMOVE, parts, Tally())
