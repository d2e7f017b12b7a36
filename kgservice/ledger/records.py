"""What the loaders read, as values: one record is one thing that one data set says.

A record has a key (what it is about), a place in the order of its key (which of two is newer) and a
digest (whether anything differs). Of each key the newest record stands; a retraction takes the
place of what it retracts and leaves a tombstone.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from graph_schema.ids import entity_key, intent_id, literal_key, query_id, statement_id
from kgservice.ledger.order import Order, order
from kgservice.ledger.qualifiers import QualifierSet
from kgservice.ledger.scores import as_float, read_score
from kgservice.literals import Literal, literal

Canonical = Mapping[str, Any]


def canonical_json(content: Canonical) -> str:
    """The one way to write a record down: keys sorted, nulls left out."""
    kept = {name: value for name, value in content.items() if value is not None}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


class _Said(ABC):
    """What all records have in common."""

    @cached_property
    @abstractmethod
    def canonical(self) -> str:
        """All that it says."""

    @cached_property
    def digest(self) -> int:
        """63 bits that tell whether another record of its key says the same."""
        whole = self.canonical.encode()
        return int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest()) >> 1


def _score(written: float | None) -> int | None:
    return None if written is None else read_score(written)


@dataclass(frozen=True)
class Triple(_Said):
    """A statement that a data set asserts outright, or takes back (`deleted`).

    `qualifiers` has a set for each time that the source says it, in order; none where no saying of
    it is qualified.
    """

    subject: str
    relation: str
    object: str | None = None
    literal: Literal | None = None
    plausibility: int | None = None
    typicality: int | None = None
    support: int = 1
    source: str | None = None
    retrieved_at: str | None = None
    qualifiers: tuple[QualifierSet, ...] = ()
    deleted: bool = False

    @cached_property
    def statement_id(self) -> str:
        """The id of what it asserts."""
        return statement_id(self.subject, self.relation, self.object_key)

    @property
    def object_key(self) -> str:
        """Its object as a part of the statement's identity."""
        if self.literal is None:
            return entity_key(self.object or "")
        value = self.literal
        return literal_key(value.text, value.datatype, value.language, value.unit)

    @cached_property
    def canonical(self) -> str:
        """What it says about its statement."""
        return canonical_json(
            {
                "plausibility": as_float(self.plausibility),
                "typicality": as_float(self.typicality),
                "support": self.support,
                "source": self.source,
                "retrieved_at": self.retrieved_at,
                "qualifiers": list(self.qualifiers) or None,
                "deleted": self.deleted or None,
            }
        )

    @property
    def written(self) -> str:
        """What it says and about which statement: all of it, for `from_written` to read."""
        value = self.literal
        parts = {
            "subject": self.subject,
            "relation": self.relation,
            "object": self.object,
            "text": None if value is None else value.text,
            "datatype": None if value is None else value.datatype,
            "language": None if value is None else value.language,
            "unit": None if value is None else value.unit,
        }
        return canonical_json({**orjson.loads(self.canonical), **parts})

    @classmethod
    def from_written(cls, written: str) -> Triple:
        """The record that was written down so."""
        content: dict[str, Any] = orjson.loads(written)
        text = content.get("text")
        return cls(
            content["subject"],
            content["relation"],
            content.get("object"),
            None
            if text is None
            else literal(
                text,
                content["datatype"],
                language=content.get("language"),
                unit=content.get("unit"),
            ),
            plausibility=_score(content.get("plausibility")),
            typicality=_score(content.get("typicality")),
            source=content.get("source"),
            retrieved_at=content.get("retrieved_at"),
            support=content["support"],
            qualifiers=tuple(content.get("qualifiers", ())),
            deleted=content.get("deleted", False),
        )

    @property
    def retraction(self) -> bool:
        """Whether it takes back what its data set said."""
        return self.deleted

    @property
    def order(self) -> Order:
        """Where it stands among what its data set says of its statement."""
        return order(self.retrieved_at, None, retraction=self.deleted, canonical=self.canonical)


