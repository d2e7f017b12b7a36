"""Questions about a set as whole texts: a page of it, all of it, its groups, its types."""

from __future__ import annotations

from dataclasses import replace

from kgservice.algebra.expression import (
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    Subtract,
    Top,
    Union,
    leaves,
)
from kgservice.algebra.pattern import Hop, Pattern, length
from kgservice.algebra.question import Grouping, PageRequest, Question
from kgservice.algebra.scoring import DEFAULT_SCORING, MergeNorm, StatementWeight
from kgservice.graph.cypher.answers.sets import clauses
from kgservice.graph.cypher.answers.shown import shown
from kgservice.graph.cypher.answers.walks import statements_along, walk
from kgservice.graph.cypher.answers.writer import Text, Writer
from kgservice.graph.cypher.code_points import code_point_key, key_of

_UNKNOWN: Text = """CALL () {
UNWIND $a.must AS id
WITH id WHERE NOT EXISTS { (:Entity {id: id}) }
RETURN collect(id) AS unknown
}
"""

_VERSION: Text = """CALL () {
OPTIONAL MATCH (v:__DataVersion {id: 'data'})
RETURN coalesce(v.version, 0) AS version
}
"""


_ID = code_point_key("id")


def is_scored(question: Question) -> bool:
    """Whether any score can differ from 1: only then are scores carried along."""
    scoring = question.scoring
    if scoring.statement is not StatementWeight.NONE or scoring.merge is MergeNorm.SUM:
        return True
    anchors = [leaf for leaf in leaves(question.expression) if isinstance(leaf, Entities)]
    return any(score != 1.0 for anchor in anchors for _, score in anchor.entities)


def page(writer: Writer, expression: Expression, request: PageRequest) -> Text:
    """$a.must: ids. Returns [those that no entity has, data version, rows, total, cards].

    A row is [id, score]. One row more than the page has is returned where there is one; the total
    is null and cards are none where they were not asked for.
    """
    found = clauses(writer, expression)
    cards: Text = ""
    if request.cards and request.first:
        made = shown(writer)
        cards = f"CALL (page) {{\nUNWIND page AS asked\n{made}RETURN cards\n}}\n"
    return (
        f"{_UNKNOWN}{_VERSION}CALL () {{\n{found}{_part(writer, expression, request)}}}\n{cards}"
        f"RETURN [unknown, version, rows, total, {'cards' if cards else '[]'}]"
    )


def everything(writer: Writer, expression: Expression) -> Text:
    """Returns all rows [id, score] of a set, in no order."""
    score = "s" if writer.scored else "1.0"
    return f"{clauses(writer, expression)}RETURN collect([x.id, {score}])"


def groups(writer: Writer, expression: Expression, grouping: Grouping) -> Text:
    """Returns rows [id, count]: how many entities of a set reach each along a pattern."""
    found = clauses(writer, expression)
    along = replace(writer, scoring=DEFAULT_SCORING, scored=False)
    limit = along.parameter(grouping.first)
    walked = walk(along, grouping.pattern)
    return (
        f"{found}WITH x AS a\nCALL (a) {{\nWITH a AS x\n{walked}RETURN x\n}}\n"
        f"WITH x.id AS id, count(*) AS n ORDER BY n DESC, {_ID} LIMIT {limit}\n"
        "RETURN collect([id, n])"
    )


def labels(writer: Writer, expression: Expression) -> Text:
    """Returns rows [labels, count]: how many entities of a set have exactly these labels."""
    found = clauses(writer, expression)
    if not writer.surroundings.merged:
        return f"{found}WITH labels(x) AS names, count(*) AS n\nRETURN collect([names, n])"
    return (
        f"{found}WITH labels(x) AS own, COLLECT {{ MATCH (m:Entity)-[:SAME_AS]->(x)\n"
        "  UNWIND labels(m) AS label RETURN label } AS others\n"
        "WITH own + others AS names, count(*) AS n\nRETURN collect([names, n])"
    )


