"""The facts of a graph as columns, and questions of every structure with 1 to 500 answers.

Questions are grown here and their answers found in arrays of this module's own, so that every way
to ask can be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from random import Random

import numpy as np
import numpy.typing as npt

from kgservice.algebra.expression import Expression, ids
from kgservice.algebra.pattern import Hop
from kgservice.algebra.structures import STRUCTURES, Shape, built

Numbers = npt.NDArray[np.int64]

_MOST_ANSWERS = 500

#: How legs are combined; the kind that is not here subtracts.
_COMBINED: Mapping[str, Callable[[Numbers, Numbers], Numbers]] = {
    "and": np.intersect1d,
    "or": np.union1d,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all its answers, in order."""

    structure: str
    expression: Expression
    answers: Sequence[str]


class _Side:
    """Statements by one of their ends, then by relation."""

    def __init__(self, entities: int, near: Numbers, relation: Numbers, far: Numbers):
        order = np.lexsort((relation, near))
        self._relation, self._far = relation[order], far[order]
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(near, minlength=entities))])

    def relations(self, entity: int) -> list[int]:
        """The relations that an entity has."""
        first, last = self._starts[entity : entity + 2]
        found: list[int] = np.unique(self._relation[first:last]).tolist()
        return found

    def beside(self, entities: Numbers, relation: int) -> Numbers:
        """What a relation leads to from some entities."""
        starts, ends = self._starts[entities], self._starts[entities + 1]
        sizes = ends - starts
        places = np.arange(sizes.sum()) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        return np.unique(self._far[places[self._relation[places] == relation]])


@dataclass(frozen=True, slots=True)
class Facts:
    """Statements between entities: of each the numbers of its ends and of its relation.

    `ids` and `relations` say what the numbers stand for; ids are in order of code point.
    """

    ids: Sequence[str]
    relations: Sequence[str]
    subject: Numbers
    relation: Numbers
    object: Numbers

    def __len__(self) -> int:
        return len(self.subject)


def questions(facts: Facts, structures: Sequence[str], count: int, seed: int) -> list[Asked]:
    """So many of each structure, grown backwards from an answer; none is asked twice."""
    random = Random(seed)
    growing = _Growing.of(facts, random)
    return [one for name in structures for one in growing.questions(name, count)]


@dataclass(slots=True)
class _Growing:
    """Chooses anchors and hops in the order in which `built` takes them, and finds the answers."""

    facts: Facts
    random: Random
    out: _Side
    into: _Side
    anchors: list[int] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)

    @classmethod
    def of(cls, facts: Facts, random: Random) -> _Growing:
        size = len(facts.ids)
        out = _Side(size, facts.subject, facts.relation, facts.object)
        return cls(facts, random, out, _Side(size, facts.object, facts.relation, facts.subject))

    def questions(self, structure: str, count: int) -> list[Asked]:
        asked: dict[Expression, Asked] = {}
        for _ in range(200 * count):
            if len(asked) == count:
                break
            self.anchors, self.hops = [], []
            # An end of a statement: an entity without one cannot be an answer.
            last = int(self.facts.object[self.random.randrange(len(self.facts))])
            start = self.random.choice((last, self.random.randrange(len(self.facts.ids))))
            answers = self._grown(STRUCTURES[structure], start)
            if 1 <= len(answers) <= _MOST_ANSWERS:
                anchors = (ids(self.facts.ids[one]) for one in self.anchors)
                expression = built(STRUCTURES[structure], anchors, iter(self.hops))
                shown = [self.facts.ids[number] for number in answers.tolist()]
                asked[expression] = Asked(structure, expression, shown)
        return list(asked.values())

    def _grown(self, shape: Shape, answer: int) -> Numbers:
        if isinstance(shape, str):
            self.anchors.append(answer)
            return np.array([answer])
        kind, *below = shape
        if kind == "hop":
            return self._hop(below[0], answer)
        legs = [self._grown(below[0], answer)]
        for leg in below[1:]:
            if not len(legs[0]):
                return legs[0]
            meets = answer if kind == "and" else int(self.random.choice(legs[0].tolist()))
            legs.append(self._grown(leg, meets))
        return reduce(_COMBINED.get(str(kind), np.setdiff1d), legs)

    def _hop(self, below: Shape, answer: int) -> Numbers:
        ways = [(one, True) for one in self.out.relations(answer)]
        ways += [(one, False) for one in self.into.relations(answer)]
        if not ways:
            return np.empty(0, np.int64)
        relation, out = self.random.choice(ways)
        back, ahead = (self.out, self.into) if out else (self.into, self.out)
        before = int(self.random.choice(back.beside(np.array([answer]), relation).tolist()))
        sources = self._grown(below, before)
        names = frozenset({self.facts.relations[relation]})
        self.hops.append(Hop(backwards=names) if out else Hop(forwards=names))
        return ahead.beside(sources, relation)
