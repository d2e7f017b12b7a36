"""Walks as clauses: the rows at hand, taken along a pattern."""

from __future__ import annotations

from itertools import pairwise

from kgservice.algebra.pattern import (
    Alternatives,
    Hop,
    Pattern,
    Repeat,
    Sequence,
    StatementFilter,
)
from kgservice.algebra.scoring import AlongNorm, StatementWeight
from kgservice.graph.cypher.answers.merging import found_between_merged
from kgservice.graph.cypher.answers.writer import Text, Writer, joined


def walk(writer: Writer, pattern: Pattern) -> Text:
    """Clauses that take the rows at hand along a pattern.

    A closure does not occur here: it was evaluated before (kgservice.graph.closures).
    """
    match pattern:
        case Hop():
            return _hop(writer, pattern)
        case Sequence(parts):
            return joined(walk(writer, part) for part in parts)
        case Alternatives(parts):
            return _each(writer, [walk(writer, part) for part in parts])
        case Repeat(inner, least, most):
            return _repeat(writer, inner, least, least if most is None else most)


def statements_along(
    writer: Writer, hop: Hop, *, identified: bool = True, far: Text = "y:Entity"
) -> Text:
    """Clauses that find every statement `r` from `x` that a hop may take, with its other end `y`.

    `identified` asks for the id of a statement where several that became equal are one. As `far`
    the other end may be a literal too, but where entities are merged.
    """
    merged = writer.surroundings.merged
    found = (
        found_between_merged(writer, hop, identified=identified)
        if merged
        else _found(writer, hop, far)
    )
    any_relation = hop.forwards is None or hop.backwards is None
    tests: list[Text] = [
        *writer.ours(None if any_relation else frozenset()),
        *walkable(writer, hop.where),
    ]
    if hop.types is not None:
        tests.append(writer.is_of("y", hop.types))
    where = f"WITH * WHERE {joined(tests, ' AND ')}\n" if tests else ""
    return f"{found}{where}"


def _hop(writer: Writer, hop: Hop) -> Text:
    # Whether they are entities is asked once for each: it was a tenth of what large questions took.
    found = statements_along(writer, hop, identified=False, far="y")
    if not writer.scored:
        return f"{found}WITH DISTINCT y AS x WHERE x:Entity\n"
    return f"{found}WITH y AS x, {writer.merge}({_along(writer)}) AS s WHERE x:Entity\n"


def _found(writer: Writer, hop: Hop, far: Text) -> Text:
    """Clauses that find every statement `r` from `x`, with its other end `y`."""
    if hop.backwards == frozenset():
        return f"MATCH (x)-[r{writer.types(hop.forwards)}]->({far})\n"
    if hop.forwards == frozenset():
        return f"MATCH (x)<-[r{writer.types(hop.backwards)}]-({far})\n"
    if hop.forwards == hop.backwards:
        return f"MATCH (x)-[r{writer.types(hop.forwards)}]-({far})\n"
    # UNION without ALL: a statement from an entity to itself is found from both sides.
    return (
        f"CALL (x) {{\nMATCH (x)-[r{writer.types(hop.forwards)}]->({far})\nRETURN r, y\n"
        f"UNION\nMATCH (x)<-[r{writer.types(hop.backwards)}]-({far})\nRETURN r, y\n}}\n"
    )


def walkable(writer: Writer, where: StatementFilter) -> list[Text]:
    """What a statement `r` must meet."""
    minima: tuple[tuple[Text, float | int | None], ...] = (
        ("r.plausibility", where.min_plausibility),
        ("r.typicality", where.min_typicality),
        ("r.support", where.min_support),
    )
    names: tuple[tuple[Text, frozenset[str] | None], ...] = (
        ("r.sources", where.sources),
        ("r.domains", where.domains),
        ("r.marketplaces", where.marketplaces),
    )
    return [
        *(
            f"{column} >= {writer.parameter(least)}"
            for column, least in minima
            if least is not None
        ),
        *(
            f"any(name IN {column} WHERE name IN {writer.parameter(sorted(allowed))})"
            for column, allowed in names
            if allowed is not None
        ),
    ]


def _along(writer: Writer) -> Text:
    weights: dict[StatementWeight, Text] = {
        StatementWeight.NONE: "1.0",
        StatementWeight.PLAUSIBILITY: "coalesce(r.plausibility, 1.0)",
        StatementWeight.TYPICALITY: "coalesce(r.typicality, 1.0)",
        StatementWeight.SUPPORT: "toFloat(r.support)",
    }
    weight = weights[writer.scoring.statement]
    if writer.scoring.along is AlongNorm.MIN:
        return f"CASE WHEN s < {weight} THEN s ELSE {weight} END"
    return "s" if writer.scoring.statement is StatementWeight.NONE else f"s * {weight}"


def _each(writer: Writer, branches: list[Text]) -> Text:
    """The rows at hand along each of several branches, merged where they meet."""
    rows = writer.new_list()
    together = writer.meeting(writer.unwound(rows) + branch for branch in branches)
    return f"WITH {writer.gathered(rows)}\nCALL ({rows}) {{\n{together}}}\n{writer.merged()}"


def _repeat(writer: Writer, inner: Pattern, least: int, most: int) -> Text:
    """Each level once, from the one before; then the levels from least to most together."""
    if least == most:
        return joined(walk(writer, inner) for _ in range(least))
    levels: list[Text] = [writer.new_list() for _ in range(most + 1)]
    text = f"WITH {writer.gathered(levels[0])}\n"
    for before, after in pairwise(levels):
        taken = writer.unwound(before) + walk(writer, inner)
        text += f"CALL ({before}) {{\n{taken}RETURN {writer.gathered(after)}\n}}\n"
    return text + writer.unwound(joined(levels[least:], " + ")) + writer.merged()
