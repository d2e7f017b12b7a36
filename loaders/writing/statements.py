"""Statements: what a batch changes in their tallies becomes relationships."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_schema.identifiers import Identifier, relationship_type_of
from graph_schema.relations import STRUCTURAL_RELATIONS, Relation
from kgservice.errors import GraphConflictError
from kgservice.graph.cypher import loading
from kgservice.graph.store import StoreTransaction
from kgservice.ledger.scores import as_float
from kgservice.ledger.statements import Parts
from kgservice.ledger.tally import Tally, tally_of
from kgservice.literals import Literal
from loaders.writing.changes import Op, StatementChange

_MICROSECONDS = 1_000_000
#: Domains, marketplaces and sums of a plain statement.
_NO_MORE = (None, None, None)
_STRUCTURAL = frozenset(relation.id for relation in STRUCTURAL_RELATIONS)


@dataclass(frozen=True, slots=True)
class Revised:
    """A statement as it was and as it becomes; null where it is not."""

    parts: Parts
    before: Tally | None
    after: Tally | None

    @property
    def change(self) -> StatementChange:
        """The line of the change log."""
        if self.after is None:
            return StatementChange(Op.REMOVE, self.parts, self.before or Tally())
        return StatementChange(Op.UPDATE if self.before else Op.ADD, self.parts, self.after)


def revise(
    transaction: StoreTransaction,
    differences: Mapping[Parts, Tally],
    known: Mapping[str, Relation],
    asserted: Callable[[str], Tally | None] = lambda _: None,
) -> list[Revised]:
    """What these differences make of the statements; reads, but writes nothing yet.

    A statement of a relation that pipelines cannot assert is what data sets assert outright, and
    `asserted` tells that. The relationships are read for the others alone: each relation needs a
    text of its own, and a text that Neo4j has not seen costs it 10 to 100 ms.
    """
    revised: list[Revised] = []
    for relation, parts in sorted(_by_relation(differences).items()):
        before = asserted
        if pipelines_assert(known[relation]):
            type = relationship_type_of(relation)
            before = _read(transaction, type, [one.id for one in parts]).get
        for one in parts:
            if differences[one].is_nothing:
                continue
            held, after = before(one.id), differences[one]
            if held is not None:
                after = Tally()
                after.merge(differences[one])
                after.merge(held)
            revised.append(Revised(one, held, after if after.observations else None))
    return revised


def write(transaction: StoreTransaction, revised: Sequence[Revised], *, at: datetime) -> None:
    """Make, change and delete the relationships; the ends must be there."""
    _delete(transaction, [one.parts for one in revised if one.after is None])
    _update(transaction, [one for one in revised if one.before and one.after], at)
    _create(transaction, [one for one in revised if one.before is None and one.after], at)
    counts: dict[str, int] = {}
    for one in revised:
        more = (one.after is not None) - (one.before is not None)
        counts[one.parts.relation] = counts.get(one.parts.relation, 0) + more
    rows = [[relation, more] for relation, more in sorted(counts.items()) if more]
    if rows:
        transaction.run(loading.COUNT_RELATIONS, {"rows": rows})


def pipelines_assert(relation: Relation) -> bool:
    """Whether behaviors can make statements of a relation, beside data sets outright."""
    return relation.commonsense or relation.id in _STRUCTURAL


def _by_relation(statements: Mapping[Parts, Any] | Sequence[Parts]) -> dict[str, list[Parts]]:
    found: dict[str, list[Parts]] = {}
    for parts in statements:
        found.setdefault(parts.relation, []).append(parts)
    return found


def _read(transaction: StoreTransaction, type: Identifier, ids: list[str]) -> dict[str, Tally]:
    rows = transaction.value(loading.read_statements(type), {"ids": ids})
    return {row[0]: _tally(row) for row in rows}


def _tally(row: Sequence[Any]) -> Tally:
    _, support, plausibility, typicality, sources, domains, marketplaces, sums = row
    return tally_of((support, plausibility, typicality), sources, domains, marketplaces, sums)


def stored_scores(tally: Tally) -> list[Any]:
    """support, plausibility, typicality, level, sources, domains, marketplaces, sums."""
    scores = [
        tally.support,
        as_float(tally.plausibility),
        as_float(tally.typicality),
        tally.level.value,
    ]
    if tally.is_plain:
        # Nearly all of what data sets assert outright: its sums need not be made.
        return [*scores, sorted(name for name, uses in tally.sources.items() if uses), *_NO_MORE]
    stored = tally.stored()
    names = (list(stored.domains) or None, list(stored.marketplaces) or None)
    return [*scores, list(stored.sources), *names, list(stored.sums)]


def _delete(transaction: StoreTransaction, gone: Sequence[Parts]) -> None:
    for relation, parts in sorted(_by_relation(gone).items()):
        text = loading.delete_statements(relationship_type_of(relation))
        transaction.run(text, {"ids": [one.id for one in parts]})


def _update(transaction: StoreTransaction, revised: Sequence[Revised], at: datetime) -> None:
    by_relation: dict[str, list[list[Any]]] = {}
    for one in revised:
        if one.after is not None:
            rows = by_relation.setdefault(one.parts.relation, [])
            rows.append([one.parts.id, *stored_scores(one.after)])
    for relation, rows in sorted(by_relation.items()):
        text = loading.update_statements(relationship_type_of(relation))
        transaction.run(text, {"rows": rows, "at": at})


def _create(transaction: StoreTransaction, revised: Sequence[Revised], at: datetime) -> None:
    ordered = sorted(revised, key=lambda one: (one.parts.relation, one.parts.subject))
    for text, rows in (
        (loading.CREATE_STATEMENTS, list(_entity_rows(ordered))),
        (loading.CREATE_LITERAL_STATEMENTS, list(_literal_rows(ordered))),
    ):
        if not rows:
            continue
        made = transaction.value(text, {"rows": rows, "at": at})
        if made != len(rows):
            raise GraphConflictError(
                f"{len(rows) - made} statements lost an end while they were written: "
                "does another program delete entities?"
            )


def _entity_rows(revised: Sequence[Revised]) -> Iterator[list[Any]]:
    for one in revised:
        parts = one.parts
        if one.after is not None and parts.literal is None:
            type = relationship_type_of(parts.relation)
            yield [parts.subject, parts.object, type, parts.id, *stored_scores(one.after)]


def _literal_rows(revised: Sequence[Revised]) -> Iterator[list[Any]]:
    for one in revised:
        parts = one.parts
        if one.after is not None and parts.literal is not None:
            type = relationship_type_of(parts.relation)
            properties, moment = literal_properties(parts.literal), literal_moment(parts.literal)
            yield [parts.subject, properties, type, parts.id, *stored_scores(one.after), *moment]


def literal_moment(literal: Literal) -> tuple[int | None, int | None]:
    """Seconds and nanoseconds of the first moment of a time."""
    if literal.moment is None:
        return None, None
    seconds, micros = divmod(literal.moment, _MICROSECONDS)
    return seconds, micros * 1_000


def literal_properties(literal: Literal) -> dict[str, Any]:
    """The properties of a literal's node, without its moment."""
    return {
        "text": literal.text,
        "datatype": literal.datatype,
        "language": literal.language,
        "unit": literal.unit,
        "number": literal.number,
        "time": None if literal.moment is None else literal.text,
    }
