"""How the vocabulary looks as nodes: the properties of `:Relation` and `:EntityType`.

Contract, graph.md (vocabulary). What is null is absent; `count` belongs to the loads.
"""

from __future__ import annotations

from graph_schema.entity_types import EntityType
from graph_schema.identifiers import label_of_type, relationship_type_of
from graph_schema.relations import Relation

Properties = dict[str, str | bool | list[str] | None]


def relation_properties(relation: Relation) -> Properties:
    """The properties of a relation's node; its parents are relationships."""
    return {
        "id": relation.id,
        "label": relation.label,
        "description": relation.description,
        "neo4j_type": relationship_type_of(relation.id),
        "inverse": relation.inverse,
        "symmetric": relation.symmetric,
        "commonsense": relation.commonsense,
        "aliases": list(relation.aliases),
        "phrase": relation.phrase,
        "subject_types": list(relation.subject_types),
        "object_types": list(relation.object_types),
        "means": relation.means,
    }


def type_properties(type: EntityType) -> Properties:
    """The properties of an entity type's node; its parents are relationships."""
    return {
        "id": type.id,
        "label": type.label,
        "description": type.description,
        "neo4j_label": label_of_type(type.id),
    }
