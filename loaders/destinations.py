"""Where the batches of a load go: into the graph, or nowhere in a dry run.

Both know the vocabulary as the load leaves it so far, and both say the same of a batch: what a dry
run reports is what the load would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from graph_schema.relations import Relation
from kgservice.graph.store import Store, StoreTransaction
from kgservice.graph.vocabulary import read_vocabulary
from kgservice.vocabulary import Vocabulary
from loaders.formats import Format
from loaders.full import Named, Shrink, withdraw_missing
from loaders.report import Report
from loaders.writing.ahead import news
from loaders.writing.batch import Batch, Committed, commit_in_turn
from loaders.writing.books import begin, keys
from loaders.writing.foreseen import Foreseen, Foretold
from loaders.writing.oddities import Oddities
from loaders.writing.rules import RulesInForce
from loaders.writing.turns import Turn
from loaders.writing.vocabulary import (
    declared_alone,
    described,
    foresee_relations,
    foresee_types,
    write_relations,
    write_types,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose records they are, and of which format; `language` is the preferred one of labels."""

    format: Format
    dataset: str
    run: str
    language: str


class Destination(Protocol):
    """Takes the batches of one load."""

    def vocabulary(self) -> Vocabulary:
        """The relations and types as they are after what was committed so far."""
        ...

    def register(self, relations: Sequence[Relation]) -> None:
        """Make relations known that the vocabulary does not have."""
        ...

    def news(self, records: Sequence[Any]) -> Sequence[Any]:
        """Those that are not in already; may be asked while another batch is brought in."""
        ...

    def commit(self, records: Sequence[Any], turn: Turn) -> Committed:
        """Bring a batch of records in, when it is its turn."""
        ...

    def withdraw(self, named: Named, shrink: Shrink, report: Report) -> None:
        """Take back what a full load did not name."""
        ...


class IntoGraph:
    """Each batch is a transaction."""

    def __init__(self, graph: Store, origin: Origin):
        self._graph = graph
        self._origin = origin
        self._rules = RulesInForce(origin.language)
        self._known = read_vocabulary(graph)

    def vocabulary(self) -> Vocabulary:
        """As the graph has them."""
        return self._known

    def register(self, relations: Sequence[Relation]) -> None:
        """Write relations that nobody has described."""
        self._known = read_vocabulary(self._graph)
        unknown = [one for one in relations if one.id not in self._known.relations]
        write_relations(self._graph, self._batch(unknown), self._known)
        self._known = read_vocabulary(self._graph)

    def news(self, records: Sequence[Any]) -> Sequence[Any]:
        """Those that the graph does not have."""
        return news(self._graph, self._origin.format.books, self._origin.dataset, records)

    def commit(self, records: Sequence[Any], turn: Turn) -> Committed:
        """Bring a batch into the graph."""
        with turn:
            return self._commit(records, turn)

    def _commit(self, records: Sequence[Any], turn: Turn) -> Committed:
        format = self._origin.format
        if format.name == "types":
            committed = write_types(self._graph, self._batch(records), self._known)
            self._known = read_vocabulary(self._graph)
            return committed
        relations = _relations(format, records, self._known)
        committed = write_relations(self._graph, self._batch(relations), self._known)
        if relations:
            self._known = read_vocabulary(self._graph)
        if not format.books:
            return committed
        turn.keys = keys(format.books, records)
        batch, books = self._batch(records), partial(begin, format.books)
        return committed + commit_in_turn(self._graph, batch, books, self._rules, turn)

    def withdraw(self, named: Named, shrink: Shrink, report: Report) -> None:
        """Forget what was not named."""
        batch = partial(Batch, self._origin.dataset, self._origin.run)
        withdraw_missing(self._graph, named, shrink, report, self._rules, batch)

    def _batch(self, records: Sequence[Any]) -> Batch[Any]:
        return Batch(self._origin.dataset, self._origin.run, records)


class Nowhere:
    """Nothing is written; each batch finds the graph as those before it would have left it."""

    def __init__(self, graph: Store, origin: Origin, foreseen: Foreseen):
        self._graph = graph
        self._origin = origin
        self._foreseen = foreseen
        self._rules = RulesInForce(origin.language)
        self._known = declared_alone(graph, read_vocabulary(graph))

    def vocabulary(self) -> Vocabulary:
        """As they would be."""
        return self._known

    def register(self, relations: Sequence[Relation]) -> None:
        """Take the relations for known."""
        self._known = self._known.with_relations(relations)

    def news(self, records: Sequence[Any]) -> Sequence[Any]:
        """All: what is in already depends on what the batches before would have done."""
        return records

    def commit(self, records: Sequence[Any], turn: Turn) -> Committed:
        """Say what a batch would do."""
        del turn
        origin = self._origin
        if origin.format.name == "types":
            steps, self._known = foresee_types(records, self._known)
            return Committed(steps, None)
        relations = _relations(origin.format, records, self._known)
        steps, self._known = foresee_relations(relations, self._known)
        if not origin.format.books:
            return Committed(steps, None)
        batch: Batch[Any] = Batch(origin.dataset, origin.run, records)
        foresee = partial(self._foresee, batch)
        foretold = self._graph.write(foresee, name=f"dry run of {origin.dataset}")
        self._foreseen.note(foretold)
        for one in foretold:
            steps += one.decided.steps
        return Committed(steps, None, sum((one.oddities for one in foretold), Oddities()))

    def withdraw(self, named: Named, shrink: Shrink, report: Report) -> None:
        """Say what would be forgotten."""
        batch = partial(Batch, self._origin.dataset, self._origin.run)
        more = self._foreseen.more
        withdraw_missing(self._graph, named, shrink, report, self._rules, batch, foreseen=more)

    def _foresee(self, batch: Batch[Any], transaction: StoreTransaction) -> list[Foretold]:
        rules = replace(self._rules(transaction), vocabulary=self._known)
        return self._foreseen.apply(self._origin.format.books, transaction, batch, rules)


def _relations(format: Format, records: Sequence[Any], known: Vocabulary) -> list[Relation]:
    """The relations that a batch describes: all of it, or the properties in a publisher's dump."""
    relations = [one for one in records if isinstance(one, Relation)]
    return relations if not format.books else described(relations, known)
