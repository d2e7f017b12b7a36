"""The texts that loads are made of.

Each takes its rows as the parameter `rows` or `ids` and is one of a closed set, so Neo4j plans it
once. Types of relationships stand in the text where rows are looked up by them (only so their
uniqueness constraint serves as an index), and are data where relationships are made.

Where a lookup by id has another way beside it (a property that is indexed too, a neighbour), the
index is named: of a graph that was empty when it was counted the planner takes either, and looked
through a whole data set for each id.
"""

from __future__ import annotations

from typing import LiteralString

from graph_schema.identifiers import Identifier, quoted

# ------------------------------------------------------------------ the order of batches

#: Takes the write lock that all batches queue for; returns how many have had it, this one too.
#: What is added to is read behind the lock, so it is written by a SET of its own.
LOCK_DATA_VERSION: LiteralString = """
MERGE (v:__DataVersion {id: 'data'})
  ON CREATE SET v.version = 0
SET v.holder = $holder
SET v.turns = coalesce(v.turns, 0) + 1
RETURN v.turns
"""

#: How many batches have had the lock and are in.
READ_TURNS: LiteralString = """
OPTIONAL MATCH (v:__DataVersion {id: 'data'})
RETURN coalesce(v.turns, 0)
"""

#: Returns the data version that the batch becomes.
RAISE_DATA_VERSION: LiteralString = """
MATCH (v:__DataVersion {id: 'data'})
SET v.version = v.version + 1
RETURN v.version
"""

#: `payload` is what the batch changed, packed.
LOG_CHANGES: LiteralString = """
CREATE (:__Change {version: $version, at: $at, dataset: $dataset, run: $run,
                   size: $size, payload: $payload})
"""

# ------------------------------------------------------------------ who loads

#: Takes the lock of one data set and format for as long as its transaction is open.
CLAIM: LiteralString = "MERGE (c:__Claim {id: $id}) RETURN c.id"

# ------------------------------------------------------------------ statements


def read_statements(relationship_type: Identifier) -> LiteralString:
    """ids: statement ids. Rows: id, support, plausibility, typicality, sources, domains,
    marketplaces, sums.
    """
    return f"""
UNWIND $ids AS id
MATCH ()-[r:{quoted(relationship_type)} {{id: id}}]->()
RETURN collect([id, r.support, r.plausibility, r.typicality, r.sources, r.domains,
                r.marketplaces, r.sums])
"""


#: rows: subject, object, relationship type, id, support, plausibility, typicality, level, sources,
#: domains, marketplaces, sums. Returns how many were made: fewer than rows means a missing end.
CREATE_STATEMENTS: LiteralString = """
UNWIND $rows AS row
MATCH (s:Entity {id: row[0]})
MATCH (o:Entity {id: row[1]})
CREATE (s)-[:$(row[2]) {id: row[3], support: row[4], plausibility: row[5], typicality: row[6],
                        level: row[7], sources: row[8], domains: row[9], marketplaces: row[10],
                        sums: row[11], updated_at: $at}]->(o)
RETURN count(*)
"""

#: rows: as CREATE_STATEMENTS, with the literal's properties (a map) in place of the object, and the
#: seconds and nanoseconds of its moment behind them.
CREATE_LITERAL_STATEMENTS: LiteralString = """
UNWIND $rows AS row
MATCH (s:Entity {id: row[0]})
CREATE (s)-[:$(row[2]) {id: row[3], support: row[4], plausibility: row[5], typicality: row[6],
                        level: row[7], sources: row[8], domains: row[9], marketplaces: row[10],
                        sums: row[11], updated_at: $at}]->(l:Literal)
SET l = row[1],
    l.moment = CASE WHEN row[12] IS NULL THEN NULL
                    ELSE datetime({epochSeconds: row[12], nanosecond: row[13]}) END
RETURN count(*)
"""


