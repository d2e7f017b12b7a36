"""Names into entities, by the index that is open: in a worker thread, never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from kgservice.errors import IndexBusyError
from kgservice.model import Mention, Resolution
from kgservice.serving.following import Follower
from kgservice.serving.state import State


@dataclass(frozen=True, slots=True)
class NameResolver:
    """Resolves the mentions of requests."""

    follower: Follower

    async def resolve(self, mentions: Sequence[Mention], state: State) -> list[Resolution]:
        """One resolution for each mention, in order; raises IndexBusyError before the first index.

        A mention costs 0.5 to 3 ms, most of it in code that lets other threads run.
        """
        del state
        opened = self.follower.opened
        if opened is None:
            raise IndexBusyError(f"names cannot be resolved yet; the index: {self.follower.doing}")
        return await asyncio.to_thread(opened.resolver.resolve, mentions)
