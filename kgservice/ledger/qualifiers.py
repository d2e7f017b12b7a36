"""Statements about a statement: what a source adds to one saying of a triple, such as from when on.

A source may say a triple several times (married twice): each saying has a set of its own. Sets are
kept in one order, so that the order in which a source writes them makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from kgservice.literals import Literal, literal


@dataclass(frozen=True, slots=True)
class Qualifier:
    """One of them: a relation, and an entity's id or a literal."""

    relation: str
    object: str | None = None
    literal: Literal | None = None

    @property
    def content(self) -> Mapping[str, Any]:
        """What it says, without what is null."""
        if self.literal is None:
            return {"relation": self.relation, "object": self.object}
        value = self.literal
        parts = {
            "text": value.text,
            "datatype": value.datatype,
            "language": value.language,
            "unit": value.unit,
        }
        known = {name: part for name, part in parts.items() if part is not None}
        return {"relation": self.relation, **known}


#: What a source adds to one saying of a triple, as JSON: the form that is stored and compared.
QualifierSet = str


def qualifier_set(qualifiers: Iterable[Qualifier]) -> QualifierSet:
    """The set as one text; equal sets are equal texts.

    >>> qualifier_set([Qualifier("P580", object="Q2"), Qualifier("P1", object="Q3")])
    '[{"object":"Q3","relation":"P1"},{"object":"Q2","relation":"P580"}]'
    """
    written = {
        (one.relation, orjson.dumps(one.content, option=orjson.OPT_SORT_KEYS)) for one in qualifiers
    }
    return "[" + b",".join([content for _, content in sorted(written)]).decode() + "]"


def qualifiers_of(written: QualifierSet) -> list[Qualifier]:
    """The qualifiers of a set, by relation."""
    return [_qualifier(one) for one in orjson.loads(written)]


def _qualifier(content: Mapping[str, Any]) -> Qualifier:
    if "text" not in content:
        return Qualifier(content["relation"], object=content["object"])
    value = literal(
        content["text"],
        content["datatype"],
        language=content.get("language"),
        unit=content.get("unit"),
    )
    return Qualifier(content["relation"], literal=value)