def update_statements(relationship_type: Identifier) -> LiteralString:
    """rows: id, support, plausibility, typicality, level, sources, domains, marketplaces, sums."""
    return f"""
UNWIND $rows AS row
MATCH ()-[r:{quoted(relationship_type)} {{id: row[0]}}]->()
SET r.support = row[1], r.plausibility = row[2], r.typicality = row[3], r.level = row[4],
    r.sources = row[5], r.domains = row[6], r.marketplaces = row[7], r.sums = row[8],
    r.updated_at = $at
"""


def delete_statements(relationship_type: Identifier) -> LiteralString:
    """ids: statement ids. A literal goes with its statement, unless somebody else holds it."""
    return f"""
UNWIND $ids AS id
MATCH ()-[r:{quoted(relationship_type)} {{id: id}}]->(o)
DELETE r
WITH o WHERE o:Literal AND NOT EXISTS {{ (o)--() }}
DELETE o
"""


# ------------------------------------------------------------------ entities

#: Rows: id, label, aliases, description, language, modified, datasets, labels of the node, and the
#: properties that only some types have.
READ_ENTITIES: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})
RETURN collect([id, e.label, e.aliases, e.description, e.language, e.modified, e.datasets,
                labels(e), e {.norm, .tail_type, .specificity, .count, .purchase_rate,
                              .click_rate, .window_start, .window_end}])
"""

READ_ENTITY_IDS: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})
RETURN collect(id)
"""

CREATE_BARE_ENTITIES: LiteralString = """
UNWIND $ids AS id
CREATE (:Entity {id: id, label: id, aliases: [], datasets: []})
"""

#: rows: id, properties (null takes one away), labels to add, labels to take away.
WRITE_ENTITIES: LiteralString = """
UNWIND $rows AS row
MATCH (e:Entity {id: row[0]})
SET e += row[1], e:$(row[2])
REMOVE e:$(row[3])
"""

#: Rows: entity, dataset, digest, run, record.
READ_ENTITY_RECORDS: LiteralString = """
UNWIND $ids AS id
MATCH (r:__EntityRecord {entity: id})
RETURN collect([id, r.dataset, r.digest, r.run, r.record])
"""

#: ids: keys of records; digests: one for each. The positions at which $dataset says just that.
UNCHANGED_ENTITY_RECORDS: LiteralString = """
UNWIND range(0, size($ids) - 1) AS position
MATCH (r:__EntityRecord {id: $ids[position]}) USING INDEX SEEK r:__EntityRecord(id)
WHERE r.digest = $digests[position] AND r.dataset = $dataset
RETURN collect(position)
"""

#: rows: key, entity, digest, record.
WRITE_ENTITY_RECORDS: LiteralString = """
UNWIND $rows AS row
MERGE (r:__EntityRecord {id: row[0]})
SET r.entity = row[1], r.digest = row[2], r.record = row[3], r.dataset = $dataset, r.run = $run
"""

DELETE_ENTITY_RECORDS: LiteralString = """
UNWIND $ids AS id
MATCH (r:__EntityRecord {id: id})
DELETE r
"""

#: Takes back what statements said about what types are subtypes of. rows: type id, the types that
#: statements still put it below. What a record of the type declares stays.
UNRELATE_TYPES: LiteralString = """
UNWIND $rows AS row
MATCH (t:EntityType {id: row[0]})-[r:SUB_OF]->(p:EntityType) USING INDEX SEEK t:EntityType(id)
WHERE r.stated AND NOT p.id IN row[1]
SET r.stated = NULL
WITH r WHERE r.declared = false
DELETE r
"""

#: rows: as above.
RELATE_TYPES: LiteralString = """
UNWIND $rows AS row
MATCH (t:EntityType {id: row[0]})
UNWIND row[1] AS parent
MATCH (p:EntityType {id: parent})
MERGE (t)-[r:SUB_OF]->(p)
  ON CREATE SET r.declared = false
SET r.stated = true
"""