@dataclass(frozen=True)
class EntityRecord(_Said):
    """What a data set says of an entity itself, or that it says it no more (`deleted`)."""

    id: str
    label: str | None = None
    aliases: tuple[str, ...] = ()
    description: str | None = None
    types: tuple[str, ...] = ()
    language: str | None = None
    modified: str | None = None
    deleted: bool = False

    @cached_property
    def canonical(self) -> str:
        """What it says."""
        return canonical_json(
            {
                "label": self.label,
                "aliases": list(self.aliases),
                "description": self.description,
                "types": list(self.types),
                "language": self.language,
                "modified": self.modified,
                "deleted": self.deleted or None,
            }
        )

    @classmethod
    def from_canonical(cls, id: str, canonical: str) -> EntityRecord:
        """The record that was written down so."""
        content = orjson.loads(canonical)
        content["aliases"] = tuple(content["aliases"])
        content["types"] = tuple(content["types"])
        return cls(id, **content)

    @property
    def retraction(self) -> bool:
        """Whether it takes back what its data set said."""
        return self.deleted

    @property
    def order(self) -> Order:
        """Where it stands among the records of its entity in its data set."""
        return order(self.modified, None, retraction=self.deleted, canonical=self.canonical)


@dataclass(frozen=True, slots=True)
class BehaviorProduct:
    """A product as a behavior's record shows it."""

    id: str
    title: str
    category: str | None = None
    product_type: str | None = None
    browse_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BehaviorQuery:
    """A query as a behavior's record shows it."""

    text: str
    norm: str
    specificity: float | None = None


@dataclass(frozen=True, slots=True)
class Behavior:
    """What many shoppers did, as one record shows it: bought after a query, or bought together."""

    id: str
    language: str
    products: tuple[BehaviorProduct, ...]
    query: BehaviorQuery | None = None
    count: int | None = None
    purchase_rate: float | None = None
    click_rate: float | None = None
    window_start: str | None = None
    window_end: str | None = None

    @property
    def weight(self) -> int:
        """How many observations it stands for: 1 where nobody counted."""
        return 1 if self.count is None else self.count

    @property
    def query_id(self) -> str | None:
        """The entity of its query, where it has one."""
        return None if self.query is None else query_id(self.language, self.query.norm)

    @property
    def heads(self) -> tuple[str, ...]:
        """The entities that statements about the behavior are rolled up to."""
        products = tuple(product.id for product in self.products)
        return products if self.query_id is None else (self.query_id, *products)


@dataclass(frozen=True, slots=True)
class Tail:
    """The object of an assertion: an intent by its type and normalised text."""

    type: str
    text: str
    norm: str
    concept: str | None = None


@dataclass(frozen=True)
class MinedAssertion(_Said):
    """One assertion about one behavior, by one run of a mining pipeline.

    `content` is the record itself, in the form that `canonical_json` writes: nothing of it is lost,
    and what is not needed to answer queries is not spread over fields.
    """

    assertion_id: str
    behavior: Behavior
    relation: str
    tail: Tail
    language: str
    plausibility: int | None
    typicality: int | None
    generated_at: str
    generator_version: str | None
    content: Canonical = field(repr=False)

    @cached_property
    def canonical(self) -> str:
        """The whole record."""
        return canonical_json(self.content)

    @property
    def retraction(self) -> bool:
        """Never: see MinedRetraction."""
        return False

    @property
    def order(self) -> Order:
        """Where it stands among the records of its assertion id."""
        return order(
            self.generated_at, self.generator_version, retraction=False, canonical=self.canonical
        )

    @property
    def intent_id(self) -> str:
        """The entity that its tail names."""
        return intent_id(self.tail.type, self.language, self.tail.norm)

    @cached_property
    def statement_id(self) -> str:
        """The statement about the behavior that it asserts."""
        return statement_id(self.behavior.id, self.relation, entity_key(self.intent_id))


@dataclass(frozen=True)
class MinedRetraction(_Said):
    """The news that an assertion is taken back."""

    assertion_id: str
    generated_at: str
    generator_version: str | None
    content: Canonical = field(repr=False)

    @cached_property
    def canonical(self) -> str:
        """The whole record."""
        return canonical_json(self.content)

    @property
    def retraction(self) -> bool:
        """Always."""
        return True

    @property
    def order(self) -> Order:
        """Where it stands among the records of its assertion id."""
        return order(
            self.generated_at, self.generator_version, retraction=True, canonical=self.canonical
        )
