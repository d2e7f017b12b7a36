"""The relations that every graph begins with.

The fifteen commonsense relations and their tail types follow COSMO (SIGMOD 2024 Companion,
doi 10.1145/3626246.3653398); the phrases are ours. Loaded data brings more relations
(`kgservice load relations`, or `--new-relations register`).
"""

from __future__ import annotations

from dataclasses import dataclass

from graph_schema.entity_types import (
    BEHAVIOR,
    CATEGORY,
    INTENT,
    INTENT_TYPE_OF_TAIL,
    PRODUCT,
    PRODUCT_TYPE,
    QUERY,
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A kind of statement: what may stand at its ends, and how it reads as a sentence.

    `phrase` is a template with `{s}` for the subject and `{o}` for the object; empty means
    `{s} LABEL {o}`. `tail_types` are the tail types that an assertion record may give it; only the
    fifteen commonsense relations have any.
    """

    id: str
    label: str
    description: str = ""
    parents: tuple[str, ...] = ()
    inverse: str | None = None
    symmetric: bool = False
    subject_types: tuple[str, ...] = ()
    object_types: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    commonsense: bool = False
    means: str | None = None
    phrase: str = ""
    tail_types: tuple[str, ...] = ()


COMMONSENSE = "COMMONSENSE"
USED_FOR = "USED_FOR"
HAS_QUERY = "HAS_QUERY"
HAS_PRODUCT = "HAS_PRODUCT"
HAS_CATEGORY = "HAS_CATEGORY"
HAS_PRODUCT_TYPE = "HAS_PRODUCT_TYPE"
BROADER = "BROADER"

#: What a relation may say about an entity instead of adding to the graph.
MEANINGS = ("type", "subtype", "label", "alias", "description")

_SUBJECTS = (BEHAVIOR, PRODUCT, QUERY)


def _commonsense(
    id: str,
    label: str,
    tails: tuple[str, ...],
    phrase: str,
    aliases: tuple[str, ...] = (),
    parents: tuple[str, ...] = (COMMONSENSE,),
) -> Relation:
    return Relation(
        id=id,
        label=label,
        parents=parents,
        subject_types=_SUBJECTS,
        object_types=tuple(INTENT_TYPE_OF_TAIL[tail] for tail in tails),
        aliases=aliases,
        commonsense=True,
        phrase=f"{{s}} {phrase} {{o}}",
        tail_types=tails,
    )


_USED_FOR = (COMMONSENSE, USED_FOR)

COMMONSENSE_RELATIONS: tuple[Relation, ...] = (
    _commonsense(
        "USED_FOR_FUNC",
        "used for (function)",
        ("function",),
        "is used for",
        ("used_for_function",),
        _USED_FOR,
    ),
    _commonsense(
        "USED_FOR_EVE",
        "used for (event)",
        ("event", "activity"),
        "is used for",
        ("used_for_event",),
        _USED_FOR,
    ),
    _commonsense(
        "USED_FOR_AUD",
        "used for (audience)",
        ("audience",),
        "is used for",
        ("used_for_audience",),
        _USED_FOR,
    ),
    _commonsense(
        "CAPABLE_OF", "capable of", ("function",), "is capable of", ("capableOf", "capable_of")
    ),
    _commonsense("USED_TO", "used to", ("function",), "is used to", ("used_to",)),
    _commonsense("USED_AS", "used as", ("concept",), "is used as", ("used_as",)),
    _commonsense("IS_A", "is a", ("concept",), "is a", ("isA", "is_a")),
    _commonsense("USED_ON", "used on", ("time", "event"), "is used on", ("used_on",)),
    _commonsense(
        "USED_IN_LOC", "used in (location)", ("location",), "is used in", ("used_in_location",)
    ),
    _commonsense("USED_IN_BODY", "used on (body)", ("body_part",), "is used on", ("used_in_body",)),
    _commonsense("USED_WITH", "used with", ("complementary",), "is used with", ("used_with",)),
    _commonsense("USED_BY", "used by", ("audience",), "is used by", ("used_by",)),
    _commonsense(
        "xInterested_in",
        "interested in",
        ("interest",),
        "suits customers interested in",
        ("xIntersted_in",),
    ),
    _commonsense("xIs_a", "customers are", ("audience",), "suits customers who are"),
    _commonsense("xWant", "customers want to", ("activity",), "suits customers who want to"),
)

STRUCTURAL_RELATIONS: tuple[Relation, ...] = (
    Relation(
        HAS_QUERY,
        "has query",
        "The query of a query-purchase behavior.",
        subject_types=(BEHAVIOR,),
        object_types=(QUERY,),
        phrase="{s} began with {o}",
    ),
    Relation(
        HAS_PRODUCT,
        "has product",
        "A product of a behavior.",
        subject_types=(BEHAVIOR,),
        object_types=(PRODUCT,),
        phrase="{s} includes {o}",
    ),
    Relation(
        HAS_CATEGORY,
        "has category",
        "The department that a product stands in.",
        subject_types=(PRODUCT,),
        object_types=(CATEGORY,),
        phrase="{s} belongs to {o}",
    ),
    Relation(
        HAS_PRODUCT_TYPE,
        "has product type",
        "What the catalogue calls the product.",
        subject_types=(PRODUCT,),
        object_types=(PRODUCT_TYPE,),
        phrase="{s} is of the type {o}",
    ),
    Relation(
        BROADER,
        "broader",
        "From an intent or a category to the more general one above it.",
        subject_types=(INTENT, CATEGORY),
        object_types=(INTENT, CATEGORY),
        phrase="{s} is a kind of {o}",
    ),
)

BUILT_IN_RELATIONS: tuple[Relation, ...] = (
    Relation(
        COMMONSENSE, "commonsense", "Why people search for and buy things: any of its relations."
    ),
    Relation(USED_FOR, "used for", "A function, an event or an audience.", (COMMONSENSE,)),
    *COMMONSENSE_RELATIONS,
    *STRUCTURAL_RELATIONS,
)
