"""Mentions within expressions: resolved once, all together, before the question is asked."""

from __future__ import annotations

from collections.abc import Sequence

from kgservice.api.context import Context
from kgservice.api.inputs import ScoringInput, SetExpression
from kgservice.api.questions import Asked, asked
from kgservice.model import Resolution


async def resolved_question(
    query: SetExpression,
    scoring: ScoringInput | None,
    context: Context,
    path: tuple[str, ...] = ("query",),
) -> tuple[Asked, Sequence[Resolution]]:
    """The question of an input with its mentions resolved, and what they were taken for.

    The input is read twice where there are mentions: once to find every fault and limit before
    anything is looked up, once with the candidates in their places.
    """
    vocabulary, limits = context.state.vocabulary, context.limits
    read = asked(query, scoring, vocabulary, limits, path=path)
    if not read.mentions:
        return read, ()
    resolutions = await context.resolver.resolve(read.mentions, context.state)
    return asked(query, scoring, vocabulary, limits, resolutions, path=path), resolutions
