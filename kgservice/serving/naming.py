"""Names into entities, by the index that is open, and what people say of names into the graph."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from kgservice.errors import IndexBusyError
from kgservice.graph import learned
from kgservice.graph.asked import TimeLimit
from kgservice.graph.learned import Taught
from kgservice.index.opening import Opened
from kgservice.model import Mention, Resolution, Suggestion
from kgservice.resolution.suggestion import Suggester
from kgservice.serving.aliases import Aliases
from kgservice.serving.aside import Aside
from kgservice.serving.following import Follower
from kgservice.serving.proximity import Proximity
from kgservice.serving.state import State

#: So many mentions are resolved as soon as one: those of a question, not those of a batch.
_FEW = 4


class NameResolver:
    """Resolves the mentions of requests, completes prefixes, keeps outcomes and taught aliases."""

    def __init__(self, follower: Follower, aliases: Aliases):
        self._follower = follower
        self._aliases = aliases
        self._completing: tuple[Opened, Suggester] | None = None
        self._aside = Aside()

    async def resolve(self, mentions: Sequence[Mention], state: State) -> list[Resolution]:
        """One resolution for each mention, in order; raises IndexBusyError before the first index.

        A mention costs 0.5 to 3 ms.
        """
        del state
        opened, aliases = self._opened(), await self._aliases.current()
        work = partial(opened.resolver.resolve, mentions, aliases)
        return await self._aside.done(work, short=len(mentions) <= _FEW)

    async def suggest(
        self, prefix: str, types: frozenset[str] | None, session: Sequence[str], first: int
    ) -> list[Suggestion]:
        """The best completions of a prefix; what stands near what the session entered is raised."""
        suggester = self._suggester(self._opened())
        work = partial(suggester.suggest, prefix, types, session, first)
        return await self._aside.done(work, short=True)

    async def record(self, outcomes: Sequence[dict[str, Any]], limit: TimeLimit) -> None:
        """Keep what became of resolutions."""
        await learned.record_outcomes(self._aliases.graph, outcomes, limit)

    async def teach(self, taught: Taught, limit: TimeLimit) -> None:
        """Keep that a text means an entity; the next request here sees it."""
        await learned.teach(self._aliases.graph, taught, time.time(), limit)
        self._aliases.look_again()

    async def unteach(
        self, text: str, user: str | None, entities: Sequence[str], limit: TimeLimit
    ) -> bool:
        """Take back what was taught; false where it was not."""
        gone = await learned.unteach(self._aliases.graph, text, user, entities, limit)
        self._aliases.look_again()
        return gone

    def _opened(self) -> Opened:
        opened = self._follower.opened
        if opened is None:
            doing = self._follower.doing
            raise IndexBusyError(f"names cannot be resolved yet; the index: {doing}")
        return opened

    def _suggester(self, opened: Opened) -> Suggester:
        if self._completing is None or self._completing[0] is not opened:
            suggester = Suggester(opened.resolver.index, Proximity(opened.snapshot))
            self._completing = opened, suggester
        return self._completing[1]
