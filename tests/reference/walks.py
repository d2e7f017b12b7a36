"""A scored set taken along a pattern, level by level; semantics.md, Expressions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kgservice.algebra.pattern import (
    Alternatives,
    Hop,
    Pattern,
    Relations,
    Repeat,
    Sequence,
    StatementFilter,
)
from kgservice.algebra.scoring import (
    DEFAULT_SCORING,
    AlongNorm,
    MergeNorm,
    Scoring,
    StatementWeight,
)
from reference.graph import Graph, Statement

Scores = dict[str, float]


def take(graph: Graph, scores: Mapping[str, float], pattern: Pattern, scoring: Scoring) -> Scores:
    """The set that the pattern leads to from this one."""
    match pattern:
        case Hop():
            return _hop(graph, scores, pattern, scoring)
        case Sequence(parts):
            reached = dict(scores)
            for part in parts:
                reached = take(graph, reached, part, scoring)
            return reached
        case Alternatives(parts):
            return merge([take(graph, scores, part, scoring) for part in parts], scoring)
        case Repeat(inner, least, None):
            return _closure(graph, scores, inner, least)
        case Repeat(inner, least, most):
            level = dict(scores)
            levels = [level]
            for _ in range(most):
                level = take(graph, level, inner, scoring)
                levels.append(level)
            return merge(levels[least:], scoring)


def merge(several: Iterable[Mapping[str, float]], scoring: Scoring) -> Scores:
    """The entities of any of these sets."""
    together: Scores = {}
    for scores in several:
        for id, score in scores.items():
            _meet(together, id, score, scoring)
    return together


def reached_by(graph: Graph, start: str, inner: Pattern, least: int) -> set[str]:
    """What `least` repetitions reach, and any number more."""
    level = {start}
    for _ in range(least):
        level = set(take(graph, dict.fromkeys(level, 1.0), inner, DEFAULT_SCORING))
    found = set(level)
    while level:
        level = set(take(graph, dict.fromkeys(level, 1.0), inner, DEFAULT_SCORING)) - found
        found |= level
    return found


def ends(graph: Graph, start: str, hop: Hop) -> Iterator[tuple[str, Statement]]:
    """Each statement that the hop may walk from an entity, with the entity at its other end."""
    for statement in graph.touching.get(start, ()):
        if not walkable(statement, hop.where):
            continue
        ahead = statement.subject == start and _is_among(statement.relation, hop.forwards)
        back = statement.object == start and _is_among(statement.relation, hop.backwards)
        if not (ahead or back):
            continue
        end = statement.object if ahead else statement.subject
        if hop.types is None or graph.is_a(end, hop.types):
            yield end, statement


def walkable(statement: Statement, where: StatementFilter) -> bool:
    return (
        _meets(statement.plausibility, where.min_plausibility)
        and _meets(statement.typicality, where.min_typicality)
        and _meets(statement.support, where.min_support)
        and _has_any(statement.sources, where.sources)
        and _has_any(statement.domains, where.domains)
        and _has_any(statement.marketplaces, where.marketplaces)
    )


def weight(statement: Statement, kind: StatementWeight) -> float:
    known: dict[StatementWeight, float | None] = {
        StatementWeight.NONE: None,
        StatementWeight.PLAUSIBILITY: statement.plausibility,
        StatementWeight.TYPICALITY: statement.typicality,
        StatementWeight.SUPPORT: float(statement.support),
    }
    score = known[kind]
    return 1.0 if score is None else score


def _hop(graph: Graph, scores: Mapping[str, float], hop: Hop, scoring: Scoring) -> Scores:
    reached: Scores = {}
    for start, score in scores.items():
        for end, statement in ends(graph, start, hop):
            each = weight(statement, scoring.statement)
            along = score * each if scoring.along is AlongNorm.PRODUCT else min(score, each)
            _meet(reached, end, along, scoring)
    return reached


def _closure(graph: Graph, scores: Mapping[str, float], inner: Pattern, least: int) -> Scores:
    best: Scores = {}
    for start, score in scores.items():
        for end in reached_by(graph, start, inner, least):
            best[end] = max(best.get(end, 0.0), score)
    return best


def _meet(scores: Scores, id: str, score: float, scoring: Scoring) -> None:
    if id not in scores:
        scores[id] = score
    elif scoring.merge is MergeNorm.SUM:
        scores[id] += score
    else:
        scores[id] = max(scores[id], score)


def _is_among(relation: str, relations: Relations) -> bool:
    return relations is None or relation in relations


def _meets(score: float | None, least: float | None) -> bool:
    return least is None or (score is not None and score >= least)


def _has_any(names: frozenset[str], allowed: frozenset[str] | None) -> bool:
    return allowed is None or bool(names & allowed)
