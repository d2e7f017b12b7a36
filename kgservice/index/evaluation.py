"""The evaluator on the tables of the index: the same questions as in Cypher, at memory speed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any, Protocol, TypeVar

import numpy as np

from kgservice.algebra.best_walks import Walk
from kgservice.algebra.connections import Connecting, Connections, connections
from kgservice.algebra.expression import Expression
from kgservice.algebra.pattern import Hop
from kgservice.algebra.question import (
    Answers,
    Explanation,
    Group,
    Grouping,
    PageRequest,
    Position,
    Question,
)
from kgservice.algebra.scoring import DEFAULT_SCORING, MergeNorm, Scoring
from kgservice.algebra.showing import shown
from kgservice.algebra.support import support
from kgservice.algebra.walking import Edge
from kgservice.errors import GraphUnavailableError
from kgservice.graph.asked import TimeLimit
from kgservice.index.effort import Effort, at_once_or_aside
from kgservice.index.numbering import Members
from kgservice.index.sets import Evaluation, first_by, firsts
from kgservice.index.snapshot import Snapshot
from kgservice.index.statements import StatementRows
from kgservice.index.vectors import ScoredSet, is_in, united
from kgservice.index.walks import Walker

T = TypeVar("T")

#: Answers whose groups are counted at a time.
_GROUPED = 20_000


class Explaining(Protocol):
    """Another evaluator, for the same question."""

    async def explained(
        self, question: Question, request: PageRequest, limit: TimeLimit
    ) -> Explanation:
        """How a page of the answers is found there."""
        ...


@dataclass(frozen=True, slots=True)
class MatrixEvaluator:
    """Answers questions from one snapshot, as docs/semantics.md says; `beside` finds Neo4j's."""

    snapshot: Snapshot
    beside: Callable[[], Awaitable[Explaining]] | None = None

    async def answers(self, question: Question, request: PageRequest, limit: TimeLimit) -> Answers:
        """A page of the answers, in order."""
        return await at_once_or_aside(
            lambda effort: self._answers(question, request, effort), limit
        )

    async def groups(self, question: Question, grouping: Grouping, limit: TimeLimit) -> list[Group]:
        """How many answers reach each entity along a pattern, most frequent first."""
        return await at_once_or_aside(
            lambda effort: self._groups(question, grouping, effort), limit
        )

    async def labels(self, question: Question, limit: TimeLimit) -> Counter[frozenset[str]]:
        """How many answers have exactly these labels, of those that mean types."""
        return await at_once_or_aside(lambda effort: self._labels(question, effort), limit)

    async def support(
        self, question: Question, answers: Collection[str], limit: TimeLimit
    ) -> dict[str, list[Walk]]:
        """Why each of these is an answer: the best walk of each leg that reached it."""

        def work(effort: Effort) -> dict[str, list[Walk]]:
            walking = _TableWalking(self.snapshot, effort)
            return _result(support(question.expression, question.scoring, answers, walking))

        return await at_once_or_aside(work, limit)

    async def connections(
        self,
        ends: tuple[Expression, Expression],
        asked: Connecting,
        first: int,
        limit: TimeLimit,
    ) -> Connections:
        """The shortest walks between two sets."""

        def work(effort: Effort) -> Connections:
            walking = _TableWalking(self.snapshot, effort)
            near, far = [_result(walking.rows(end, DEFAULT_SCORING)) for end in ends]
            return _result(connections(near.keys(), far.keys(), asked, first, walking))

        return await at_once_or_aside(work, limit)

    async def explained(
        self, question: Question, request: PageRequest, limit: TimeLimit
    ) -> Explanation:
        """How a page of the answers is found: the expression as it stands, operand by operand.

        What Neo4j would be asked stands beside it, for those who go on in Neo4j Browser.
        """
        found = Explanation("matrix", shown(question.expression))
        if self.beside is None:
            return found
        try:
            asked = await (await self.beside()).explained(question, request, limit)
        except GraphUnavailableError:
            return found
        return replace(found, text=asked.text, parameters=asked.parameters, plan=asked.plan)

    def _answers(self, question: Question, request: PageRequest, effort: Effort) -> Answers:
        found = self._found(question, effort)
        behind = found if request.after is None else self._behind(found, request.after)
        # One more than the page has tells whether there is a next one.
        page = firsts(self.snapshot, behind, request.first + 1 if request.first else 0)
        shown = page.members[: request.first]
        cards = self.snapshot.cards(shown) if request.cards else ()
        ids = [one.id for one in cards] if request.cards else self.snapshot.ids(shown)
        scores = repeat(1.0) if page.scores is None else page.scores.tolist()
        return Answers(
            positions=list(map(Position, scores, ids)),
            has_next=len(page) > request.first > 0,
            data_version=str(self.snapshot.version),
            total=len(found) if request.total else None,
            unknown=self._unknown(question.must_exist),
            cards=dict(zip(ids, cards, strict=False)),
        )

    def _behind(self, found: ScoredSet, after: Position) -> ScoredSet:
        scores = found.known_scores
        later = self.snapshot.ranks(found.members) > self.snapshot.rank_behind(after.id)
        return found.where((scores < after.score) | ((scores == after.score) & later))

    def _unknown(self, ids: frozenset[str]) -> tuple[str, ...]:
        if not ids:
            return ()
        asked = sorted(ids)
        numbers = self.snapshot.numbers(asked)
        return tuple(id for id, number in zip(asked, numbers.tolist(), strict=True) if number < 0)

    def _groups(self, question: Question, grouping: Grouping, effort: Effort) -> list[Group]:
        size = self.snapshot.size
        members = self._found(question, effort).members.astype(np.int64)
        walker = Walker(self.snapshot, DEFAULT_SCORING, effort, apart=True)
        counts: list[ScoredSet] = []
        for first in range(0, len(members), _GROUPED):
            part = members[first : first + _GROUPED]
            reached = walker.take(ScoredSet(part * size + part), grouping.pattern)
            ends = (reached.members % size).astype(np.int32)
            counts.append(united([ScoredSet(ends)], size, MergeNorm.SUM))
        counted = united(counts, size, MergeNorm.SUM)
        if not grouping.first or not len(counted):
            return []
        order = first_by(
            -counted.known_scores, self.snapshot.ranks(counted.members), grouping.first
        )
        ids = self.snapshot.ids(counted.members[order])
        numbers = counted.known_scores[order].astype(np.int64).tolist()
        return list(map(Group, ids, numbers))

    def _labels(self, question: Question, effort: Effort) -> Counter[frozenset[str]]:
        kinds = self.snapshot.kinds(self._found(question, effort).members)
        counted: Counter[frozenset[str]] = Counter()
        codes, counts = np.unique(kinds, return_counts=True)
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            counted[frozenset(self.snapshot.codes.kinds[code])] += count
        return counted

    def _found(self, question: Question, effort: Effort) -> ScoredSet:
        evaluation = Evaluation(self.snapshot, question.scoring, effort)
        return evaluation.evaluate(question.expression)


