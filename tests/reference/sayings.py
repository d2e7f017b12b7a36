"""What data sets say, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from kgservice.literals import Kind

#: Built-in types that have a type above them; graph.md, Built-in vocabulary.
INTENT_TYPES = {
    "function": "FunctionIntent",
    "event": "EventIntent",
    "audience": "AudienceIntent",
    "concept": "ConceptIntent",
    "time": "TimeIntent",
    "location": "LocationIntent",
    "body_part": "BodyPartIntent",
    "complementary": "ComplementaryIntent",
    "interest": "InterestIntent",
    "activity": "ActivityIntent",
    "other": "OtherIntent",
}
BUILT_IN_PARENTS = {
    "QueryPurchase": "Behavior",
    "CoPurchase": "Behavior",
    **dict.fromkeys(INTENT_TYPES.values(), "Intent"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A literal; `datatype` where its source writes one, `kind` as which it is to be compared."""

    text: str
    kind: Kind
    unit: str | None = None
    language: str | None = None
    datatype: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that a data set asserts outright; `at` is when it was retrieved."""

    dataset: str
    subject: str
    relation: str
    object: str | Value
    plausibility: Fraction | None = None
    typicality: Fraction | None = None
    support: int = 1
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Behavior:
    """A query-purchase where it has a query, else a co-purchase."""

    id: str
    products: tuple[str, ...]
    query: str | None = None
    count: int | None = None
    category: str = "Outdoor"
    product_type: str | None = None
    browse_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mined:
    """An assertion about a behavior, as a mining pipeline makes it."""

    dataset: str
    behavior: Behavior
    relation: str
    tail_type: str
    tail: str
    concept: str | None = None
    plausibility: Fraction | None = None
    typicality: Fraction | None = None
    domain: str = "Sports & Outdoors"
    marketplace: str = "US"


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is said; `merged` names the canonical entity of each merged one."""

    facts: tuple[Fact, ...] = ()
    mined: tuple[Mined, ...] = ()
    types: dict[str, frozenset[str]] = field(default_factory=dict)
    type_parents: dict[str, frozenset[str]] = field(default_factory=dict)
    relation_parents: dict[str, frozenset[str]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
