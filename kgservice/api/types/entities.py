"""Entities and statements: each leads to the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace

import strawberry
from strawberry import UNSET

from graph_schema.entity_types import EntityType as EntityTypeKind
from graph_schema.relations import Relation as RelationKind
from kgservice import model
from kgservice.api.assertions import assertions_behind
from kgservice.api.cards import Cards
from kgservice.api.context import Context, KGInfo
from kgservice.api.cursors import cursor, order_of, read_cursor
from kgservice.api.inputs import StatementFilterInput
from kgservice.api.questions import checked_first, given, relations_of, statement_filter, types_of
from kgservice.api.selection import selected
from kgservice.api.types.kinds import (
    EntityType,
    Relation,
    RelationCount,
    entity_types,
    relation,
    relations,
)
from kgservice.api.types.values import Assertion, Literal, Long, Node, PageInfo, Source, page_info
from kgservice.graph.reads import Placed, StatementsRequest
from kgservice.ledger.qualifiers import Qualifier as Said
from kgservice.ledger.tally import Level
from kgservice.literals import Literal as LiteralValue
from kgservice.model import Direction, Page, StatementOrder
from kgservice.verbalising import phrase, sentence, value_text

#: Assertions looked at for the newest of each data set; a statement rarely has more than ten.
_ALL_SOURCES = 1_000

_NO_STATEMENTS: Page[Placed] = Page((), has_next=False)

#: A statement among those of an entity: its score, its relation, its other end, its id.
_STATEMENT_PLACE = (float | None, str, str, str)


@strawberry.type
class Entity(Node):
    """Anything with an id: a product, a query, an intent, a person, a city, a behavior."""

    id: strawberry.ID
    label: str
    card: strawberry.Private[model.Entity]
    kinds: strawberry.Private[Mapping[str, EntityTypeKind]]

    # What follows is made where it is selected: 2 us for each of twenty answers, of which most
    # clients select ids and labels.

    @strawberry.field
    def description(self) -> str | None:
        """What it is, in a few words."""
        return self.card.description

    @strawberry.field
    def aliases(self) -> list[str]:
        """What else it is called."""
        return list(self.card.aliases)

    @strawberry.field
    def types(self) -> list[EntityType]:
        """Its direct types."""
        return entity_types(self.card.types, self.kinds)

    @strawberry.field(description="How many statements have it as subject or object.")
    def degree(self) -> Long:
        """How well it is connected."""
        return Long(self.card.degree)

    @strawberry.field(description="Ids that were found to mean the same.")
    def merged_ids(self) -> list[strawberry.ID]:
        """The ids of those that were merged into it."""
        return [strawberry.ID(id) for id in self.card.merged_ids]

    @strawberry.field(description="Which relations it has, by id.")
    async def relation_counts(
        self, info: KGInfo, direction: Direction = Direction.OUT
    ) -> list[RelationCount]:
        """Its statements, counted by relation."""
        context = info.context

        async def load(ids: list[str]) -> Sequence[Mapping[str, int]]:
            counts = await context.state.reads.relation_counts(ids, direction, context.limit)
            return [counts.get(id, {}) for id in ids]

        counts = await context.batch(("relation_counts", direction), load).load(self.id)
        return [
            RelationCount(relation=shown, count=Long(counts[shown.id]))
            for shown in relations(sorted(counts), context)
        ]

    @strawberry.field
    async def statements(
        self,
        info: KGInfo,
        relations: list[str] | None = UNSET,
        direction: Direction = Direction.OUT,
        where: StatementFilterInput | None = UNSET,
        types: list[str] | None = UNSET,
        order_by: StatementOrder = StatementOrder.RELATION,
        first: int = 20,
        after: str | None = UNSET,
    ) -> StatementConnection:
        """Its statements, a page at a time."""
        context = info.context
        vocabulary = context.state.vocabulary
        request = StatementsRequest(
            relations_of(relations, vocabulary),
            direction,
            statement_filter(given(where)),
            types_of(types, vocabulary),
            order_by,
            checked_first(first, context.limits),
            total="totalCount" in selected(info),
        )
        asked = [given(one) for one in (relations, where, types)]
        order = order_of("statements", self.id, direction, order_by, *asked)
        seen = given(after)
        if seen is not None:
            score, relation, other, id = read_cursor(seen, order, _STATEMENT_PLACE)
            request = replace(request, after=(score, relation, other, id))
        return await _statement_page(self.id, request, order, info.context)


def _id_of(self: Statement) -> strawberry.ID:
    """Made where it is selected: 1.5 us, and most clients select none. Code reads `origin.id`."""
    return strawberry.ID(self.origin.id)


@strawberry.type(description="A triple as its sources assert it.")
class Statement(Node):
    """A subject, a relation, and an object that is an entity or a literal."""

    id: strawberry.ID = strawberry.field(resolver=_id_of)
    subject: Entity
    relation: Relation
    object: Entity | None = strawberry.field(description="The object where it is an entity.")
    value: Literal | None = strawberry.field(description="The object where it is a literal.")
    plausibility: float | None
    typicality: float | None
    support: Long = strawberry.field(
        description="How many observations stand behind it: of a behavior's statement the "
        "behavior's count."
    )
    kind: strawberry.Private[RelationKind]
    origin: strawberry.Private[model.Statement]

    @strawberry.field(description="The triple as an English sentence, subject included.")
    def text(self) -> str:
        """The sentence."""
        return sentence(self.kind, self.subject.label, self._last())

    @strawberry.field(
        description='The same without the subject ("is used for dry face"): what a ranker '
        "appends to a title."
    )
    def phrase(self) -> str:
        """The sentence from its verb on."""
        return phrase(self.kind, self._last())

    def _last(self) -> str:
        """What its sentence ends with."""
        if self.object is not None:
            return self.object.label
        return "" if self.origin.literal is None else value_text(self.origin.literal)

    @strawberry.field(description="The data sets that assert it.")
    async def sources(self, info: KGInfo) -> list[Source]:
        """Each data set, with the run and time of its newest assertion."""
        newest: dict[str, model.Assertion] = {}
        for one in await assertions_behind(self.origin, _ALL_SOURCES, info.context):
            newest.setdefault(one.dataset, one)
        return [Source.of(dataset, newest.get(dataset)) for dataset in self.origin.sources]

    @strawberry.field(description="Each assertion behind it, newest first.")
    async def assertions(self, info: KGInfo, first: int = 10) -> list[Assertion]:
        """Who says so."""
        wanted = checked_first(first, info.context.limits)
        return [
            Assertion.from_model(one)
            for one in await assertions_behind(self.origin, wanted, info.context)
        ]

    @strawberry.field(
        description="One set for each statement of the source that says this triple (married "
        "twice: two sets); none where nothing is added to any of them."
    )
    async def qualifiers(self, info: KGInfo) -> list[QualifierSet]:
        """What the sources add to it."""
        return await _qualifiers(self.origin, info.context)

    @strawberry.field(
        description="For a statement rolled up to a query or product: the statements about single "
        "behaviors behind it, those with the most support first."
    )
    async def evidence(
        self, info: KGInfo, first: int = 10, after: str | None = UNSET
    ) -> StatementConnection:
        """What it was rolled up from."""
        wanted = checked_first(first, info.context.limits)
        order = order_of("evidence", self.origin.id)
        seen = given(after)
        place = None if seen is None else tuple(read_cursor(seen, order, (int, str)))
        return await _evidence_page(self.origin, wanted, place, order, info.context)


@strawberry.type
class Qualifier:
    """What a source adds to its saying of a statement, such as from when on it holds."""

    relation: Relation
    object: Entity | None = strawberry.field(
        description="Where it is an entity of the graph; of one that the graph does not have the "
        "id stands in `value`."
    )
    value: Literal | None


@strawberry.type(description="Statements about a statement, as Wikidata has them.")
class QualifierSet:
    """What belongs to one saying."""

    qualifiers: list[Qualifier]


@strawberry.type
class StatementEdge:
    """A statement in a list."""

    cursor: str
    node: Statement


@strawberry.type
class StatementConnection:
    """A page of statements."""

    edges: list[StatementEdge]
    nodes: list[Statement]
    page_info: PageInfo
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="Exact; counted only when selected.")
    async def total_count(self) -> Long:
        """How many there are on all pages."""
        return Long(await self.count())


async def entities(ids: Collection[str], context: Context) -> dict[str, Entity]:
    """The entities by the ids asked for; merged ones are their canonical entities."""
    return await _cards(context).of(ids)


def keep_cards(cards: Mapping[str, model.Entity], context: Context) -> None:
    """Have cards at hand that came with something else."""
    _cards(context).keep(cards)


def _cards(context: Context) -> Cards[Entity]:
    return Cards(context, lambda card: show(card, context))


def show(card: model.Entity, context: Context) -> Entity:
    """An entity as clients see it."""
    return Entity(
        id=strawberry.ID(card.id),
        label=card.label,
        card=card,
        kinds=context.state.vocabulary.types,
    )


async def show_statements(
    statements: Sequence[model.Statement], context: Context
) -> list[Statement]:
    """Statements as clients see them, with the entities at their ends; one query for all."""
    ends = {end for one in statements for end in (one.subject, one.object) if end is not None}
    cards = await entities(ends, context)
    known = context.state.vocabulary.relations
    used = {one.relation for one in statements}
    kinds = {id: (known[id], relation(known[id])) for id in used}
    return [_show_statement(one, *kinds[one.relation], cards) for one in statements]


def _show_statement(
    one: model.Statement, kind: RelationKind, shown: Relation, cards: Mapping[str, Entity]
) -> Statement:
    return Statement(
        subject=cards[one.subject],
        relation=shown,
        object=None if one.object is None else cards[one.object],
        value=None if one.literal is None else Literal.from_model(one.literal),
        plausibility=one.plausibility,
        typicality=one.typicality,
        support=Long(one.support),
        kind=kind,
        origin=one,
    )


async def _statement_page(
    id: str, request: StatementsRequest, order: str, context: Context
) -> StatementConnection:
    async def load(ids: list[str]) -> Sequence[tuple[Page[Placed], list[Statement], int]]:
        found = await context.state.reads.statements_of(ids, request, context.limit)
        keep_cards(found.ends, context)
        pages = [found.pages.get(id, _NO_STATEMENTS) for id in ids]
        every = [one.statement for page in pages for one in page.items]
        shown = iter(await show_statements(every, context))
        return [
            (page, [next(shown) for _ in page.items], found.totals.get(id, 0))
            for id, page in zip(ids, pages, strict=True)
        ]

    page, shown, total = await context.batch(("statements", request), load).load(id)

    async def count() -> int:
        return int(total)

    edges = [
        StatementEdge(cursor=cursor(order, placed.place), node=one)
        for placed, one in zip(page.items, shown, strict=True)
    ]
    return _connection(edges, page.has_next, request.after is not None, count)


async def _evidence_page(
    origin: model.Statement,
    first: int,
    after: tuple[int, str] | None,
    order: str,
    context: Context,
) -> StatementConnection:
    reads, limit = context.state.reads, context.limit

    async def load(several: list[model.Statement]) -> Sequence[Page[Statement]]:
        pages = await reads.evidence(several, first, after, limit)
        found = [one for each in several for one in pages[each.id].items]
        shown = iter(await show_statements(found, context))
        return [
            Page([next(shown) for _ in pages[each.id].items], pages[each.id].has_next)
            for each in several
        ]

    async def count() -> int:
        return await reads.count_evidence(origin, limit)

    if origin.level != Level.ROLLED_UP:
        return _connection([], False, after is not None, count)
    page = await context.batch(("evidence", first, after), load).load(origin)
    edges = [
        StatementEdge(cursor=cursor(order, [one.support, one.origin.id]), node=one)
        for one in page.items
    ]
    return _connection(edges, page.has_next, after is not None, count)


def _connection(
    edges: list[StatementEdge],
    has_next: bool,
    has_previous: bool,
    count: Callable[[], Awaitable[int]],
) -> StatementConnection:
    return StatementConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info([edge.cursor for edge in edges], has_next, has_previous),
        count=count,
    )


async def _qualifiers(origin: model.Statement, context: Context) -> list[QualifierSet]:
    async def load(ids: list[str]) -> Sequence[list[list[Said]]]:
        found = await context.state.reads.qualifiers(ids, context.limit)
        return [found.get(id, []) for id in ids]

    sets = await context.batch("qualifiers", load).load(origin.id)
    ids = [one.object for each in sets for one in each if one.object is not None]
    cards = await entities(ids, context)
    shown = [[_qualifier(one, cards, context) for one in each] for each in sets]
    return [QualifierSet(qualifiers=each) for each in shown]


def _qualifier(one: Said, cards: Mapping[str, Entity], context: Context) -> Qualifier:
    [kind] = relations([one.relation], context)
    if one.literal is not None:
        return Qualifier(relation=kind, object=None, value=Literal.from_model(one.literal))
    id = one.object or ""
    if id in cards:
        return Qualifier(relation=kind, object=cards[id], value=None)
    return Qualifier(relation=kind, object=None, value=Literal.from_model(LiteralValue(id)))
