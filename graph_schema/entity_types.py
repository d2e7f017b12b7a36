"""The entity types that every graph begins with.

A type is a label in Neo4j. Data sets bring more of them (`kgservice load types`, or an entity's own
record); these are the ones that commonsense assertions are made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntityType:
    """A kind of entity, with the kinds that it is a special case of."""

    id: str
    label: str
    description: str = ""
    parents: tuple[str, ...] = ()


PRODUCT = "Product"
QUERY = "Query"
BEHAVIOR = "Behavior"
QUERY_PURCHASE = "QueryPurchase"
CO_PURCHASE = "CoPurchase"
INTENT = "Intent"
CATEGORY = "Category"
PRODUCT_TYPE = "ProductType"

#: The tail types of an assertion record, and the intent type that each becomes.
#: Source: the relation table of COSMO (SIGMOD 2024 Companion, doi 10.1145/3626246.3653398).
INTENT_TYPE_OF_TAIL: dict[str, str] = {
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


def _intent(tail_type: str, what: str) -> EntityType:
    words = tail_type.replace("_", " ")
    return EntityType(INTENT_TYPE_OF_TAIL[tail_type], f"{words} intent", what, (INTENT,))


BUILT_IN_TYPES: tuple[EntityType, ...] = (
    EntityType(PRODUCT, "product", "Something a shop sells."),
    EntityType(QUERY, "query", "A search that shoppers enter, by its normalised text."),
    EntityType(BEHAVIOR, "behavior", "Something many shoppers did; assertions are made about it."),
    EntityType(QUERY_PURCHASE, "query purchase", "A product bought after a query.", (BEHAVIOR,)),
    EntityType(CO_PURCHASE, "co-purchase", "Two products bought together.", (BEHAVIOR,)),
    EntityType(INTENT, "intent", "Why people search for or buy something."),
    _intent("function", "What a thing does or is used to do."),
    _intent("event", "An occasion that a thing is for."),
    _intent("audience", "The people a thing is for."),
    _intent("concept", "What a thing is, or serves as."),
    _intent("time", "A time or season that a thing is for."),
    _intent("location", "A place that a thing is used in."),
    _intent("body_part", "A part of the body that a thing is used on."),
    _intent("complementary", "Something that a thing is used together with."),
    _intent("interest", "What the people who buy a thing care about."),
    _intent("activity", "What the people who buy a thing want to do."),
    _intent("other", "A reason that fits none of the other kinds."),
    EntityType(CATEGORY, "category", "A department of the shop."),
    EntityType(PRODUCT_TYPE, "product type", "A kind of product in the catalogue's own words."),
)

_PARENTS = {type.id: type.parents for type in BUILT_IN_TYPES}


def with_built_in_parents(type_id: str) -> tuple[str, ...]:
    """The types that a node of this type carries as labels: itself, and built-in ones above it.

    >>> with_built_in_parents("AudienceIntent"), with_built_in_parents("Film")
    (('AudienceIntent', 'Intent'), ('Film',))
    """
    return (type_id, *_PARENTS.get(type_id, ()))


def direct(type_ids: Iterable[str]) -> tuple[str, ...]:
    """The types without the built-in ones that another of them already implies, sorted.

    >>> direct(["Intent", "AudienceIntent", "Topic"])
    ('AudienceIntent', 'Topic')
    """
    given = set(type_ids)
    implied = {parent for type in given for parent in _PARENTS.get(type, ())}
    return tuple(sorted(given - implied))
