"""What a request is answered from: one protocol for answers and one for reads, offered twice.

Neo4j offers both (kgservice.graph), and so do the tables of the index (kgservice.index).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from kgservice.algebra.best_walks import Walk
from kgservice.algebra.connections import Connecting, Connections
from kgservice.algebra.expression import Expression
from kgservice.algebra.question import (
    Answers,
    Explanation,
    Group,
    Grouping,
    PageRequest,
    Question,
)
from kgservice.graph.asked import TimeLimit
from kgservice.graph.reads import (
    CommonsenseRequest,
    HeadCommonsense,
    StatementPages,
    StatementsRequest,
)
from kgservice.ledger.qualifiers import Qualifier
from kgservice.model import Assertion, Direction, Entity, Page, Statement, Stats


class Evaluator(Protocol):
    """Answers questions, as docs/semantics.md says."""

    async def answers(self, question: Question, request: PageRequest, limit: TimeLimit) -> Answers:
        """A page of the answers, in order."""
        ...

    async def groups(self, question: Question, grouping: Grouping, limit: TimeLimit) -> list[Group]:
        """How many answers reach each entity along a pattern, most frequent first."""
        ...

    async def labels(self, question: Question, limit: TimeLimit) -> Counter[frozenset[str]]:
        """How many answers have exactly these labels."""
        ...

    async def support(
        self, question: Question, answers: Collection[str], limit: TimeLimit
    ) -> dict[str, list[Walk]]:
        """Why each of these is an answer: the best walk of each leg that reached it."""
        ...

    async def connections(
        self,
        ends: tuple[Expression, Expression],
        asked: Connecting,
        first: int,
        limit: TimeLimit,
    ) -> Connections:
        """The shortest walks between two sets."""
        ...

    async def explained(
        self, question: Question, request: PageRequest, limit: TimeLimit
    ) -> Explanation:
        """How a page of the answers is found, without finding it."""
        ...


class Reads(Protocol):
    """Reads what is shown of entities and statements, in batches."""

    async def entities(self, ids: Collection[str], limit: TimeLimit) -> dict[str, Entity]:
        """The entities by the ids asked for; one that was merged is its canonical entity."""
        ...

    async def statements(self, ids: Collection[str], limit: TimeLimit) -> dict[str, Statement]:
        """The statements with these ids."""
        ...

    async def statements_of(
        self, ids: Collection[str], request: StatementsRequest, limit: TimeLimit
    ) -> StatementPages:
        """A page of the statements of each entity."""
        ...

    async def relation_counts(
        self, ids: Collection[str], direction: Direction, limit: TimeLimit
    ) -> dict[str, dict[str, int]]:
        """How many statements of each relation each entity has."""
        ...

    async def assertions(
        self, statements: Collection[Statement], first: int, limit: TimeLimit
    ) -> dict[str, list[Assertion]]:
        """The newest assertions behind each statement, those of its evidence among them."""
        ...

    async def qualifiers(
        self, ids: Collection[str], limit: TimeLimit
    ) -> dict[str, list[list[Qualifier]]]:
        """What data sets add to each of their sayings of these statements, by data set."""
        ...

    async def evidence(
        self,
        statements: Iterable[Statement],
        first: int,
        after: tuple[int, str] | None,
        limit: TimeLimit,
    ) -> dict[str, Page[Statement]]:
        """The statements about single behaviors behind rolled-up ones, the best supported first."""
        ...

    async def commonsense(
        self, request: CommonsenseRequest, limit: TimeLimit
    ) -> list[HeadCommonsense | None]:
        """What is known of each head, in order; null where the graph does not have it."""
        ...

    async def count_evidence(self, statement: Statement, limit: TimeLimit) -> int:
        """How many statements about single behaviors stand behind a rolled-up one."""
        ...

    async def count_entities(
        self, types: Mapping[str, frozenset[str]], limit: TimeLimit
    ) -> dict[str, int]:
        """How many entities have any of the types of each set."""
        ...

    async def count_statements(
        self, relations: Collection[str], limit: TimeLimit
    ) -> dict[str, int]:
        """How many statements each relation has, without those of its sub-relations."""
        ...

    async def stats(self, limit: TimeLimit) -> Stats:
        """How much there is."""
        ...
