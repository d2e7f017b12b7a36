"""What is shown of entities, as clauses: so that a page of answers comes with its cards."""

from __future__ import annotations

from kgservice.graph.cypher.answers.writer import Text


def shown(*, merged: bool) -> Text:
    """Clauses that make `cards` of the entities `asked`: a list of rows.

    A row is asked id, id, label, description, aliases, labels, degree, merged ids; `merged` tells
    whether any entities are.
    """
    if not merged:
        return """WITH asked AS e
WITH collect([e.id, e.id, e.label, e.description, e.aliases, labels(e), COUNT { (e)--() }, []])
  AS cards
"""
    return """OPTIONAL MATCH (asked)-[:SAME_AS]->(c:Entity)
WITH asked.id AS id, coalesce(c, asked) AS e
WITH id, e, COLLECT { MATCH (m:Entity)-[:SAME_AS]->(e) RETURN m } AS others
WITH collect([id, e.id, e.label, e.description,
  reduce(names = e.aliases, m IN others | names + m.label + m.aliases),
  reduce(names = labels(e), m IN others | names + labels(m)),
  COUNT { (e)--() } + reduce(n = 0, m IN others | n + COUNT { (m)--() }) - 2 * size(others),
  [m IN others | m.id]]) AS cards
"""
