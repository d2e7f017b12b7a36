"""What the resolvers of one request share: the state they read, their time, their batches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from kgservice.api.keys import NOBODY, Key
from kgservice.api.operations import REFUSED
from kgservice.errors import (
    GraphUnavailableError,
    KGError,
    UnknownEntityError,
)
from kgservice.graph.asked import TimeLimit
from kgservice.graph.learned import Taught
from kgservice.limits import Limits
from kgservice.model import Head, Mention, MissingHead, Resolution, Suggestion
from kgservice.serving.state import State


class Resolver(Protocol):
    """Whoever knows which entities a text may denote, and keeps what people say of that."""

    async def resolve(self, mentions: Sequence[Mention], state: State) -> list[Resolution]:
        """One resolution for each mention, in order; each is judged alone."""
        ...

    async def suggest(
        self, prefix: str, types: frozenset[str] | None, session: Sequence[str], first: int
    ) -> list[Suggestion]:
        """The best completions of a prefix, best first."""
        ...

    async def record(self, outcomes: Sequence[dict[str, Any]], limit: TimeLimit) -> None:
        """Keep what became of resolutions."""
        ...

    async def teach(self, taught: Taught, limit: TimeLimit) -> None:
        """Keep that a text means an entity."""
        ...

    async def unteach(
        self, text: str, user: str | None, entities: Sequence[str], limit: TimeLimit
    ) -> bool:
        """Take back that a text, normalised, means one of these; false where nobody said so."""
        ...


class Missing(Protocol):
    """Whoever keeps which heads commonsense was asked of and is not known of."""

    def note(self, heads: Iterable[Head]) -> None:
        """Count heads that are not known, at once."""
        ...

    async def still_missing(
        self, state: State, first: int, least: int, limit: TimeLimit
    ) -> list[MissingHead]:
        """The most asked that are not known to this day; `least`: how often at least."""
        ...


@dataclass
class Context:
    """One request. `extensions` go out with the response, beside what is always there; `kept` are
    the entities that were shown, by the ids they were asked for by, where Neo4j answers.

    Where no state is to be had, `away` says why, and whoever needs one raises it: a field that does
    not, such as introspection, is answered all the same.
    """

    limits: Limits
    limit: TimeLimit
    resolver: Resolver
    found: State | None
    away: KGError | None = None
    language: str = "en"
    key: Key = NOBODY
    missing: Missing | None = None
    operation: str = REFUSED
    extensions: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    _batches: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """The state of the graph that this request reads; raises GraphUnavailableError."""
        if self.found is None:
            raise self.away or GraphUnavailableError("the graph is away")
        return self.found

    @property
    def answered_by(self) -> str:
        """Who answers: the index, neo4j, or nobody."""
        if self.found is None:
            return "nobody"
        return "index" if self.found.indexed else "neo4j"

    def name(self, operation: str) -> None:
        """Say what the operation is called; Neo4j shows it among its transactions."""
        self.operation = operation
        self.limit = TimeLimit(operation, self.limit.seconds, self.limit.began)

    def allow(self, scope: str) -> None:
        """Raise ForbiddenError where the caller's key does not carry a scope."""
        self.key.demand(scope)

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
