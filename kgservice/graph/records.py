"""Rows into values: the only place that knows what the columns of a reading text are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph_schema.entity_types import direct
from graph_schema.identifiers import label_of_type, relationship_type_of
from kgservice.literals import literal
from kgservice.model import Assertion, Entity, Statement
from kgservice.vocabulary import Vocabulary


class Names:
    """What the identifiers in the graph are called in the vocabulary."""

    def __init__(self, vocabulary: Vocabulary):
        self._types: dict[str, str] = {label_of_type(id): id for id in vocabulary.types}
        self._relations: dict[str, str] = {
            relationship_type_of(id): id for id in vocabulary.relations
        }
        # Of as many combinations of labels as there are in the graph.
        self._direct: dict[tuple[str, ...], tuple[str, ...]] = {}

    def types(self, labels: Iterable[str]) -> tuple[str, ...]:
        """The direct types that these labels mean; labels of others mean nothing."""
        key = (*labels,)
        if key not in self._direct:
            self._direct[key] = direct(self._types[one] for one in key if one in self._types)
        return self._direct[key]

    def relation(self, relationship_type: str) -> str | None:
        """The relation of a relationship type, or null where it is not ours."""
        return self._relations.get(relationship_type)

    @property
    def differing(self) -> dict[str, str]:
        """Relation ids by relationship type, where the two are not the same."""
        return {type: id for type, id in self._relations.items() if type != id}

    @property
    def relationship_types(self) -> frozenset[str]:
        """All relationship types of the vocabulary."""
        return frozenset(self._relations)


def entity(row: Sequence[Any], names: Names) -> Entity:
    """id, label, description, aliases, labels, degree, merged ids."""
    id, label, description, aliases, labels, degree, merged_ids = row
    return Entity(
        id,
        label,
        description,
        tuple(sorted({*aliases} - {label})) if aliases else (),
        names.types(labels),
        degree,
        tuple(sorted(merged_ids)) if merged_ids else (),
    )


def statement(row: Sequence[Any], names: Names) -> Statement:
    """The columns of a statement, as kgservice.graph.cypher.cards orders them."""
    id, subject, type, object, plausibility, typicality, support, sources, level, *value = row
    text, datatype, language, unit = value
    found = Statement(
        subject=subject,
        relation=names.relation(type) or type,
        object=object,
        literal=None
        if object is not None
        else literal(text, datatype, language=language, unit=unit),
        plausibility=plausibility,
        typicality=typicality,
        support=support,
        # Of a merged statement each part names its own.
        sources=tuple(sources) if len(sources) < 2 else tuple(sorted({*sources})),
        level=level,
    )
    return found.called(id)


def assertion(properties: Mapping[str, Any]) -> Assertion:
    """The properties of an `:Assertion` node."""
    return Assertion(
        id=properties["id"],
        statement_id=properties["statement_id"],
        dataset=properties["dataset"],
        run=properties.get("run"),
        generator=_generator(properties),
        generated_at=properties.get("generated_at"),
        marketplace=properties.get("marketplace"),
        domain=properties.get("domain"),
        language=properties.get("language"),
        plausibility=properties.get("plausibility"),
        typicality=properties.get("typicality"),
        raw_text=properties.get("raw_text"),
        annotation=_features(properties, "ann_"),
        filters=_features(properties, "flt_"),
    )


def _generator(properties: Mapping[str, Any]) -> str | None:
    model, version = properties.get("generator"), properties.get("generator_version")
    return f"{model} {version}" if model and version else model


def _features(properties: Mapping[str, Any], prefix: str) -> tuple[tuple[str, float], ...]:
    """The numbers among the properties with a prefix; yes is 1 and no is 0."""
    found = (
        (name.removeprefix(prefix), value)
        for name, value in properties.items()
        if name.startswith(prefix) and isinstance(value, bool | int | float)
    )
    return tuple(sorted((name, float(value)) for name, value in found))
