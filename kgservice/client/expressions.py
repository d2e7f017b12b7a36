"""What is asked, written in Python: expressions that denote sets, mentions, and heads.

The meaning of each is docs/semantics.md. Names and ids are values here too: they travel as
variables, never as a part of a document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

#: What GraphQL takes for an input, as JSON.
Input = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that may denote entities; null is what the service does by itself."""

    text: str
    context: str | None = None
    types: Sequence[str] | None = None
    language: str | None = None
    limit: int = 10
    min_confidence: float | None = None
    user: str | None = None

    @property
    def input(self) -> Input:
        """As the service takes it."""
        return {
            "text": self.text,
            "context": self.context,
            "types": None if self.types is None else list(self.types),
            "language": self.language,
            "limit": self.limit,
            "minConfidence": self.min_confidence,
            "user": self.user,
        }


@dataclass(frozen=True, slots=True)
class Expression:
    """A scored set of entities: `&` intersects, `|` unites, `-` subtracts, `follow` walks.

    >>> (ids("a").follow("P161") & ids("b").follow("P161")).input["intersect"][1]
    {'follow': {'from': {'ids': ['b']}, 'path': 'P161'}}
    """

    input: Input

    def follow(self, path: str) -> Expression:
        """What a property path leads to: `P50/P166`, `^P161`, `P361+`."""
        return Expression({"follow": {"from": self.input, "path": path}})

    def step(
        self,
        *relations: str,
        direction: str = "OUT",
        types: Sequence[str] | None = None,
        where: Input | None = None,
        except_start: bool = False,
    ) -> Expression:
        """What one step of any of these relations leads to; of any relation where none is named.

        where: minPlausibility, minTypicality, minSupport, sources, domains, marketplaces.
        """
        step = {
            "relations": list(relations) or None,
            "direction": direction,
            "types": None if types is None else list(types),
            "where": where,
            "exceptStart": except_start,
        }
        return Expression({"follow": {"from": self.input, "steps": [step]}})

    def of_types(self, *types: str) -> Expression:
        """Those that have any of these types."""
        return Expression({"filter": {"of": self.input, "types": list(types)}})

    def where(
        self,
        relation: str,
        op: str,
        value: str | float | date | datetime,
        unit: str | None = None,
    ) -> Expression:
        """Those of which a literal compares so: EQ, NE, LT, LE, GT or GE."""
        text = value.isoformat() if isinstance(value, date) else str(value)
        condition = {"relation": relation, "op": op, "value": text, "unit": unit}
        return Expression({"filter": {"of": self.input, "where": [condition]}})

    def top(self, first: int = 1, *, by: str | None = None, ascending: bool = False) -> Expression:
        """The first by score, or by a literal-valued relation."""
        order = "ASC" if ascending else "DESC"
        return Expression({"top": {"of": self.input, "by": by, "order": order, "first": first}})

    def __and__(self, other: Expression) -> Expression:
        return Expression({"intersect": [*_operands("intersect", self), other.input]})

    def __or__(self, other: Expression) -> Expression:
        return Expression({"union": [*_operands("union", self), other.input]})

    def __sub__(self, other: Expression) -> Expression:
        return Expression({"subtract": {"from": self.input, "remove": other.input}})


def _operands(operation: str, one: Expression) -> list[Input]:
    # a & b & c is one intersection of three; what stands in brackets on the right stays one.
    return list(one.input[operation]) if operation in one.input else [one.input]


def ids(*several: str) -> Expression:
    """These entities."""
    return Expression({"ids": list(several)})


def mention(text: str, **more: Any) -> Expression:
    """The entities that a text may denote; `more` are the fields of Mention."""
    return Expression({"mention": Mention(text, **more).input})


def entity_type(id: str) -> Expression:
    """Every entity of a type."""
    return Expression({"type": id})


@dataclass(frozen=True, slots=True)
class Head:
    """Whose commonsense is wanted; made by `product`, `query`, `query_product`, `co_purchase`."""

    input: Input


def product(id: str) -> Head:
    """A product."""
    return Head({"product": id})


def query(text: str) -> Head:
    """A query, found by its normalised form."""
    return Head({"query": text})


def query_product(text: str, id: str) -> Head:
    """Buying this product after this query."""
    return Head({"queryProduct": {"query": text, "product": id}})


def co_purchase(one: str, other: str) -> Head:
    """Buying these two together."""
    return Head({"coPurchase": [one, other]})
