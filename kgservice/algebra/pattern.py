"""Patterns of walks: one hop, or hops in sequence, as alternatives, or repeated.

A walk may use a statement again, going back over it included: who speaks a language that X speaks
includes X. Relations and types are ids, sub-relations and subtypes already among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

#: Ids of relations; null stands for any relation, the empty set for none.
Relations = frozenset[str] | None

NO_RELATION: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Which statements may be walked; a minimum is met by >=, and null never meets one."""

    min_plausibility: float | None = None
    min_typicality: float | None = None
    min_support: int | None = None
    sources: frozenset[str] | None = None
    domains: frozenset[str] | None = None
    marketplaces: frozenset[str] | None = None


ANY_STATEMENT = StatementFilter()


@dataclass(frozen=True, slots=True)
class Hop:
    """One statement, walked from subject to object (`forwards`) or back (`backwards`).

    A statement from an entity to itself counts once, even where both directions allow it. `types`
    are those of the entity that is reached; null is no restriction.
    """

    forwards: Relations = NO_RELATION
    backwards: Relations = NO_RELATION
    where: StatementFilter = ANY_STATEMENT
    types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One pattern after another."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Any of these patterns; scores merge like those of a union."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A pattern taken at least `least` and at most `most` times; `most` null is the closure."""

    pattern: Pattern
    least: int
    most: int | None


Pattern = Hop | Sequence | Alternatives | Repeat


def sequence(*parts: Pattern) -> Pattern:
    """These patterns one after another, without nesting."""
    flat: list[Pattern] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Sequence) else (part,))
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def alternatives(*parts: Pattern) -> Pattern:
    """Any of these patterns; single relations in either direction together are one hop.

    >>> both = alternatives(Hop(frozenset({"A"})), Hop(backwards=frozenset({"A"})))
    >>> both == Hop(forwards=frozenset({"A"}), backwards=frozenset({"A"}))
    True
    """
    hops = [part for part in parts if isinstance(part, Hop)]
    others = [part for part in parts if not isinstance(part, Hop)]
    if len(hops) > 1:
        forwards = _either(*(hop.forwards for hop in hops))
        hops = [Hop(forwards, _either(*(hop.backwards for hop in hops)))]
    together = (*hops, *others)
    return together[0] if len(together) == 1 else Alternatives(together)


def inverse(pattern: Pattern) -> Pattern:
    """The same walks in the other direction."""
    match pattern:
        case Hop():
            return replace(pattern, forwards=pattern.backwards, backwards=pattern.forwards)
        case Sequence(parts):
            return Sequence(tuple(inverse(part) for part in reversed(parts)))
        case Alternatives(parts):
            return Alternatives(tuple(inverse(part) for part in parts))
        case Repeat(inner, least, most):
            return Repeat(inverse(inner), least, most)


def hops(pattern: Pattern) -> Iterator[Hop]:
    """Every hop in a pattern."""
    match pattern:
        case Hop():
            yield pattern
        case Sequence(parts) | Alternatives(parts):
            for part in parts:
                yield from hops(part)
        case Repeat(inner):
            yield from hops(inner)


def length(pattern: Pattern) -> int:
    """The hops of the longest walk; a closure counts with its smallest number of repetitions."""
    match pattern:
        case Hop():
            return 1
        case Sequence(parts):
            return sum(length(part) for part in parts)
        case Alternatives(parts):
            return max(length(part) for part in parts)
        case Repeat(inner, least, most):
            return length(inner) * (max(least, 1) if most is None else most)


def repetitions(pattern: Pattern) -> int:
    """How often the innermost pattern is taken at most; nested repetitions multiply."""
    match pattern:
        case Hop():
            return 1
        case Sequence(parts) | Alternatives(parts):
            return max(repetitions(part) for part in parts)
        case Repeat(inner, least, most):
            return repetitions(inner) * max(least if most is None else most, 1)


def has_closure(pattern: Pattern) -> bool:
    """Whether any part of it repeats without an end."""
    match pattern:
        case Hop():
            return False
        case Sequence(parts) | Alternatives(parts):
            return any(has_closure(part) for part in parts)
        case Repeat(inner, _, most):
            return most is None or has_closure(inner)


def _either(*several: Relations) -> Relations:
    if any(relations is None for relations in several):
        return None
    return frozenset(one for relations in several for one in relations or ())
