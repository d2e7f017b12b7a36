"""Questions put to Neo4j, for their relations or in general, within the time of a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kgservice.algebra.scoring import DEFAULT_SCORING, Scoring
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.answers.writer import Surroundings, Text, Writer


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks one graph on behalf of one request."""

    graph: AsyncGraph
    surroundings: Surroundings
    limit: TimeLimit

    async def value(
        self,
        write: Callable[[Writer], Text],
        scoring: Scoring = DEFAULT_SCORING,
        *,
        scored: bool = False,
        **given: Any,
    ) -> Any:
        """What Neo4j answers to what a function writes; `given` are parameters by their names."""

        def written(general: bool) -> tuple[Text, dict[str, Any]]:
            writer = Writer(scoring, scored, self.surroundings, dict(given), general=general)
            text = write(writer)
            return text, writer.sent

        return await self.graph.planned_value(written, self.limit)
