"""At which stage resolution lost an entity: the first that cannot be made good counts.

A resolution is judged against the entity that its visit ended with. Whether a span was cut wrong or
a fact is missing cannot be told from outcomes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from kgservice.learning.visits import Visit
from kgservice.model import Mention, Resolution
from kgservice.resolution.text import normalise

#: Candidates that are looked at: one further down is as good as missed.
_LOOKED_AT = 100


class Failure(StrEnum):
    """The stage, from the first to the last."""

    INPUT = "input"
    CANDIDATE_MISS = "candidate_miss"
    RANKING = "ranking"
    NIL = "nil"
    CORRECT = "correct"
    UNSUPPORTED = "unsupported"


#: What each stage means, for reports.
MEANING: Mapping[Failure, str] = {
    Failure.INPUT: "nothing in the text can be looked for",
    Failure.CANDIDATE_MISS: "no generator found the entity",
    Failure.RANKING: "it was found, but not first",
    Failure.NIL: "answered where nothing was meant, or silent where it was there",
    Failure.CORRECT: "it was first",
    Failure.UNSUPPORTED: "nothing was meant, and nothing was said",
}


def failure_of(text: str, accepted: str | None, resolution: Resolution) -> Failure:
    """The stage at which a resolution went wrong; `accepted` is null where nothing was used."""
    if not normalise(text):
        return Failure.INPUT
    if accepted is None:
        return Failure.NIL if resolution.match is not None else Failure.UNSUPPORTED
    found = [candidate.id for candidate in resolution.candidates]
    if accepted not in found:
        return Failure.CANDIDATE_MISS
    if found[0] != accepted:
        return Failure.RANKING
    return Failure.NIL if resolution.nil_probability > 0.5 else Failure.CORRECT


def failures(visits: Iterable[Visit], resolve: Callable[[Mention], Resolution]) -> Counter[Failure]:
    """How many of the texts of some visits were lost at each stage."""
    counts: Counter[Failure] = Counter()
    for visit in visits:
        for step in visit.steps:
            mention = Mention(
                step.text, step.context, limit=_LOOKED_AT, min_confidence=0.0, user=step.user
            )
            counts[failure_of(step.text, visit.entity, resolve(mention))] += 1
    return counts
