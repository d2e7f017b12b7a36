"""Walks as an automaton: places between hops, and the hops that lead from one place to the next.

A chain of follows reads as one walk. Its patterns become places in topological order; a closure
is a place with hops that lead back to it, in which statements weigh nothing.
"""

from __future__ import annotations

from collections.abc import Sequence as Seq
from dataclasses import dataclass, field

from kgservice.algebra.expression import Expression, Follow, Step
from kgservice.algebra.pattern import Alternatives, Hop, Pattern, Repeat, Sequence


@dataclass(frozen=True, slots=True)
class Arc:
    """A hop from one place to another; null leads on without a hop."""

    source: int
    target: int
    hop: Hop | None
    weightless: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Entities that the walk had at `start` may not stand at `place`."""

    place: int
    start: int


@dataclass(slots=True)
class Automaton:
    """Places are numbered so that every arc leads on, but for those inside a closure.

    `start` is place 0, `end` the last one. `components` are the places in the order in which they
    can be worked off: single ones, and closures as a whole.
    """

    end: int = 0
    arcs: list[Arc] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    components: list[tuple[int, ...]] = field(default_factory=list)

    def excluded_at(self, place: int) -> list[int]:
        """The places whose entities may not stand here."""
        return [one.start for one in self.exclusions if one.place == place]


def legs(expression: Follow) -> tuple[Expression, list[tuple[Step, ...]]]:
    """The set that a chain of directly nested follows begins from, and their steps in order."""
    source: Expression = expression
    chain: list[tuple[Step, ...]] = []
    while isinstance(source, Follow):
        chain.append(source.steps)
        source = source.source
    return source, chain[::-1]


def automaton(chain: Seq[Seq[Step]]) -> Automaton:
    """The automaton of a chain of walks."""
    builder = _Builder()
    at = builder.place()
    for steps in chain:
        start = at
        for step in steps:
            at = builder.walk(step.pattern, at, weightless=False)
            if step.except_start:
                at = builder.passed(at)
                builder.built.exclusions.append(Exclusion(at, start))
    builder.built.end = at
    return builder.built


class _Builder:
    """Adds places and arcs; every place belongs to one component."""

    def __init__(self) -> None:
        self.built = Automaton()
        self._places = 0
        self._open: list[int] | None = None

    def place(self) -> int:
        place = self._places
        self._places += 1
        if self._open is None:
            self.built.components.append((place,))
        else:
            self._open.append(place)
        return place

    def passed(self, source: int) -> int:
        """A new place, reached without a hop."""
        target = self.place()
        self.built.arcs.append(Arc(source, target, None))
        return target

    def walk(self, pattern: Pattern, source: int, *, weightless: bool) -> int:
        """The place that a pattern leads to."""
        match pattern:
            case Hop():
                target = self.place()
                self.built.arcs.append(Arc(source, target, pattern, weightless))
                return target
            case Sequence(parts):
                for part in parts:
                    source = self.walk(part, source, weightless=weightless)
                return source
            case Alternatives(parts):
                ends = [self.walk(part, source, weightless=weightless) for part in parts]
                return self._meeting(ends)
            case Repeat(inner, least, None):
                return self._closure(inner, source, least)
            case Repeat(inner, least, most):
                ends = [source]
                for _ in range(most or 0):
                    ends.append(self.walk(inner, ends[-1], weightless=weightless))
                return self._meeting(ends[least:])

    def _meeting(self, ends: Seq[int]) -> int:
        if len(ends) == 1:
            return ends[0]
        target = self.place()
        self.built.arcs.extend(Arc(end, target, None) for end in ends)
        return target

    def _closure(self, inner: Pattern, source: int, least: int) -> int:
        for _ in range(least):
            source = self.walk(inner, source, weightless=True)
        outermost = self._open is None
        if outermost:
            self._open = []
        entry = self.passed(source)
        again = self.walk(inner, entry, weightless=True)
        self.built.arcs.append(Arc(again, entry, None))
        if outermost:
            self.built.components.append(tuple(self._open or ()))
            self._open = None
        return entry
