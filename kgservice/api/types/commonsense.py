"""Commonsense about query and product contexts, for ranking and recommendation."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from graph_schema.ids import normalise
from kgservice.algebra.pattern import StatementFilter
from kgservice.api.context import KGInfo
from kgservice.api.questions import at_most, checked_first, given, relations_of, short
from kgservice.api.types.entities import Entity, Statement, entities, show_statements
from kgservice.api.types.values import Long
from kgservice.errors import BadRequestError
from kgservice.graph.reads import CommonsenseRequest
from kgservice.model import Head, HeadKind


@strawberry.input(description="The behavior of buying this product after this query.")
class QueryProduct:
    """A query and a product."""

    query: str
    product: strawberry.ID


@strawberry.input(one_of=True, description="Whose commonsense is wanted.")
class CommonsenseHead:
    """A product, a query, or a behavior by its two ends."""

    product: strawberry.Maybe[strawberry.ID]
    query: strawberry.Maybe[str] = strawberry.field(
        description="Free text; found by its normalised form."
    )
    query_product: strawberry.Maybe[QueryProduct] = strawberry.field(
        description="The behavior of buying this product after this query."
    )
    co_purchase: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(
        description="The behavior of buying these two products together, in either order."
    )


@strawberry.type
class CommonsenseResult:
    """What is known of one head."""

    known: bool = strawberry.field(
        description="False where the graph holds no commonsense of the head at all; distinct from "
        "an empty list of statements."
    )
    head: Entity | None = strawberry.field(description="What the head names; null where unknown.")
    total: Long = strawberry.field(
        description="How many statements it has in these relations before any minimum: above 0 "
        "beside an empty list, the minima cut everything."
    )
    statements: list[Statement] = strawberry.field(
        description="Best first: typicality, then plausibility, then support, then id."
    )


async def commonsense(
    info: KGInfo,
    heads: list[CommonsenseHead],
    relations: list[str] | None,
    where: StatementFilter,
    language: str | None = UNSET,
    first: int = 10,
) -> list[CommonsenseResult | None]:
    """One result for each head, in order; one that makes no sense is an error of its own."""
    context = info.context
    at_most("heads", context.limits.heads, len(heads))
    vocabulary = context.state.vocabulary
    chosen = relations_of(relations, vocabulary)
    read = [_read(head, given(language) or context.language, n) for n, head in enumerate(heads)]
    short(context.limits, *(one.query for one in read if isinstance(one, Head)), "")
    sound = [one for one in read if not isinstance(one, BadRequestError)]
    request = CommonsenseRequest(
        tuple(one.ends for one in sound),
        vocabulary.commonsense_relations if chosen is None else chosen,
        where,
        checked_first(first, context.limits),
    )
    shown = await _shown(request, info)
    if context.missing is not None:
        pairs = zip(sound, shown, strict=True)
        context.missing.note(head for head, result in pairs if not result.known)
    rest = iter(shown)
    return [
        one if isinstance(one, BadRequestError) else next(rest)  # type: ignore[misc]
        for one in read
    ]


async def _shown(request: CommonsenseRequest, info: KGInfo) -> list[CommonsenseResult]:
    """The results as clients see them: one query for the statements, one for all their ends."""
    context = info.context
    if not request.heads:
        return []
    found = await context.state.reads.commonsense(request, context.limit)
    cards = await entities([one.head for one in found if one is not None], context)
    statements = [each for one in found if one is not None for each in one.statements]
    shown = iter(await show_statements(statements, context))
    return [
        CommonsenseResult(known=False, head=None, total=Long(0), statements=[])
        if one is None
        else CommonsenseResult(
            known=one.known,
            head=cards.get(one.head),
            total=Long(one.total),
            statements=[next(shown) for _ in one.statements],
        )
        for one in found
    ]


def _read(head: CommonsenseHead, language: str, place: int) -> Head | BadRequestError:
    """The head that is meant; its query in the form that it is found by."""
    if head.product is not None:
        return Head(HeadKind.PRODUCT, (head.product.value,))
    if head.query is not None:
        return Head(HeadKind.QUERY, (), normalise(head.query.value), language)
    if head.query_product is not None:
        pair = head.query_product.value
        return Head(HeadKind.QUERY_PRODUCT, (pair.product,), normalise(pair.query), language)
    assert head.co_purchase is not None
    products = tuple(str(one) for one in head.co_purchase.value)
    if len(products) != 2 or products[0] == products[1]:
        message = f"a co-purchase has two products, and this is {', '.join(products) or 'none'}"
        return BadRequestError(message, ("heads", place, "coPurchase"))
    return Head(HeadKind.CO_PURCHASE, products)
