"""Triples into the graph: what data sets assert outright."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeAlias

from graph_schema.relations import Relation
from kgservice.graph.cypher import asserting
from kgservice.graph.store import StoreTransaction
from kgservice.ledger.records import Triple
from kgservice.ledger.statements import Parts, of_triple
from kgservice.ledger.tally import Observation, Tally
from loaders.writing import entities, statements
from loaders.writing.books import Book
from loaders.writing.changes import GraphChange
from loaders.writing.decisions import Change, Held
from loaders.writing.entities import Rules
from loaders.writing.oddities import Oddities, TypesOf, mismatches
from loaders.writing.subtypes import relate_types
from loaders.writing.triple_assertions import (
    Asserted,
    create_asserted,
    read_asserted,
    revise_asserted,
    triple_assertion_id,
)

#: A statement whose relation means one of these is not a relationship: it fills the entity.
FILLS_ENTITY = frozenset({"label", "alias", "description"})

Changes: TypeAlias = Sequence[Change[Triple]]
Known: TypeAlias = Mapping[str, Relation]


class Triples(Book[Triple]):
    """What a data set asserts outright; the key is the statement's id."""

    FORMAT = "triples"
    RECORDS = (Triple,)
    PAGE = asserting.PAGE_OF_TRIPLES
    UNCHANGED = asserting.UNCHANGED_TRIPLES

    def __init__(self, transaction: StoreTransaction, dataset: str, at: datetime, rules: Rules):
        super().__init__(transaction, dataset, at, rules)
        self._asserted: Mapping[str, Sequence[Asserted]] = {}
        self._by_anyone: frozenset[str] = frozenset()
        #: Statements that data sets alone assert, and the differences of those that others may too.
        self._revised: Sequence[statements.Revised] = ()
        self._rows = statements.rows(())
        self._of_all: Mapping[Parts, Tally] = {}

    @staticmethod
    def key(record: Triple) -> str:
        """The statement that it asserts."""
        return record.statement_id

    @staticmethod
    def id(dataset: str, key: str) -> str:
        """The assertion of the statement by the data set."""
        return triple_assertion_id(dataset, key)

    @staticmethod
    def written(record: Triple) -> str:
        """The whole record."""
        return record.written

    @staticmethod
    def read(key: str, written: str) -> Triple:
        """The record again."""
        del key
        return Triple.from_written(written)

    def prepare(self, records: Sequence[Triple]) -> None:
        """Make the types that these triples name."""
        entities.make_types(self.transaction, _types(records, self.rules.vocabulary.relations))

    def held(self, keys: Sequence[str]) -> Mapping[str, Held[Triple]]:
        """What the data set asserts of these statements: its digest, for most come unchanged."""
        rows = self.transaction.value(asserting.READ_DIGESTS, {"ids": list(keys)})
        self._by_anyone = frozenset([row[0] for row in rows])
        return {
            id: Held(digest, run, partial(self._own, id))
            for id, dataset, digest, run in rows
            if dataset == self.dataset
        }

    def look_up(self, keys: Iterable[str]) -> None:
        """What all data sets assert of these statements, for `bring` and for who revives."""
        known = [key for key in keys if key in self._by_anyone]
        self._asserted = read_asserted(self.transaction, known) if known else {}

    def types(self, record: Triple) -> Iterable[tuple[str, str]]:
        """The type that a relation with that meaning gives to its subject."""
        if self.rules.vocabulary.relations[record.relation].means == "type" and _value(record):
            yield record.subject, _value(record)

    def oddities(self, changes: Changes, types_of: TypesOf) -> Oddities:
        """Statements with an end of another type than their relation has."""
        triples = [one.stands for one in changes if one.stands is not None]
        known = self.rules.vocabulary.relations
        return Oddities(mismatches(self.transaction, triples, known, types_of))

    def begin(self, changes: Changes, run: str) -> None:
        """Make the assertions that are new, and what follows for statements of data sets alone."""
        known = self.rules.vocabulary.relations
        create_asserted(self.transaction, self.dataset, run, changes, known)
        outright: dict[Parts, Tally] = {}
        of_all: dict[Parts, Tally] = {}
        for parts, difference in _differences(self.dataset, changes, known):
            mined = statements.pipelines_assert(known[parts.relation])
            (of_all if mined else outright)[parts] = difference
        self._revised = statements.revise(outright, self._tally)
        self._rows = statements.rows(self._revised)
        self._of_all = of_all

    def bring(self, changes: Changes, run: str) -> Sequence[GraphChange]:
        """Write the other assertions, and what follows: statements, ends, entities they fill."""
        transaction, known = self.transaction, self.rules.vocabulary.relations
        revise_asserted(transaction, self.dataset, run, changes)
        relate_types(transaction, _subjects(changes, known, {"subtype"}), known)
        of_all = statements.revise_as_read(transaction, self._of_all)
        revised = [*self._revised, *of_all]
        ends = {end for one in revised if one.after for end in one.parts.ends}
        filled = {
            one.stands.subject
            for one in changes
            if one.stands is not None and known[one.stands.relation].means
        }
        about = {*_subjects(changes, known, None)}
        made = entities.ensure(transaction, ends | filled)
        statements.write(transaction, self._rows, at=self.at)
        statements.write(transaction, statements.rows(of_all), at=self.at)
        described = entities.refresh(transaction, about, self.rules)
        lost = {end for one in revised if one.after is None for end in one.parts.ends} | about
        gone = entities.remove_orphans(transaction, lost)
        return [*made, *described, *(one.change for one in revised), *gone]

    def _own(self, statement_id: str) -> Triple:
        several = self._asserted[statement_id]
        return next(one.triple() for one in several if one.dataset == self.dataset)

    def _tally(self, statement_id: str) -> Tally | None:
        """What is asserted outright of a statement before the batch, summed up."""
        several = self._asserted.get(statement_id)
        if several is None:
            return None
        total = Tally()
        for one in several:
            total.add(observed(one.dataset, one.triple()))
        return total


def observed(dataset: str, triple: Triple) -> Observation:
    """What a triple adds to the tally of its statement."""
    return Observation(
        triple.support, triple.plausibility, triple.typicality, sources=frozenset({dataset})
    )


def _differences(dataset: str, changes: Changes, known: Known) -> Iterator[tuple[Parts, Tally]]:
    """What these changes make a difference of to what is asserted outright of statements."""
    for change in changes:
        triple = _either(change)
        if triple is None or known[triple.relation].means in FILLS_ENTITY:
            continue
        tally = Tally()
        for side, times in ((change.stood, -1), (change.stands, 1)):
            if side is not None:
                tally.add(observed(dataset, side), times)
        yield of_triple(triple), tally


def _either(change: Change[Triple]) -> Triple | None:
    """The triple after, else the one before: both are about the same statement."""
    return change.before if change.after is None else change.after.record


def _subjects(changes: Changes, known: Known, meanings: Iterable[str] | None) -> Iterator[str]:
    """The entities that changed statements fill: of relations that mean one of these, or any."""
    for change in changes:
        triple = _either(change)
        means = None if triple is None else known[triple.relation].means
        if triple is not None and means is not None and (meanings is None or means in meanings):
            yield triple.subject


def _value(triple: Triple) -> str:
    return triple.object or "" if triple.literal is None else triple.literal.text


def _types(triples: Iterable[Triple], known: Known) -> Iterator[str]:
    for triple in triples:
        means = known[triple.relation].means
        if means in ("type", "subtype") and _value(triple):
            yield _value(triple)
        if means == "subtype":
            yield triple.subject
