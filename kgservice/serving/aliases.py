"""What was taught and learned of names, as of a moment ago, the same in all workers."""

from __future__ import annotations

import asyncio
import time

from kgservice.errors import GraphError
from kgservice.graph import learned
from kgservice.graph.client import AsyncGraph, TimeLimit
from kgservice.resolution.learned import NOTHING_LEARNED, LearnedAliases

#: How old a look at the aliases may be: what is taught here counts everywhere within a second.
_MAX_AGE_SECONDS = 0.5
#: Seconds for a look; where Neo4j is away the aliases of before serve on.
_LOOK_SECONDS = 2.0


class Aliases:
    """Hands out the aliases of now; one look at the graph serves all requests of half a second."""

    def __init__(self, graph: AsyncGraph):
        self.graph = graph
        self._aliases = NOTHING_LEARNED
        self._version = 0
        self._looked: float | None = None
        self._looking = asyncio.Lock()

    async def current(self) -> LearnedAliases:
        """The aliases of now; those of before where Neo4j is away."""
        if not self._is_fresh():
            async with self._looking:
                if not self._is_fresh():
                    began = time.monotonic()
                    await self._look()
                    self._looked = began
        return self._aliases

    def look_again(self) -> None:
        """Let the next request look: something was taught here."""
        self._looked = None

    def _is_fresh(self) -> bool:
        return self._looked is not None and time.monotonic() - self._looked < _MAX_AGE_SECONDS

    async def _look(self) -> None:
        limit = TimeLimit("aliases", _LOOK_SECONDS)
        try:
            if await learned.alias_version(self.graph, limit) == self._version:
                return
            version, aliases = await learned.aliases_in_use(self.graph, limit)
        except GraphError:
            return
        self._aliases, self._version = LearnedAliases.of(aliases), version
