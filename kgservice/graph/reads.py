"""What is shown of entities and statements, read from Neo4j in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph_schema.identifiers import RESERVED_RELATIONSHIP_TYPES, relationship_type_of
from graph_schema.ids import relation_mark
from graph_schema.relations import HAS_PRODUCT, HAS_QUERY
from kgservice.algebra.pattern import Relations, StatementFilter
from kgservice.algebra.scoring import DEFAULT_SCORING
from kgservice.graph import records
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher import cards
from kgservice.graph.cypher.answers.writer import Surroundings, Writer
from kgservice.graph.cypher.commonsense import commonsense
from kgservice.graph.records import Names
from kgservice.ledger.qualifiers import Qualifier, qualifiers_of
from kgservice.ledger.tally import Level
from kgservice.model import (
    Assertion,
    Direction,
    Entity,
    Page,
    Statement,
    StatementOrder,
    Stats,
)
from kgservice.vocabulary import Vocabulary

#: A relationship that is a statement, or a part of one: its id, its subject and its object.
_Part = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class StatementsRequest:
    """Which statements of an entity are wanted, which part of them, and whether how many in all."""

    relations: Relations
    direction: Direction
    where: StatementFilter
    types: frozenset[str] | None
    order: StatementOrder
    first: int
    after: cards.Place | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class CommonsenseRequest:
    """Which commonsense is wanted of each head: of these relations, those that pass, the best.

    A head is an entity id, or the two ids that a behavior has.
    """

    heads: tuple[tuple[str, str | None], ...]
    relations: frozenset[str]
    where: StatementFilter
    first: int


@dataclass(frozen=True, slots=True)
class HeadCommonsense:
    """What is known of a head; `total` counts the asked relations, before any minimum."""

    head: str
    known: bool
    total: int
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement with its place in the order that it was asked for in."""

    statement: Statement
    place: cards.Place


@dataclass(frozen=True, slots=True)
class StatementPages:
    """Of each entity a page of its statements; and the cards of all entities at their other ends.

    `totals` tells how many statements each has on all pages; it is empty where nobody asked.
    """

    pages: dict[str, Page[Placed]]
    ends: dict[str, Entity]
    totals: dict[str, int]


