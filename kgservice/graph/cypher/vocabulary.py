"""The texts that read and write the vocabulary."""

from __future__ import annotations

from typing import LiteralString

#: Returns one list of two: relations as [properties, parents, count], types likewise.
READ_VOCABULARY: LiteralString = """
CALL () {
  MATCH (r:Relation)
  RETURN collect([properties(r), COLLECT { MATCH (r)-[:SUB_OF]->(p) RETURN p.id }]) AS relations
}
CALL () {
  MATCH (t:EntityType)
  RETURN collect([properties(t), COLLECT { MATCH (t)-[:SUB_OF]->(p) RETURN p.id }]) AS types
}
RETURN [relations, types]
"""

#: rows: maps of properties with `id`. Null takes a property away.
WRITE_RELATIONS: LiteralString = """
UNWIND $rows AS row
MERGE (r:Relation {id: row.id})
  ON CREATE SET r.count = 0
SET r += row
"""

WRITE_TYPES: LiteralString = """
UNWIND $rows AS row
MERGE (t:EntityType {id: row.id})
  ON CREATE SET t.count = 0
SET t += row
"""

#: rows: id, parents. What is not among them any more is taken away.
WRITE_RELATION_PARENTS: LiteralString = """
UNWIND $rows AS row
MATCH (r:Relation {id: row[0]})
OPTIONAL MATCH (r)-[old:SUB_OF]->(p) WHERE NOT p.id IN row[1]
DELETE old
WITH DISTINCT r, row
UNWIND row[1] AS parent
MATCH (p:Relation {id: parent})
MERGE (r)-[:SUB_OF]->(p)
"""

#: A type is also below what statements say (`stated`), whether or not its record says so too.
WRITE_TYPE_PARENTS: LiteralString = """
UNWIND $rows AS row
MATCH (t:EntityType {id: row[0]})
OPTIONAL MATCH (t)-[old:SUB_OF]->(p) WHERE NOT p.id IN row[1]
SET old.declared = false
WITH t, row, CASE WHEN old.stated THEN NULL ELSE old END AS gone
DELETE gone
WITH DISTINCT t, row
UNWIND row[1] AS parent
MATCH (p:EntityType {id: parent})
MERGE (t)-[r:SUB_OF]->(p)
SET r.declared = NULL
"""

#: What the records of types declare. Rows: type id, parents.
READ_DECLARED_PARENTS: LiteralString = """
MATCH (t:EntityType)-[r:SUB_OF]->(p:EntityType)
WHERE r.declared IS NULL
WITH t.id AS type, collect(p.id) AS parents
RETURN collect([type, parents])
"""
