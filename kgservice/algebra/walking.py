"""What an evaluator offers to whoever must know the walks behind a set, and not only the set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kgservice.algebra.expression import Expression
from kgservice.algebra.pattern import Hop
from kgservice.algebra.scoring import AlongNorm, Scoring, StatementWeight


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement as it is walked: from `source` to `target`, in either direction."""

    source: str
    target: str
    statement: str
    plausibility: float | None
    typicality: float | None
    support: int


class Walking(Protocol):
    """Sets and statements, in batches: each call is a query or two, whatever the number of ids."""

    async def rows(self, expression: Expression, scoring: Scoring) -> Mapping[str, float]:
        """All entities of a set, with their scores."""
        ...

    async def reached(self, sources: Collection[str], hop: Hop) -> set[str]:
        """The entities that a hop leads to from any of these."""
        ...

    async def edges(
        self, sources: Collection[str], hop: Hop, targets: Collection[str]
    ) -> Sequence[Edge]:
        """Every statement by which a hop leads from one of the sources to one of the targets."""
        ...

    async def degrees(self, ids: Collection[str]) -> Mapping[str, int]:
        """How many statements have each of these as subject or object."""
        ...


def weight(edge: Edge, scoring: Scoring) -> float:
    """What a statement weighs; 1 where it lacks the score."""
    match scoring.statement:
        case StatementWeight.NONE:
            return 1.0
        case StatementWeight.PLAUSIBILITY:
            return 1.0 if edge.plausibility is None else edge.plausibility
        case StatementWeight.TYPICALITY:
            return 1.0 if edge.typicality is None else edge.typicality
        case StatementWeight.SUPPORT:
            return float(edge.support)


def along(score: float, weight: float, scoring: Scoring) -> float:
    """The score behind a statement, from the score before it."""
    return score * weight if scoring.along is AlongNorm.PRODUCT else min(score, weight)
