"""What was taught and learned of names, as of a moment ago, the same in all workers."""

from __future__ import annotations

import asyncio
import time

from kgservice.errors import GraphError
from kgservice.graph import learned
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.resolution.learned import NOTHING_LEARNED, LearnedAliases

#: How old a look at the aliases may be: what is taught here counts everywhere within a second.
_MAX_AGE_SECONDS = 0.5
#: Seconds for a look, and until the next one where it failed: the aliases of before serve on.
_LOOK_SECONDS, _TRY_AGAIN_SECONDS = 0.5, 5.0


class Aliases:
    """Hands out the aliases of now; one look at the graph serves all requests of half a second."""

    def __init__(self, graph: AsyncGraph):
        self.graph = graph
        self._aliases = NOTHING_LEARNED
        self._version = 0
        self._due = 0.0
        self._taught = 0
        self._looking = asyncio.Lock()

    async def current(self) -> LearnedAliases:
        """The aliases of now; those of before where Neo4j is away."""
        if time.monotonic() >= self._due:
            async with self._looking:
                if time.monotonic() >= self._due:
                    await self._look()
        return self._aliases

    def look_again(self) -> None:
        """Let the next request look: something was taught here."""
        self._taught += 1
        self._due = 0.0

    async def _look(self) -> None:
        began, taught = time.monotonic(), self._taught
        limit = TimeLimit("aliases", _LOOK_SECONDS)
        try:
            if await learned.alias_version(self.graph, limit) != self._version:
                limit = TimeLimit("aliases", _TRY_AGAIN_SECONDS)
                version, aliases = await learned.aliases_in_use(self.graph, limit)
                # 100,000 take 0.3 s to fold, which other requests need not wait for.
                self._aliases = await asyncio.to_thread(LearnedAliases.of, aliases)
                self._version = version
        except GraphError:
            self._due = time.monotonic() + _TRY_AGAIN_SECONDS
            return
        # What was taught during the look may have come too late for it.
        if taught == self._taught:
            self._due = began + _MAX_AGE_SECONDS
