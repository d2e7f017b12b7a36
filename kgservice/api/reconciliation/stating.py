"""What is said of entities: the values of one relation, the entities among them by their cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgservice.algebra.pattern import StatementFilter
from kgservice.api.context import Context
from kgservice.graph.reads import StatementsRequest
from kgservice.literals import Literal
from kgservice.model import Direction, Entity, StatementOrder

#: Values of one entity that are looked at, where a client says nothing.
MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Stated:
    """One value: an entity, or a literal."""

    entity: Entity | None
    literal: Literal | None

    @property
    def text(self) -> str:
        """The value in words."""
        if self.entity is not None:
            return self.entity.label
        return "" if self.literal is None else self.literal.text


async def stated(
    ids: Sequence[str], relation: str, context: Context, first: int = MOST_VALUES
) -> dict[str, list[Stated]]:
    """The values that entities have of a relation, or of one below it, by entity.

    Raises UnknownRelationError.
    """
    request = StatementsRequest(
        context.state.vocabulary.with_subrelations([relation]),
        Direction.OUT,
        StatementFilter(),
        None,
        StatementOrder.RELATION,
        first,
    )
    found = await context.state.reads.statements_of(ids, request, context.limit)
    cards = found.ends
    return {
        id: [
            Stated(cards.get(one.object) if one.object else None, one.literal)
            for one in (placed.statement for placed in page.items)
            if one.object is None or one.object in cards
        ]
        for id, page in found.pages.items()
    }
