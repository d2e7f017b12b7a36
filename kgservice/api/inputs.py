"""The input types of the schema; what they mean is docs/semantics.md."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry
from strawberry import UNSET

from kgservice.algebra.expression import Comparison, SortOrder
from kgservice.algebra.scoring import AlongNorm, IntersectNorm, MergeNorm, StatementWeight
from kgservice.model import Direction, StatementOrder


class UnknownIds(Enum):
    """What an unknown id in `ids` does."""

    ERROR = "ERROR"
    IGNORE = "IGNORE"


strawberry.enum(UnknownIds, description="What an unknown id in `ids` does.")
strawberry.enum(Direction)
strawberry.enum(Comparison)
strawberry.enum(SortOrder)
strawberry.enum(
    StatementWeight,
    description="The weight of one statement: 1, or one of its scores "
    "(a statement without that score weighs 1).",
)
strawberry.enum(AlongNorm, description="How scores combine along a walk.")
strawberry.enum(MergeNorm, description="How scores combine where walks or operands meet.")
strawberry.enum(IntersectNorm, description="How the scores of all operands combine.")
strawberry.enum(
    StatementOrder,
    description="RELATION: relation id, then the other end's id or the literal's text, then "
    "statement id; the others descending, null last, then as RELATION.",
)


@strawberry.input
class MentionInput:
    """A text that may name an entity."""

    text: str
    context: str | None = strawberry.field(
        default=UNSET,
        description="The sentence, question or query around the mention: it settles which "
        "namesake is meant.",
    )
    types: list[str] | None = strawberry.field(
        default=UNSET, description="Only entities of these types, subtypes included."
    )
    language: str | None = strawberry.field(default=UNSET, description="BCP 47.")
    limit: int = strawberry.field(default=10, description="At most KG_MAX_CANDIDATES (100).")
    min_confidence: float | None = strawberry.field(
        default=UNSET,
        description="null: 0.01; inside `remove`, where a wrong reading would take right answers "
        "away, 0.5.",
    )
    user: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="Whose taught and learned aliases apply, beside those of everybody.",
    )


@strawberry.input(name="StatementFilter")
class StatementFilterInput:
    """Which statements count; a minimum is met by >=, and null never meets one."""

    min_plausibility: float | None = UNSET
    min_typicality: float | None = UNSET
    min_support: int | None = UNSET
    sources: list[str] | None = strawberry.field(
        default=UNSET,
        description="Data sets, of which at least one must assert the statement; likewise below.",
    )
    domains: list[str] | None = UNSET
    marketplaces: list[str] | None = UNSET


@strawberry.input(
    description="max null is the larger of min and 1; unbounded, without max, is the transitive "
    "closure. At most KG_MAX_HOPS (10) repetitions."
)
class HopRange:
    """How often a step is taken."""

    min: int = 1
    max: int | None = UNSET
    unbounded: bool = False


@strawberry.input
class StepInput:
    """One step of a walk."""

    relations: list[str] | None = strawberry.field(
        default=UNSET, description="Any of these relations; null means any relation."
    )
    direction: Direction = Direction.OUT
    hops: HopRange | None = strawberry.field(
        default=UNSET, description="How often the step is taken; null: once."
    )
    where: StatementFilterInput | None = strawberry.field(
        default=UNSET, description="Which statements may be walked."
    )
    types: list[str] | None = strawberry.field(
        default=UNSET,
        description="Keep only entities of these types after this step, subtypes included.",
    )
    except_start: bool = strawberry.field(
        default=False,
        description="After this step, drop the entities that the whole walk began from.",
    )


@strawberry.input(description="Walk from a set along steps. Exactly one of `steps` and `path`.")
class FollowInput:
    """A walk."""

    source: SetExpression = strawberry.field(name="from")
    steps: list[StepInput] | None = strawberry.field(
        default=UNSET, description="At most KG_MAX_STEPS (20)."
    )
    path: str | None = strawberry.field(
        default=UNSET,
        description="The same steps as a SPARQL 1.1 property path over relation ids: P50/P166, "
        "^P161, P361+, (P26|P40){1,2}.",
    )


@strawberry.input
class SubtractInput:
    """A difference of sets."""

    source: SetExpression = strawberry.field(name="from")
    remove: SetExpression


@strawberry.input(
    description="A condition on a literal-valued relation, such as a date of birth or a population."
)
class ValueCondition:
    """A condition on literals."""

    relation: str
    op: Comparison
    value: str
    unit: str | None = UNSET


@strawberry.input
class FilterInput:
    """A selection from a set."""

    of: SetExpression
    types: list[str] | None = strawberry.field(
        default=UNSET, description="Keep entities that have any of these types."
    )
    where: list[ValueCondition] | None = strawberry.field(
        default=UNSET, description="Keep entities for which all of these hold."
    )


@strawberry.input(
    description="The first entities of a set by score, or by a literal-valued relation "
    "(a superlative: the oldest, the largest)."
)
class TopInput:
    """A superlative."""

    of: SetExpression
    by: str | None = UNSET
    order: SortOrder = SortOrder.DESC
    first: int = 1


@strawberry.input(
    one_of=True,
    description="An expression that denotes a scored set of entities. Nested at most "
    "KG_MAX_NESTING (12) deep.",
)
class SetExpression:
    """A set."""

    ids: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(
        description="These entities, each with score 1. At most KG_MAX_IDS (1,000) a request."
    )
    mention: strawberry.Maybe[MentionInput] = strawberry.field(
        description="The entities a text may denote, each with its confidence as score."
    )
    type: strawberry.Maybe[str] = strawberry.field(
        description="Every entity of this type, score 1."
    )
    follow: strawberry.Maybe[FollowInput]
    intersect: strawberry.Maybe[list[SetExpression]] = strawberry.field(
        description="Entities in all operands (one or more, at most KG_MAX_OPERANDS, 50)."
    )
    union: strawberry.Maybe[list[SetExpression]] = strawberry.field(
        description="Entities in any operand (at most KG_MAX_OPERANDS, 50)."
    )
    subtract: strawberry.Maybe[SubtractInput]
    filter: strawberry.Maybe[FilterInput]
    top: strawberry.Maybe[TopInput]


@strawberry.input(
    name="Scoring",
    description="How scores are combined. The defaults give 1 for every answer of an unweighted "
    "graph.",
)
class ScoringInput:
    """How scores are combined."""

    statement: StatementWeight = StatementWeight.NONE
    along: AlongNorm = AlongNorm.PRODUCT
    merge: MergeNorm = strawberry.field(
        default=MergeNorm.MAX,
        description="Where walks, or the operands of a union, meet in one entity. SUM with "
        "statement NONE counts walks.",
    )
    intersect: IntersectNorm = IntersectNorm.MIN


First = Annotated[int, strawberry.argument(description="At most KG_MAX_FIRST (1,000).")]
