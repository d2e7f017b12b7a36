"""Expressions: each denotes a map from entities to scores >= 0.

The fields of an expression hold ids, not names: the relations and types that a caller named are
bound to the vocabulary before (kgservice.algebra.binding), and mentions to their candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kgservice.algebra.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Entities:
    """These entities with these scores: ids with score 1, or the candidates of a mention.

    `entities` is in order of id; no id stands twice.
    """

    entities: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class OfType:
    """Every entity that has any of these types, score 1."""

    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Step:
    """A pattern, after which the entities that the walk began from may be dropped."""

    pattern: Pattern
    except_start: bool = False


@dataclass(frozen=True, slots=True)
class Follow:
    """Walk from a set along steps."""

    source: Expression
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Intersect:
    """Entities in all operands; there is at least one."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """Entities in any operand."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Subtract:
    """Entities of `source` that are not in `remove`, with their score in `source`."""

    source: Expression
    remove: Expression


class Comparison(Enum):
    """How a value is compared; NE holds where there are values and none of them is equal."""

    EQ = "EQ"
    NE = "NE"
    LT = "LT"
    LE = "LE"
    GT = "GT"
    GE = "GE"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the literals that any of these relations gives an entity.

    `value` is read in the kind of each literal it is compared with.
    """

    relations: frozenset[str]
    comparison: Comparison
    value: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Entities of `source` that have any of the types and meet all the conditions."""

    source: Expression
    types: frozenset[str] | None = None
    conditions: tuple[Condition, ...] = ()


class SortOrder(Enum):
    """From which end."""

    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class Top:
    """The first `first` entities by score, or by the literals that any of these relations gives."""

    source: Expression
    first: int
    order: SortOrder = SortOrder.DESC
    by: frozenset[str] | None = None


Expression = Entities | OfType | Follow | Intersect | Union | Subtract | Filter | Top

EMPTY = Entities(())


def operands(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly below one, in the order in which they are written."""
    match expression:
        case Entities() | OfType():
            return ()
        case Follow(source, _) | Filter(source) | Top(source):
            return (source,)
        case Intersect(several) | Union(several):
            return several
        case Subtract(source, remove):
            return (source, remove)


def leaves(expression: Expression) -> Iterator[Entities | OfType]:
    """The anchors of an expression, in the order in which they are written."""
    if isinstance(expression, Entities | OfType):
        yield expression
    for below in operands(expression):
        yield from leaves(below)


def ids(*ids: str) -> Entities:
    """These entities, each with score 1; naming one twice changes nothing."""
    return Entities(tuple((id, 1.0) for id in sorted(set(ids))))
