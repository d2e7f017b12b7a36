"""Entity records into the graph: what data sets say of entities themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from kgservice.graph.cypher import asserting, loading
from kgservice.ledger.records import EntityRecord
from loaders.writing import entities
from loaders.writing.books import Book
from loaders.writing.changes import GraphChange
from loaders.writing.decisions import Change, Held
from loaders.writing.oddities import Oddities, TypesOf, shared_ids


class EntityRecords(Book[EntityRecord]):
    """What a data set says of entities; the key is the entity's id."""

    FORMAT = "entities"
    RECORDS = (EntityRecord,)
    PAGE = asserting.PAGE_OF_ENTITY_RECORDS
    UNCHANGED = loading.UNCHANGED_ENTITY_RECORDS

    @staticmethod
    def key(record: EntityRecord) -> str:
        """The entity."""
        return record.id

    @staticmethod
    def written(record: EntityRecord) -> str:
        """What it says."""
        return record.canonical

    @staticmethod
    def read(key: str, written: str) -> EntityRecord:
        """The record again."""
        return EntityRecord.from_canonical(key, written)

    def prepare(self, records: Sequence[EntityRecord]) -> None:
        """Make the types that these records name."""
        entities.make_types(self.transaction, (type for one in records for type in one.types))

    def held(self, keys: Sequence[str]) -> Mapping[str, Held[EntityRecord]]:
        """What the data set says of these entities."""
        rows = self.transaction.value(loading.READ_ENTITY_RECORDS, {"ids": list(keys)})
        return {
            id: Held(digest, run, partial(EntityRecord.from_canonical, id, record))
            for id, dataset, digest, run, record in rows
            if dataset == self.dataset
        }

    def types(self, record: EntityRecord) -> Iterable[tuple[str, str]]:
        """Its own."""
        return ((record.id, type) for type in record.types)

    def oddities(self, changes: Sequence[Change[EntityRecord]], types_of: TypesOf) -> Oddities:
        """Ids that another data set gives to something else."""
        del types_of
        records = [one.stands for one in changes if one.stands is not None]
        return Oddities(shared=shared_ids(self.transaction, self.dataset, records))

    def bring(self, changes: Sequence[Change[EntityRecord]], run: str) -> Sequence[GraphChange]:
        """Write the records, and the entities as they are then."""
        self._write(changes, run)
        touched = [one.key for one in changes]
        standing = [one.key for one in changes if one.stands is not None]
        made = entities.ensure(self.transaction, standing)
        described = entities.refresh(self.transaction, touched, self.rules)
        gone = entities.remove_orphans(self.transaction, set(touched) - set(standing))
        return [*made, *described, *gone]

    def _write(self, changes: Sequence[Change[EntityRecord]], run: str) -> None:
        kept, gone = [], []
        for one in changes:
            key = self.id(self.dataset, one.key)
            if one.after is not None and one.stands is not None:
                kept.append([key, one.key, one.after.digest, one.stands.canonical])
            elif one.stood is not None:
                gone.append(key)
        if kept:
            parameters = {"rows": kept, "dataset": self.dataset, "run": run}
            self.transaction.run(loading.WRITE_ENTITY_RECORDS, parameters)
        if gone:
            self.transaction.run(loading.DELETE_ENTITY_RECORDS, {"ids": gone})