@dataclass(frozen=True, slots=True)
class CypherReads:
    """Reads cards, statements and assertions; each method is one query, whatever the number."""

    graph: AsyncGraph
    vocabulary: Vocabulary
    surroundings: Surroundings
    names: Names

    async def entities(self, ids: Collection[str], limit: TimeLimit) -> dict[str, Entity]:
        """The entities by the ids asked for; one that was merged is its canonical entity."""
        text = cards.entities(self._writer())
        return self._cards(await self._value(text, {"ids": list(ids)}, limit))

    async def statements(self, ids: Collection[str], limit: TimeLimit) -> dict[str, Statement]:
        """The statements with these ids."""
        found: dict[str, Statement] = {}
        for relation, wanted in self._by_relation(ids).items():
            text = cards.statements_by_id(self._writer(), relation)
            for row in await self._value(text, {"ids": wanted}, limit):
                found[row[0]] = records.statement(row, self.names)
        return found

    async def statements_of(
        self, ids: Collection[str], request: StatementsRequest, limit: TimeLimit
    ) -> StatementPages:
        """A page of the statements of each entity."""
        writer = self._writer()
        text = cards.statements_of(writer, self._page(request))
        writer.parameters["ids"] = list(ids)
        rows, ends = await self._value(text, writer.parameters, limit)
        return StatementPages(
            {id: self._placed(found, request) for id, found, _ in rows},
            self._cards(ends),
            {id: total for id, _, total in rows if total is not None},
        )

    async def relation_counts(
        self, ids: Collection[str], direction: Direction, limit: TimeLimit
    ) -> dict[str, dict[str, int]]:
        """How many statements of each relation each entity has."""
        text = cards.relation_counts(self._writer(), direction)
        rows = await self._value(text, {"ids": list(ids)}, limit)
        counts: dict[str, dict[str, int]] = {}
        for id, type, count in rows:
            relation = self.names.relation(type)
            if relation is not None:
                counts.setdefault(id, {})[relation] = count
        return counts

    async def assertions(
        self, statements: Collection[Statement], first: int, limit: TimeLimit
    ) -> dict[str, list[Assertion]]:
        """The newest assertions behind each statement, those of its evidence among them."""
        found: dict[str, list[Assertion]] = {}
        for text, keys in _asserted(statements, await self._parts(statements, limit)):
            rows = await self._value(text, {"keys": keys, "first": first}, limit)
            for id, assertions in rows:
                known = found.setdefault(id, [])
                known.extend(records.assertion(one) for one in assertions)
        return {id: _newest(several, first) for id, several in found.items()}

    async def qualifiers(
        self, ids: Collection[str], limit: TimeLimit
    ) -> dict[str, list[list[Qualifier]]]:
        """What data sets add to each of their sayings of these statements, by data set."""
        parts = {id: id for id in ids}
        if self.surroundings.merged:
            same = await self._same(self._by_relation(ids), limit)
            parts |= {part: id for id, several in same.items() for part, *_ in several}
        rows = await self._value(cards.QUALIFIERS_OF, {"ids": list(parts)}, limit)
        found: dict[str, list[list[Qualifier]]] = {}
        for id, _, sets in sorted(rows):
            found.setdefault(parts[id], []).extend(qualifiers_of(one) for one in sets)
        return found

    async def evidence(
        self,
        statements: Iterable[Statement],
        first: int,
        after: tuple[int, str] | None,
        limit: TimeLimit,
    ) -> dict[str, Page[Statement]]:
        """The statements about single behaviors behind rolled-up ones, the best supported first."""
        several = list(statements)
        parts = await self._parts(several, limit)
        by_relation: dict[str, list[Any]] = {}
        for one in several:
            keys = by_relation.setdefault(one.relation, [])
            keys += [[one.id, *ends, *(after or (None, None))] for _, *ends in parts[one.id]]
        found: dict[str, dict[str, Statement]] = {one.id: {} for one in several}
        for relation, keys in by_relation.items():
            text = cards.evidence_of(relationship_type_of(relation))
            parameters = {"keys": keys, "first": first + 1}
            for key, rows in await self._value(text, parameters, limit):
                found[key] |= {row[0]: records.statement(row, self.names) for row in rows}
        return {key: _best_supported(ones.values(), first) for key, ones in found.items()}

    async def commonsense(
        self, request: CommonsenseRequest, limit: TimeLimit
    ) -> list[HeadCommonsense | None]:
        """What is known of each head, in order; null where the graph does not have it."""
        writer = self._writer()
        every = self.vocabulary.commonsense_relations
        text = commonsense(writer, request.relations & every, every, request.where)
        heads = [list(head) for head in request.heads]
        writer.parameters |= {"heads": heads, "first": request.first}
        found: list[HeadCommonsense | None] = [None] * len(heads)
        for place, head, known, total, rows in await self._value(text, writer.parameters, limit):
            statements = tuple(records.statement(row, self.names) for row in rows)
            found[place] = HeadCommonsense(head, known, total, statements)
        return found

    async def count_evidence(self, statement: Statement, limit: TimeLimit) -> int:
        """How many statements about single behaviors stand behind a rolled-up one."""
        text = cards.count_evidence(relationship_type_of(statement.relation))
        parts = (await self._parts([statement], limit))[statement.id]
        keys = [[statement.id, *ends] for _, *ends in parts]
        count: int = await self._value(text, {"keys": keys}, limit)
        return count

    async def count_entities(
        self, types: Mapping[str, frozenset[str]], limit: TimeLimit
    ) -> dict[str, int]:
        """How many entities have any of the types of each set."""
        counts: dict[str, int] = {}
        for id, several in types.items():
            writer = self._writer()
            text = cards.count_entities(writer, several)
            counts[id] = await self._value(text, writer.parameters, limit)
        return counts

    async def count_statements(
        self, relations: Collection[str], limit: TimeLimit
    ) -> dict[str, int]:
        """How many statements each relation has, without those of its sub-relations."""
        return dict(await self._value(cards.COUNTS, {"ids": list(relations)}, limit))

    async def stats(self, limit: TimeLimit) -> Stats:
        """How much there is."""
        entities, statements, version, revisions = await self._value(cards.STATS, {}, limit)
        return Stats(entities, statements, ",".join(sorted(revisions)), str(version))

    async def _parts(
        self, statements: Collection[Statement], limit: TimeLimit
    ) -> dict[str, list[_Part]]:
        """Of each statement the relationships that are one in it: between merged ones several."""
        found: dict[str, list[_Part]] = {
            one.id: [(one.id, one.subject, one.object)] for one in statements
        }
        if self.surroundings.merged:
            found |= await self._same(self._by_relation(found), limit)
        return found

    async def _same(
        self, by_relation: Mapping[str, list[str]], limit: TimeLimit
    ) -> dict[str, list[_Part]]:
        found: dict[str, list[_Part]] = {}
        for relation, ids in by_relation.items():
            text = cards.parts_of(self._writer(), relation)
            for id, parts in await self._value(text, {"ids": ids}, limit):
                found[id] = [(part, subject, object) for part, subject, object in parts]
        return found

    def _writer(self) -> Writer:
        return Writer(DEFAULT_SCORING, False, self.surroundings)

    def _page(self, request: StatementsRequest) -> cards.StatementPage:
        return cards.StatementPage(
            request.relations,
            request.direction,
            request.where,
            request.types,
            request.order,
            request.first,
            request.after,
            self.names.differing,
            request.total,
        )

    def _cards(self, rows: Iterable[Sequence[Any]]) -> dict[str, Entity]:
        return {asked: records.entity(row, self.names) for asked, *row in rows}

    def _placed(self, rows: Sequence[Any], request: StatementsRequest) -> Page[Placed]:
        placed = []
        for columns, relation, other in rows[: request.first]:
            statement = records.statement(columns, self.names)
            score = score_of(statement, request.order)
            placed.append(Placed(statement, (score, relation, other, statement.id)))
        return Page(placed, has_next=len(rows) > request.first)

    async def _value(
        self, text: LiteralString, parameters: dict[str, Any], limit: TimeLimit
    ) -> Any:
        # As one map, into which Neo4j does not look when it plans: see Writer.sent.
        return await self.graph.value(text, {"a": parameters}, limit)

    def _by_relation(self, ids: Collection[str]) -> Mapping[str, list[str]]:
        """Statement ids by the relations that they may be of: their mark tells."""
        marked: dict[str, list[str]] = {}
        for relation in self.vocabulary.relations:
            marked.setdefault(relation_mark(relation), []).append(relation)
        found: dict[str, list[str]] = {}
        for id in ids:
            for relation in marked.get(id[: len(relation_mark(""))], ()):
                found.setdefault(relation, []).append(id)
        return found


