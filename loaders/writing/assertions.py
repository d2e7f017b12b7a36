"""Assertions of mining pipelines into the graph: behaviors, and all that follows from them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from kgservice.graph.cypher import asserting, loading
from kgservice.graph.store import StoreTransaction
from kgservice.ledger.behaviors import Contributions, Standing, contributions
from kgservice.ledger.content import mined_record
from kgservice.ledger.mined import Described, MinedEntity
from kgservice.ledger.records import MinedAssertion, MinedRetraction
from kgservice.ledger.scores import as_float
from kgservice.ledger.statements import Parts
from kgservice.ledger.tally import Tally
from loaders.writing import entities, mined, statements
from loaders.writing.books import Book
from loaders.writing.changes import GraphChange
from loaders.writing.decisions import Change, Held, Incoming

Mined = MinedAssertion | MinedRetraction
Changes = Sequence[Change[Mined]]


class Assertions(Book[Mined]):
    """What mining pipelines assert about behaviors; the key is the assertion's id."""

    FORMAT = "assertions"
    RECORDS = (MinedAssertion, MinedRetraction)
    PAGE = asserting.PAGE_OF_MINED
    UNCHANGED = asserting.UNCHANGED_MINED

    @staticmethod
    def key(record: Mined) -> str:
        """The assertion."""
        return record.assertion_id

    @staticmethod
    def id(dataset: str, key: str) -> str:
        """The assertion's own, which another data set may use too."""
        del dataset
        return key

    @staticmethod
    def written(record: Mined) -> str:
        """The whole record."""
        return record.canonical

    @staticmethod
    def read(key: str, written: str) -> Mined:
        """The record again."""
        del key
        return mined_record(orjson.loads(written))

    def prepare(self, records: Sequence[Mined]) -> None:
        """Nothing: what such records need is built in."""

    def held(self, keys: Sequence[str]) -> Mapping[str, Held[Mined]]:
        """The assertions of the data set with these ids."""
        parameters = {"ids": sorted(keys), "dataset": self.dataset}
        rows = self.transaction.value(asserting.READ_MINED_ASSERTIONS, parameters)
        return {
            id: Held(digest, run, partial(_revived, record)) for id, digest, run, record in rows
        }

    def bring(self, changes: Changes, run: str) -> Sequence[GraphChange]:
        """Write the assertions, and all that follows from the behaviors that they speak of."""
        transaction = self.transaction
        touched = _behaviors(changes)
        before = _contributions(transaction, touched)
        self._write(changes, run)
        after = _contributions(transaction, touched)
        revised = statements.revise_as_read(transaction, _differences(before, after))
        described = _describe(transaction, before, after)
        ends = {end for one in revised if one.after for end in one.parts.ends}
        alive = {one.id for one in described if one.uses}
        made = entities.ensure(transaction, ends | alive)
        statements.write(transaction, statements.rows(revised), at=self.at)
        refreshed = entities.refresh(transaction, {one.id for one in described}, self.rules)
        lost = {end for one in revised if one.after is None for end in one.parts.ends}
        gone = entities.remove_orphans(transaction, lost | {one.id for one in described} - alive)
        return [*made, *refreshed, *(one.change for one in revised), *gone]

    def _write(self, changes: Changes, run: str) -> None:
        gone = [one.key for one in changes if one.stood is not None]
        new = [
            _properties(self.dataset, run, one.after, one.after.record)
            for one in changes
            if one.after is not None and isinstance(one.after.record, MinedAssertion)
        ]
        if gone:
            parameters = {"ids": gone, "dataset": self.dataset}
            self.transaction.run(asserting.DELETE_MINED_ASSERTIONS, parameters)
        if new:
            self.transaction.run(asserting.CREATE_ASSERTIONS, {"rows": new})


def _revived(record: bytes) -> Mined:
    return mined_record(unpacked(record))


def _behaviors(changes: Changes) -> list[str]:
    """The behaviors that the records before and after speak of: an id may have moved."""
    records = (record for one in changes for record in (one.stood, one.stands))
    return sorted({one.behavior.id for one in records if isinstance(one, MinedAssertion)})


