"""The vocabulary as the graph holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph_schema.entity_types import EntityType
from graph_schema.relations import COMMONSENSE_RELATIONS, Relation
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph
from kgservice.graph.cypher.vocabulary import READ_VOCABULARY
from kgservice.graph.store import Reads
from kgservice.vocabulary import Vocabulary

_TAIL_TYPES = {relation.id: relation.tail_types for relation in COMMONSENSE_RELATIONS}


def read_vocabulary(graph: Reads) -> Vocabulary:
    """All relations and types, for programs that wait."""
    return vocabulary_of(graph.value(READ_VOCABULARY))


async def fetch_vocabulary(graph: AsyncGraph, limit: TimeLimit) -> Vocabulary:
    """All relations and types, for the API."""
    return vocabulary_of(await graph.value(READ_VOCABULARY, {}, limit))


def vocabulary_of(rows: Sequence[Any]) -> Vocabulary:
    """The vocabulary that READ_VOCABULARY returned."""
    relations, types = rows
    return Vocabulary(
        {properties["id"]: _relation(properties, parents) for properties, parents in relations},
        {properties["id"]: _type(properties, parents) for properties, parents in types},
    )


def _relation(properties: dict[str, Any], parents: Sequence[str]) -> Relation:
    return Relation(
        id=properties["id"],
        label=properties["label"],
        description=properties.get("description", ""),
        parents=tuple(sorted(parents)),
        inverse=properties.get("inverse"),
        symmetric=properties.get("symmetric", False),
        subject_types=tuple(properties.get("subject_types", ())),
        object_types=tuple(properties.get("object_types", ())),
        aliases=tuple(properties.get("aliases", ())),
        commonsense=properties.get("commonsense", False),
        means=properties.get("means"),
        phrase=properties.get("phrase", ""),
        tail_types=_TAIL_TYPES.get(properties["id"], ()),
    )


def _type(properties: dict[str, Any], parents: Sequence[str]) -> EntityType:
    return EntityType(
        id=properties["id"],
        label=properties["label"],
        description=properties.get("description", ""),
        parents=tuple(sorted(parents)),
    )
