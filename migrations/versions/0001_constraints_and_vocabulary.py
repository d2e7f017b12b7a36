"""The constraints and indexes of every graph, and the built-in vocabulary.

Until the first release this revision derives from `graph_schema` as it stands, so that a new graph
gets what the program of the day expects. Its checksum is of the code below and not of what
`graph_schema` says: a constraint that is added there is no edit of this revision. On a graph that
exists `alembic check` reports it, and `alembic revision --autogenerate` writes the revision that
brings it; a change of the vocabulary is a revision with `op.cypher`. With the first release the
values are written out here, once, and from then on the checksum guards them too.
"""

from alembic import op

from graph_schema.ddl import expected_items
from graph_schema.entity_types import BUILT_IN_TYPES, EntityType
from graph_schema.nodes import relation_properties, type_properties
from graph_schema.relations import BUILT_IN_RELATIONS, Relation

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

# `+=` with null takes a property away, so what is null is absent. A count that was counted stays.
_RELATIONS = """\
UNWIND $rows AS row
MERGE (x:Relation {id: row.id})
ON CREATE SET x.count = 0
SET x += row"""
_TYPES = """\
UNWIND $rows AS row
MERGE (x:EntityType {id: row.id})
ON CREATE SET x.count = 0
SET x += row"""
_RELATION_PARENTS = """\
UNWIND $pairs AS pair
MATCH (child:Relation {id: pair[0]}), (parent:Relation {id: pair[1]})
MERGE (child)-[:SUB_OF]->(parent)"""
_TYPE_PARENTS = """\
UNWIND $pairs AS pair
MATCH (child:EntityType {id: pair[0]}), (parent:EntityType {id: pair[1]})
MERGE (child)-[:SUB_OF]->(parent)"""
_NO_RELATIONS = "MATCH (x:Relation) WHERE x.id IN $ids DETACH DELETE x"
_NO_TYPES = "MATCH (x:EntityType) WHERE x.id IN $ids DETACH DELETE x"


def upgrade() -> None:
    for item in expected_items(_ids(BUILT_IN_RELATIONS)):
        op.create_schema_item(item.name, item.kind.value, item.label, item.properties)
    op.cypher(
        _RELATIONS, {"rows": [relation_properties(relation) for relation in BUILT_IN_RELATIONS]}
    )
    op.cypher(_RELATION_PARENTS, {"pairs": _pairs(BUILT_IN_RELATIONS)})
    op.cypher(_TYPES, {"rows": [type_properties(kind) for kind in BUILT_IN_TYPES]})
    op.cypher(_TYPE_PARENTS, {"pairs": _pairs(BUILT_IN_TYPES)})


def downgrade() -> None:
    op.cypher(_NO_TYPES, {"ids": _ids(BUILT_IN_TYPES)})
    op.cypher(_NO_RELATIONS, {"ids": _ids(BUILT_IN_RELATIONS)})
    for item in expected_items(_ids(BUILT_IN_RELATIONS)):
        op.drop_schema_item(item.name, item.kind.value, item.label, item.properties)


def _ids(members: tuple[Relation, ...] | tuple[EntityType, ...]) -> list[str]:
    return [member.id for member in members]


def _pairs(members: tuple[Relation, ...] | tuple[EntityType, ...]) -> list[list[str]]:
    return [[member.id, parent] for member in members for parent in member.parents]
