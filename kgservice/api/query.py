"""The fields of Query: what each needs stands in its signature, what it does in its room."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import UNSET

from graph_schema.ids import STATEMENT_PREFIX
from kgservice.algebra.pattern import StatementFilter
from kgservice.api.context import Context, KGInfo
from kgservice.api.inputs import (
    MentionInput,
    ScoringInput,
    SetExpression,
    StatementFilterInput,
    UnknownIds,
)
from kgservice.api.questions import at_most, checked_first, given, mention_of, short, types_of
from kgservice.api.selection import selected
from kgservice.api.types import vocabulary
from kgservice.api.types.answers import AnswerConnection, answers
from kgservice.api.types.commonsense import CommonsenseHead, CommonsenseResult, commonsense
from kgservice.api.types.entities import Entity, entities, show_statements
from kgservice.api.types.kinds import EntityTypeConnection, RelationConnection
from kgservice.api.types.missing import MissingHead, missing_heads
from kgservice.api.types.paths import PathConnection, paths
from kgservice.api.types.resolutions import (
    Resolution,
    Suggestion,
    show_resolutions,
    show_suggestions,
)
from kgservice.api.types.stats import Stats
from kgservice.api.types.values import Node


@strawberry.type
class Query:
    """All that can be asked."""

    @strawberry.field(
        description="Relay object identification: an Entity or Statement by its id; null where "
        "unknown. Statement ids begin with `statement:`."
    )
    async def node(self, info: KGInfo, id: strawberry.ID) -> Node | None:
        """One entity or statement."""
        return (await _nodes([id], info.context))[0]

    @strawberry.field(description="At most KG_MAX_IDS (1,000).")
    async def nodes(self, info: KGInfo, ids: list[strawberry.ID]) -> list[Node | None]:
        """Entities and statements in the order asked."""
        at_most("ids", info.context.limits.ids, len(ids))
        return await _nodes(ids, info.context)

    @strawberry.field(
        name="entities",
        description="Entities in the order asked, null where unknown. The id of a merged entity "
        "answers with its canonical entity. At most KG_MAX_IDS (1,000).",
    )
    async def some_entities(self, info: KGInfo, ids: list[strawberry.ID]) -> list[Entity | None]:
        """Entities by id."""
        at_most("ids", info.context.limits.ids, len(ids))
        found = await entities(ids, info.context)
        return [found.get(id) for id in ids]

    @strawberry.field(
        description="The scored set that an expression denotes: multi-hop traversal, entity "
        "resolution, set algebra and top-k in one query."
    )
    async def answers(
        self,
        info: KGInfo,
        query: SetExpression,
        scoring: ScoringInput | None = UNSET,
        first: int = 20,
        after: str | None = UNSET,
        unknown_ids: UnknownIds = UnknownIds.ERROR,
    ) -> AnswerConnection | None:
        """The answers of an expression."""
        return await answers(info, query, scoring, first, after, unknown_ids)

    @strawberry.field(
        description="The shortest walks that connect two sets, shortest first, then by the entity "
        "ids along them. Statements may be walked either way; no entity twice."
    )
    async def paths(
        self,
        info: KGInfo,
        source: Annotated[SetExpression, strawberry.argument(name="from")],
        to: SetExpression,
        relations: list[str] | None = UNSET,
        where: StatementFilterInput | None = UNSET,
        avoid_degree: Annotated[
            int | None,
            strawberry.argument(
                description="Entities with more statements are not walked through."
            ),
        ] = UNSET,
        max_hops: int = 3,
        first: int = 10,
    ) -> PathConnection | None:
        """What connects two sets."""
        ends = (source, to)
        return await paths(info, ends, relations, where, avoid_degree, max_hops, first)

    @strawberry.field(
        description="Which entities each mention may denote, best first. The result has one "
        "Resolution per mention, in order."
    )
    async def resolve(
        self, info: KGInfo, mentions: list[MentionInput]
    ) -> list[Resolution | None] | None:
        """Names to entities."""
        context = info.context
        at_most("mentions", context.limits.mentions, len(mentions))
        asked = [
            mention_of(
                one,
                given(one.min_confidence) or 0.0,
                context.state.vocabulary,
                context.limits,
                ("mentions", number),
            )
            for number, one in enumerate(mentions)
        ]
        resolved = await context.resolver.resolve(asked, context.state)
        read = selected(info, "candidates") | selected(info, "match")
        return list(await show_resolutions(resolved, context, features="features" in read))

    @strawberry.field(
        description="Completion while a person types: exact beginnings first, the popular first. "
        "`session` holds what they entered before, oldest first, and raises what goes with it."
    )
    async def suggest(
        self,
        info: KGInfo,
        prefix: str,
        types: list[str] | None = UNSET,
        session: list[str] | None = UNSET,
        first: int = 10,
    ) -> list[Suggestion] | None:
        """Prefixes to names."""
        context = info.context
        most = checked_first(first, context.limits)
        short(context.limits, prefix, *(given(session) or ()))
        chosen = types_of(types, context.state.vocabulary)
        found = await context.resolver.suggest(prefix, chosen, given(session) or (), most)
        return await show_suggestions(found, context)

    @strawberry.field(
        description="Commonsense about query and product contexts, for ranking and "
        "recommendation: one result per head, in order. At most KG_MAX_HEADS (100)."
    )
    async def commonsense(
        self,
        info: KGInfo,
        heads: list[CommonsenseHead],
        relations: list[str] | None = UNSET,
        min_plausibility: float | None = 0.5,
        min_typicality: float | None = 0.5,
        min_support: int | None = UNSET,
        language: Annotated[
            str | None,
            strawberry.argument(
                description="BCP 47 of the query texts; null: the setting KG_LANGUAGE (en)."
            ),
        ] = UNSET,
        first: int = 10,
    ) -> list[CommonsenseResult | None] | None:
        """What is known of queries, products and behaviors."""
        where = StatementFilter(given(min_plausibility), given(min_typicality), given(min_support))
        return await commonsense(info, heads, relations, where, language, first)

    @strawberry.field(
        description="The heads that `commonsense` was asked of and is not known of, the most asked "
        "first, then by an id of their own: what to mine next. Counts follow within seconds. "
        "Scope admin."
    )
    async def missing_heads(
        self, info: KGInfo, first: int = 100, min_asked: int = 1
    ) -> list[MissingHead] | None:
        """What is to be mined."""
        return await missing_heads(first, min_asked, info.context)

    @strawberry.field(description="The relations in use.")
    async def relations(
        self,
        info: KGInfo,
        ids: list[str] | None = UNSET,
        search: str | None = UNSET,
        first: int = 100,
        after: str | None = UNSET,
    ) -> RelationConnection | None:
        """The vocabulary in use: relations."""
        request = vocabulary.Listing(given(ids), given(search), first, given(after))
        return vocabulary.relation_page(request, info.context)

    @strawberry.field(description="The entity types in use.")
    async def entity_types(
        self,
        info: KGInfo,
        ids: list[str] | None = UNSET,
        search: str | None = UNSET,
        first: int = 100,
        after: str | None = UNSET,
    ) -> EntityTypeConnection | None:
        """The vocabulary in use: types."""
        request = vocabulary.Listing(given(ids), given(search), first, given(after))
        return vocabulary.type_page(request, info.context)

    @strawberry.field(description="How much there is.")
    async def stats(self, info: KGInfo) -> Stats | None:
        """Counts and versions."""
        return Stats.from_model(await info.context.state.reads.stats(info.context.limit))


async def _nodes(ids: list[strawberry.ID], context: Context) -> list[Node | None]:
    statement_ids = [id for id in ids if id.startswith(STATEMENT_PREFIX)]
    statements = await context.state.reads.statements(statement_ids, context.limit)
    shown = await show_statements(list(statements.values()), context)
    nodes: dict[str, Node] = {one.origin.id: one for one in shown}
    others = [id for id in ids if not id.startswith(STATEMENT_PREFIX)]
    found = await entities(others, context) if others else {}
    # The node of an id that was merged away is null: only `entities` redirects.
    nodes.update({id: one for id, one in found.items() if one.id == id})
    return [nodes.get(id) for id in ids]
