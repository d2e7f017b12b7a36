"""The texts that a graph is verified with: everything in it, page by page.

Each page begins behind `$after` and has at most `$limit` rows, in the order of a named index: a
scan would compare texts in another order than it sorts them.
"""

from __future__ import annotations

from typing import LiteralString

from graph_schema.identifiers import Identifier, quoted

#: Rows: assertion id, statement id, dataset, digest, run, then what READ_TRIPLE_ASSERTIONS has from
#: its scores on.
PAGE_OF_ALL_TRIPLES: LiteralString = """
MATCH (a:Assertion) USING INDEX a:Assertion(id)
WHERE a.id > $after AND a.behavior IS NULL
WITH a ORDER BY a.id LIMIT $limit
RETURN collect([a.id, a.statement_id, a.dataset, a.digest, a.run, a.plausibility, a.typicality,
                a.support, a.source, a.generated_at, a.qualifiers, a.subject, a.relation, a.object,
                a.value, a.datatype, a.language, a.unit])
"""

#: Rows: behavior id.
PAGE_OF_BEHAVIORS: LiteralString = """
MATCH (a:Assertion) USING INDEX a:Assertion(behavior)
WHERE a.behavior > $after
WITH DISTINCT a.behavior AS behavior ORDER BY behavior LIMIT $limit
RETURN collect([behavior])
"""

#: ids: behavior ids. Rows: element id, id, statement id, dataset, digest, record.
READ_MINED: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {behavior: id})
RETURN collect([elementId(a), a.id, a.statement_id, a.dataset, a.digest, a.record])
"""

#: Rows: record id, entity, dataset, digest, record.
PAGE_OF_ALL_RECORDS: LiteralString = """
MATCH (r:__EntityRecord) USING INDEX r:__EntityRecord(id)
WHERE r.id > $after
WITH r ORDER BY r.id LIMIT $limit
RETURN collect([r.id, r.entity, r.dataset, r.digest, r.record])
"""

#: Rows: entity id.
PAGE_OF_MINED: LiteralString = """
MATCH (m:__Mined) USING INDEX m:__Mined(id)
WHERE m.id > $after
WITH m ORDER BY m.id LIMIT $limit
RETURN collect([m.id])
"""

#: Rows: entity id.
PAGE_OF_ENTITIES: LiteralString = """
MATCH (e:Entity) USING INDEX e:Entity(id)
WHERE e.id > $after
WITH e ORDER BY e.id LIMIT $limit
RETURN collect([e.id])
"""

#: ids: element ids of assertions. Takes them away.
DELETE_NODES: LiteralString = """
UNWIND $ids AS id
MATCH (n) WHERE elementId(n) = id
DELETE n
"""

#: ids: assertion ids of triples, and ids of entity records. Takes them away.
DELETE_TRIPLES_BY_ID: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {id: id})
WHERE a.behavior IS NULL
DELETE a
"""

#: ids: entity ids. Those that nothing asserts and nobody's relationship holds.
FIND_ORPHANS: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})
WHERE NOT EXISTS { (e)-[r]-() WHERE type(r) <> 'SAME_AS' }
  AND NOT EXISTS { MATCH (:__EntityRecord {entity: id}) }
  AND NOT EXISTS { MATCH (:__Mined {id: id}) }
  AND NOT EXISTS { MATCH (:Assertion {about: id}) }
RETURN collect(id)
"""

#: $types. Relationships without an id, made by hand. Rows: type, how many.
FIND_NAMELESS: LiteralString = """
MATCH (:Entity)-[r]->()
WHERE r.id IS NULL AND type(r) IN $types
WITH type(r) AS type, count(*) AS times
RETURN collect([type, times])
"""

#: Literals that no statement leads to.
FIND_LOOSE_LITERALS: LiteralString = """
MATCH (l:Literal) WHERE NOT EXISTS { (l)--() }
RETURN collect(elementId(l))
"""

#: Rows: label, how many entities have it.
COUNT_LABELS: LiteralString = """
MATCH (e:Entity)
UNWIND labels(e) AS label
WITH label, count(*) AS times
RETURN collect([label, times])
"""

#: Rows: [relation, count], [neo4j label, count].
READ_COUNTS: LiteralString = """
RETURN [COLLECT { MATCH (r:Relation) RETURN [r.id, coalesce(r.count, 0)] },
        COLLECT { MATCH (t:EntityType) RETURN [t.neo4j_label, coalesce(t.count, 0)] }]
"""

#: rows: relation or neo4j label, count.
SET_RELATION_COUNTS: LiteralString = """
UNWIND $rows AS row
MATCH (r:Relation {id: row[0]})
SET r.count = row[1]
"""

SET_TYPE_COUNTS: LiteralString = """
UNWIND $rows AS row
MATCH (t:EntityType {neo4j_label: row[0]})
SET t.count = row[1]
"""


def page_of_statements(relationship_type: Identifier) -> LiteralString:
    """Rows: id, subject, object, literal's properties (null for an entity), seconds and nanoseconds
    of its moment, labels of both ends, then the columns of `statements.stored`.
    """
    return f"""
MATCH (s)-[r:{quoted(relationship_type)}]->(o) USING INDEX r:{quoted(relationship_type)}(id)
WHERE r.id > $after
WITH s, r, o ORDER BY r.id LIMIT $limit
RETURN collect([r.id, s.id, CASE WHEN o:Entity THEN o.id END,
  CASE WHEN o:Literal THEN o {{.text, .datatype, .language, .unit, .number, .time}} END,
  o.moment.epochSeconds, o.moment.nanosecond, labels(s), labels(o),
  r.support, r.plausibility, r.typicality, r.level, r.sources, r.domains, r.marketplaces, r.sums])
"""


def delete_nameless(relationship_type: Identifier) -> LiteralString:
    """Takes away the relationships of a type that have no id."""
    return f"""
MATCH (s)-[r:{quoted(relationship_type)}]->(o)
WHERE r.id IS NULL
DELETE r
"""


def count_statements(relationship_type: Identifier) -> LiteralString:
    """How many relationships of a type are statements."""
    return f"""
MATCH ()-[r:{quoted(relationship_type)}]->() WHERE r.id IS NOT NULL
RETURN count(r)
"""
