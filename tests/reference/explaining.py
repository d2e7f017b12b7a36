"""Why an answer is one, and what connects two sets, by trying all walks; semantics.md, Support."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from kgservice.algebra.expression import (
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    Step,
    Subtract,
    Top,
    Union,
)
from kgservice.algebra.pattern import Alternatives, Hop, Pattern, Repeat
from kgservice.algebra.pattern import Sequence as PatternSequence
from kgservice.algebra.scoring import AlongNorm, Scoring
from reference.graph import Graph, Statement
from reference.sets import evaluate
from reference.walks import ends, weight

#: Subject, relation and object of a statement: its id.
Ids = Mapping[tuple[str, str, str], str]

#: So many walks are kept, and so many hops tried, before a question counts as too large.
_MOST = 20_000
_MOST_HOPS = 200_000


class TooManyWalksError(Exception):
    """This question is not one to try all walks of."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Entities and the ids of the statements between them; `weights` are null inside a closure."""

    entities: tuple[str, ...]
    statements: tuple[str, ...] = ()
    weights: tuple[float | None, ...] = ()
    score: float = 1.0
    leg: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Explaining:
    """Explains answers over one graph by one scoring."""

    graph: Graph
    ids: Ids
    scoring: Scoring
    #: Hops, of all that is asked of it.
    _tried: Iterator[int] = field(default_factory=count, repr=False)

    def support(self, expression: Expression, answer: str) -> list[Walk]:
        """One walk per leg; one without statements only where the expression is an anchor."""
        walks = self._walks(expression, answer)
        whole = isinstance(expression, Entities | OfType)
        return [walk for walk in walks if walk.statements or whole]

    def _walks(self, expression: Expression, id: str) -> list[Walk]:
        scores = evaluate(self.graph, expression, self.scoring)
        if id not in scores:
            return []
        match expression:
            case Entities() | OfType():
                return [Walk((id,), score=scores[id])]
            case Follow():
                return self._leg(expression, id)
            case Intersect(operands) | Union(operands):
                return [
                    replace(walk, leg=(number, *walk.leg))
                    for number, one in enumerate(operands)
                    for walk in self._walks(one, id)
                ]
            case Subtract(source, _) | Filter(source) | Top(source):
                return self._walks(source, id)

    def _leg(self, expression: Follow, id: str) -> list[Walk]:
        source, chain = _chain(expression)
        starts = evaluate(self.graph, source, self.scoring)
        found = [
            self._scored(walk, score)
            for start, score in starts.items()
            for walk in self._along(chain, Walk((start,)))
            if walk.entities[-1] == id
        ]
        best = min(
            found, key=lambda one: (-one.score, len(one.statements), one.entities, one.statements)
        )
        return [
            replace(
                self._scored(best, part.score),
                entities=part.entities + best.entities[1:],
                statements=part.statements + best.statements,
                leg=part.leg,
            )
            for part in self._walks(source, best.entities[0])
        ]

    def _scored(self, walk: Walk, score: float) -> Walk:
        for one in walk.weights:
            if one is not None:
                product = self.scoring.along is AlongNorm.PRODUCT
                score = score * one if product else min(score, one)
        return replace(walk, score=score)

    def _along(self, chain: Sequence[Follow], before: Walk) -> Iterator[Walk]:
        """The walk taken on along all the follows of a chain, in every way."""
        walks = [before]
        for follow in chain:
            began = evaluate(self.graph, follow.source, self.scoring)
            for step in follow.steps:
                walks = [on for walk in walks for on in self._step(step, walk, began)]
                if len(walks) > _MOST:
                    raise TooManyWalksError
        yield from walks

    def _step(self, step: Step, walk: Walk, began: Mapping[str, float]) -> Iterator[Walk]:
        for on in self._pattern(step.pattern, walk, weighs=True):
            if not (step.except_start and on.entities[-1] in began):
                yield on

    def _pattern(self, pattern: Pattern, walk: Walk, *, weighs: bool) -> Iterator[Walk]:
        match pattern:
            case Hop():
                yield from self._hop(pattern, walk, weighs=weighs)
            case PatternSequence((first, *rest)):
                for on in self._pattern(first, walk, weighs=weighs):
                    yield from self._rest(rest, on, weighs=weighs)
            case Alternatives(parts):
                for part in parts:
                    yield from self._pattern(part, walk, weighs=weighs)
            case Repeat():
                yield from self._repeat(pattern, walk, weighs=weighs)

    def _rest(self, parts: list[Pattern], walk: Walk, *, weighs: bool) -> Iterator[Walk]:
        if not parts:
            yield walk
            return
        yield from self._pattern(PatternSequence(tuple(parts)), walk, weighs=weighs)

    def _repeat(self, pattern: Repeat, walk: Walk, *, weighs: bool) -> Iterator[Walk]:
        inner, least, most = pattern.pattern, pattern.least, pattern.most
        if most is not None:
            for number in range(least, most + 1):
                yield from self._times(inner, walk, number, weighs=weighs)
            return
        for entered in self._times(inner, walk, least, weighs=False):
            yield from self._again(inner, entered, {entered.entities[-1]})

    def _hop(self, hop: Hop, walk: Walk, *, weighs: bool) -> Iterator[Walk]:
        for end, statement in ends(self.graph, walk.entities[-1], hop):
            # Repetitions within repetitions end, but not within anybody's patience.
            if next(self._tried) > _MOST_HOPS:
                raise TooManyWalksError
            weighing = weight(statement, self.scoring.statement) if weighs else None
            yield Walk(
                (*walk.entities, end),
                (*walk.statements, self.ids[_triple(statement)]),
                (*walk.weights, weighing),
            )

    def _times(self, inner: Pattern, walk: Walk, number: int, *, weighs: bool) -> list[Walk]:
        walks = [walk]
        for _ in range(number):
            walks = [on for one in walks for on in self._pattern(inner, one, weighs=weighs)]
            if len(walks) > _MOST:
                raise TooManyWalksError
        return walks

    def _again(self, inner: Pattern, walk: Walk, seen: set[str]) -> Iterator[Walk]:
        """On and on; to come back to where a repetition began would only be longer."""
        yield walk
        for on in self._pattern(inner, walk, weighs=False):
            if on.entities[-1] not in seen:
                yield from self._again(inner, on, seen | {on.entities[-1]})


