"""Conditions on literals, read in the kind of each literal that is compared."""

from __future__ import annotations

from kgservice.algebra.expression import Comparison, Condition
from kgservice.graph.cypher.answers.writer import Text, Writer, joined
from kgservice.graph.cypher.code_points import code_point_key, key_of
from kgservice.literals import read_moment, read_number

_MICROSECONDS = 1_000_000

_SIGNS: dict[Comparison, Text] = {
    Comparison.EQ: "=",
    Comparison.NE: "=",
    Comparison.LT: "<",
    Comparison.LE: "<=",
    Comparison.GT: ">",
    Comparison.GE: ">=",
}


def values(writer: Writer, relations: frozenset[str]) -> Text:
    """The pattern from an entity `x` to its literals `v`."""
    types = writer.types(relations)
    if not writer.surroundings.merged:
        return f"(x)-[{types}]->(v:Literal)"
    return f"(x)<-[:SAME_AS*0..1]-(:Entity)-[{types}]->(v:Literal)"


def condition(writer: Writer, asked: Condition) -> Text:
    """Whether the literals of `x` meet a condition; NE asks for values of which none is equal."""
    unit = "" if asked.unit is None else f"v.unit = {writer.parameter(asked.unit)}"
    found = values(writer, asked.relations)
    both = f"{unit} AND " if unit else ""
    holds = f"EXISTS {{ {found} WHERE {both}({_compared(writer, asked)}) }}"
    if asked.comparison is not Comparison.NE:
        return holds
    any_value = f"EXISTS {{ {found} WHERE {unit} }}" if unit else f"EXISTS {{ {found} }}"
    return f"({any_value} AND NOT {holds})"


def _compared(writer: Writer, asked: Condition) -> Text:
    sign = _SIGNS[asked.comparison]
    number, moment = read_number(asked.value), read_moment(asked.value)
    kinds: list[Text] = [f"(v.number IS NULL AND v.moment IS NULL AND {_text(writer, asked)})"]
    if number is not None:
        kinds.append(f"v.number {sign} {writer.parameter(number)}")
    if moment is not None:
        seconds, micros = divmod(moment, _MICROSECONDS)
        at = writer.parameter({"epochSeconds": seconds, "nanosecond": micros * 1_000})
        kinds.append(f"v.moment {sign} datetime({at})")
    return joined(kinds, " OR ")


def _text(writer: Writer, asked: Condition) -> Text:
    sign = _SIGNS[asked.comparison]
    if sign == "=":
        return f"v.text = {writer.parameter(asked.value)}"
    return f"{code_point_key('v.text')} {sign} {writer.parameter(key_of(asked.value))}"
