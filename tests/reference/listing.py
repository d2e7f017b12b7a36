"""Answers in order, in pages, and counted; semantics.md, Order, paging, counting."""

from __future__ import annotations

from collections import Counter

from kgservice.algebra.pattern import Pattern
from kgservice.algebra.scoring import DEFAULT_SCORING
from reference.graph import Graph
from reference.walks import Scores, take


def in_order(scores: Scores) -> list[tuple[str, float]]:
    """By score descending, then by id; Python compares texts by code point."""
    return sorted(scores.items(), key=lambda one: (-one[1], one[0]))


def page(
    scores: Scores, first: int, after: tuple[str, float] | None = None
) -> list[tuple[str, float]]:
    """The first answers behind a place in the order, which need not be that of an answer."""
    behind = [
        (id, score)
        for id, score in in_order(scores)
        if after is None or (-score, id) > (-after[1], after[0])
    ]
    return behind[:first]


def groups(graph: Graph, scores: Scores, pattern: Pattern) -> list[tuple[str, int]]:
    """How many answers reach each entity along a pattern, most first, then by id."""
    reached: Counter[str] = Counter()
    for answer in scores:
        reached.update(set(take(graph, {answer: 1.0}, pattern, DEFAULT_SCORING)))
    return sorted(reached.items(), key=lambda one: (-one[1], one[0]))


def by_type(graph: Graph, scores: Scores) -> Counter[str]:
    """How many answers have each direct type."""
    counted: Counter[str] = Counter()
    for answer in scores:
        counted.update(graph.types.get(answer, frozenset()))
    return counted