def _contributions(
    transaction: StoreTransaction, behaviors: Sequence[str]
) -> dict[str, Contributions]:
    """What follows from each behavior as the graph holds it at this point of the transaction."""
    standing: dict[str, list[Standing]] = {}
    for dataset, packed in transaction.value(asserting.READ_STANDING, {"ids": behaviors}):
        record = mined_record(unpacked(packed))
        if isinstance(record, MinedAssertion):
            standing.setdefault(record.behavior.id, []).append(Standing(dataset, record))
    return {id: contributions(standing.get(id, ())) for id in behaviors}


def _differences(
    before: Mapping[str, Contributions], after: Mapping[str, Contributions]
) -> dict[Parts, Tally]:
    found: dict[Parts, Tally] = {}
    for side, times in ((before, -1), (after, 1)):
        for contributed in side.values():
            for parts, observation in contributed.observations.items():
                found.setdefault(parts, Tally()).add(observation, times)
    return {parts: tally for parts, tally in found.items() if not tally.is_nothing}


def _describe(
    transaction: StoreTransaction,
    before: Mapping[str, Contributions],
    after: Mapping[str, Contributions],
) -> list[MinedEntity]:
    """Bring the sums of what behaviors tell of entities to the state after the batch."""
    changed = [id for id in after if before[id].described != after[id].described]
    new, old = [after[id] for id in changed], [before[id] for id in changed]
    ids = {one.id for side in (new, old) for each in side for one in each.described}
    known = mined.read_mined(transaction, sorted(ids))
    mined.add_and_take(known, new, old)
    _renew(transaction, {id: one for id, one in known.items() if one.stale}, after)
    mined.write_mined(transaction, known.values())
    return list(known.values())


def _renew(
    transaction: StoreTransaction,
    stale: Mapping[str, MinedEntity],
    after: Mapping[str, Contributions],
) -> None:
    """Ask the behaviors when they gave these products and queries their values.

    The relationships are those before the batch, so the batch's own behaviors come beside them.
    """
    if not stale:
        return
    rows = transaction.value(loading.READ_BEHAVIORS_OF, {"ids": sorted(stale)})
    telling = _contributions(transaction, sorted({row[1] for row in rows} - set(after)))
    told: dict[str, list[Described]] = {id: [] for id in stale}
    for contributed in (*telling.values(), *after.values()):
        for described in contributed.described:
            if described.id in told:
                told[described.id].append(described)
    for id, entity in stale.items():
        entity.renew(told[id])


def _properties(
    dataset: str, run: str, one: Incoming[Mined], assertion: MinedAssertion
) -> dict[str, Any]:
    content = assertion.content
    annotation = content.get("annotation") or {}
    filters = content.get("filters") or ()
    return {
        "id": assertion.assertion_id,
        "statement_id": assertion.statement_id,
        "behavior": assertion.behavior.id,
        "relation": assertion.relation,
        "dataset": dataset,
        "run": run,
        "pipeline_run": content["run_id"],
        "generator": content["generator"]["model"],
        "generator_version": assertion.generator_version,
        "generated_at": assertion.generated_at,
        "marketplace": content["marketplace"],
        "domain": content["domain"],
        "language": assertion.language,
        "plausibility": as_float(assertion.plausibility),
        "typicality": as_float(assertion.typicality),
        "support": content["support"]["n_generations"],
        "raw_text": content.get("raw_text"),
        "digest": one.digest,
        "record": _packed(assertion.canonical),
        **{f"ann_{name}": value for name, value in annotation.items()},
        **{f"flt_{each['name']}": each["value"] for each in filters},
    }


def _packed(canonical: str) -> bytes:
    return zlib.compress(canonical.encode(), 6)


def unpacked(record: bytes) -> dict[str, Any]:
    """The content of a record as an assertion's node keeps it."""
    content: dict[str, Any] = orjson.loads(zlib.decompress(record))
    return content
