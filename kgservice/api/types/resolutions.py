"""What names resolve to."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from kgservice import model
from kgservice.api.context import Context
from kgservice.api.types.entities import Entity, entities
from kgservice.api.types.values import Feature
from kgservice.model import Generator

strawberry.enum(Generator, description="How a candidate was found.")


@strawberry.type
class Candidate:
    """An entity that a mention may denote."""

    entity: Entity
    confidence: float = strawberry.field(
        description="Calibrated probability that this entity is meant; all candidates and "
        "nilProbability together are at most 1."
    )
    match: bool = strawberry.field(description="Sure enough to act on without asking.")
    name: str = strawberry.field(description="The name it was found by.")
    found_by: list[Generator]
    features: list[Feature]


@strawberry.type
class Resolution:
    """The candidates of one mention, best first."""

    text: str
    candidates: list[Candidate]
    match: Candidate | None = strawberry.field(
        description="The first candidate where it is a match, else null."
    )
    nil_probability: float = strawberry.field(
        description="Probability that no entity of the graph is meant."
    )


async def show_resolutions(
    resolutions: Sequence[model.Resolution], context: Context, *, features: bool = True
) -> list[Resolution]:
    """Resolutions as clients see them; candidates that the graph no longer has are dropped.

    features: whether somebody reads them; ten candidates have 230, 0.1 ms.
    """
    ids = {one.id for each in resolutions for one in each.candidates}
    cards = await entities(ids, context) if ids else {}
    shown = []
    for each in resolutions:
        candidates = [
            show_candidate(one, cards[one.id], features=features)
            for one in each.candidates
            if one.id in cards
        ]
        first = candidates[0] if candidates and candidates[0].match else None
        shown.append(
            Resolution(
                text=each.text,
                candidates=candidates,
                match=first,
                nil_probability=each.nil_probability,
            )
        )
    return shown


def show_candidate(candidate: model.Candidate, card: Entity, *, features: bool = True) -> Candidate:
    """A candidate as clients see it, without features where nobody reads them."""
    shown = candidate.features if features else ()
    return Candidate(
        entity=card,
        confidence=candidate.confidence,
        match=candidate.match,
        name=candidate.name,
        found_by=list(candidate.found_by),
        features=[Feature(id=id, value=value) for id, value in shown],
    )


@strawberry.type
class Suggestion:
    """A completion: a name as it is written, whose it is, and a score that orders the list."""

    text: str
    entity: Entity
    score: float


async def show_suggestions(
    suggestions: Sequence[model.Suggestion], context: Context
) -> list[Suggestion]:
    """Suggestions as clients see them; entities that the graph no longer has are dropped."""
    ids = {one.entity for one in suggestions}
    cards = await entities(ids, context) if ids else {}
    return [
        Suggestion(text=one.text, entity=cards[one.entity], score=one.score)
        for one in suggestions
        if one.entity in cards
    ]
