"""Statements as English sentences, by the phrase of their relation.

A phrase is a template with `{s}` for the subject and `{o}` for the object. The part behind `{s}` is
what a ranker appends to a product's title.
"""

from __future__ import annotations

import re

from graph_schema.relations import Relation
from kgservice.literals import Literal

_PLACES = re.compile(r"\{[so]\}")

#: English says "in" of these, where the phrase of USED_ON says "on".
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
    return _filled(_template(relation, object), subject, object)


def phrase(relation: Relation, object: str) -> str:
    """The same without the subject.

    >>> from graph_schema.relations import COMMONSENSE_RELATIONS
    >>> phrase(COMMONSENSE_RELATIONS[0], "dry face")
    'is used for dry face'
    """
    return _filled(_template(relation, object).partition("{s}")[2].strip(), "", object)


def value_text(value: Literal) -> str:
    """A literal as it reads in a sentence."""
    return f"{value.text} {value.unit}" if value.unit else value.text


def _template(relation: Relation, object: str) -> str:
    template = relation.phrase or f"{{s}} {relation.label} {{o}}"
    if relation.id == "USED_ON" and _is_season(object):
        return template.replace(" on ", " in ")
    return template


def _is_season(text: str) -> bool:
    return text.lower().rpartition(" ")[2] in _SEASONS


def _filled(template: str, subject: str, object: str) -> str:
    # One pass: a label that looks like a place holder stays what it is.
    return _PLACES.sub(lambda place: subject if place[0] == "{s}" else object, template)
