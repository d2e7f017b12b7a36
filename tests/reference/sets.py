"""Expressions as what they denote: a dict from canonical entities to scores."""

from __future__ import annotations

from functools import reduce

from kgservice.algebra.expression import (
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    SortOrder,
    Subtract,
    Top,
    Union,
)
from kgservice.algebra.scoring import DEFAULT_SCORING, IntersectNorm, Scoring
from reference.graph import Graph
from reference.values import extremes, meets
from reference.walks import Scores, merge, take


def evaluate(graph: Graph, expression: Expression, scoring: Scoring = DEFAULT_SCORING) -> Scores:
    """The entities of a set with their scores; ids that the graph does not have are left out."""
    match expression:
        case Entities() | OfType():
            return _anchor(graph, expression)
        case Follow():
            return _follow(graph, expression, scoring)
        case Intersect(operands):
            return _intersect([evaluate(graph, one, scoring) for one in operands], scoring)
        case Union(operands):
            return merge([evaluate(graph, one, scoring) for one in operands], scoring)
        case Subtract(source, remove):
            gone = evaluate(graph, remove, scoring)
            kept = evaluate(graph, source, scoring)
            return {id: score for id, score in kept.items() if id not in gone}
        case Filter(source):
            found = evaluate(graph, source, scoring)
            return {id: score for id, score in found.items() if _passes(graph, id, expression)}
        case Top(source):
            return _top(graph, evaluate(graph, source, scoring), expression)


def _anchor(graph: Graph, expression: Entities | OfType) -> Scores:
    if isinstance(expression, OfType):
        return {id: 1.0 for id in graph.entities if graph.is_a(id, expression.types)}
    found: Scores = {}
    for id, score in expression.entities:
        if id in graph.canonical:
            canonical = graph.canonical[id]
            found[canonical] = max(found.get(canonical, 0.0), score)
    return found


def _follow(graph: Graph, expression: Follow, scoring: Scoring) -> Scores:
    start = evaluate(graph, expression.source, scoring)
    reached = start
    for step in expression.steps:
        reached = take(graph, reached, step.pattern, scoring)
        if step.except_start:
            reached = {id: score for id, score in reached.items() if id not in start}
    return reached


def _intersect(sets: list[Scores], scoring: Scoring) -> Scores:
    together: Scores = {}
    for id in sets[0]:
        if all(id in one for one in sets):
            scores = [one[id] for one in sets]
            if scoring.intersect is IntersectNorm.MIN:
                together[id] = min(scores)
            else:
                together[id] = reduce(lambda left, right: left * right, scores)
    return together


def _passes(graph: Graph, id: str, expression: Filter) -> bool:
    if expression.types is not None and not graph.is_a(id, expression.types):
        return False
    return all(meets(graph, id, condition) for condition in expression.conditions)


def _top(graph: Graph, found: Scores, expression: Top) -> Scores:
    if expression.by is None:
        keys = dict(found)
    else:
        keys = extremes(graph, sorted(found), expression.by, expression.order)
    ranked = sorted(keys)
    # Sorting is stable, so ties stay in the order of ids, whichever way the keys run.
    ranked.sort(key=lambda id: keys[id], reverse=expression.order is SortOrder.DESC)
    return {id: found[id] for id in ranked[: expression.first]}
