"""The state that requests are answered from: the index while it is fresh, else Neo4j.

An index that is at most `max_lag` seconds behind answers; one that is further behind leaves it to
Neo4j until it has caught up. Where Neo4j is away the index answers whatever its age, and says so.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kgservice.errors import ConfigurationError, GraphUnavailableError, KGError
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.answers.writer import Surroundings
from kgservice.graph.cypher.bookkeeping import READ_DATA_VERSION
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.graph.reads import CypherReads, surroundings
from kgservice.graph.records import Names
from kgservice.graph.vocabulary import fetch_vocabulary
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.index.opening import Opened
from kgservice.index.reads import TableReads
from kgservice.serving.choice import EvaluatorChoice
from kgservice.serving.following import Follower
from kgservice.serving.offers import Evaluator, Reads
from kgservice.vocabulary import Vocabulary

#: How old a look at the data version may be: a load is to be seen within a second. From half of
#: that on the next look is taken beside a request, so that while requests come none waits for it.
_MAX_AGE_SECONDS, _AHEAD_SECONDS = 0.5, 0.25
#: Seconds before a password that was refused is tried again.
_BARRED_SECONDS = 20.0
#: Seconds after which a look has failed: a request ends within five.
_LOOK_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class State:
    """All that a request needs of one moment of the graph.

    `stale_since` is when Neo4j was last seen, where it is away; `indexed` says who answers: such a
    state never changes, and `kept` is room for what those who show it make again and again.
    """

    data_version: int
    vocabulary: Vocabulary
    names: Names
    reads: Reads
    evaluator: Evaluator
    indexed: bool = False
    stale_since: datetime | None = None
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class Serving:
    """Hands out the state of now; one look at the graph serves all requests of half a second."""

    def __init__(
        self,
        graph: AsyncGraph,
        follower: Follower,
        choice: EvaluatorChoice = EvaluatorChoice.AUTO,
        max_lag: float = 1.0,
    ):
        self.graph = graph
        self._follower = follower
        self._choice = choice
        self._max_lag = max_lag
        self._looked = _Looked()
        self._looking = asyncio.Lock()
        self._ahead: asyncio.Task[None] | None = None
        self._indexed: tuple[Opened, State] | None = None

    @property
    def answers_without_graph(self) -> bool:
        """Whether there is an index that answers where Neo4j is away."""
        return self._choice is not EvaluatorChoice.NEO4J and self._follower.opened is not None

    async def state(self) -> State:
        """The state of now; raises GraphUnavailableError where nothing can be answered."""
        opened = self._follower.opened
        if opened is None or self._choice is EvaluatorChoice.NEO4J:
            return await self.graph_state()
        sight = self._follower.sight
        if sight.away_since is not None:
            return replace(self._index_state(opened), stale_since=sight.away_since)
        if self._choice is EvaluatorChoice.MATRIX or sight.lag <= self._max_lag:
            return self._index_state(opened)
        try:
            return await self.graph_state()
        except GraphUnavailableError:
            return replace(self._index_state(opened), stale_since=sight.at)

    async def graph_state(self) -> State:
        """The state of now as Neo4j has it; raises GraphUnavailableError."""
        if not self._looked.is_fresh:
            await self._look_again()
        elif self._looked.is_ageing and self._ahead is None:
            self._ahead = asyncio.create_task(self._look_ahead())
        if self._looked.failure is not None:
            raise self._looked.failure
        assert self._looked.state is not None, "a look finds a state or fails"
        return self._looked.state

    async def close(self) -> None:
        """Look no more."""
        if self._ahead is not None:
            self._ahead.cancel()
            await asyncio.wait([self._ahead])

    async def _look_ahead(self) -> None:
        try:
            await self._look_again()
        finally:
            self._ahead = None

    async def _look_again(self) -> None:
        """Look at the graph, or wait for whoever does."""
        before = self._looked
        async with self._looking:
            if self._looked is before:
                self._looked = await self._look()

    async def _cypher_evaluator(self) -> Evaluator:
        return (await self.graph_state()).evaluator

    async def _look(self) -> _Looked:
        began = time.monotonic()
        try:
            state = await self._renewed(TimeLimit("look", _LOOK_SECONDS))
        except ConfigurationError as failure:
            # Neo4j bars who comes with a wrong password again and again.
            return _Looked(time.monotonic(), self._looked.state, failure, _BARRED_SECONDS)
        except KGError as failure:
            return _Looked(time.monotonic(), self._looked.state, failure)
        return _Looked(began, state)

    async def _renewed(self, limit: TimeLimit) -> State:
        version = await self.graph.value(READ_DATA_VERSION, {}, limit)
        known = self._looked.state
        if known is not None and known.data_version == version:
            return known
        vocabulary = await fetch_vocabulary(self.graph, limit)
        around = await surroundings(self.graph, vocabulary, limit)
        names = Names(vocabulary)
        evaluator = CypherEvaluator(self.graph, around, names)
        if known is None:
            evaluator.prepare()
        reads = CypherReads(self.graph, vocabulary, around, names)
        return State(version, vocabulary, names, reads, evaluator)

    def _index_state(self, opened: Opened) -> State:
        if self._indexed is None or self._indexed[0] is not opened:
            snapshot = opened.snapshot
            # What the tables do not have is read as if anything could stand beside it.
            around = Surroundings(foreign=True, merged=len(snapshot.tables.merged) > 0)
            graph = CypherReads(self.graph, snapshot.vocabulary, around, snapshot.names)
            state = State(
                snapshot.version,
                snapshot.vocabulary,
                snapshot.names,
                TableReads(snapshot, graph),
                MatrixEvaluator(snapshot, self._cypher_evaluator),
                indexed=True,
            )
            self._indexed = opened, state
        return self._indexed[1]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look at Neo4j found, and when."""

    at: float = float("-inf")
    state: State | None = None
    failure: KGError | None = None
    good_for: float = _MAX_AGE_SECONDS

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.at < self.good_for

    @property
    def is_ageing(self) -> bool:
        return self.failure is None and time.monotonic() - self.at >= _AHEAD_SECONDS
