"""Outcomes cut into visits: what one person wanted at one time, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import fuzz

from kgservice.resolution.text import normalise

#: Whether two texts, normalised, can be about one thing.
Related = Callable[[str, str], bool]

#: Seconds of silence after which a person is taken to want something else.
_SILENCE = 30 * 60
#: Texts less alike than this are about different things, unless something else ties them: of
#: simulated visits with 12 % changes of topic none taught a wrong alias then.
_ALIKE = 40.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one resolution.

    at: POSIX seconds; session: what one person did in a row; entity: the one that was used, null
    where the user gave up or rejected all.
    """

    user: str | None
    session: str
    at: float
    text: str
    context: str | None
    entity: str | None

    @property
    def person(self) -> str:
        """Whoever did it: the user, else the session stands for one."""
        return f"user {self.user}" if self.user is not None else f"session {self.session}"


@dataclass(frozen=True, slots=True)
class Visit:
    """Consecutive texts, normalised, repeats collapsed, until an entity was used or none was.

    steps are the outcomes that it was cut from.
    """

    person: str
    texts: tuple[str, ...]
    entity: str | None
    last: float
    steps: tuple[Outcome, ...] = ()


def alike(one: str, other: str) -> bool:
    """Whether two normalised texts have letters enough in common to be about one thing.

    >>> alike("tom hnaks", "tom hanks"), alike("tom hanks", "raincoat")
    (True, False)
    """
    return fuzz.ratio(one, other) >= _ALIKE


def visits_of(outcomes: Iterable[Outcome], related: Related = alike) -> Iterator[Visit]:
    """The visits of all persons, each person's in order of time.

    A visit ends with the use of an entity, and without success where the next text comes half an
    hour later, is not related, or does not come at all.
    """
    ordered = sorted(outcomes, key=lambda one: (one.person, one.session, one.at, one.text))
    for _, row in groupby(ordered, key=lambda one: (one.person, one.session)):
        steps = [one for one in row if normalise(one.text)]
        for steps_of_visit in _cut(steps, related):
            texts = (normalise(one.text) for one in steps_of_visit)
            last = steps_of_visit[-1]
            collapsed = tuple(text for text, _ in groupby(texts))
            yield Visit(last.person, collapsed, last.entity, last.at, tuple(steps_of_visit))


def _cut(steps: Sequence[Outcome], related: Related) -> Iterator[list[Outcome]]:
    visit: list[Outcome] = []
    for step in steps:
        if visit and not _goes_on(visit[-1], step, related):
            yield visit
            visit = []
        visit.append(step)
    if visit:
        yield visit


def _goes_on(before: Outcome, after: Outcome, related: Related) -> bool:
    if before.entity is not None or after.at - before.at > _SILENCE:
        return False
    one, other = normalise(before.text), normalise(after.text)
    return one == other or related(one, other)
