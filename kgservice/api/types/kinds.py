"""The vocabulary in use: relations and entity types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import strawberry

from graph_schema import entity_types as schema_types
from graph_schema import relations as schema_relations
from graph_schema.identifiers import label_of_type, relationship_type_of
from kgservice.api.context import Context, KGInfo
from kgservice.api.types.values import Long, PageInfo


@strawberry.type
class EntityType:
    """A kind of entity."""

    id: str
    label: str
    description: str | None
    neo4j_label: str = strawberry.field(description="Its label in Neo4j.")

    @strawberry.field(description="What it is a special case of.")
    def parents(self, info: KGInfo) -> list[EntityType]:
        """The types above it."""
        known = info.context.state.vocabulary.types
        return entity_types(known[self.id].parents, known)

    @strawberry.field(description="Entities of the type or of a subtype.")
    async def entity_count(self, info: KGInfo) -> Long:
        """How many there are."""
        context = info.context

        async def load(ids: list[str]) -> Sequence[int]:
            below = {id: context.state.vocabulary.with_subtypes([id]) for id in ids}
            counts = await context.state.reads.count_entities(below, context.limit)
            return [counts[id] for id in ids]

        count: int = await context.batch("entity_count", load).load(self.id)
        return Long(count)


@strawberry.type
class Relation:
    """A kind of statement."""

    id: str
    label: str
    description: str | None
    aliases: list[str]
    symmetric: bool
    commonsense: bool
    neo4j_type: str = strawberry.field(description="Its relationship type in Neo4j.")

    @strawberry.field(description="What it is a special case of.")
    def parents(self, info: KGInfo) -> list[Relation]:
        """The relations above it."""
        return relations(_kind(self, info).parents, info.context)

    @strawberry.field(description="What says the same from the other end.")
    def inverse(self, info: KGInfo) -> Relation | None:
        """The inverse relation, where the vocabulary has it."""
        name = _kind(self, info).inverse
        return None if name is None else next(iter(relations([name], info.context)), None)

    @strawberry.field(description="What its subjects are meant to be.")
    def subject_types(self, info: KGInfo) -> list[EntityType]:
        """The types of subjects."""
        return entity_types(_kind(self, info).subject_types, info.context.state.vocabulary.types)

    @strawberry.field(description="What its objects are meant to be.")
    def object_types(self, info: KGInfo) -> list[EntityType]:
        """The types of objects."""
        return entity_types(_kind(self, info).object_types, info.context.state.vocabulary.types)

    @strawberry.field(description="Statements of this very relation.")
    async def statement_count(self, info: KGInfo) -> Long:
        """How many statements have it."""
        context = info.context

        async def load(ids: list[str]) -> Sequence[int]:
            counts = await context.state.reads.count_statements(ids, context.limit)
            return [counts.get(id, 0) for id in ids]

        count: int = await context.batch("statement_count", load).load(self.id)
        return Long(count)


@strawberry.type
class EntityTypeEdge:
    """An entity type in a list."""

    cursor: str
    node: EntityType


@strawberry.type
class EntityTypeConnection:
    """A page of entity types."""

    edges: list[EntityTypeEdge]
    nodes: list[EntityType]
    page_info: PageInfo
    total_count: Long


@strawberry.type
class RelationCount:
    """How many statements of one relation an entity has."""

    relation: Relation
    count: Long


@strawberry.type
class RelationEdge:
    """A relation in a list."""

    cursor: str
    node: Relation


@strawberry.type
class RelationConnection:
    """A page of relations."""

    edges: list[RelationEdge]
    nodes: list[Relation]
    page_info: PageInfo
    total_count: Long


def relations(ids: Iterable[str], context: Context) -> list[Relation]:
    """The relations with these ids, without those that are not known."""
    known = context.state.vocabulary.relations
    return [relation(known[id]) for id in ids if id in known]


def entity_types(
    ids: Iterable[str], known: Mapping[str, schema_types.EntityType]
) -> list[EntityType]:
    """The entity types with these ids, without those that are not known."""
    return [entity_type(known[id]) for id in ids if id in known]


def relation(kind: schema_relations.Relation) -> Relation:
    """The type that clients see."""
    return Relation(
        id=kind.id,
        label=kind.label,
        description=kind.description or None,
        aliases=list(kind.aliases),
        symmetric=kind.symmetric,
        commonsense=kind.commonsense,
        neo4j_type=relationship_type_of(kind.id),
    )


@lru_cache(maxsize=10_000)
def entity_type(kind: schema_types.EntityType) -> EntityType:
    """The type that clients see."""
    return EntityType(
        id=kind.id,
        label=kind.label,
        description=kind.description or None,
        neo4j_label=label_of_type(kind.id),
    )


def _kind(shown: Relation, info: KGInfo) -> schema_relations.Relation:
    return info.context.state.vocabulary.relations[shown.id]
