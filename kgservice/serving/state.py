"""The state that requests are answered from, renewed when the graph has changed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from kgservice.graph.client import AsyncGraph, TimeLimit
from kgservice.graph.cypher.bookkeeping import READ_DATA_VERSION
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.graph.reads import CypherReads, surroundings
from kgservice.graph.records import Names
from kgservice.graph.vocabulary import fetch_vocabulary
from kgservice.vocabulary import Vocabulary

#: How old a look at the data version may be: a load is to be seen within a second.
_MAX_AGE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class State:
    """All that a request needs of one moment of the graph."""

    data_version: int
    vocabulary: Vocabulary
    names: Names
    reads: CypherReads
    evaluator: CypherEvaluator


class Serving:
    """Hands out the state of now; one look at the graph serves all requests of half a second."""

    def __init__(self, graph: AsyncGraph):
        self.graph = graph
        self._state: State | None = None
        self._looked = 0.0
        self._looking = asyncio.Lock()

    async def state(self, limit: TimeLimit) -> State:
        """The state of now; raises GraphUnavailableError where Neo4j is away."""
        if self._state is not None and time.monotonic() - self._looked < _MAX_AGE_SECONDS:
            return self._state
        async with self._looking:
            if self._state is None or time.monotonic() - self._looked >= _MAX_AGE_SECONDS:
                began = time.monotonic()
                self._state = await self._renewed(limit)
                self._looked = began
            return self._state

    async def _renewed(self, limit: TimeLimit) -> State:
        version = await self.graph.value(READ_DATA_VERSION, {}, limit)
        known = self._state
        if known is not None and known.data_version == version:
            return known
        vocabulary = await fetch_vocabulary(self.graph, limit)
        around = await surroundings(self.graph, vocabulary, limit)
        names = Names(vocabulary)
        return State(
            version,
            vocabulary,
            names,
            CypherReads(self.graph, vocabulary, around, names),
            CypherEvaluator(self.graph, around),
        )
