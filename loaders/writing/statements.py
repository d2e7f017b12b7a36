"""Statements: what a batch changes in their tallies becomes relationships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

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
    differences: Mapping[Parts, Tally], held: Callable[[str], Tally | None]
) -> list[Revised]:
    """What these differences make of statements that are `held` so far, by their ids."""
    revised: list[Revised] = []
    for parts, difference in differences.items():
        if difference.is_nothing:
            continue
        before, after = held(parts.id), difference
        if before is not None:
            after = Tally()
            after.merge(difference)
            after.merge(before)
        revised.append(Revised(parts, before, after if after.observations else None))
    return revised


def revise_as_read(
    transaction: StoreTransaction, differences: Mapping[Parts, Tally]
) -> list[Revised]:
    """The same, of statements that are held as their relationships say.

    Each relation is read by a text of its own, and one that Neo4j has not seen costs it 10 to
    100 ms: so what data sets assert outright, of relations that pipelines cannot assert, is not.
    """
    held: dict[str, Tally] = {}
    for relation, parts in sorted(_by_relation(differences).items()):
        held.update(_read(transaction, relationship_type_of(relation), [one.id for one in parts]))
    return revise(differences, held.get)


@dataclass(frozen=True, slots=True)
class Rows:
    """What becomes of relationships, as the rows of the texts that write them; see `loading`."""

    made: Sequence[list[Any]]
    made_with_literal: Sequence[list[Any]]
    changed: Mapping[str, Sequence[list[Any]]]
    gone: Mapping[str, Sequence[str]]
    #: How many more statements each relation has.
    more: Mapping[str, int]


def rows(revised: Iterable[Revised]) -> Rows:
    """The rows, each text's in the order in which locks are taken best."""
    made: list[list[Any]] = []
    with_literal: list[list[Any]] = []
    changed: dict[str, list[list[Any]]] = {}
    gone: dict[str, list[str]] = {}
    more: Counter[str] = Counter()
    for one in sorted(revised, key=_relation_and_subject):
        parts, after = one.parts, one.after
        if after is None:
            gone.setdefault(parts.relation, []).append(parts.id)
            more[parts.relation] -= one.before is not None
        elif one.before is not None:
            row = [parts.id, *stored_scores(after)]
            changed.setdefault(parts.relation, []).append(row)
        else:
            more[parts.relation] += 1
            if parts.literal is None:
                made.append(_entity_row(parts, after))
            else:
                with_literal.append(_literal_row(parts, parts.literal, after))
    return Rows(made, with_literal, changed, gone, more)


def write(transaction: StoreTransaction, rows: Rows, *, at: datetime) -> None:
    """Make, change and delete the relationships; the ends must be there."""
    for relation, ids in rows.gone.items():
        transaction.run(loading.delete_statements(relationship_type_of(relation)), {"ids": ids})
    for relation, several in rows.changed.items():
        text = loading.update_statements(relationship_type_of(relation))
        transaction.run(text, {"rows": several, "at": at})
    _create(transaction, loading.CREATE_STATEMENTS, rows.made, at)
    _create(transaction, loading.CREATE_LITERAL_STATEMENTS, rows.made_with_literal, at)
    counts = [[relation, more] for relation, more in sorted(rows.more.items()) if more]
    if counts:
        transaction.run(loading.COUNT_RELATIONS, {"rows": counts})


def pipelines_assert(relation: Relation) -> bool:
    """Whether behaviors can make statements of a relation, beside data sets outright."""
    return relation.commonsense or relation.id in _STRUCTURAL


def _by_relation(statements: Iterable[Parts]) -> dict[str, list[Parts]]:
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


def _create(
    transaction: StoreTransaction, text: LiteralString, rows: Sequence[list[Any]], at: datetime
) -> None:
    if not rows:
        return
    made = transaction.value(text, {"rows": rows, "at": at})
    if made != len(rows):
        raise GraphConflictError(
            f"{len(rows) - made} statements lost an end while they were written: "
            "does another program delete entities?"
        )


def _relation_and_subject(one: Revised) -> tuple[str, str]:
    return one.parts.relation, one.parts.subject


def _entity_row(parts: Parts, tally: Tally) -> list[Any]:
    type = relationship_type_of(parts.relation)
    return [parts.subject, parts.object, type, parts.id, *stored_scores(tally)]


def _literal_row(parts: Parts, literal: Literal, tally: Tally) -> list[Any]:
    type = relationship_type_of(parts.relation)
    properties, moment = literal_properties(literal), literal_moment(literal)
    return [parts.subject, properties, type, parts.id, *stored_scores(tally), *moment]


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
