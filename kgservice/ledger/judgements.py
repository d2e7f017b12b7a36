"""Judgements that two entities are the same or not, and the canonical entities that follow.

A judgement is data: it is kept as it was made, and taken back by taking it away. Entities that are
the same through any chain of judgements are a class, with one canonical member. A class within
which two were judged different is left unmerged: one of its judgements is wrong, and nobody but
people can say which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What was judged of two entities."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged of two entities, whatever their order.

    confidence: 0..1; by: who judged, a person or a program.
    """

    one: str
    other: str
    verdict: Verdict
    confidence: float = 1.0
    by: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """Both ids in order of code point; of one pair there is one judgement."""
        return min(self.one, self.other), max(self.one, self.other)


@dataclass(frozen=True, slots=True)
class Classes:
    """What follows from judgements.

    canonical: of each merged entity its canonical one; contradicted: the classes that are left
    unmerged, each with its members in order.
    """

    canonical: Mapping[str, str]
    contradicted: Sequence[tuple[str, ...]]


def classes_of(judgements: Iterable[Judgement], rank: Callable[[str], tuple[int, str]]) -> Classes:
    """The classes that follow; the canonical member is the one of the lowest rank.

    >>> both = [Judgement("b", "a", Verdict.SAME), Judgement("b", "c", Verdict.SAME)]
    >>> dict(classes_of(both, lambda id: (0, id)).canonical)
    {'b': 'a', 'c': 'a'}
    """
    every = list(judgements)
    head: dict[str, str] = {}
    for one in every:
        if one.verdict is Verdict.SAME:
            first, second = _head(head, one.one), _head(head, one.other)
            head[max(first, second)] = min(first, second)
    members: dict[str, list[str]] = {}
    for id in sorted(head):
        members.setdefault(_head(head, id), []).append(id)
    apart = {
        _head(head, one.one)
        for one in every
        if one.verdict is Verdict.DIFFERENT and _head(head, one.one) == _head(head, one.other)
    }
    canonical = {}
    for first, several in members.items():
        if first not in apart:
            chosen = min(several, key=rank)
            canonical.update({id: chosen for id in several if id != chosen})
    contradicted = [tuple(members[first]) for first in sorted(apart) if first in members]
    return Classes(canonical, contradicted)


def _head(head: dict[str, str], id: str) -> str:
    """The first of an id's class so far; what lies on the way there is shortened."""
    head.setdefault(id, id)
    first = id
    while head[first] != first:
        first = head[first]
    while head[id] != first:
        head[id], id = first, head[id]
    return first