def connections(
    graph: Graph,
    ids: Ids,
    ends_: tuple[set[str], set[str]],
    hop: Hop,
    max_hops: int,
    avoid_degree: int | None,
) -> list[Walk]:
    """All walks of the least length between two sets, by entity ids and then by statement ids."""
    sources, targets = ends_
    walks = [Walk((id,)) for id in sources]
    for _ in range(max_hops + 1):
        found = [walk for walk in walks if walk.entities[-1] in targets]
        if found:
            return sorted(found, key=lambda one: (one.entities, one.statements))
        walks = [
            Walk((*walk.entities, end), (*walk.statements, ids[_triple(statement)]))
            for walk in walks
            if len(walk.entities) == 1 or _may_be_passed(graph, walk.entities[-1], avoid_degree)
            for end, statement in ends(graph, walk.entities[-1], hop)
            if end not in walk.entities
        ]
        if len(walks) > _MOST:
            raise TooManyWalksError
    return []


def _may_be_passed(graph: Graph, id: str, avoid_degree: int | None) -> bool:
    return avoid_degree is None or len(graph.touching[id]) <= avoid_degree


def _chain(expression: Follow) -> tuple[Expression, list[Follow]]:
    """The set that directly nested follows begin from, and the follows from the innermost out."""
    source: Expression = expression
    chain: list[Follow] = []
    while isinstance(source, Follow):
        chain.insert(0, source)
        source = source.source
    return source, chain


def _triple(statement: Statement) -> tuple[str, str, str]:
    return statement.subject, statement.relation, statement.object
