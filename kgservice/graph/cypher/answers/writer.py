"""What all texts are written with: parameters, lists, types and labels, and the rows at hand.

A scope yields one row for each entity of a set: `x`, and with it its score `s` where any score can
differ from 1.

A text is either written for the relations that are asked, or, `general`, for whatever relations
come as parameters. Neo4j expands the former by type; the latter it plans but once for all, and then
looks at every statement of an entity (kgservice.graph.plans says which is asked when).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, LiteralString

from graph_schema.identifiers import label_of_type, quoted, relationship_type_of
from kgservice.algebra.pattern import Relations
from kgservice.algebra.scoring import MergeNorm, Scoring

Text = LiteralString


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text depends on beside the expression.

    `foreign` tells whether relationships of others stand in the graph: then "any relation" must
    look at each. `merged` tells whether any entities are merged: then every end of a statement is
    read as its canonical entity.
    """

    foreign: bool = False
    merged: bool = False


@dataclass(slots=True)
class Writer:
    """Numbers the parameters and lists of one query, and writes the clauses that all share."""

    scoring: Scoring
    scored: bool
    surroundings: Surroundings
    parameters: dict[str, Any] = field(default_factory=dict)
    lists: int = 0
    general: bool = False

    def parameter(self, value: Any) -> Text:
        """A new parameter with this value."""
        name = "p" + number(len(self.parameters))
        self.parameters[name] = value
        return "$a." + name

    @property
    def sent(self) -> dict[str, Any]:
        """The parameters as they travel: as one map, `$a`.

        Neo4j plans a text anew for each length, to a power of ten, of a list or text among its
        parameters, but does not look into a map.
        """
        return {"a": self.parameters}

    def new_list(self) -> Text:
        """The name of a new list."""
        self.lists += 1
        return "l" + number(self.lists)

    @property
    def row(self) -> Text:
        """What a clause hands on."""
        return "x, s" if self.scored else "x"

    @property
    def merge(self) -> Text:
        """The aggregate that merges scores which meet in one entity."""
        return "max" if self.scoring.merge is MergeNorm.MAX else "sum"

    def gathered(self, name: Text) -> Text:
        """Puts the rows at hand into a list."""
        return f"collect({'[x, s]' if self.scored else 'x'}) AS {name}"

    def unwound(self, rows: Text) -> Text:
        """Takes the rows of a list."""
        if self.scored:
            return f"UNWIND {rows} AS row\nWITH row[0] AS x, row[1] AS s\n"
        return f"UNWIND {rows} AS x\nWITH x\n"

    def merged(self) -> Text:
        """One row for each entity among the rows at hand."""
        return f"WITH x, {self.merge}(s) AS s\n" if self.scored else "WITH DISTINCT x\n"

    def meeting(self, scopes: Iterable[Text]) -> Text:
        """The rows of several scopes, to be wrapped in a CALL."""
        return joined((f"{scope}RETURN {self.row}\n" for scope in scopes), "UNION ALL\n")

    def types(self, relations: Relations) -> Text:
        """A type expression for a relationship; null is any relation of ours."""
        if relations is None:
            return ":!SAME_AS"
        if not relations:
            return ":!%"
        types = [relationship_type_of(one) for one in sorted(relations)]
        if self.general:
            return f":$any({self.parameter(types)})"
        return ":" + joined(map(quoted, types), "|")

    def ours(self, relations: Relations) -> list[Text]:
        """What a statement `r` must meet to be ours: only ours have a level."""
        return ["r.level IS NOT NULL"] if relations is None and self.surroundings.foreign else []

    def is_of(self, variable: Text, types: frozenset[str]) -> Text:
        """Whether an entity has any of these types; a canonical one has those merged into it."""
        if not types:
            return "false"
        if self.general:
            return self._has_label(variable, types)
        labels = joined((quoted(label_of_type(one)) for one in sorted(types)), "|")
        if not self.surroundings.merged:
            return f"{variable}:{labels}"
        others = f"EXISTS {{ (:Entity&({labels}))-[:SAME_AS]->({variable}) }}"
        return f"({variable}:{labels} OR {others})"

    def _has_label(self, variable: Text, types: frozenset[str]) -> Text:
        labels = self.parameter([label_of_type(one) for one in sorted(types)])
        own: Text = f"any(label IN labels({variable}) WHERE label IN {labels})"
        if not self.surroundings.merged:
            return own
        others = f"any(label IN labels(m) WHERE label IN {labels})"
        return f"({own} OR EXISTS {{ (m:Entity)-[:SAME_AS]->({variable}) WHERE {others} }})"


def joined(texts: Iterable[Text], between: Text = "") -> Text:
    """Several texts as one."""
    return between.join(texts)


def number(value: int) -> Text:
    """A whole number as text; its digits come from a closed alphabet, so the text is ours."""
    digits: tuple[Text, ...] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
    return joined([digits[int(digit)] for digit in str(value)])
