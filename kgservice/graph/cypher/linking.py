"""The texts of judgements that entities are the same, and of the merging that follows from them."""

from __future__ import annotations

from typing import LiteralString

#: $rows: id, one, other, verdict, confidence, by, at.
WRITE_JUDGEMENTS: LiteralString = """
UNWIND $rows AS row
MERGE (j:__Judgement {id: row[0]})
SET j.one = row[1], j.other = row[2], j.verdict = row[3], j.confidence = row[4], j.by = row[5],
    j.at = row[6]
"""

#: $ids. How many there were.
REMOVE_JUDGEMENTS: LiteralString = """
UNWIND $ids AS id
MATCH (j:__Judgement {id: id})
DELETE j
RETURN count(*)
"""

#: Rows: one, other, verdict, confidence, by.
READ_JUDGEMENTS: LiteralString = """
MATCH (j:__Judgement)
WITH j ORDER BY j.one, j.other
RETURN collect([j.one, j.other, j.verdict, j.confidence, j.by])
"""

#: $ids. Rows, of those that there are: id, canonical id, priority of the first of its data sets.
READ_LINKED: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})
RETURN collect([id, e.canonical_id, COLLECT {
  UNWIND e.datasets AS dataset
  MATCH (d:__Dataset {id: dataset})
  WHERE d.priority IS NOT NULL
  RETURN d.priority ORDER BY d.priority LIMIT 1
}])
"""

#: $rows: id, canonical id or null. Statements stay where they were asserted.
WRITE_CANONICAL: LiteralString = """
UNWIND $rows AS row
MATCH (e:Entity {id: row[0]})
CALL (e) {
  MATCH (e)-[same:SAME_AS]->()
  DELETE same
}
CALL (e, row) {
  WITH e, row WHERE row[1] IS NULL
  REMOVE e.canonical_id
}
CALL (e, row) {
  MATCH (c:Entity {id: row[1]})
  SET e.canonical_id = c.id
  CREATE (e)-[:SAME_AS]->(c)
}
"""

#: $after, $limit, $labels: those that have none of them. Rows: id, label, description, data sets.
READ_NAMED: LiteralString = """
MATCH (e:Entity) USING INDEX e:Entity(id)
WHERE e.id > $after AND e.canonical_id IS NULL AND none(label IN labels(e) WHERE label IN $labels)
WITH e ORDER BY e.id LIMIT $limit
RETURN collect([e.id, e.label, e.description, e.datasets])
"""
