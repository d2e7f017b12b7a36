"""The whole verification, in the order in which one thing follows from another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, LiteralString

from graph_schema.identifiers import relationship_type_of
from graph_schema.relations import Relation
from kgservice.graph.client import Graph, Transaction
from kgservice.graph.cypher import bookkeeping, loading, verifying
from kgservice.graph.vocabulary import read_vocabulary
from kgservice.ledger.behaviors import Standing, contributions
from loaders.retraction import BOOKS
from loaders.verifying import checks, statements
from loaders.verifying.findings import Fault, Finding, Findings
from loaders.verifying.spool import Spool
from loaders.writing.batch import Batch, conclude, queue
from loaders.writing.changes import EntityChange, Op
from loaders.writing.entities import Rules
from loaders.writing.rules import RulesInForce
from loaders.writing.runs import claimed
from loaders.writing.triples import FILLS_ENTITY

_PAGE = 5_000

Watch = Callable[[Findings], None]


class _RehearsedError(Exception):
    """Ends a transaction that was only to show what it would do."""


def verify(
    graph: Graph,
    *,
    repair: bool = False,
    language: str = "en",
    watch: Watch = lambda _: None,
) -> Findings:
    """Compare all that follows from the assertions with what is there; with `repair`, write it.

    While a graph is repaired, loads wait. Assertions that were damaged are taken away by a repair,
    and the data sets named of which files have to be loaded again.
    """
    findings = Findings(repaired=repair)
    version = graph.value(bookkeeping.READ_DATA_VERSION)
    with ExitStack() as kept, Spool() as spool:
        if repair:
            for [dataset, *_] in graph.value(bookkeeping.READ_DATASETS):
                for book in BOOKS:
                    kept.enter_context(claimed(graph, dataset, book.FORMAT, lambda: None))
        _Verification(graph, repair, language, findings, spool, watch).run()
    findings.moved = not repair and graph.value(bookkeeping.READ_DATA_VERSION) != version
    return findings


class _Verification:
    def __init__(
        self,
        graph: Graph,
        repair: bool,
        language: str,
        findings: Findings,
        spool: Spool,
        watch: Watch,
    ):
        self._graph = graph
        self._repair = repair
        self._rules = RulesInForce(language)
        self._findings = findings
        self._spool = spool
        self._watch = watch
        self._vocabulary = read_vocabulary(graph)

    def run(self) -> None:
        """Assertions first, then what follows from them."""
        self._check_triples()
        self._check_records()
        self._check_behaviors()
        self._spool.close_writing()
        self._check_sums()
        for relation in self._vocabulary.relations.values():
            self._check_statements(relation)
        self._attempt(partial(checks.check_nameless, self._vocabulary.relations))
        self._check_what_is_missing()
        self._check_entities()
        self._attempt(checks.check_loose_literals)
        self._attempt(checks.check_counts)

    # -------------------------------------------------------------- assertions

    def _check_triples(self) -> None:
        for rows in self._pages("assertions", verifying.PAGE_OF_ALL_TRIPLES):
            bad = [row for row in rows if not checks.triple_is_whole(row)]
            self._take_away(bad, 2, verifying.DELETE_TRIPLES_BY_ID, [row[0] for row in bad])

    def _check_records(self) -> None:
        for rows in self._pages("entity records", verifying.PAGE_OF_ALL_RECORDS):
            bad = [row for row in rows if not checks.record_is_whole(row)]
            self._take_away(bad, 2, loading.DELETE_ENTITY_RECORDS, [row[0] for row in bad])

    def _check_behaviors(self) -> None:
        for page in self._pages("behaviors", verifying.PAGE_OF_BEHAVIORS):
            ids = [id for [id] in page]
            standing: dict[str, list[Standing]] = {id: [] for id in ids}
            bad = []
            for row in self._graph.value(verifying.READ_MINED, {"ids": ids}):
                record = checks.mined_or_none(row)
                if record is None:
                    bad.append(row)
                else:
                    standing[record.behavior.id].append(Standing(row[3], record))
            self._take_away(bad, 3, verifying.DELETE_NODES, [row[0] for row in bad], name=1)
            self._spool.add(contributions(several) for several in standing.values())

    def _take_away(
        self,
        bad: Sequence[Any],
        dataset: int,
        text: LiteralString,
        ids: list[str],
        *,
        name: int = 0,
    ) -> None:
        if not bad:
            return
        self._findings.reload.update(row[dataset] for row in bad)

        def check(transaction: Transaction, rules: Rules) -> checks.Checked:
            del rules
            transaction.run(text, {"ids": ids})
            return [Finding(Fault.ASSERTION_DAMAGED, row[name]) for row in bad], []

        self._attempt(check)

    # -------------------------------------------------------------- what follows

    def _check_sums(self) -> None:
        for ids in self._spool.entities(_PAGE):
            self._attempt(partial(checks.check_sums, self._spool, ids))
        for page in self._pages("sums", verifying.PAGE_OF_MINED):
            ids = [id for [id] in page if self._spool.entity(id) is None]
            self._attempt(partial(checks.check_sums, self._spool, ids))

    def _check_statements(self, relation: Relation) -> None:
        type = relationship_type_of(relation.id)
        for rows in self._pages("statements", verifying.page_of_statements(type)):
            self._attempt(partial(self._compare, relation, rows))
            mismatches = statements.mismatched(rows, relation, self._vocabulary)
            if mismatches:
                self._findings.mismatches[relation.id] += mismatches

    def _compare(
        self, relation: Relation, rows: Sequence[Any], transaction: Transaction, rules: Rules
    ) -> checks.Checked:
        ids = [row[0] for row in rows]
        should_be = statements.wanted(transaction, self._spool, relation, ids)
        compared = statements.compare(rows, should_be)
        return self._settle(relation, compared, transaction, rules)

    def _check_what_is_missing(self) -> None:
        for page in self._pages("assertions", verifying.PAGE_OF_ALL_TRIPLES):
            by_relation: dict[str, list[str]] = {}
            for row in page:
                by_relation.setdefault(row[12], []).append(row[1])
            self._check_presence(by_relation)
        for several in self._spool.statements(_PAGE):
            by_relation = {}
            for relation, id in several:
                by_relation.setdefault(relation, []).append(id)
            self._check_presence(by_relation)

    def _check_presence(self, by_relation: dict[str, list[str]]) -> None:
        for name, ids in sorted(by_relation.items()):
            relation = self._vocabulary.relations.get(name)
            if relation is not None and relation.means not in FILLS_ENTITY:
                self._attempt(partial(self._presence, relation, sorted(set(ids))))

    def _presence(
        self, relation: Relation, ids: Sequence[str], transaction: Transaction, rules: Rules
    ) -> checks.Checked:
        should_be = statements.wanted(transaction, self._spool, relation, ids)
        compared = statements.missing(transaction, relation, should_be)
        return self._settle(relation, compared, transaction, rules)

    def _settle(
        self,
        relation: Relation,
        compared: statements.Compared,
        transaction: Transaction,
        rules: Rules,
    ) -> checks.Checked:
        if not compared.found:
            return [], ()
        at = datetime.now(UTC)
        changes = statements.write(transaction, relation, compared, rules, at)
        ends = [one for one in changes if isinstance(one, EntityChange) and one.op is Op.ADD]
        found = [*compared.found, *(Finding(Fault.ENTITY_MISSING, one.id) for one in ends)]
        return found, changes

    def _check_entities(self) -> None:
        for page in self._pages("entity records", verifying.PAGE_OF_ALL_RECORDS):
            self._attempt(partial(checks.check_presence_of_entities, [row[1] for row in page]))
        for page in self._pages("assertions", verifying.PAGE_OF_ALL_TRIPLES):
            filled = [
                row[11]
                for row in page
                if (relation := self._vocabulary.relations.get(row[12])) and relation.means
            ]
            self._attempt(partial(checks.check_presence_of_entities, filled))
        for page in self._pages("sums", verifying.PAGE_OF_MINED):
            self._attempt(partial(checks.check_presence_of_entities, [id for [id] in page]))
        for page in self._pages("entities", verifying.PAGE_OF_ENTITIES):
            self._attempt(partial(checks.check_entities, [id for [id] in page]))

    # -------------------------------------------------------------- pages and transactions

    def _pages(self, what: str, text: LiteralString) -> Iterator[list[Any]]:
        after = ""
        full = True
        while full:
            rows = self._graph.value(text, {"after": after, "limit": _PAGE})
            full = len(rows) == _PAGE
            if rows:
                yield rows
                self._findings.checked[what] += len(rows)
                self._watch(self._findings)
                after = rows[-1][0]

    def _attempt(self, check: checks.Check) -> None:
        """Look and write in one transaction, which is not committed unless this is a repair."""
        found: list[Finding] = []

        def work(transaction: Transaction) -> None:
            queue(transaction, "verify")
            some, changes = check(transaction, self._rules(transaction))
            found[:] = some
            if not self._repair or not found:
                raise _RehearsedError
            conclude(transaction, Batch("", "verify", ()), changes)

        with suppress(_RehearsedError):
            self._graph.write(work, name="verify")
        self._findings.add(found)