def successors(writer: Writer, pattern: Pattern) -> Text:
    """Returns rows [id, reached id] for each of the entities $a.ids, along a pattern."""
    return (
        "UNWIND $a.ids AS id\nMATCH (a:Entity {id: id})\n"
        f"CALL (a) {{\nWITH a AS x\n{walk(writer, pattern)}RETURN x\n}}\n"
        "RETURN collect([id, x.id])"
    )


def reached(writer: Writer, hop: Hop) -> Text:
    """Returns the ids that a hop leads to from any of the entities $a.ids."""
    return (
        f"UNWIND $a.ids AS id\nMATCH (x:Entity {{id: id}})\nWITH x\n{walk(writer, hop)}"
        "RETURN collect(x.id)"
    )


def edges(writer: Writer, hop: Hop) -> Text:
    """Returns rows [source, target, statement id, plausibility, typicality, support].

    Every statement by which a hop leads from one of the entities $a.ids to one of $a.targets.
    """
    found = statements_along(writer, hop)
    return (
        "CALL () {\nUNWIND $a.targets AS id\nMATCH (t:Entity {id: id})\n"
        "RETURN collect(t) AS ends\n}\n"
        "UNWIND $a.ids AS id\nMATCH (x:Entity {id: id})\n"
        f"CALL (x) {{\nWITH x\n{found}RETURN r, y\n}}\n"
        "WITH x, r, y, ends WHERE y IN ends\n"
        "RETURN collect([x.id, y.id, r.id, r.plausibility, r.typicality, r.support])"
    )


def _part(writer: Writer, expression: Expression, request: PageRequest) -> Text:
    score = "s" if writer.scored else "1.0"
    order: Text = "id" if _is_read_from_nodes(writer, expression) else _ID
    order = f"score DESC, {order}" if writer.scored else order
    if request.first == 0:
        # Counted first: beside an aggregate a constant is a grouping key, and no row no group.
        return "WITH count(x) AS total\nRETURN [] AS rows, [] AS page, total\n"
    limit = writer.parameter(request.first + 1)
    behind: Text = ""
    kept: Text = "found"
    if request.after is not None:
        at = writer.parameter(request.after.score)
        key = writer.parameter(key_of(request.after.id))
        behind = f"WHERE score < {at} OR (score = {at} AND {_ID} > {key})"
        row_id = code_point_key("row[0]")
        kept = f"[row IN found WHERE row[1] < {at} OR (row[1] = {at} AND {row_id} > {key})]"
    ordered = f"WITH x, x.id AS id, {score} AS score"
    if not request.total:
        return (
            f"{ordered} {behind}\nWITH x, id, score ORDER BY {order} LIMIT {limit}\n"
            "WITH collect([id, score]) AS rows, collect(x) AS page\n"
            "RETURN rows, page, null AS total\n"
        )
    return (
        f"{ordered} ORDER BY {order}\nWITH collect([id, score, x]) AS found\n"
        f"WITH {kept}[0..{limit}] AS part, size(found) AS total\n"
        "RETURN [row IN part | row[0..2]] AS rows, [row IN part | row[2]] AS page, total\n"
    )


def _is_read_from_nodes(writer: Writer, expression: Expression) -> bool:
    """Whether the ids of a set are read from nodes that a walk or a list led to.

    Such are in order of code point as they are. Of a node that was sought by its id Neo4j may hand
    on the parameter instead, and orders that otherwise.
    """
    match expression:
        case Entities() | OfType():
            return False
        case Follow(source, steps):
            walks = any(length(step.pattern) for step in steps)
            return walks or _is_read_from_nodes(writer, source)
        case Intersect(operands) if len(operands) > 1 and not writer.scored:
            return True
        case Intersect(operands) | Union(operands):
            return all(_is_read_from_nodes(writer, one) for one in operands)
        case Subtract(source) | Filter(source) | Top(source):
            return _is_read_from_nodes(writer, source)
