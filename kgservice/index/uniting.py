"""Merged entities: every end of a statement is its canonical one, statements that become equal one.

What stands behind equal statements is added up, so scores are the means over all observations. Of
several ids the least stays, as in Cypher. Rule: docs/semantics.md, The graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_schema.ids import entity_key, literal_key
from kgservice.graph.records import Names
from kgservice.ledger.tally import Tally, restored, tally_of
from kgservice.literals import Literal, literal


@dataclass(frozen=True, slots=True)
class Part:
    """A relationship as the graph has it, between entities that may have been merged."""

    id: str
    subject: str
    relation: str
    object: str | None
    literal: Literal | None
    tally: Tally

    @property
    def line(self) -> dict[str, Any]:
        """It as JSON has it."""
        value, stored = self.literal, self.tally.stored()
        return {
            "id": self.id,
            "subject": self.subject,
            "relation": self.relation,
            "object": self.object,
            "literal": value and [value.text, value.datatype, value.language, value.unit],
            "names": [stored.sources, stored.domains, stored.marketplaces],
            "sums": stored.sums,
        }

    @classmethod
    def of_line(cls, line: Mapping[str, Any]) -> Part:
        """The part of a line."""
        value = line["literal"]
        sources, domains, marketplaces = line["names"]
        tally = restored(sources, domains, marketplaces, line["sums"])
        ends = line["subject"], line["relation"], line["object"]
        return cls(line["id"], *ends, value and _literal(value), tally)


@dataclass(slots=True)
class Merges:
    """Which entities were merged into which, and what the merged ones add to the canonical."""

    canonical: dict[str, str] = field(default_factory=dict)
    cards: dict[str, list[Sequence[Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]]) -> Merges:
        """From rows of kgservice.index.reading.merged_rows."""
        merges = cls()
        for row in rows:
            merges.canonical[row[0]] = row[-1]
            merges.cards.setdefault(row[-1], []).append(row)
        return merges

    @property
    def members(self) -> list[str]:
        """All entities of all classes, canonical ones among them."""
        return [*self.canonical, *self.cards]

    def end(self, id: str) -> str:
        """The canonical entity of an end."""
        return self.canonical.get(id, id)


@dataclass(frozen=True, slots=True)
class United:
    """A statement between canonical entities, and the relationships that are one in it."""

    id: str
    subject: str
    relation: str
    object: str | None
    literal: Literal | None
    tally: Tally


Key = tuple[str, str, str]


def key_of(part: Part, merges: Merges) -> Key:
    """What two relationships have in common that are one statement."""
    if part.literal is None:
        last = entity_key(merges.end(part.object or ""))
    else:
        value = part.literal
        last = literal_key(value.text, value.datatype, value.language, value.unit)
    return merges.end(part.subject), part.relation, last


def united(parts: Iterable[Part], merges: Merges) -> list[United]:
    """The statements that these relationships are."""
    together: dict[Key, list[Part]] = {}
    for part in parts:
        together.setdefault(key_of(part, merges), []).append(part)
    return [_one(same, merges) for same in together.values()]


def part_of(row: Sequence[Any], names: Names) -> Part | None:
    """A row of READ_STATEMENTS_AT; null where its relationship type is none of ours."""
    id, subject, type, object, value, plausibility, typicality, support, _, *rest = row
    relation = names.relation(type)
    if relation is None:
        return None
    tally = tally_of((support, plausibility, typicality), *rest)
    return Part(id, subject, relation, object, None if object else _literal(value), tally)


def _literal(value: Sequence[Any]) -> Literal:
    text, datatype, language, unit = value
    return literal(text, datatype, language=language, unit=unit)


def _one(same: Sequence[Part], merges: Merges) -> United:
    total = Tally()
    for part in same:
        total.merge(part.tally)
    first = same[0]
    object = None if first.object is None else merges.end(first.object)
    return United(
        min(part.id for part in same),
        merges.end(first.subject),
        first.relation,
        object,
        first.literal,
        total,
    )
