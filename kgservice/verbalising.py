"""Statements as English sentences, by the phrase of their relation.

A phrase is a template with `{s}` for the subject and `{o}` for the object. The part behind `{s}` is
what a ranker appends to a product's title.
"""

from __future__ import annotations

import re
from functools import lru_cache

from graph_schema.relations import Relation
from kgservice.literals import Literal

#: Where a template has subject and object.
PLACES = re.compile(r"(\{[so]\})")
#: Templates that are remembered in parts: there are two for each relation.
_REMEMBERED = 10_000

#: English says "in" of these, where the phrase of this relation says "on".
_SEASONAL = "USED_ON"
_SEASONS = frozenset(
    (
        "spring", "summer", "autumn", "fall", "winter", "january", "february", "march", "april",
        "may", "june", "july", "august", "september", "october", "november", "december",
        "morning", "afternoon", "evening",
    )
)  # fmt: skip


def sentence(relation: Relation, subject: str, object: str) -> str:
    """The statement as a sentence, subject included.

    >>> from graph_schema.relations import COMMONSENSE_RELATIONS
    >>> sentence(COMMONSENSE_RELATIONS[0], "hair dryer", "drying hair")
    'hair dryer is used for drying hair'
    """
    return _filled(_template_for(relation, object), subject, object)


def phrase(relation: Relation, object: str) -> str:
    """The same without the subject.

    >>> from graph_schema.relations import COMMONSENSE_RELATIONS
    >>> phrase(COMMONSENSE_RELATIONS[0], "dry face")
    'is used for dry face'
    """
    # What is put in is not looked through again: a label that looks like a place stays what it is.
    return _behind(_template_for(relation, object)).replace("{o}", object)


def value_text(value: Literal) -> str:
    """A literal as it reads in a sentence."""
    return f"{value.text} {value.unit}" if value.unit else value.text


def template(relation: Relation, *, season: bool) -> str:
    """What a sentence of the relation is made of; `season`: whether its object is one."""
    found = relation.phrase or f"{{s}} {relation.label} {{o}}"
    return found.replace(" on ", " in ") if season and relation.id == _SEASONAL else found


def _template_for(relation: Relation, object: str) -> str:
    # Whether an object is a season takes a third of a phrase, and of one relation it matters.
    return template(relation, season=relation.id == _SEASONAL and is_season(object))


def behind_subject(template: str) -> str:
    """The part of a template that a phrase is made of."""
    return template.partition("{s}")[2].strip()


def is_season(text: str) -> bool:
    """Whether English says "in" of it."""
    return text.lower().rpartition(" ")[2] in _SEASONS


@lru_cache(_REMEMBERED)
def _behind(template: str) -> str:
    """What a phrase is made of, where no subject is named."""
    return behind_subject(template).replace("{s}", "")


@lru_cache(_REMEMBERED)
def _parts(template: str) -> tuple[str, ...]:
    """A template cut at its places, which are parts as well."""
    return tuple(PLACES.split(template))


def _filled(template: str, subject: str, object: str) -> str:
    # A label that looks like a place stays what it is: the template alone is cut.
    return "".join(
        [
            subject if part == "{s}" else object if part == "{o}" else part
            for part in _parts(template)
        ]
    )
