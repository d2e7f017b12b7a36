"""The texts that the index is read with: the whole graph in chunks, and what changed since.

Each returns one value made by collect(): a record costs 15 to 20 us, a collected row 0.7. Entities
are sought by id, and each chunk is a transaction of its own, so a build of minutes holds nothing
open. Only a relationship with a `level` is a statement of ours.
"""

from __future__ import annotations

from typing import LiteralString

from graph_schema.identifiers import Identifier, quoted

#: Returns the id of the database, the data version, and when the batch of that version was made.
READ_MARK: LiteralString = """
CALL db.info() YIELD id
OPTIONAL MATCH (v:__DataVersion {id: 'data'})
OPTIONAL MATCH (c:__Change {version: v.version})
RETURN [id, coalesce(v.version, 0), toString(c.at)]
"""

#: $version. When the batch of a version was made; null where the log does not have it.
READ_CHANGE_TIME: LiteralString = """
OPTIONAL MATCH (c:__Change {version: $version})
RETURN toString(c.at)
"""

#: $after, $until. Rows: version, time, how many changes; what they are is read one by one.
READ_CHANGES: LiteralString = """
MATCH (c:__Change)
WHERE c.version > $after AND c.version <= $until
WITH c ORDER BY c.version
RETURN collect([c.version, toString(c.at), c.size])
"""

#: $version. The packed changes of one version.
READ_PAYLOAD: LiteralString = "MATCH (c:__Change {version: $version}) RETURN c.payload"

#: Returns [entities, statements]: both stand in the count store.
READ_SIZE: LiteralString = """
CALL () { MATCH (e:Entity) RETURN count(e) AS entities }
CALL () { MATCH (r:Relation) RETURN coalesce(sum(r.count), 0) AS statements }
RETURN [entities, statements]
"""

#: $after, $limit. Rows: id, label, description, aliases, labels, canonical id, of merged entities.
READ_MERGED: LiteralString = """
MATCH (e:Entity)-[:SAME_AS]->(c:Entity)
WHERE e.id > $after
WITH e, c ORDER BY e.id LIMIT $limit
RETURN collect([e.id, e.label, e.description, e.aliases, labels(e), c.id])
"""

#: $after, $limit. The last of the next ids, null where there are none: it stands in the index,
#: which is named because a scan would compare ids in another order than it sorts them.
READ_LAST_ID: LiteralString = """
MATCH (e:Entity) USING INDEX e:Entity(id)
WHERE e.id > $after
WITH e.id AS id ORDER BY id LIMIT $limit
RETURN last(collect(id))
"""

#: $after, $until. Rows: labels; and as columns of the entities that bear these and all have a
#: description or none: ids, Neo4j's own numbers of the nodes, labels, descriptions (none where they
#: have none), aliases, statements from each.
READ_ENTITIES: LiteralString = """
MATCH (e:Entity) USING INDEX e:Entity(id)
WHERE e.id > $after AND e.id <= $until
WITH labels(e) AS labels, e.description IS NULL AS bare, collect(e.id) AS ids,
  collect(id(e)) AS nodes, collect(e.label) AS names, collect(e.description) AS descriptions,
  collect(e.aliases) AS aliases, collect(COUNT { (e)-->() }) AS degrees
RETURN collect([labels, ids, nodes, names, descriptions, aliases, degrees])
"""

_LITERAL: LiteralString = "o.text, o.datatype, o.language, o.unit"

# Entities are sought by a range: one by one, 3 us each, took as long as half of their statements.
_SUBJECTS: LiteralString = """
MATCH (s:Entity) USING INDEX s:Entity(id)
WHERE s.id >= $first AND s.id <= $last
WITH collect(s) AS subjects
CALL (subjects) {
UNWIND range(0, size(subjects) - 1) AS place
WITH place, subjects[place] AS s
MATCH (s)-[r]->(o)
"""

# All properties are read in one walk along their chain: one by one took Neo4j 1 us more.
_READ: LiteralString = """WITH place, r, o, properties(r) AS p, o:Entity AS between
WHERE p.level IS NOT NULL AND (between OR o:Literal)"""

