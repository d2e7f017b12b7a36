"""What the resolvers of one request share: the state they read, their time, their batches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from kgservice.errors import GraphUnavailableError, KGError, UnknownEntityError
from kgservice.graph.client import TimeLimit
from kgservice.limits import Limits
from kgservice.model import Mention, Resolution
from kgservice.serving.state import State


class Resolver(Protocol):
    """Whoever knows which entities a text may denote."""

    async def resolve(self, mentions: Sequence[Mention], state: State) -> list[Resolution]:
        """One resolution for each mention, in order; each is judged alone."""
        ...


@dataclass
class Context:
    """One request. `extensions` go out with the response, beside what is always there.

    Where no state is to be had, `away` says why, and whoever needs one raises it: a field that does
    not, such as introspection, is answered all the same.
    """

    limits: Limits
    limit: TimeLimit
    resolver: Resolver
    found: State | None
    away: KGError | None = None
    language: str = "en"
    extensions: dict[str, Any] = field(default_factory=dict)
    _batches: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """The state of the graph that this request reads; raises GraphUnavailableError."""
        if self.found is None:
            raise self.away or GraphUnavailableError("the graph is away")
        return self.found

    async def refuse_unknown(self, ids: Collection[str]) -> None:
        """Raise UnknownEntityError with those of some ids that no entity has."""
        if not ids:
            return
        known = await self.state.reads.entities(ids, self.limit)
        unknown = sorted(set(ids) - known.keys())
        if unknown:
            raise UnknownEntityError(unknown)

    def batch(
        self, key: Hashable, load: Callable[[list[Any]], Awaitable[Sequence[Any]]]
    ) -> DataLoader[Any, Any]:
        """The batch of everything that this request loads in one way; `key` tells ways apart."""
        if key not in self._batches:
            self._batches[key] = DataLoader(load_fn=load)
        return self._batches[key]


KGInfo = Info[Context, None]
