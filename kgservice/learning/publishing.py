"""Aliases drawn from what people did: published with their support, retired where they fail."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scipy.special import betainc

from kgservice.learning.chain import Chain
from kgservice.learning.visits import Outcome, Related, Visit, alike, visits_of
from kgservice.resolution.text import normalise

_DAY = 86_400.0
#: An alias for everybody is this probable, and by this much more than what comes next.
_PROBABLE, _AHEAD = 0.30, 0.10
#: Visits behind an alias, and persons behind one that is for everybody.
_VISITS, _PERSONS = 3, 3
#: Days in which what one person did loses two thirds of its weight.
_FADING = 30.0
#: What everybody does counts for one person like so many visits of their own.
_PRIOR = 5.0
#: How probable it must be that an alias loses more often than it wins, for it to go.
_FAILING = 0.9
#: Days without a visit after which an alias goes.
_FORGOTTEN = 180.0


@dataclass(frozen=True, slots=True)
class Alias:
    """A text for an entity, and what speaks for it.

    text: normalised; weight: 0..1, how probably the entity is meant; user: whose it is, null for
    everybody; taught: somebody said so; support: visits behind it; persons: who made them; wins and
    losses: what became of its text since it was published; first and last: POSIX seconds of its
    publication and its last visit; retired: it is no more used.
    """

    text: str
    entity: str
    weight: float
    user: str | None = None
    taught: bool = False
    support: int = 0
    persons: int = 0
    wins: int = 0
    losses: int = 0
    first: float = 0.0
    last: float = 0.0
    retired: bool = False

    @property
    def place(self) -> tuple[str, str, str | None]:
        """What makes two aliases the same."""
        return self.text, self.entity, self.user


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that aliases are learned from.

    aliases: those that stand, the taught among them; related: whether two texts can be about one
    thing; named: whether an entity has just this name already, so that nothing need be learned.
    """

    outcomes: Sequence[Outcome]
    aliases: Sequence[Alias] = ()
    related: Related = alike
    named: Callable[[str, str], bool] = field(default=lambda text, entity: False)  # noqa: ARG005


def learn(evidence: Evidence, now: float) -> list[Alias]:
    """The learned aliases that stand from now on, and those that are retired, in their order.

    Taught aliases are not among them: they stand as they are. One that failed stays retired.
    """
    visits = list(visits_of(evidence.outcomes, evidence.related))
    standing = {one.place: one for one in evidence.aliases if not one.taught}
    drawn = {one.place: one for one in _drawn(visits, evidence, now)}
    learned = []
    for place in sorted(
        drawn.keys() | standing.keys(), key=lambda one: (one[0], one[1], one[2] or "")
    ):
        known, new = standing.get(place), drawn.get(place)
        alias = _continued(known, new, now)
        if alias is not None:
            learned.append(_judged(alias, evidence.outcomes))
    return learned


def _continued(known: Alias | None, new: Alias | None, now: float) -> Alias | None:
    """An alias as it stands now; null where nothing speaks for it any more."""
    if known is None:
        return None if new is None else replace(new, first=now)
    if new is None:
        # People who get there at once leave no visits that lead there: it stays until it fails.
        fading = known.last + _FORGOTTEN * _DAY < now
        return replace(known, retired=known.retired or fading)
    return replace(new, first=known.first, retired=known.retired)


def _judged(alias: Alias, outcomes: Iterable[Outcome]) -> Alias:
    """With its wins and losses since it was published, and retired where it fails."""
    since = [
        one.entity == alias.entity
        for one in outcomes
        if one.at > alias.first
        and normalise(one.text) == alias.text
        and (alias.user is None or one.user == alias.user)
    ]
    wins, losses = sum(since), len(since) - sum(since)
    # The chance, after a uniform prior, that fewer than half of its uses are right.
    failing = float(betainc(1 + wins, 1 + losses, 0.5)) > _FAILING
    return replace(alias, wins=wins, losses=losses, retired=alias.retired or failing)


def _drawn(visits: Sequence[Visit], evidence: Evidence, now: float) -> Iterator[Alias]:
    chain = Chain(visits)
    through = _through(visits)
    everybody: dict[tuple[str, str], float] = {}
    for text, by_entity in through.items():
        found = _for_everybody(text, by_entity, chain.ends(text))
        if found is not None and not evidence.named(text, found.entity):
            everybody[text, found.entity] = found.weight
            yield found
    for alias in _taught_by_several(evidence.aliases, now):
        if (alias.text, alias.entity) not in everybody:
            everybody[alias.text, alias.entity] = alias.weight
            yield alias
    yield from _personal(evidence, everybody, now)


def _through(visits: Iterable[Visit]) -> Mapping[str, Mapping[str, list[Visit]]]:
    """Of each text, and each entity that was used in the end, the visits that passed there."""
    through: dict[str, dict[str, list[Visit]]] = defaultdict(lambda: defaultdict(list))
    for visit in visits:
        if visit.entity is not None:
            for text in set(visit.texts):
                through[text][visit.entity].append(visit)
    return through


def _for_everybody(
    text: str, by_entity: Mapping[str, Sequence[Visit]], ends: Mapping[str, float]
) -> Alias | None:
    ranked = sorted(ends.items(), key=lambda one: (-one[1], one[0]))
    entity, weight = ranked[0]
    ahead = weight - (ranked[1][1] if len(ranked) > 1 else 0.0)
    visits = by_entity.get(entity, ())
    persons = len({visit.person for visit in visits})
    enough = len(visits) >= _VISITS and persons >= _PERSONS
    if weight < _PROBABLE or ahead < _AHEAD or not enough:
        return None
    last = max(visit.last for visit in visits)
    return Alias(text, entity, weight, support=len(visits), persons=persons, last=last)


def _taught_by_several(aliases: Iterable[Alias], now: float) -> Iterator[Alias]:
    """What several users taught by themselves is for everybody."""
    teachers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in aliases:
        if one.taught and one.user is not None:
            teachers[one.text][one.entity].add(one.user)
    for text, by_entity in teachers.items():
        of_all = sum(len(users) for users in by_entity.values())
        for entity, users in by_entity.items():
            weight = (len(users) + 1) / (of_all + 2)
            if len(users) >= _PERSONS and weight > 0.5:
                count = len(users)
                yield Alias(text, entity, weight, support=count, persons=count, last=now)


def _personal(
    evidence: Evidence, everybody: Mapping[tuple[str, str], float], now: float
) -> Iterator[Alias]:
    """Of each user what they used for a text, faded, mixed with what everybody does."""
    own: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in evidence.outcomes:
        if one.user is not None and one.entity is not None and normalise(one.text):
            own[one.user, normalise(one.text)].append(one)
    for (user, text), outcomes in sorted(own.items()):
        by_entity: dict[str, float] = defaultdict(float)
        for one in outcomes:
            by_entity[str(one.entity)] += math.exp(-max(0.0, now - one.at) / (_FADING * _DAY))
        entity, faded = max(sorted(by_entity.items()), key=lambda one: one[1])
        support = [one for one in outcomes if one.entity == entity]
        share = everybody.get((text, entity), 0.0)
        weight = (faded + _PRIOR * share) / (sum(by_entity.values()) + _PRIOR)
        if len(support) < _VISITS or weight < _PROBABLE or evidence.named(text, entity):
            continue
        last = max(one.at for one in support)
        yield Alias(text, entity, weight, user, support=len(support), persons=1, last=last)
