"""The text behind commonsense for rankers: all the heads of a request in one query."""

from __future__ import annotations

from kgservice.algebra.pattern import StatementFilter
from kgservice.graph.cypher.answers.walks import walkable
from kgservice.graph.cypher.answers.writer import Text, Writer, joined
from kgservice.graph.cypher.cards import STATEMENT


def commonsense(
    writer: Writer, asked: frozenset[str], all_relations: frozenset[str], where: StatementFilter
) -> Text:
    """$a.heads: rows of an entity id, or of two ids that a behavior has; $a.first.

    Rows: place of the head, its entity, whether any commonsense statement is about it, how many
    statements of the asked relations are, and of those that pass the best, as statement columns.
    Of several behaviors with the same two ends the one with the highest count is the head.
    """
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
        "WITH r, o ORDER BY r.typicality IS NULL, r.typicality DESC, r.plausibility IS NULL,\n"
        "  r.plausibility DESC, r.support DESC, r.id LIMIT $a.first\n"
        f"RETURN collect({STATEMENT}) AS rows\n}}\n"
        f"RETURN collect([place, e.id, EXISTS {{ (e)-[{known}]->(:Entity) }},\n"
        f"  COUNT {{ (e)-[{types}]->(:Entity) }}, rows])"
    )
