"""The assertions behind statements, one query for all that a request asks of them."""

from __future__ import annotations

from collections.abc import Sequence

from kgservice.api.context import Context
from kgservice.model import Assertion, Statement


async def assertions_behind(origin: Statement, first: int, context: Context) -> list[Assertion]:
    """The newest assertions behind a statement, newest first."""

    async def load(several: list[Statement]) -> Sequence[list[Assertion]]:
        found = await context.state.reads.assertions(several, first, context.limit)
        return [found.get(one.id, []) for one in several]

    batch = context.batch(("assertions", first), load)
    behind: list[Assertion] = await batch.load(origin)
    return behind
