"""The texts that a whole graph is copied with: all nodes and relationships of ours, in pages."""

from __future__ import annotations

from typing import LiteralString

from graph_schema.identifiers import Identifier, quoted

# A moment may lie in a year that the driver has no value for, and making values of times takes it
# longer than all else.
_PROPERTIES: LiteralString = "n {.*, moment: toString(n.moment)}"


def page_of(label: Identifier, key: Identifier) -> LiteralString:
    """$after, $limit: keys of a page. Rows: key, labels, properties; of nodes with a label, by
    their key, which several may share.
    """
    name, column = quoted(label), quoted(key)
    return (
        f"MATCH (n:{name}) USING INDEX n:{name}({column})\n"
        f"WHERE n.{column} > $after\n"
        f"WITH DISTINCT n.{column} AS key ORDER BY key LIMIT $limit\n"
        f"MATCH (n:{name} {{{column}: key}})\n"
        f"RETURN collect([n.{column}, labels(n), {_PROPERTIES}])"
    )


#: Of the schema's own bookkeeping, of which there is little. Rows: labels, properties.
SCHEMA_NODES: LiteralString = """
MATCH (n:__SchemaHead|__SchemaLog)
RETURN collect([labels(n), properties(n)])
"""

#: $ids. Rows: entity, relationship type, properties, id of the entity at the other end, properties
#: of the literal there. Those alone that are ours.
RELATIONSHIPS_OF: LiteralString = f"""
UNWIND $ids AS id
MATCH (e:Entity {{id: id}})-[r]->(n)
WHERE r.level IS NOT NULL OR (type(r) = 'SAME_AS' AND n:Entity)
RETURN collect([id, type(r), r {{.*, updated_at: toString(r.updated_at)}},
                CASE WHEN n:Entity THEN n.id END, CASE WHEN n:Literal THEN {_PROPERTIES} END])
"""

#: Rows: label of the vocabulary, id, properties, id of what is above it.
VOCABULARY_RELATIONSHIPS: LiteralString = """
MATCH (a:Relation|EntityType)-[r:SUB_OF]->(b:Relation|EntityType)
RETURN collect([CASE WHEN a:Relation THEN 'Relation' ELSE 'EntityType' END, a.id, properties(r),
                b.id])
"""

#: Labels in the database.
LABELS: LiteralString = "CALL db.labels() YIELD label RETURN collect(label)"


def empty_lists(mark: Identifier, name: Identifier) -> LiteralString:
    """Gives marked nodes the empty list that an import file cannot say, and takes the mark away."""
    return (
        f"MATCH (n:{quoted(mark)})\n"
        f"CALL (n) {{ SET n.{quoted(name)} = [] REMOVE n:{quoted(mark)} }}\n"
        "IN TRANSACTIONS OF 10000 ROWS"
    )
