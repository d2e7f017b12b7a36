"""The evaluator that asks Neo4j: fresh reads, and the oracle of the other one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kgservice.algebra.best_walks import Walk
from kgservice.algebra.connections import Connecting, Connections, connections
from kgservice.algebra.expression import Expression
from kgservice.algebra.pattern import Hop, has_closure
from kgservice.algebra.question import (
    Answers,
    Explanation,
    Group,
    Grouping,
    PageRequest,
    Position,
    Question,
)
from kgservice.algebra.rewriting import rewritten
from kgservice.algebra.scoring import DEFAULT_SCORING, Scoring
from kgservice.algebra.showing import shown
from kgservice.algebra.support import support
from kgservice.algebra.walking import Edge
from kgservice.graph.asked import TimeLimit
from kgservice.graph.asking import Asking
from kgservice.graph.client import AsyncGraph
from kgservice.graph.closures import Closures
from kgservice.graph.cypher import cards
from kgservice.graph.cypher.answers import questions
from kgservice.graph.cypher.answers.writer import Surroundings, Writer
from kgservice.graph.records import Names, entity
from kgservice.graph.warming import usual_texts


@dataclass(frozen=True, slots=True)
class CypherEvaluator:
    """Answers questions with Cypher, as docs/semantics.md says; `names` are for its cards."""

    graph: AsyncGraph
    surroundings: Surroundings
    names: Names

    def prepare(self) -> None:
        """Have the usual questions planned in general, beside the requests."""
        for text, parameters in usual_texts(self.surroundings):
            self.graph.plans.plan(text, parameters)

    async def answers(self, question: Question, request: PageRequest, limit: TimeLimit) -> Answers:
        """A page of the answers, in order."""
        asking = self._asking(limit)
        asked = await _settled(question, asking)
        unknown, version, rows, total, shown_rows = await asking.value(
            lambda writer: questions.page(writer, asked.expression, request),
            asked.scoring,
            scored=questions.is_scored(asked),
            must=sorted(asked.must_exist),
        )
        return Answers(
            positions=[Position(score, id) for id, score in rows[: request.first]],
            has_next=len(rows) > request.first > 0,
            data_version=str(version),
            total=total if request.total else None,
            unknown=tuple(sorted(unknown)),
            cards={row[0]: entity(row[1:], self.names) for row in shown_rows},
        )

    async def groups(self, question: Question, grouping: Grouping, limit: TimeLimit) -> list[Group]:
        """How many answers reach each entity along a pattern, most frequent first."""
        asking = self._asking(limit)
        asked = await _settled(question, asking)
        if has_closure(grouping.pattern):
            return await _groups_by_reach(asked, grouping, asking)
        rows = await asking.value(
            lambda writer: questions.groups(writer, asked.expression, grouping),
            asked.scoring,
            scored=questions.is_scored(asked),
        )
        return [Group(id, count) for id, count in rows]

    async def labels(self, question: Question, limit: TimeLimit) -> Counter[frozenset[str]]:
        """How many answers have exactly these labels."""
        asking = self._asking(limit)
        asked = await _settled(question, asking)
        rows = await asking.value(
            lambda writer: questions.labels(writer, asked.expression),
            asked.scoring,
            scored=questions.is_scored(asked),
        )
        counted: Counter[frozenset[str]] = Counter()
        for names, count in rows:
            counted[frozenset(names)] += count
        return counted

    async def support(
        self, question: Question, answers: Collection[str], limit: TimeLimit
    ) -> dict[str, list[Walk]]:
        """Why each of these is an answer: the best walk of each leg that reached it."""
        walking = _CypherWalking(self._asking(limit))
        return await support(question.expression, question.scoring, answers, walking)

    async def connections(
        self,
        ends: tuple[Expression, Expression],
        asked: Connecting,
        first: int,
        limit: TimeLimit,
    ) -> Connections:
        """The shortest walks between two sets."""
        walking = _CypherWalking(self._asking(limit))
        near, far = [await walking.rows(end, DEFAULT_SCORING) for end in ends]
        return await connections(near.keys(), far.keys(), asked, first, walking)

    async def explained(
        self, question: Question, request: PageRequest, limit: TimeLimit
    ) -> Explanation:
        """How a page of the answers is found, without finding it."""
        asked = await _settled(question, self._asking(limit))
        writer = Writer(asked.scoring, questions.is_scored(asked), self.surroundings)
        writer.parameters["must"] = sorted(asked.must_exist)
        text = questions.page(writer, asked.expression, request)
        plan = await self.graph.plan(text, writer.sent, limit)
        return Explanation("neo4j", shown(asked.expression), text, writer.sent, plan)

    def _asking(self, limit: TimeLimit) -> Asking:
        return Asking(self.graph, self.surroundings, limit)


async def _settled(question: Question, asking: Asking) -> Question:
    """The question rewritten, and what Cypher cannot say in one text evaluated."""
    expression = rewritten(question.expression, question.scoring)
    settled = await Closures(asking, question.scoring).settled(expression)
    return Question(settled, question.scoring, question.must_exist)


async def _groups_by_reach(question: Question, grouping: Grouping, asking: Asking) -> list[Group]:
    members = await Closures(asking, question.scoring).everything(question.expression)
    closures = Closures(asking, DEFAULT_SCORING)
    reached: Counter[str] = Counter()
    for id in members:
        reached.update(list(await closures.along({id: 1.0}, grouping.pattern)))
    ranked = sorted(reached.items(), key=lambda one: (-one[1], one[0]))
    return [Group(id, count) for id, count in ranked[: grouping.first]]


@dataclass(frozen=True, slots=True)
class _CypherWalking:
    """The walks behind sets, from Neo4j."""

    asking: Asking

    async def rows(self, expression: Expression, scoring: Scoring) -> Mapping[str, float]:
        """All entities of a set, with their scores."""
        closures = Closures(self.asking, scoring)
        return await closures.everything(await closures.settled(rewritten(expression, scoring)))

    async def reached(self, sources: Collection[str], hop: Hop) -> set[str]:
        """The entities that a hop leads to from any of these."""
        found = await self.asking.value(
            lambda writer: questions.reached(writer, hop), ids=sorted(sources)
        )
        return set(found)

    async def edges(
        self, sources: Collection[str], hop: Hop, targets: Collection[str]
    ) -> Sequence[Edge]:
        """Every statement by which a hop leads from one of the sources to one of the targets."""
        rows = await self.asking.value(
            lambda writer: questions.edges(writer, hop),
            ids=sorted(sources),
            targets=sorted(targets),
        )
        return [Edge(*row) for row in rows]

    async def degrees(self, ids: Collection[str]) -> Mapping[str, int]:
        """How many statements have each of these as subject or object."""
        asking = self.asking
        text = cards.entities(Writer(DEFAULT_SCORING, False, asking.surroundings))
        rows = await asking.graph.value(text, {"a": {"ids": sorted(ids)}}, asking.limit)
        return {row[1]: row[6] for row in rows}
