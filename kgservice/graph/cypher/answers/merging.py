"""Statements between merged entities: every end is read as its canonical one, equal ones are one.

What stands behind equal statements is added up, as kgservice.index.uniting does it for the index.
Rule: docs/semantics.md, The graph.
"""

from __future__ import annotations

from kgservice.algebra.pattern import ANY_STATEMENT, Hop
from kgservice.graph.cypher.answers.writer import Text, Writer, number


def members(canonical: Text, member: Text) -> Text:
    """Clauses that find all entities of the class of a canonical one, itself among them."""
    return (
        f"CALL ({canonical}) {{\nRETURN {canonical} AS {member}\nUNION ALL\n"
        f"MATCH ({member}:Entity)-[:SAME_AS]->({canonical})\nRETURN {member}\n}}\n"
    )


def found_between_merged(writer: Writer, hop: Hop, *, identified: bool) -> Text:
    """Clauses that find every statement `r` from the canonical `x` to the canonical `y`.

    Where its id is wanted or a filter may look at it, `r` is a map, with its `type` and whether it
    leads `out` of x beside it.
    """
    score = "s, " if writer.scored else ""
    found = related(writer, hop, "x, " + score, ":Entity")
    plain = hop.where == ANY_STATEMENT and not writer.surroundings.foreign
    return found if plain and not (writer.scored or identified) else found + united("x, " + score)


def related(writer: Writer, hop: Hop, row: Text, far: Text = "") -> Text:
    """Clauses that find every relationship `r` of the class of `x`, and `y` at its other end.

    `row` is what is handed on beside `r`, `y` and whether it leads `out`; y bears the label `far`.
    """
    return (
        f"{members('x', 'm')}{_from_member(writer, hop, far)}"
        "OPTIONAL MATCH (z)-[:SAME_AS]->(c:Entity)\n"
        f"WITH {row}r, coalesce(c, z) AS y, out\n"
    )


def _from_member(writer: Writer, hop: Hop, far: Text) -> Text:
    """Clauses that find the relationships of `m`; one way alone is planned in half the time."""
    out = f"MATCH (m)-[r{writer.types(hop.forwards)}]->(z{far})\n"
    into = f"MATCH (m)<-[r{writer.types(hop.backwards)}]-(z{far})\n"
    if not hop.backwards and hop.backwards is not None:
        return f"{out}WITH *, true AS out\n"
    if not hop.forwards and hop.forwards is not None:
        return f"{into}WITH *, false AS out\n"
    return (
        f"CALL (m) {{\n{out}RETURN r, z, true AS out\nUNION\n{into}RETURN r, z, false AS out\n}}\n"
    )


def end_of(y: Text) -> Text:
    """What the other ends of equal statements have in common: each value is a node of its own."""
    language, unit = f"coalesce({y}.language, '')", f"coalesce({y}.unit, '')"
    return (
        f"CASE WHEN {y}:Entity THEN [{y}.id] ELSE [{y}.text, {y}.datatype, {language}, {unit}] END"
    )


#: How many statements the relationships of `related` are, as rows.
APART: Text = f"WITH DISTINCT type(r) AS type, {end_of('y')} AS end, x = y OR out AS out\n"


def united(row: Text, *, values: bool = False) -> Text:
    """Clauses that make one `r` of the relationships of `related` that are one statement.

    `values` tells that literals may be among the other ends.
    `r.sums` holds observations, roll-ups, behaviors, support, and the sums and weights of both
    scores; it is absent where a single data set asserts.
    """
    end: Text = f"{end_of('y')} AS end, head(collect(y)) AS y" if values else "y"
    return (
        # A statement from an entity to itself has no direction: it counts once.
        f"WITH {row}type(r) AS type, x = y OR out AS out, {end}, collect(DISTINCT r) AS rs\n"
        f"WITH {row}y, type, out, CASE WHEN size(rs) = 1\n"
        "  THEN head([one IN rs | one {.id, .level, .plausibility, .typicality, .support,"
        " .sources, .domains, .marketplaces}])\n"
        "  ELSE {\n"
        "    id: reduce(least = head(rs).id, one IN rs |\n"
        "      CASE WHEN one.id < least THEN one.id ELSE least END),\n"
        "    level: CASE WHEN any(one IN rs WHERE one.level = 'behavior') THEN 'behavior'\n"
        "      WHEN any(one IN rs WHERE one.level = 'rolled_up') THEN 'rolled_up'\n"
        "      ELSE head(rs).level END,\n"
        "    support: reduce(n = 0, one IN rs | n + one.support),\n"
        f"    plausibility: {_mean('plausibility', 4)},\n"
        f"    typicality: {_mean('typicality', 6)},\n"
        "    sources: reduce(names = [], one IN rs | names + one.sources),\n"
        "    domains: reduce(names = [], one IN rs | names + coalesce(one.domains, [])),\n"
        "    marketplaces: reduce(names = [], one IN rs | names + coalesce(one.marketplaces, []))\n"
        "  } END AS r\n"
    )


def _mean(score: Text, place: int) -> Text:
    """The mean over all observations in whole millionths, half to even: as the loaders round."""

    def added(at: Text, single: Text) -> Text:
        stored = f"CASE WHEN one.sums IS NULL THEN {single} ELSE one.sums[{at}] END"
        return f"reduce(n = 0, one IN rs | n + {stored})"

    scored = f"CASE WHEN one.{score} IS NULL THEN 0 ELSE one.support END"
    millionths = f"coalesce(toInteger(round(one.{score} * 1000000)), 0)"
    total = added(number(place), f"{millionths} * ({scored})")
    weight = added(number(place + 1), scored)
    up = "CASE WHEN 2 * (t % w) > w OR (2 * (t % w) = w AND (t / w) % 2 = 1) THEN 1 ELSE 0 END"
    return (
        f"head([w IN [{weight}] WHERE w > 0 | head([t IN [{total}] | (t / w + {up}) / 1000000.0])])"
    )
