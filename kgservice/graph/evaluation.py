"""The evaluator that asks Neo4j: fresh reads, and the oracle of the other one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, LiteralString

from kgservice.algebra.best_walks import Walk
from kgservice.algebra.connections import Connecting, Connections, connections
from kgservice.algebra.expression import Expression
from kgservice.algebra.pattern import Hop, has_closure
from kgservice.algebra.question import Answers, Group, Grouping, PageRequest, Position, Question
from kgservice.algebra.scoring import DEFAULT_SCORING, Scoring
from kgservice.algebra.support import support
from kgservice.algebra.walking import Edge
from kgservice.graph.client import AsyncGraph, TimeLimit
from kgservice.graph.closures import Closures
from kgservice.graph.cypher import cards
from kgservice.graph.cypher.answers import questions
from kgservice.graph.cypher.answers.writer import Surroundings, Writer


@dataclass(frozen=True, slots=True)
class CypherEvaluator:
    """Answers questions with Cypher, as docs/semantics.md says."""

    graph: AsyncGraph
    surroundings: Surroundings

    async def answers(self, question: Question, request: PageRequest, limit: TimeLimit) -> Answers:
        """A page of the answers, in order."""
        asked = await self._settled(question, limit)
        writer = questions.writer_for(asked, self.surroundings)
        text = questions.page(writer, asked, request)
        unknown, version, rows, total = await self.graph.value(text, writer.parameters, limit)
        return Answers(
            positions=[Position(score, id) for id, score in rows[: request.first]],
            has_next=len(rows) > request.first > 0,
            data_version=str(version),
            total=total if request.total else None,
            unknown=tuple(sorted(unknown)),
        )

    async def groups(self, question: Question, grouping: Grouping, limit: TimeLimit) -> list[Group]:
        """How many answers reach each entity along a pattern, most frequent first."""
        asked = await self._settled(question, limit)
        if has_closure(grouping.pattern):
            return await self._groups_by_reach(asked, grouping, limit)
        writer = questions.writer_for(asked, self.surroundings)
        text = questions.groups(writer, asked.expression, grouping.pattern, grouping.first)
        rows = await self.graph.value(text, writer.parameters, limit)
        return [Group(id, count) for id, count in rows]

    async def labels(self, question: Question, limit: TimeLimit) -> Counter[frozenset[str]]:
        """How many answers have exactly these labels."""
        asked = await self._settled(question, limit)
        writer = questions.writer_for(asked, self.surroundings)
        text = questions.labels(writer, asked.expression)
        counted: Counter[frozenset[str]] = Counter()
        for names, count in await self.graph.value(text, writer.parameters, limit):
            counted[frozenset(names)] += count
        return counted

    async def support(
        self, question: Question, answers: Collection[str], limit: TimeLimit
    ) -> dict[str, list[Walk]]:
        """Why each of these is an answer: the best walk of each leg that reached it."""
        walking = _CypherWalking(self, limit)
        return await support(question.expression, question.scoring, answers, walking)

    async def connections(
        self,
        ends: tuple[Expression, Expression],
        asked: Connecting,
        first: int,
        limit: TimeLimit,
    ) -> Connections:
        """The shortest walks between two sets."""
        walking = _CypherWalking(self, limit)
        near, far = [await walking.rows(end, DEFAULT_SCORING) for end in ends]
        return await connections(near.keys(), far.keys(), asked, first, walking)

    async def _groups_by_reach(
        self, question: Question, grouping: Grouping, limit: TimeLimit
    ) -> list[Group]:
        members = await self._closures(question.scoring, limit).everything(question.expression)
        closures = self._closures(DEFAULT_SCORING, limit)
        reached: Counter[str] = Counter()
        for id in members:
            reached.update(list(await closures.along({id: 1.0}, grouping.pattern)))
        ranked = sorted(reached.items(), key=lambda one: (-one[1], one[0]))
        return [Group(id, count) for id, count in ranked[: grouping.first]]

    async def _settled(self, question: Question, limit: TimeLimit) -> Question:
        closures = self._closures(question.scoring, limit)
        return replace(question, expression=await closures.settled(question.expression))

    def _closures(self, scoring: Scoring, limit: TimeLimit) -> Closures:
        return Closures(self.graph, self.surroundings, scoring, limit)


@dataclass(frozen=True, slots=True)
class _CypherWalking:
    """The walks behind sets, from Neo4j."""

    evaluator: CypherEvaluator
    limit: TimeLimit

    async def rows(self, expression: Expression, scoring: Scoring) -> Mapping[str, float]:
        """All entities of a set, with their scores."""
        closures = self._closures(scoring)
        return await closures.everything(await closures.settled(expression))

    async def reached(self, sources: Collection[str], hop: Hop) -> set[str]:
        """The entities that a hop leads to from any of these."""
        writer = self._writer()
        text = questions.reached(writer, hop)
        writer.parameters["ids"] = sorted(sources)
        return set(await self._value(text, writer))

    async def edges(
        self, sources: Collection[str], hop: Hop, targets: Collection[str]
    ) -> Sequence[Edge]:
        """Every statement by which a hop leads from one of the sources to one of the targets."""
        writer = self._writer()
        text = questions.edges(writer, hop)
        writer.parameters |= {"ids": sorted(sources), "targets": sorted(targets)}
        return [Edge(*row) for row in await self._value(text, writer)]

    async def degrees(self, ids: Collection[str]) -> Mapping[str, int]:
        """How many statements have each of these as subject or object."""
        text = cards.entities(merged=self.evaluator.surroundings.merged)
        rows = await self.evaluator.graph.value(text, {"ids": sorted(ids)}, self.limit)
        return {row[1]: row[6] for row in rows}

    def _closures(self, scoring: Scoring) -> Closures:
        evaluator = self.evaluator
        return Closures(evaluator.graph, evaluator.surroundings, scoring, self.limit)

    def _writer(self) -> Writer:
        return Writer(DEFAULT_SCORING, False, self.evaluator.surroundings)

    async def _value(self, text: LiteralString, writer: Writer) -> Any:
        return await self.evaluator.graph.value(text, writer.parameters, self.limit)
