"""What is shown of entities, as clauses: so that a page of answers comes with its cards."""

from __future__ import annotations

from kgservice.algebra.pattern import Hop
from kgservice.graph.cypher.answers.merging import APART, related
from kgservice.graph.cypher.answers.writer import Text, Writer

#: Whether two statements of `e` may be one: it is not alone, or something beside it is not.
_FOLDED: Text = "(others <> [] OR EXISTS { (e)--()-[:SAME_AS]->() })"


def shown(writer: Writer) -> Text:
    """Clauses that make `cards` of the entities `asked`: a list of rows.

    A row is asked id, id, label, description, aliases, labels, degree, merged ids.
    """
    ours = writer.surroundings.foreign
    degree: Text = "COUNT { (e)-[r]-() WHERE r.level IS NOT NULL }" if ours else "COUNT { (e)--() }"
    if not writer.surroundings.merged:
        return f"""WITH asked AS e
WITH collect([e.id, e.id, e.label, e.description, e.aliases, labels(e), {degree}, []])
  AS cards
"""
    found = related(writer, Hop(None, None), "x, ")
    if ours:
        found += "WITH x, r, y, out WHERE r.level IS NOT NULL\n"
    return f"""WITH asked
OPTIONAL MATCH (asked)-[:SAME_AS]->(c:Entity)
WITH asked.id AS id, coalesce(c, asked) AS e
WITH id, e, COLLECT {{ MATCH (m:Entity)-[:SAME_AS]->(e) RETURN m }} AS others
CALL (e, others) {{
WITH e, others WHERE NOT {_FOLDED}
RETURN {degree} AS degree
UNION ALL
WITH e, others WHERE {_FOLDED}
WITH e AS x
{found}{APART}RETURN count(*) AS degree
}}
WITH id, e, others, max(degree) AS degree
WITH collect([id, e.id, e.label, e.description,
  reduce(names = e.aliases, m IN others | names + m.label + m.aliases),
  reduce(names = labels(e), m IN others | names + labels(m)),
  degree, [m IN others | m.id]]) AS cards
"""