def _asserted(
    statements: Iterable[Statement], parts: Mapping[str, Sequence[_Part]]
) -> Iterator[tuple[LiteralString, list[Any]]]:
    """The texts that find who asserts each of these statements, with the rows that they take."""
    direct = []
    rolled_up: dict[str, list[Any]] = {}
    for one in statements:
        for part, *ends in parts[one.id]:
            behavior = ends[0] if one.relation in (HAS_QUERY, HAS_PRODUCT) else None
            direct.append([one.id, part, behavior])
            if one.level == Level.ROLLED_UP:
                rolled_up.setdefault(one.relation, []).append([one.id, *ends])
    yield cards.ASSERTIONS_OF, direct
    for relation, keys in rolled_up.items():
        yield cards.assertions_of_rolled_up(relationship_type_of(relation)), keys


def _best_supported(statements: Iterable[Statement], first: int) -> Page[Statement]:
    ranked = sorted(statements, key=lambda one: (-one.support, one.id))
    return Page(ranked[:first], has_next=len(ranked) > first)


def _newest(assertions: Iterable[Assertion], first: int) -> list[Assertion]:
    # A behavior may have two products that were merged, and then asserts a statement twice.
    each = {(one.id, one.dataset): one for one in assertions}
    by_id = [one for _, one in sorted(each.items())]
    return sorted(by_id, key=lambda one: one.generated_at or "", reverse=True)[:first]


async def surroundings(graph: AsyncGraph, vocabulary: Vocabulary, limit: TimeLimit) -> Surroundings:
    """What the texts of this graph depend on."""
    types, merged = await graph.value(cards.SURROUNDINGS, {}, limit)
    ours = Names(vocabulary).relationship_types | RESERVED_RELATIONSHIP_TYPES
    return Surroundings(foreign=not ours.issuperset(types), merged=merged)


def score_of(statement: Statement, order: StatementOrder) -> float | None:
    """What a statement is ordered by first, descending; null comes last."""
    match order:
        case StatementOrder.RELATION:
            return None
        case StatementOrder.TYPICALITY:
            return statement.typicality
        case StatementOrder.PLAUSIBILITY:
            return statement.plausibility
        case StatementOrder.SUPPORT:
            return float(statement.support)