@dataclass(frozen=True, slots=True)
class _TableWalking:
    """The walks behind sets, from the tables: none of these ever waits."""

    snapshot: Snapshot
    effort: Effort

    async def rows(self, expression: Expression, scoring: Scoring) -> Mapping[str, float]:
        """All entities of a set, with their scores."""
        found = Evaluation(self.snapshot, scoring, self.effort).evaluate(expression)
        ids = self.snapshot.ids(found.members)
        return dict(zip(ids, found.known_scores.tolist(), strict=True))

    async def reached(self, sources: Collection[str], hop: Hop) -> set[str]:
        """The entities that a hop leads to from any of these."""
        reached = self._walker.hop(ScoredSet(self._members(sources)), hop)
        return set(self.snapshot.ids(reached.members))

    async def edges(
        self, sources: Collection[str], hop: Hop, targets: Collection[str]
    ) -> Sequence[Edge]:
        """Every statement by which a hop leads from one of the sources to one of the targets."""
        starts, wanted = self._members(sources), self._members(targets)
        found: list[Edge] = []
        for edges in self._walker.edges(starts, hop):
            kept = is_in(edges.ends, wanted)
            rows = edges.rows[kept]
            statements = StatementRows(self.snapshot, edges.layer).between(rows)
            from_ids = self.snapshot.ids(starts[edges.owners[kept]])
            to_ids = self.snapshot.ids(edges.ends[kept])
            for source, target, one in zip(from_ids, to_ids, statements, strict=True):
                scores = one.plausibility, one.typicality, one.support
                found.append(Edge(source, target, one.id, *scores))
        return found

    async def degrees(self, ids: Collection[str]) -> Mapping[str, int]:
        """How many statements have each of these as subject or object."""
        members = self._members(ids)
        degrees = self.snapshot.degrees(members).tolist()
        return dict(zip(self.snapshot.ids(members), degrees, strict=True))

    @property
    def _walker(self) -> Walker:
        return Walker(self.snapshot, DEFAULT_SCORING, self.effort)

    def _members(self, ids: Collection[str]) -> Members:
        numbers = self.snapshot.numbers(sorted(ids))
        return np.unique(numbers[numbers >= 0])


def _result(walk: Coroutine[Any, Any, T]) -> T:
    """What a coroutine comes to that never waits."""
    try:
        walk.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    raise AssertionError("a walk through tables waits for nobody")
