"""Walks as clients see them: why an answer is one, and what connects two sets."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry
from strawberry import UNSET

from kgservice.algebra.best_walks import Walk
from kgservice.algebra.connections import Connecting
from kgservice.algebra.pattern import Hop
from kgservice.api.context import Context, KGInfo
from kgservice.api.inputs import SetExpression, StatementFilterInput
from kgservice.api.questions import (
    Asked,
    at_most,
    checked_first,
    given,
    relations_of,
    statement_filter,
)
from kgservice.api.resolving import resolved_question
from kgservice.api.types.entities import Entity, Statement, entities, show_statements
from kgservice.api.types.values import Long
from kgservice.errors import BadRequestError


@strawberry.type
class Path:
    """A walk: entities, and the statements between them."""

    entities: list[Entity]
    statements: list[Statement]
    score: float
    leg: list[int] = strawberry.field(
        description="Which operands it belongs to, from the outermost in; empty where the "
        "expression has none."
    )


@strawberry.type
class PathConnection:
    """The shortest walks between two sets."""

    nodes: list[Path]
    total_count: Long | None


async def show_walks(several: Sequence[Sequence[Walk]], context: Context) -> list[list[Path]]:
    """Walks as clients see them; one look at the entities and one at the statements of all."""
    walks = [walk for each in several for walk in each]
    cards = await entities({id for walk in walks for id in walk.entities}, context)
    ids = sorted({id for walk in walks for id in walk.statements})
    found = await context.state.reads.statements(ids, context.limit) if ids else {}
    shown: dict[str, Statement] = {
        one.origin.id: one for one in await show_statements(list(found.values()), context)
    }

    def show(walk: Walk) -> Path:
        return Path(
            entities=[cards[id] for id in walk.entities],
            statements=[shown[id] for id in walk.statements],
            score=walk.score,
            leg=list(walk.leg),
        )

    return [[show(walk) for walk in each] for each in several]


async def paths(
    info: KGInfo,
    ends: tuple[SetExpression, SetExpression],
    relations: list[str] | None = UNSET,
    where: StatementFilterInput | None = UNSET,
    avoid_degree: int | None = UNSET,
    max_hops: int = 3,
    first: int = 10,
) -> PathConnection:
    """The shortest walks that connect two sets."""
    context = info.context
    wanted = checked_first(first, context.limits)
    if max_hops < 0:
        raise BadRequestError(f"maxHops is 0 or more, and this is {max_hops}", ("maxHops",))
    at_most("hops", context.limits.hops, max_hops)
    either_way = relations_of(relations, context.state.vocabulary)
    hop = Hop(either_way, either_way, statement_filter(given(where)))
    asked = Connecting(hop, max_hops, given(avoid_degree))
    near, far = [
        await _end(query, name, context) for query, name in zip(ends, ("from", "to"), strict=True)
    ]
    found = await context.state.evaluator.connections(
        (near.expression, far.expression), asked, wanted, context.limit
    )
    [shown] = await show_walks([found.walks], context)
    return PathConnection(nodes=shown, total_count=Long(found.total))


async def _end(query: SetExpression, name: str, context: Context) -> Asked:
    read, _ = await resolved_question(query, None, context, (name,))
    await context.refuse_unknown(read.ids)
    return read
