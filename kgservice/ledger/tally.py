"""What stands behind one statement, as sums that can be added to and taken from.

Everything that asserts a statement (a data set outright, a behavior, a behavior rolled up to its
query or product) contributes one observation. A tally is the sum of them; the scores, the support
and the sources of the statement are read off it. Addition makes the order of loading irrelevant,
and subtraction makes a retraction exact without looking at what else is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from kgservice.ledger.scores import mean, read_score


class Level(StrEnum):
    """How a statement came about; of several the last one here names the statement."""

    ASSERTED = "asserted"
    ROLLED_UP = "rolled_up"
    BEHAVIOR = "behavior"


@dataclass(frozen=True, slots=True)
class Observation:
    """One contribution to a statement; scores in millionths, each weighs as much as its support."""

    support: int = 1
    plausibility: int | None = None
    typicality: int | None = None
    level: Level = Level.ASSERTED
    sources: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    marketplaces: frozenset[str] = frozenset()


_NUMBERS = (
    "observations",
    "rolled_up",
    "behaviors",
    "support",
    "plausibility_sum",
    "plausibility_weight",
    "typicality_sum",
    "typicality_weight",
)
_numbers = attrgetter(*_NUMBERS)


@dataclass(slots=True)
class Tally:
    """A sum of observations.

    The only mutable value of this room: a batch adds up thousands of observations in it.
    """

    observations: int = 0
    rolled_up: int = 0
    behaviors: int = 0
    support: int = 0
    plausibility_sum: int = 0
    plausibility_weight: int = 0
    typicality_sum: int = 0
    typicality_weight: int = 0
    sources: dict[str, int] = field(default_factory=dict)
    domains: dict[str, int] = field(default_factory=dict)
    marketplaces: dict[str, int] = field(default_factory=dict)

    def add(self, observation: Observation, times: int = 1) -> None:
        """Add an observation, or with `times` = -1 take it away."""
        self.observations += times
        self.rolled_up += times * (observation.level is Level.ROLLED_UP)
        self.behaviors += times * (observation.level is Level.BEHAVIOR)
        weight = times * observation.support
        self.support += weight
        if observation.plausibility is not None:
            self.plausibility_sum += weight * observation.plausibility
            self.plausibility_weight += weight
        if observation.typicality is not None:
            self.typicality_sum += weight * observation.typicality
            self.typicality_weight += weight
        for name in observation.sources:
            self.sources[name] = self.sources.get(name, 0) + times
        for name in observation.domains:
            self.domains[name] = self.domains.get(name, 0) + times
        for name in observation.marketplaces:
            self.marketplaces[name] = self.marketplaces.get(name, 0) + times

    def merge(self, other: Tally) -> None:
        """Add another tally."""
        for name, more in zip(_NUMBERS, other.numbers, strict=True):
            if more:
                setattr(self, name, getattr(self, name) + more)
        for mine, others in zip(self.names, other.names, strict=True):
            for name, times in others.items():
                mine[name] = mine.get(name, 0) + times

    @property
    def is_nothing(self) -> bool:
        """Whether adding it changes nothing."""
        if self.observations:
            return False
        return not any(self.numbers) and not any(any(names.values()) for names in self.names)

    @property
    def names(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Who says it and where, each with how many observations say so."""
        return self.sources, self.domains, self.marketplaces

    @property
    def plausibility(self) -> int | None:
        """The mean over the observations that have the score, in millionths."""
        return mean(self.plausibility_sum, self.plausibility_weight)

    @property
    def typicality(self) -> int | None:
        """The mean over the observations that have the score, in millionths."""
        return mean(self.typicality_sum, self.typicality_weight)

    @property
    def level(self) -> Level:
        """How the statement came about."""
        if self.behaviors:
            return Level.BEHAVIOR
        return Level.ROLLED_UP if self.rolled_up else Level.ASSERTED

    @property
    def numbers(self) -> tuple[int, ...]:
        """The sums, in the order in which `stored` writes them."""
        numbers: tuple[int, ...] = _numbers(self)
        return numbers

    def stored(self) -> Stored:
        """The tally as a relationship keeps it."""
        known = [sorted([name for name in uses if uses[name]]) for uses in self.names]
        uses = [
            times[name] for times, names in zip(self.names, known, strict=True) for name in names
        ]
        sources, domains, marketplaces = (tuple(names) for names in known)
        return Stored(sources, domains, marketplaces, (*self.numbers, *uses))

    @property
    def is_plain(self) -> bool:
        """Whether one data set asserts it outright, and nobody else: its sums follow then."""
        return self.observations == 1 and not (
            self.rolled_up
            or self.behaviors
            or (self.domains and any(self.domains.values()))
            or (self.marketplaces and any(self.marketplaces.values()))
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """A tally in the form that Neo4j keeps: names, and one list of the sums and the names' uses."""

    sources: tuple[str, ...]
    domains: tuple[str, ...]
    marketplaces: tuple[str, ...]
    sums: tuple[int, ...]


def restored(
    sources: Sequence[str], domains: Sequence[str], marketplaces: Sequence[str], sums: Sequence[int]
) -> Tally:
    """The tally that was stored so."""
    tally = Tally()
    for name, value in zip(_NUMBERS, sums[:8], strict=True):
        setattr(tally, name, value)
    uses = iter(sums[8:])
    tally.sources.update(dict(zip(sources, uses, strict=False)))
    tally.domains.update(dict(zip(domains, uses, strict=False)))
    tally.marketplaces.update(dict(zip(marketplaces, uses, strict=False)))
    return tally


def tally_of(
    scores: tuple[int, float | None, float | None],
    sources: Sequence[str],
    domains: Sequence[str] | None,
    marketplaces: Sequence[str] | None,
    sums: Sequence[int] | None,
) -> Tally:
    """The tally of a relationship; `scores` are its support, plausibility and typicality.

    One observation of one data set is stored without its sums: they follow from the rest.
    """
    if sums is not None:
        return restored(sources, domains or (), marketplaces or (), sums)
    support, plausibility, typicality = scores
    tally = Tally()
    tally.add(
        Observation(
            support,
            None if plausibility is None else read_score(plausibility),
            None if typicality is None else read_score(typicality),
            sources=frozenset(sources),
        )
    )
    return tally
