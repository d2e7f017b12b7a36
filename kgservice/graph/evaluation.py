"""The evaluator that asks Neo4j: fresh reads, and the oracle of the other one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from kgservice.algebra.pattern import has_closure
from kgservice.algebra.question import Answers, Group, Grouping, PageRequest, Position, Question
from kgservice.algebra.scoring import DEFAULT_SCORING, Scoring
from kgservice.graph.client import AsyncGraph, TimeLimit
from kgservice.graph.closures import Closures
from kgservice.graph.cypher.answers import questions
from kgservice.graph.cypher.answers.writer import Surroundings


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
