"""What is shown of entities and statements, read from the tables of one snapshot.

Who asserts a statement, and what the graph counts by itself, is not in the tables: those reads go
on to Neo4j.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from kgservice.graph.asked import TimeLimit
from kgservice.graph.reads import (
    CommonsenseRequest,
    CypherReads,
    HeadCommonsense,
    StatementPages,
    StatementsRequest,
)
from kgservice.index.around import Around, Wish
from kgservice.index.commonsense import Commonsense
from kgservice.index.effort import Effort, at_once_or_aside
from kgservice.index.pages import Pages
from kgservice.index.snapshot import Snapshot
from kgservice.index.statements import StatementRows
from kgservice.ledger.qualifiers import Qualifier
from kgservice.model import Assertion, Direction, Entity, Page, Statement, Stats


@dataclass(frozen=True, slots=True)
class TableReads:
    """Reads cards and statements; each method is one pass, whatever the number."""

    snapshot: Snapshot
    graph: CypherReads

    async def entities(self, ids: Collection[str], limit: TimeLimit) -> dict[str, Entity]:
        """The entities by the ids asked for; one that was merged is its canonical entity."""
        del limit
        return self._cards(list(ids))

    async def statements(self, ids: Collection[str], limit: TimeLimit) -> dict[str, Statement]:
        """The statements with these ids."""
        del limit
        return {one.id: one for one in self._with_ids(list(ids))} if ids else {}

    async def statements_of(
        self, ids: Collection[str], request: StatementsRequest, limit: TimeLimit
    ) -> StatementPages:
        """A page of the statements of each entity."""
        asked = list(ids)
        return await at_once_or_aside(
            lambda effort: self._statements_of(asked, request, effort), limit
        )

    async def relation_counts(
        self, ids: Collection[str], direction: Direction, limit: TimeLimit
    ) -> dict[str, dict[str, int]]:
        """How many statements of each relation each entity has."""
        asked = list(ids)
        return await at_once_or_aside(
            lambda effort: self._relation_counts(asked, direction, effort), limit
        )

    async def assertions(
        self, statements: Collection[Statement], first: int, limit: TimeLimit
    ) -> dict[str, list[Assertion]]:
        """The newest assertions behind each statement, those of its evidence among them."""
        return await self.graph.assertions(statements, first, limit)

    async def qualifiers(
        self, ids: Collection[str], limit: TimeLimit
    ) -> dict[str, list[list[Qualifier]]]:
        """What data sets add to each of their sayings of these statements, by data set."""
        return await self.graph.qualifiers(ids, limit)

    async def evidence(
        self,
        statements: Iterable[Statement],
        first: int,
        after: tuple[int, str] | None,
        limit: TimeLimit,
    ) -> dict[str, Page[Statement]]:
        """The statements about single behaviors behind rolled-up ones, the best supported first."""
        return await self.graph.evidence(statements, first, after, limit)

    async def commonsense(
        self, request: CommonsenseRequest, limit: TimeLimit
    ) -> list[HeadCommonsense | None]:
        """What is known of each head, in order; null where the graph does not have it."""
        return await at_once_or_aside(
            lambda effort: Commonsense(self.snapshot, request, effort).of_heads(), limit
        )

    async def count_evidence(self, statement: Statement, limit: TimeLimit) -> int:
        """How many statements about single behaviors stand behind a rolled-up one."""
        return await self.graph.count_evidence(statement, limit)

    async def count_entities(
        self, types: Mapping[str, frozenset[str]], limit: TimeLimit
    ) -> dict[str, int]:
        """How many entities have any of the types of each set."""
        del limit
        return {id: len(self.snapshot.of_types(several)) for id, several in types.items()}

    async def count_statements(
        self, relations: Collection[str], limit: TimeLimit
    ) -> dict[str, int]:
        """How many statements each relation has, without those of its sub-relations."""
        return await self.graph.count_statements(relations, limit)

    async def stats(self, limit: TimeLimit) -> Stats:
        """How much there is."""
        stats = await self.graph.stats(limit)
        return replace(stats, index_version=str(self.snapshot.version))

    def _cards(self, ids: list[str]) -> dict[str, Entity]:
        numbers = self.snapshot.numbers(ids)
        known = np.flatnonzero(numbers >= 0)
        cards = self.snapshot.cards(numbers[known])
        return {ids[place]: card for place, card in zip(known.tolist(), cards, strict=True)}

    def _statements_of(
        self, ids: list[str], request: StatementsRequest, effort: Effort
    ) -> StatementPages:
        reading = Pages(self.snapshot, request, effort)
        pages = reading.of(ids)
        placed = [one for page in pages.values() for one in page.items]
        ends = {one.place[2] for one in placed if one.statement.object is not None}
        totals = reading.count(ids) if request.total else {}
        return StatementPages(pages, self._cards(list(ends)), totals)

    def _relation_counts(
        self, ids: list[str], direction: Direction, effort: Effort
    ) -> dict[str, dict[str, int]]:
        members = self.snapshot.numbers(ids)
        names = self.snapshot.codes.relations
        counts = np.zeros((len(ids), len(names)), np.int64)
        for found in Around(self.snapshot, effort).find(members, Wish(direction=direction)):
            np.add.at(counts, (found.owners, found.table.relation[found.rows]), 1)
        return {
            id: {names[code]: int(row[code]) for code in np.flatnonzero(row).tolist()}
            for id, row in zip(ids, counts, strict=True)
            if row.any()
        }

    def _with_ids(self, ids: list[str]) -> list[Statement]:
        """The statements with these ids, of all layers."""
        found: list[Statement] = []
        for layer in self.snapshot.layers:
            found += StatementRows(self.snapshot, layer).with_ids(ids)[1]
        return found
