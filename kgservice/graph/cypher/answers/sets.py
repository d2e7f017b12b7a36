"""Sets as clauses: anchors, set algebra, filters and tops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graph_schema.identifiers import label_of_type, quoted
from kgservice.algebra.expression import (
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    SortOrder,
    Subtract,
    Top,
    Union,
)
from kgservice.algebra.scoring import IntersectNorm
from kgservice.graph.cypher.answers.values import condition, values
from kgservice.graph.cypher.answers.walks import walk
from kgservice.graph.cypher.answers.writer import Text, Writer, joined, number
from kgservice.graph.cypher.code_points import code_point_key


def clauses(writer: Writer, expression: Expression) -> Text:
    """Clauses that begin a scope and end with one row for each entity of the set."""
    return _WRITE[type(expression)](writer, expression)


def _entities(writer: Writer, anchor: Entities) -> Text:
    if writer.scored:
        rows = writer.parameter([list(one) for one in anchor.entities])
        read = f"UNWIND {rows} AS row\nMATCH (x:Entity {{id: row[0]}})\nWITH x, row[1] AS s\n"
    else:
        ids = writer.parameter([id for id, _ in anchor.entities])
        read = f"UNWIND {ids} AS id\nMATCH (x:Entity {{id: id}})\n"
    return read + _canonical(writer)


def _of_type(writer: Writer, anchor: OfType) -> Text:
    if not anchor.types:
        return _entities(writer, Entities(()))
    labels = joined((quoted(label_of_type(one)) for one in sorted(anchor.types)), "|")
    score = ", 1.0 AS s" if writer.scored else ""
    return f"MATCH (x:Entity&({labels}))\nWITH x{score}\n" + _canonical(writer)


def _canonical(writer: Writer) -> Text:
    """Ids that name one canonical entity count once."""
    if not writer.surroundings.merged:
        return f"WITH {writer.row}\n"
    score = ", max(s) AS s" if writer.scored else ""
    distinct = "" if writer.scored else "DISTINCT "
    return f"OPTIONAL MATCH (x)-[:SAME_AS]->(c:Entity)\nWITH {distinct}coalesce(c, x) AS x{score}\n"


def _follow(writer: Writer, expression: Follow) -> Text:
    source = clauses(writer, expression.source)
    if not any(step.except_start for step in expression.steps):
        return source + joined(walk(writer, step.pattern) for step in expression.steps)
    start = writer.new_list()
    rows = writer.unwound(start)
    for step in expression.steps:
        rows += walk(writer, step.pattern)
        if step.except_start:
            began = f"[one IN {start} | one[0]]" if writer.scored else start
            # In a scope of its own, for a list that travels in every row would be a grouping key.
            rows = (
                f"CALL ({start}) {{\n{rows}RETURN {writer.row}\n}}\n"
                f"WITH {writer.row}, {start} WHERE NOT x IN {began}\n"
            )
    return f"CALL () {{\n{source}RETURN {writer.gathered(start)}\n}}\n{rows}WITH {writer.row}\n"


def _intersect(writer: Writer, expression: Intersect) -> Text:
    if len(expression.operands) == 1:
        return clauses(writer, expression.operands[0])
    if writer.scored:
        return _scored_intersection(writer, expression)
    names: list[Text] = [writer.new_list() for _ in expression.operands]
    sets: list[Text] = [
        f"CALL () {{\n{clauses(writer, one)}RETURN {writer.gathered(name)}\n}}\n"
        for one, name in zip(expression.operands, names, strict=True)
    ]
    # The smallest is taken and sought in the others, which Neo4j hashes: a hub's 7,000 beside three
    # others cost what the three do.
    smallest = f"reduce(least = {names[0]}, one IN [{joined(names[1:], ', ')}] |\n"
    smallest += "  CASE WHEN size(one) < size(least) THEN one ELSE least END)"
    members: list[Text] = [f"x IN {name}" for name in names]
    return f"{joined(sets)}UNWIND {smallest} AS x\nWITH x WHERE {joined(members, ' AND ')}\n"


def _scored_intersection(writer: Writer, expression: Intersect) -> Text:
    branches = joined(
        (
            f"{clauses(writer, one)}RETURN x, s, {number(place)} AS place\n"
            for place, one in enumerate(expression.operands)
        ),
        "UNION ALL\n",
    )
    many = number(len(expression.operands))
    if writer.scoring.intersect is IntersectNorm.MIN:
        return (
            f"CALL () {{\n{branches}}}\n"
            f"WITH x, min(s) AS s, count(*) AS operands WHERE operands = {many}\nWITH x, s\n"
        )
    # Products associate in operand order, so that equal products are equal doubles everywhere.
    return (
        f"CALL () {{\n{branches}}}\nWITH x, s, place ORDER BY place\n"
        f"WITH x, collect(s) AS factors WHERE size(factors) = {many}\n"
        "WITH x, reduce(product = 1.0, factor IN factors | product * factor) AS s\n"
    )


def _union(writer: Writer, expression: Union) -> Text:
    if not expression.operands:
        return _entities(writer, Entities(()))
    scopes: list[Text] = [clauses(writer, one) for one in expression.operands]
    return f"CALL () {{\n{writer.meeting(scopes)}}}\n{writer.merged()}"


def _subtract(writer: Writer, expression: Subtract) -> Text:
    gone, row = writer.new_list(), writer.row
    return (
        f"CALL () {{\n{clauses(writer, expression.remove)}RETURN collect(x) AS {gone}\n}}\n"
        f"CALL () {{\n{clauses(writer, expression.source)}RETURN {row}\n}}\n"
        f"WITH {row}, {gone} WHERE NOT x IN {gone}\nWITH {row}\n"
    )


def _filter(writer: Writer, expression: Filter) -> Text:
    source = clauses(writer, expression.source)
    tests: list[Text] = [] if expression.types is None else [writer.is_of("x", expression.types)]
    tests.extend(condition(writer, one) for one in expression.conditions)
    return f"{source}WITH {writer.row} WHERE {joined(tests, ' AND ')}\n" if tests else source


def _top(writer: Writer, expression: Top) -> Text:
    source, row = clauses(writer, expression.source), writer.row
    first = writer.parameter(expression.first)
    descending = expression.order is SortOrder.DESC
    down: Text = "DESC" if descending else "ASC"
    id, word = code_point_key("x.id"), code_point_key("v.text")
    if expression.by is None:
        score = f"s {down}, " if writer.scored else ""
        return f"{source}WITH {row} ORDER BY {score}{id} LIMIT {first}\n"
    best: Text = "max" if descending else "min"
    # Of numbers, times and texts the kind that most entities have counts; in this order at a tie.
    return (
        f"{source}MATCH {values(writer, expression.by)}\n"
        f"WITH {row}, {best}(v.number) AS n, {best}(v.moment) AS t,\n"
        f"  {best}(CASE WHEN v.number IS NULL AND v.moment IS NULL THEN {word} END) AS w\n"
        f"WITH collect([{row if writer.scored else 'x, 1.0'}, n, t, w]) AS rows,\n"
        "  count(n) AS ns, count(t) AS ts, count(w) AS ws\n"
        "WITH rows,\n"
        "  CASE WHEN ns >= ts AND ns >= ws THEN 2 WHEN ts >= ws THEN 3 ELSE 4 END AS kind\n"
        "UNWIND [row IN rows WHERE row[kind] IS NOT NULL] AS row\n"
        "WITH row[0] AS x, row[1] AS s, row[kind] AS value\n"
        f"WITH {row} ORDER BY value {down}, {id} LIMIT {first}\n"
    )


_WRITE: Mapping[type[Expression], Callable[[Writer, Any], Text]] = {
    Entities: _entities,
    OfType: _of_type,
    Follow: _follow,
    Intersect: _intersect,
    Union: _union,
    Subtract: _subtract,
    Filter: _filter,
    Top: _top,
}
