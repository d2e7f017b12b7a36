"""The answers of an expression: a page of them, their number, and what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import strawberry
from strawberry import UNSET

from kgservice import model
from kgservice.algebra.question import Answers, Grouping, PageRequest, Position, Question
from kgservice.api.context import Context, KGInfo
from kgservice.api.cursors import cursor, order_of, read_cursor
from kgservice.api.inputs import ScoringInput, SetExpression, UnknownIds
from kgservice.api.questions import Reader, checked_first, given
from kgservice.api.resolving import resolved_question
from kgservice.api.selection import selected
from kgservice.api.types.entities import Entity, entities, keep_cards
from kgservice.api.types.kinds import EntityType, entity_types
from kgservice.api.types.paths import Path, show_walks
from kgservice.api.types.resolutions import Resolution, show_resolutions
from kgservice.api.types.values import Long, PageInfo, page_info
from kgservice.errors import CursorExpiredError, UnknownEntityError

#: A place among answers: score and id; and who found it, of which data version.
_PLACE = (float, str)
_PLACE_FOUND = (float, str, str, str)

#: The fields of a connection that need the cards of its entities, and those that need its rows.
_CARDS = frozenset({"edges", "nodes"})
_ROWS = _CARDS | {"pageInfo"}


@strawberry.type
class AnswerEdge:
    """An answer with its score."""

    cursor: str
    node: Entity
    score: float
    question: strawberry.Private[Question]

    @strawberry.field(
        description="Why: for each leg of the expression that reached this answer, its best walk "
        "from an anchor."
    )
    async def support(self, info: KGInfo) -> list[Path]:
        """The walks that explain it."""
        context = info.context

        async def load(ids: list[str]) -> Sequence[list[Path]]:
            found = await context.state.evaluator.support(self.question, ids, context.limit)
            return await show_walks([found.get(id, []) for id in ids], context)

        paths: list[Path] = await context.batch(("support", self.question), load).load(self.node.id)
        return paths


@strawberry.type
class AnswerGroup:
    """An entity that answers reach, and how many do."""

    entity: Entity
    count: Long


@strawberry.type
class TypeCount:
    """A type of answers, and how many are of it."""

    type: EntityType
    count: Long


@strawberry.type
class Explanation:
    """How a question is answered; for whoever looks after the service (scope admin)."""

    evaluator: str = strawberry.field(description="neo4j or matrix.")
    expression: str = strawberry.field(description="The query as it is evaluated: rewritten.")
    cypher: str | None = strawberry.field(
        description="What Neo4j is asked or, where the index answers, would be; null where Neo4j "
        "is away."
    )
    parameters: str = strawberry.field(description="The parameters of `cypher`, as JSON.")
    plan: list[str] = strawberry.field(
        description="How Neo4j goes about it: an operator a line, those that feed it below."
    )


@strawberry.type
class AnswerConnection:
    """A page of answers, by score descending, then by id."""

    edges: list[AnswerEdge]
    nodes: list[Entity]
    page_info: PageInfo
    total_count: Long | None = strawberry.field(description="Exact; counted only when selected.")
    data_version: str = strawberry.field(description="The data version that the answers come from.")
    question: strawberry.Private[Question]
    request: strawberry.Private[PageRequest]
    resolved: strawberry.Private[Sequence[model.Resolution]]

    @strawberry.field(description="How the answers are found. For keys with the scope admin.")
    async def explain(self, info: KGInfo) -> Explanation | None:
        """The expression, the text and the plan."""
        context = info.context
        context.allow("admin")
        evaluator = context.state.evaluator
        found = await evaluator.explained(self.question, self.request, context.limit)
        return Explanation(
            evaluator=found.evaluator,
            expression=found.expression,
            cypher=found.text,
            parameters=orjson.dumps(dict(found.parameters)).decode(),
            plan=list(found.plan),
        )

    @strawberry.field(
        description="How each mention of the query was resolved, in the order in which they "
        "stand in it."
    )
    async def resolutions(self, info: KGInfo) -> list[Resolution]:
        """What the mentions were taken for."""
        return await show_resolutions(self.resolved, info.context)

    @strawberry.field(
        description="The answers counted by what they reach along a property path, most frequent "
        "first."
    )
    async def groups(self, info: KGInfo, path: str, first: int = 10) -> list[AnswerGroup] | None:
        """All answers, not those of the page, each once for each entity that it reaches."""
        context = info.context
        reader = Reader(context.state.vocabulary, context.limits, iter(()))
        pattern = reader.path(path, ("path",))
        grouping = Grouping(pattern, checked_first(first, context.limits))
        found = await context.state.evaluator.groups(self.question, grouping, context.limit)
        cards = await entities([one.id for one in found], context)
        return [AnswerGroup(entity=cards[one.id], count=Long(one.count)) for one in found]

    @strawberry.field(description="The answers counted by their direct types, most frequent first.")
    async def types(self, info: KGInfo, first: int = 10) -> list[TypeCount]:
        """All answers, not those of the page."""
        context = info.context
        wanted = checked_first(first, context.limits)
        counts: Counter[str] = Counter()
        labelled = await context.state.evaluator.labels(self.question, context.limit)
        for labels, count in labelled.items():
            for type in context.state.names.types(labels):
                counts[type] += count
        ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:wanted]
        shown = entity_types([id for id, _ in ranked], context.state.vocabulary.types)
        return [
            TypeCount(type=type, count=Long(count))
            for type, (_, count) in zip(shown, ranked, strict=True)
        ]


async def answers(
    info: KGInfo,
    query: SetExpression,
    scoring: ScoringInput | None = UNSET,
    first: int = 20,
    after: str | None = UNSET,
    unknown_ids: UnknownIds = UnknownIds.ERROR,
) -> AnswerConnection | None:
    """The scored set that an expression denotes: from an input to its page, in one line."""
    context = info.context
    wanted = checked_first(first, context.limits)
    read, resolved = await resolved_question(query, given(scoring), context)
    question = Question(read.expression, read.scoring, read.ids)
    fields = selected(info)
    placed = _placed(info, fields)
    # Of what was asked, not of what it means just now: a cursor outlives a load.
    named = bool(placed) or given(after) is not None
    order = order_of("answers", query, given(scoring)) if named else ""
    place = _place(given(after), question, order)
    behind = None if place is None else Position(*place[:2])
    # The index has cards at hand; of Neo4j they come with the page.
    cards_too = not context.state.indexed and bool(fields & _CARDS)
    request = _page_request(fields, wanted, behind, cards=cards_too)
    found = await context.state.evaluator.answers(question, request, context.limit)
    finder = _finder(found, question, context)
    if place is not None and place[2:] != finder:
        raise CursorExpiredError(
            "the scores of this question are sums, which only who gave out the cursor has to the "
            "last bit, and that was another data version: ask from the first page"
        )
    keep_cards(found.cards, context)
    _note_unknown(found.unknown, unknown_ids, context)
    has_next = found.has_next or len(found.positions) > wanted
    page = found.positions[:wanted]
    cards = await entities([one.id for one in page], context) if page else {}
    shown = [one for one in page if one.id in cards]
    cursors = [cursor(order, [one.score, one.id, *finder]) for one in _with_cursors(shown, placed)]
    of_edges = cursors if "edges" in placed else [""] * len(shown)
    return AnswerConnection(
        edges=_edges(shown, of_edges, cards, question) if "edges" in fields else [],
        nodes=[cards[one.id] for one in shown],
        page_info=page_info(cursors, has_next, request.after is not None),
        total_count=None if found.total is None else Long(found.total),
        data_version=found.data_version,
        question=question,
        request=request,
        resolved=resolved,
    )


def _page_request(
    fields: frozenset[str], first: int, after: Position | None, *, cards: bool
) -> PageRequest:
    """What of the answers must be read, given the fields that were asked for."""
    total = "totalCount" in fields
    if not fields & _ROWS:
        first = 0
    elif "pageInfo" in fields:
        # Whether a page of no rows has a next one: a row tells.
        first = max(first, 1)
    return PageRequest(first, after, total or first == 0, cards)


def _place(after: str | None, question: Question, order: str) -> list[Any] | None:
    """Score and id of a place; where scores hang on who finds them also who found it, and when."""
    if after is None:
        return None
    return read_cursor(after, order, _PLACE if question.is_exact else _PLACE_FOUND)


def _finder(found: Answers, question: Question, context: Context) -> list[str]:
    """What the places of a question name beside score and id."""
    return [] if question.is_exact else [context.answered_by, found.data_version]


def _note_unknown(unknown: Sequence[str], what: UnknownIds, context: Context) -> None:
    if not unknown:
        return
    if what is UnknownIds.ERROR:
        raise UnknownEntityError(unknown)
    noted = context.extensions.setdefault("unknownIds", [])
    noted.extend(id for id in unknown if id not in noted)


def _placed(info: KGInfo, fields: frozenset[str]) -> frozenset[str]:
    """The fields whose cursors somebody reads."""
    read = fields & {"pageInfo"}
    return read | {"edges"} if "edges" in fields and "cursor" in selected(info, "edges") else read


def _with_cursors(positions: Sequence[Position], placed: frozenset[str]) -> Sequence[Position]:
    """The rows whose cursors somebody reads: all of them, the ends of the page, or none."""
    if "edges" in placed:
        return positions
    return [positions[0], positions[-1]] if placed and positions else ()


def _edges(
    positions: Sequence[Position],
    cursors: Sequence[str],
    cards: Mapping[str, Entity],
    question: Question,
) -> list[AnswerEdge]:
    return [
        AnswerEdge(cursor=cursor, node=cards[one.id], score=one.score, question=question)
        for one, cursor in zip(positions, cursors, strict=True)
    ]
