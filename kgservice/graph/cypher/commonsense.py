"""The text behind commonsense for rankers: all the heads of a request in one query."""

from __future__ import annotations

from graph_schema.identifiers import relationship_type_of
from kgservice.algebra.pattern import Hop, StatementFilter
from kgservice.graph.cypher.answers.merging import members, related, united
from kgservice.graph.cypher.answers.walks import walkable
from kgservice.graph.cypher.answers.writer import Text, Writer, joined
from kgservice.graph.cypher.cards import STATEMENT, UNITED

_BEST_FIRST: Text = (
    "ORDER BY r.typicality IS NULL, r.typicality DESC, r.plausibility IS NULL,\n"
    "  r.plausibility DESC, r.support DESC, r.id LIMIT $a.first\n"
)


def commonsense(
    writer: Writer, asked: frozenset[str], all_relations: frozenset[str], where: StatementFilter
) -> Text:
    """$a.heads: rows of an entity id, or of two ids that a behavior has; $a.first.

    Rows: place of the head, its entity, whether any commonsense statement is about it, how many
    statements of the asked relations are, and of those that pass the best, as statement columns.
    Of several behaviors with the same two ends the one with the highest count is the head.
    """
    if writer.surroundings.merged:
        return _between_merged(writer, asked, all_relations, where)
    types, known = writer.types(asked), writer.types(all_relations)
    tests = walkable(writer, where)
    passing = f"WITH r, o WHERE {joined(tests, ' AND ')}\n" if tests else ""
    return (
        "UNWIND range(0, size($a.heads) - 1) AS place\nWITH place, $a.heads[place] AS head\n"
        "CALL (head) {\n"
        "WITH head WHERE head[1] IS NULL\nMATCH (e:Entity {id: head[0]})\nRETURN e\n"
        "UNION\n"
        "WITH head WHERE head[1] IS NOT NULL\n"
        "MATCH (:Entity {id: head[0]})<-[:HAS_QUERY|HAS_PRODUCT]-(e:Behavior)"
        "-[:HAS_PRODUCT]->(:Entity {id: head[1]})\n"
        "RETURN e ORDER BY coalesce(e.count, 1) DESC, e.id LIMIT 1\n}\n"
        "CALL (e) {\n"
        f"MATCH (e)-[r{types}]->(o:Entity)\n{passing}"
        f"WITH r, o {_BEST_FIRST}"
        f"RETURN collect({STATEMENT}) AS rows\n}}\n"
        f"RETURN collect([place, e.id, EXISTS {{ (e)-[{known}]->(:Entity) }},\n"
        f"  COUNT {{ (e)-[{types}]->(:Entity) }}, rows])"
    )


def _between_merged(
    writer: Writer, asked: frozenset[str], all_relations: frozenset[str], where: StatementFilter
) -> Text:
    types = writer.parameter([relationship_type_of(one) for one in sorted(asked)])
    tests = joined([f"type IN {types}", *walkable(writer, where)], " AND ")
    about = related(writer, Hop(all_relations, frozenset()), "x, ", ":Entity")
    return (
        "UNWIND range(0, size($a.heads) - 1) AS place\nWITH place, $a.heads[place] AS head\n"
        "CALL (head) {\n"
        f"WITH head WHERE head[1] IS NULL\n{_canonical('0')}RETURN x AS e\n"
        "UNION\n"
        f"WITH head WHERE head[1] IS NOT NULL\n{_canonical('1')}WITH head, x AS y\n"
        f"{_canonical('0', 'y, ')}WITH x, y WHERE x <> y\n{members('x', 'm')}{members('y', 'n')}"
        "MATCH (m)<-[:HAS_QUERY|HAS_PRODUCT]-(e:Behavior)-[:HAS_PRODUCT]->(n)\n"
        "RETURN e ORDER BY coalesce(e.count, 1) DESC, e.id LIMIT 1\n}\n"
        f"CALL (e) {{\nWITH e AS x\n{about}{united('x, ')}"
        "RETURN count(r) AS known, sum(CASE WHEN type IN "
        f"{types} THEN 1 ELSE 0 END) AS n\n}}\n"
        f"CALL (e) {{\nWITH e AS x\n{about}{united('x, ')}"
        f"WITH r, type, x.id AS subject, y AS o WHERE {tests}\n"
        f"WITH r, type, subject, o {_BEST_FIRST}"
        f"RETURN collect({UNITED}) AS rows\n}}\n"
        "RETURN collect([place, e.id, known > 0, n, rows])"
    )


def _canonical(place: Text, row: Text = "") -> Text:
    """Clauses that find the canonical entity `x` of an end of `head`."""
    return (
        f"MATCH (asked:Entity {{id: head[{place}]}})\n"
        "OPTIONAL MATCH (asked)-[:SAME_AS]->(c:Entity)\n"
        f"WITH head, {row}coalesce(c, asked) AS x\n"
    )
