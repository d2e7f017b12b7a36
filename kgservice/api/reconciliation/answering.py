"""Candidates for queries: resolved as everywhere, then sifted by what their properties say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kgservice.api.context import Context
from kgservice.api.reconciliation.queries import Condition, PropertyValue, Query
from kgservice.api.reconciliation.stating import Stated, stated
from kgservice.errors import LimitExceededError
from kgservice.model import Candidate, Entity, Mention, Resolution
from kgservice.resolution.text import normalise

#: Candidates that are looked at, before types and properties are.
_LOOKED_AT = 100
#: What the confidence of an entity of another type than the expected is multiplied by.
_OTHER_TYPE = 0.1
#: Sure enough to act on: this probable, and so far ahead of the next.
_MATCH, _AHEAD = 0.9, 0.3


@dataclass(frozen=True, slots=True)
class Answer:
    """A candidate as both versions show it; confidence is 0..1."""

    entity: Entity
    confidence: float
    match: bool
    features: tuple[tuple[str, float], ...]


async def answer(queries: Sequence[Query], context: Context) -> list[list[Answer]]:
    """The candidates of each query, best first, each judged by itself.

    Raises LimitExceededError for too many queries, UnknownRelationError and UnknownTypeError.
    """
    limits = context.limits
    if len(queries) > limits.mentions:
        raise LimitExceededError("queries", limits.mentions, len(queries))
    named = [query for query in queries if query.text is not None]
    mentions = [_mention(query, context) for query in named]
    resolved = await context.resolver.resolve(mentions, context.state) if mentions else []
    by_query = dict(zip(map(id, named), resolved, strict=True))
    ids = {one.id for resolution in resolved for one in resolution.candidates}
    cards = await context.state.reads.entities(ids, context.limit) if ids else {}
    return [await _answers(query, by_query.get(id(query)), cards, context) for query in queries]


def _mention(query: Query, context: Context) -> Mention:
    hints = [
        value.text
        for condition in query.conditions
        if condition.quantifier != "none"
        for value in condition.values
    ]
    types = context.state.vocabulary.with_subtypes(query.types) if query.strict else None
    return Mention(
        query.text or "",
        context=" ".join([query.text or "", *hints]) if hints else None,
        types=types if query.types else None,
        language=query.language,
        limit=_LOOKED_AT,
        min_confidence=0.0,
    )


async def _answers(
    query: Query,
    resolution: Resolution | None,
    cards: Mapping[str, Entity],
    context: Context,
) -> list[Answer]:
    if resolution is None:
        return []
    found = [one for one in resolution.candidates if one.id in cards]
    for condition in query.conditions:
        if condition.required:
            found = await _sifted(found, condition, context)
    confidences = _weighed(found, query, cards, context)
    ranked = sorted(zip(confidences, found, strict=True), key=lambda one: (-one[0], one[1].id))
    match = _is_match(ranked, resolution.nil_probability)
    most = min(query.limit, context.limits.candidates)
    return [
        Answer(cards[one.id], confidence, match and place == 0, one.features)
        for place, (confidence, one) in enumerate(ranked[:most])
        if confidence >= 0.005 or place == 0
    ]


def _weighed(
    found: Sequence[Candidate], query: Query, cards: Mapping[str, Entity], context: Context
) -> list[float]:
    """The confidences, less where a type was expected and an entity is of another."""
    confidences = [one.confidence for one in found]
    if not query.types or not found:
        return confidences
    expected = context.state.vocabulary.with_subtypes(query.types)
    weighed = [
        confidence * (1.0 if expected.intersection(cards[one.id].types) else _OTHER_TYPE)
        for confidence, one in zip(confidences, found, strict=True)
    ]
    total = sum(weighed)
    return [one * sum(confidences) / total for one in weighed] if total else weighed


def _is_match(ranked: Sequence[tuple[float, Candidate]], nil: float) -> bool:
    if not ranked:
        return False
    first = ranked[0][0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    return first >= _MATCH and first - second >= _AHEAD and nil < 0.5


async def _sifted(
    found: Sequence[Candidate], condition: Condition, context: Context
) -> list[Candidate]:
    if not found:
        return []
    said = await stated([one.id for one in found], condition.property, context)
    return [one for one in found if _meets(said.get(one.id, ()), condition)]


def _meets(said: Sequence[Stated], condition: Condition) -> bool:
    hits = [any(_is(one, wanted) for one in said) for wanted in condition.values]
    match condition.quantifier:
        case "any":
            return any(hits)
        case "all":
            return all(hits)
        case "none":
            return not any(hits)


def _is(stated: Stated, wanted: PropertyValue) -> bool:
    if stated.entity is not None:
        named = wanted.id is None and normalise(stated.entity.label) == normalise(wanted.text)
        return named or stated.entity.id == (wanted.id or wanted.text)
    return wanted.id is None and normalise(stated.text) == normalise(wanted.text)