# What many have in common comes once for all of them: three lists a statement took Python 5 us.
# Objects come by Neo4j's own numbers: to fetch the id of each took 0.6 of 3.7 us. The number of a
# node that is gone may be given to another one; but what leads to that was written since the build
# began, and so is laid over what was read here.
_ALIKE: LiteralString = f"""
WITH between, type(r) AS type, p.level AS level, p.sources AS sources,
  coalesce(p.domains, []) AS domains, coalesce(p.marketplaces, []) AS marketplaces,
  collect(place) AS places,
  collect(CASE WHEN between THEN id(o) ELSE [{_LITERAL}] END) AS objects, collect(p.id) AS ids,
  collect(coalesce(p.plausibility, -1.0)) AS plausibility,
  collect(coalesce(p.typicality, -1.0)) AS typicality, collect(p.support) AS support
RETURN collect([between, type, level, sources, domains, marketplaces,
  places, objects, ids, plausibility, typicality, support]) AS rows
}}
RETURN [[s IN subjects | s.id], rows]
"""

#: $first, $last. Returns [ids, rows] of the entities from id to id. Rows: whether the object is an
#: entity, relationship type, level, sources, domains, marketplaces; and as columns of the
#: statements that have these in common: place of the subject in the ids, number of the object's
#: node or [text, datatype, language, unit], statement id, plausibility, typicality (-1 where not
#: scored), support.
READ_STATEMENTS: LiteralString = f"""{_SUBJECTS}{_READ}
{_ALIKE}"""

#: $first, $last, $after, $limit. As READ_STATEMENTS, of the first statement ids behind $after.
#: What others keep beside the graph is left out before it is counted: a page of it alone would be
#: taken for the end.
READ_STATEMENTS_OF_HUB: LiteralString = f"""{_SUBJECTS}WHERE r.level IS NOT NULL AND r.id > $after
  AND o:Entity|Literal
WITH place, r, o ORDER BY r.id LIMIT $limit
{_READ}
{_ALIKE}"""

#: $ids. Rows: statement id, subject id, relationship type, object id, [text, datatype, language,
#: unit], plausibility, typicality, support, level, sources, domains, marketplaces, sums. All
#: statements that have one of these entities as an end.
READ_STATEMENTS_AT: LiteralString = f"""
UNWIND $ids AS id
MATCH (e:Entity {{id: id}})-[r]-()
WHERE r.level IS NOT NULL
WITH DISTINCT r, startNode(r) AS s, endNode(r) AS o
RETURN collect([r.id, s.id, type(r), CASE WHEN o:Entity THEN o.id END, [{_LITERAL}],
  r.plausibility, r.typicality, r.support, r.level, r.sources, r.domains, r.marketplaces, r.sums])
"""

#: Returns how many entities are merged: it stands in the count store.
COUNT_MERGED: LiteralString = "MATCH ()-[s:SAME_AS]->() RETURN count(s)"

#: $ids. Rows: id, label, description, aliases, labels, of those that there are.
READ_ENTITIES_BY_ID: LiteralString = """
UNWIND $ids AS id
MATCH (e:Entity {id: id})
RETURN collect([e.id, e.label, e.description, e.aliases, labels(e)])
"""


def ids_of_label(label: Identifier) -> LiteralString:
    """$limit. The ids of the entities that bear a label, at most so many."""
    return f"MATCH (e:Entity:{quoted(label)}) WITH e LIMIT $limit RETURN collect(e.id)"


def statements_by_id(relationship_type: Identifier) -> LiteralString:
    """$ids. Rows: statement id, subject id, object id, [text, datatype, language, unit],
    plausibility, typicality, support, level, sources, domains, marketplaces.
    """
    return (
        f"UNWIND $ids AS id\nMATCH (s:Entity)-[r:{quoted(relationship_type)} {{id: id}}]->(o)\n"
        f"RETURN collect([r.id, s.id, CASE WHEN o:Entity THEN o.id END, [{_LITERAL}],\n"
        "  r.plausibility, r.typicality, r.support, r.level, r.sources, r.domains,"
        " r.marketplaces])"
    )
