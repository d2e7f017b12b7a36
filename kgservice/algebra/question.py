"""A question about a set, and its answer: pages, totals, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kgservice.algebra.expression import Entities, Expression, leaves
from kgservice.algebra.pattern import Pattern
from kgservice.algebra.scoring import DEFAULT_SCORING, MergeNorm, Scoring, StatementWeight
from kgservice.model import Entity


@dataclass(frozen=True, slots=True)
class Question:
    """A set, how it is scored, and the ids in it that must exist."""

    expression: Expression
    scoring: Scoring = DEFAULT_SCORING
    must_exist: frozenset[str] = frozenset()

    @property
    def is_exact(self) -> bool:
        """Whether scores are the same bits whoever finds them: a sum of fractions depends on who
        adds them up, in which order.
        """
        if self.scoring.merge is MergeNorm.MAX:
            return True
        anchors = [leaf for leaf in leaves(self.expression) if isinstance(leaf, Entities)]
        whole = all(score.is_integer() for anchor in anchors for _, score in anchor.entities)
        return whole and self.scoring.statement in _WHOLE


#: Weights that are whole numbers.
_WHOLE = frozenset({StatementWeight.NONE, StatementWeight.SUPPORT})


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the order of answers: by score descending, then by id."""

    score: float
    id: str


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of the answers: `first` of them behind a position.

    `total` asks how many there are in all, and `cards` for what is shown of those on the page.
    """

    first: int
    after: Position | None = None
    total: bool = False
    cards: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """A page of answers in order, from one data version.

    `total` and `cards` are there where they were asked for; `unknown` are the ids of the question
    that no entity has, which count as the empty set.
    """

    positions: Sequence[Position]
    has_next: bool
    data_version: str
    total: int | None = None
    unknown: tuple[str, ...] = ()
    cards: Mapping[str, Entity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """How many answers reach an entity, or are of a type."""

    id: str
    count: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """By what answers are counted: the entities at the end of a pattern, most frequent first."""

    pattern: Pattern
    first: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a question is answered: by which evaluator, as which expression.

    `text` is what a database is asked with `parameters`, or would be where tables answer, and
    `plan` how it would go about it, an operator a line: missing where no database can be asked.
    """

    evaluator: str
    expression: str
    text: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    plan: Sequence[str] = ()