#: What statements whose relation has a meaning say. Rows: entity, dataset, relation, value,
#: language.
READ_FACTS: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {about: id})
RETURN collect([id, a.dataset, a.relation, coalesce(a.object, a.value), a.language])
"""

#: Rows: id, uses, and columns of what is said: fields, values, uses, times, versions.
READ_MINED_ENTITIES: LiteralString = """
UNWIND $ids AS id
MATCH (m:__Mined {id: id})
RETURN collect([id, m.uses, m.fields, m.values, m.value_uses, m.times, m.versions])
"""

WRITE_MINED_ENTITIES: LiteralString = """
UNWIND $rows AS row
MERGE (m:__Mined {id: row[0]})
SET m.uses = row[1], m.fields = row[2], m.values = row[3], m.value_uses = row[4],
    m.times = row[5], m.versions = row[6]
"""

DELETE_MINED_ENTITIES: LiteralString = """
UNWIND $ids AS id
MATCH (m:__Mined {id: id})
DELETE m
"""

#: The behaviors that describe an entity. Rows: entity, behavior.
READ_BEHAVIORS_OF: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})<-[:HAS_QUERY|HAS_PRODUCT]-(b:Entity) USING INDEX SEEK e:Entity(id)
RETURN collect([id, b.id])
"""

#: Takes the write lock of each entity, before anybody asks whether it may go: another program may
#: be about to give it a relationship. Returns the ids of those that are there.
LOCK_ENTITIES: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})
SET e.id = id
RETURN collect(id)
"""

#: Entities that nothing asserts any more go; those that somebody else's relationships hold stay.
#: To be run under their locks, in a statement of its own: it reads anew what they have. Plain
#: DELETE refuses where a relationship is there after all. Returns the ids of those that went.
REMOVE_ORPHANS: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})
WHERE NOT EXISTS { (e)-[r]-() WHERE type(r) <> 'SAME_AS' }
  AND NOT EXISTS { MATCH (:__EntityRecord {entity: id}) }
  AND NOT EXISTS { MATCH (:__Mined {id: id}) }
  AND NOT EXISTS { MATCH (:Assertion {about: id}) }
OPTIONAL MATCH (e)-[same:SAME_AS]-()
DELETE same, e
RETURN collect(DISTINCT id)
"""

# ------------------------------------------------------------------ vocabulary

#: rows: relation id, how many statements more.
COUNT_RELATIONS: LiteralString = """
UNWIND $rows AS row
MATCH (r:Relation {id: row[0]})
SET r.count = coalesce(r.count, 0) + row[1]
"""

#: rows: type id, neo4j label. Types that are not known are made, with their id as label.
MAKE_TYPES: LiteralString = """
UNWIND $rows AS row
MERGE (t:EntityType {id: row[0]})
  ON CREATE SET t.label = row[0], t.neo4j_label = row[1], t.count = 0
"""

#: rows: type id, how many entities more.
COUNT_TYPES: LiteralString = """
UNWIND $rows AS row
MATCH (t:EntityType {id: row[0]})
SET t.count = coalesce(t.count, 0) + row[1]
"""

#: rows: neo4j label, how many entities less.
DISCOUNT_TYPES: LiteralString = """
UNWIND $rows AS row
MATCH (t:EntityType {neo4j_label: row[0]})
SET t.count = t.count - row[1]
"""

#: Rows: entity, its labels; those alone that have more than one.
READ_LABELS_OF: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})
WITH id, labels(e) AS labels
WHERE size(labels) > 1
RETURN collect([id, labels])
"""

#: ids: labels. Rows: label, the type that it means.
READ_TYPES_OF_LABELS: LiteralString = """
UNWIND $ids AS label
MATCH (t:EntityType {neo4j_label: label})
RETURN collect([label, t.id])
"""

#: ids: types. Rows: type, a type above it.
READ_PARENTS: LiteralString = """
UNWIND $ids AS id
MATCH (t:EntityType {id: id})-[:SUB_OF]->(p:EntityType) USING INDEX SEEK t:EntityType(id)
RETURN collect([id, p.id])
"""

#: The labels that mean a type: others belong to whoever made them.
READ_TYPE_LABELS: LiteralString = "MATCH (t:EntityType) RETURN collect(t.neo4j_label)"
