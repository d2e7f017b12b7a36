"""The values that reads return and the API shows: entities, statements, who asserts them, names.

All are frozen; relations and types are named by id, entities at the ends of statements too. Imports
literals and ids alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum
from typing import Generic, TypeVar

from graph_schema.ids import entity_key, literal_key, query_id, statement_id
from kgservice.literals import Literal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity's card: what is shown of it wherever it appears."""

    id: str
    label: str
    description: str | None = None
    aliases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    degree: int = 0
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple as its sources assert it; scores are 0..1, or null where nobody scored.

    `given_id` is the id of one whose id does not follow from its parts; see `called`.
    """

    subject: str
    relation: str
    object: str | None
    literal: Literal | None
    plausibility: float | None
    typicality: float | None
    support: int
    sources: tuple[str, ...]
    level: str
    given_id: str | None = None

    @property
    def id(self) -> str:
        """Made when it is asked for, in 2 us: of most statements nobody reads it."""
        return self.given_id or statement_id(self.subject, self.relation, self._object_key())

    def called(self, id: str) -> Statement:
        """The same with the id that it has."""
        return self if self.id == id else replace(self, given_id=id)

    def _object_key(self) -> str:
        if self.literal is None:
            return entity_key(self.object or "")
        one = self.literal
        return literal_key(one.text, one.datatype, one.language, one.unit)


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assertion behind a statement: which data set makes it, from where and when."""

    id: str
    statement_id: str
    dataset: str
    run: str | None
    generator: str | None
    generated_at: str | None
    marketplace: str | None
    domain: str | None
    language: str | None
    plausibility: float | None
    typicality: float | None
    raw_text: str | None
    annotation: tuple[tuple[str, float], ...] = ()
    filters: tuple[tuple[str, float], ...] = ()


class Direction(Enum):
    """From which end a statement is looked at."""

    OUT = "OUT"
    IN = "IN"
    BOTH = "BOTH"


class StatementOrder(Enum):
    """How the statements of an entity are ordered.

    RELATION: relation id, then the other end's id or the literal's text, then statement id; the
    others descending, null last, then as RELATION.
    """

    RELATION = "RELATION"
    TYPICALITY = "TYPICALITY"
    PLAUSIBILITY = "PLAUSIBILITY"
    SUPPORT = "SUPPORT"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a longer list; `total` is there where it was asked for."""

    items: Sequence[T]
    has_next: bool
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Stats:
    """How much there is, and of which version."""

    entities: int
    statements: int
    schema_revision: str
    data_version: str
    index_version: str | None = None


class Generator(Enum):
    """By what way a candidate was found."""

    ID = "ID"
    EXACT = "EXACT"
    FUZZY = "FUZZY"
    EMBEDDING = "EMBEDDING"
    LEARNED = "LEARNED"


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that may name an entity, with what helps to tell which.

    context: the sentence, question or query around it; types: only entities that have one of these
    types directly (the caller adds subtypes), null for any; min_confidence: 0..1; user: whose
    learned aliases apply, beside those of everybody.
    """

    text: str
    context: str | None = None
    types: frozenset[str] | None = None
    language: str | None = None
    limit: int = 10
    min_confidence: float = 0.01
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a mention may denote.

    confidence: calibrated probability that it is meant; match: sure enough to act on without
    asking; name: the name it was found by; features: what the ranking saw, by id.
    """

    id: str
    confidence: float
    match: bool
    name: str
    found_by: tuple[Generator, ...]
    features: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The candidates of a mention, best first, and the probability that none is meant.

    All confidences and `nil_probability` together are at most 1.
    """

    text: str
    candidates: tuple[Candidate, ...]
    nil_probability: float

    @property
    def match(self) -> Candidate | None:
        """The first candidate where it is sure enough to act on."""
        first = self.candidates[0] if self.candidates else None
        return first if first is not None and first.match else None


@dataclass(frozen=True, slots=True)
class LearnedAlias:
    """A text that people used for an entity.

    weight: 0..1, how probable it is that the text means the entity; user: whose it is, null for
    everybody; taught: somebody said so, against which even an exact name yields.
    """

    text: str
    entity: str
    weight: float
    user: str | None = None
    taught: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion: the name as written, its entity, and a score >= 0 that orders the list."""

    text: str
    entity: str
    score: float


class HeadKind(StrEnum):
    """Whose commonsense is wanted: of an entity, or of a behavior by its two ends."""

    PRODUCT = "product"
    QUERY = "query"
    QUERY_PRODUCT = "query_product"
    CO_PURCHASE = "co_purchase"


@dataclass(frozen=True, slots=True)
class Head:
    """A head as it is asked for: none, one or two products, and a query, normalised.

    >>> Head(HeadKind.QUERY_PRODUCT, ("P-TENT-4",), "camping tent", "en").ends
    ('query:en:camping tent', 'P-TENT-4')
    """

    kind: HeadKind
    products: tuple[str, ...] = ()
    query: str | None = None
    language: str | None = None

    @property
    def ends(self) -> tuple[str, str | None]:
        """The id of the one entity, or the two ids that the behavior has."""
        ends = list(self.products)
        if self.query is not None:
            ends.insert(0, query_id(self.language or "", self.query))
        return ends[0], ends[1] if len(ends) > 1 else None


@dataclass(frozen=True, slots=True)
class MissingHead:
    """A head that commonsense was asked of and is not known of: how often, and when."""

    head: Head
    asked: int
    first: datetime
    last: datetime
