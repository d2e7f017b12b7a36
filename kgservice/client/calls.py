"""The documents that the clients send, and what is read off their answers.

The names of the operations are what a service's metrics and traces show. What is more than a
service takes at once is cut into several calls, whose lists are laid end to end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from kgservice.client.expressions import Expression, Head, Input, Mention
from kgservice.client.sending import Call
from kgservice.client.values import (
    ENTITY,
    STATEMENT,
    Answers,
    Commonsense,
    Entity,
    Outcome,
    Resolution,
    Suggestion,
)

T = TypeVar("T")

#: What a service takes at once by default: KG_MAX_IDS, KG_MAX_MENTIONS, KG_MAX_HEADS,
#: KG_MAX_OUTCOMES.
_IDS, _MENTIONS, _HEADS, _OUTCOMES = 1_000, 100, 100, 1_000

_ENTITIES = f"query ClientEntities($ids: [ID!]!) {{ entities(ids: $ids) {{ {ENTITY} }} }}"
_RESOLVE = f"""query ClientResolve($mentions: [MentionInput!]!) {{
  resolve(mentions: $mentions) {{
    text nilProbability candidates {{ confidence match name entity {{ {ENTITY} }} }} }} }}"""
_SUGGEST = f"""query ClientSuggest(
    $prefix: String!, $types: [String!], $session: [String!], $first: Int!) {{
  suggest(prefix: $prefix, types: $types, session: $session, first: $first) {{
    text score entity {{ {ENTITY} }} }} }}"""
_COMMONSENSE = f"""query ClientCommonsense($heads: [CommonsenseHead!]!, $relations: [String!],
    $minPlausibility: Float, $minTypicality: Float, $minSupport: Int, $language: String,
    $first: Int!) {{
  commonsense(heads: $heads, relations: $relations, minPlausibility: $minPlausibility,
      minTypicality: $minTypicality, minSupport: $minSupport, language: $language, first: $first) {{
    known total head {{ {ENTITY} }} statements {{ {STATEMENT} }} }} }}"""
_ANSWERS = f"""query ClientAnswers($query: SetExpression!, $scoring: Scoring, $first: Int!,
    $after: String, $unknownIds: UnknownIds!) {{
  answers(query: $query, scoring: $scoring, first: $first, after: $after,
      unknownIds: $unknownIds) {{
    dataVersion edges {{ score node {{ {ENTITY} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
_COUNT = """query ClientCount($query: SetExpression!) {
  answers(query: $query, first: 0) { totalCount } }"""
_OUTCOMES_DOCUMENT = """mutation ClientOutcomes($outcomes: [OutcomeInput!]!) {
  recordOutcomes(outcomes: $outcomes) { recorded } }"""


@dataclass(frozen=True, slots=True)
class Minima:
    """What commonsense must have at least; null is no minimum."""

    plausibility: float | None = 0.5
    typicality: float | None = 0.5
    support: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answers are wanted; scoring and unknown_ids as in the schema."""

    expression: Expression
    first: int = 20
    after: str | None = None
    scoring: Input | None = None
    ignore_unknown: bool = False


def execute(document: str, variables: Mapping[str, Any] | None) -> Call[Mapping[str, Any]]:
    """Any document; its data as they came."""
    return Call(document, variables or {}, lambda data: data)


def entities(ids: Iterable[str]) -> Iterator[Call[list[Entity | None]]]:
    """Entities in the order asked, null where unknown."""
    for part in _parts(ids, _IDS):
        yield Call(
            _ENTITIES,
            {"ids": part},
            lambda data: [None if one is None else Entity.of(one) for one in data["entities"]],
        )


def resolve(mentions: Iterable[str | Mention]) -> Iterator[Call[list[Resolution]]]:
    """One resolution for each mention, in order."""
    for part in _parts(mentions, _MENTIONS):
        asked = [Mention(one) if isinstance(one, str) else one for one in part]
        yield Call(
            _RESOLVE,
            {"mentions": [one.input for one in asked]},
            lambda data: [Resolution.of(one) for one in data["resolve"]],
        )


def suggest(
    prefix: str, types: Sequence[str] | None, session: Sequence[str], first: int
) -> Call[list[Suggestion]]:
    """Completions, best first."""
    variables = {
        "prefix": prefix,
        "types": None if types is None else list(types),
        "session": list(session),
        "first": first,
    }

    def read(data: Mapping[str, Any]) -> list[Suggestion]:
        return [
            Suggestion(one["text"], Entity.of(one["entity"]), one["score"])
            for one in data["suggest"]
        ]

    return Call(_SUGGEST, variables, read)


def commonsense(
    heads: Iterable[Head],
    relations: Sequence[str] | None,
    minima: Minima,
    language: str | None,
    first: int,
) -> Iterator[Call[list[Commonsense]]]:
    """One result for each head, in order."""
    for part in _parts(heads, _HEADS):
        variables = {
            "heads": [one.input for one in part],
            "relations": None if relations is None else list(relations),
            "minPlausibility": minima.plausibility,
            "minTypicality": minima.typicality,
            "minSupport": minima.support,
            "language": language,
            "first": first,
        }
        yield Call(
            _COMMONSENSE,
            variables,
            lambda data: [Commonsense.of(one) for one in data["commonsense"]],
        )


def answers(wanted: Wanted) -> Call[Answers]:
    """A page of answers."""
    variables = {
        "query": wanted.expression.input,
        "scoring": wanted.scoring,
        "first": wanted.first,
        "after": wanted.after,
        "unknownIds": "IGNORE" if wanted.ignore_unknown else "ERROR",
    }
    return Call(_ANSWERS, variables, lambda data: Answers.of(data["answers"]))


def count(expression: Expression) -> Call[int]:
    """How many answers there are, exactly."""
    return Call(
        _COUNT, {"query": expression.input}, lambda data: int(data["answers"]["totalCount"])
    )


def record_outcomes(outcomes: Iterable[Outcome]) -> Iterator[Call[int]]:
    """How many outcomes of each call were kept; sent again they count once."""
    for part in _parts(outcomes, _OUTCOMES):
        yield Call(
            _OUTCOMES_DOCUMENT,
            {"outcomes": [one.input for one in part]},
            lambda data: int(data["recordOutcomes"]["recorded"]),
        )


def _parts(several: Iterable[T], size: int) -> Iterator[list[T]]:
    whole = list(several)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
