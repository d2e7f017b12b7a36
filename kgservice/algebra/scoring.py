"""How scores are combined.

Source: follow and intersection over weighted sets as in ReifiedKB (arXiv 2002.06115) and Rigel's
intersection by minimum (arXiv 2109.05808); the choices below name their variants.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class StatementWeight(Enum):
    """What one statement weighs; without the score it weighs 1."""

    NONE = "NONE"
    PLAUSIBILITY = "PLAUSIBILITY"
    TYPICALITY = "TYPICALITY"
    SUPPORT = "SUPPORT"


class AlongNorm(Enum):
    """How the score of a set and the weight of a statement combine along a walk."""

    PRODUCT = "PRODUCT"
    MIN = "MIN"


class MergeNorm(Enum):
    """How the scores of walks, or of the operands of a union, that meet in one entity combine."""

    MAX = "MAX"
    SUM = "SUM"


class IntersectNorm(Enum):
    """How the scores of the operands of an intersection combine."""

    MIN = "MIN"
    PRODUCT = "PRODUCT"


@dataclass(frozen=True, slots=True)
class Scoring:
    """The four choices; the defaults give 1 for every answer of an unweighted graph."""

    statement: StatementWeight = StatementWeight.NONE
    along: AlongNorm = AlongNorm.PRODUCT
    merge: MergeNorm = MergeNorm.MAX
    intersect: IntersectNorm = IntersectNorm.MIN


DEFAULT_SCORING = Scoring()
