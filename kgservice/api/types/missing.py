"""Heads that commonsense was asked of and is not known of, for whoever mines it."""

from __future__ import annotations

import strawberry

from kgservice import model
from kgservice.api.context import Context
from kgservice.api.questions import checked_first
from kgservice.api.types.values import Long
from kgservice.errors import BadRequestError

strawberry.enum(model.HeadKind, description="A product, a query, or a behavior by its two ends.")


@strawberry.type
class MissingHead:
    """A head of `commonsense` that was not known whenever it was asked for."""

    kind: model.HeadKind
    products: list[strawberry.ID] = strawberry.field(
        description="The product, or the two bought together by id."
    )
    query: str | None = strawberry.field(description="Normalised.")
    language: str | None = strawberry.field(description="BCP 47, of the query.")
    asked: Long = strawberry.field(description="How often.")
    first_asked: str = strawberry.field(description="RFC 3339.")
    last_asked: str = strawberry.field(description="RFC 3339.")


async def missing_heads(first: int, least: int, context: Context) -> list[MissingHead]:
    """The most asked; raises ForbiddenError without the scope admin: people wrote these queries."""
    context.allow("admin")
    most = checked_first(first, context.limits)
    if least < 1:
        raise BadRequestError(f"minAsked is {least}, and every head was asked once", ("minAsked",))
    assert context.missing is not None, "a service keeps them"
    found = await context.missing.still_missing(context.state, most, least, context.limit)
    return [_shown(one) for one in found]


def _shown(one: model.MissingHead) -> MissingHead:
    head = one.head
    return MissingHead(
        kind=head.kind,
        products=[strawberry.ID(id) for id in head.products],
        query=head.query,
        language=head.language,
        asked=Long(one.asked),
        first_asked=one.first.isoformat(timespec="seconds"),
        last_asked=one.last.isoformat(timespec="seconds"),
    )
