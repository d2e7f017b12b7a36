"""What an entity is, from everything that is said of it.

Data sets are asked in the order of their priority, then by name: the first that gives a label or a
description decides it; aliases and types are united. Below the data sets' own records come what the
assertions of mining pipelines tell, and last the id itself. Rule: contract, records.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graph_schema.entity_types import with_built_in_parents
from kgservice.ledger.mined import MinedEntity, Property
from kgservice.ledger.records import EntityRecord

#: Characters of a label; a longer one stands whole among the aliases. Labels are in a range index,
#: which takes no value above 8,167 bytes: a load would stop at it. An id is never longer.
_MAX_LABEL = 1_024


@dataclass(frozen=True, slots=True)
class Fact:
    """What a statement whose relation has a meaning says of its subject.

    `means` is type, label, alias or description; `value` the text or the type's id.
    """

    dataset: str
    means: str
    value: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Sayings:
    """Everything that is said of one entity."""

    id: str
    records: Mapping[str, EntityRecord] = field(default_factory=dict)
    facts: Sequence[Fact] = ()
    mined: MinedEntity | None = None


@dataclass(frozen=True, slots=True)
class EntityState:
    """An entity's node as it has to be."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    description: str | None = None
    language: str | None = None
    modified: str | None = None
    datasets: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    properties: Mapping[str, Property] = field(default_factory=dict)


def derive(sayings: Sayings, priority: Sequence[str] = (), language: str = "en") -> EntityState:
    """The state that follows; `language` is the one preferred among labels of one data set."""
    ranked = _ranked({*sayings.records, *(fact.dataset for fact in sayings.facts)}, priority)
    given = [_Given.of(sayings, dataset, language) for dataset in ranked]
    mined = _mined_names(sayings.mined)
    label = _first(one.label for one in given) or mined.label or sayings.id
    caption = label[:_MAX_LABEL]
    names = {name for one in given for name in one.names if name} | mined.names
    if caption != label:
        names.add(label)
    properties = sayings.mined.properties if sayings.mined else {}
    mined_language = _text(properties.pop("language", None))
    if sayings.mined is not None and (specificity := sayings.mined.newest("specificity")):
        properties["specificity"] = float(specificity)
    return EntityState(
        id=sayings.id,
        label=caption,
        aliases=tuple(sorted(names - {caption})),
        description=_first(one.description for one in given),
        language=_first(record.language for record in _in_order(sayings, ranked)) or mined_language,
        modified=_newest(record.modified for record in sayings.records.values()),
        datasets=tuple(sorted(ranked)),
        types=_types(sayings),
        properties=properties,
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """What one data set gives: its choice of a label, all names, and a description."""

    label: str | None = None
    names: frozenset[str] = frozenset()
    description: str | None = None

    @classmethod
    def of(cls, sayings: Sayings, dataset: str, language: str) -> _Given:
        record = sayings.records.get(dataset)
        facts = [fact for fact in sayings.facts if fact.dataset == dataset]
        labels = _by_language((fact for fact in facts if fact.means == "label"), language)
        texts = _by_language((fact for fact in facts if fact.means == "description"), language)
        names = {*labels, *(fact.value for fact in facts if fact.means == "alias")}
        if record is not None:
            names.update(record.aliases)
            if record.label is not None:
                names.add(record.label)
        own_label = record.label if record else None
        own_description = record.description if record else None
        return cls(own_label or _first(labels), frozenset(names), own_description or _first(texts))


def _mined_names(mined: MinedEntity | None) -> _Given:
    if mined is None:
        return _Given()
    label = mined.newest("title") or mined.label
    return _Given(label, frozenset(mined.values("alias")))


def _ranked(datasets: Iterable[str], priority: Sequence[str]) -> list[str]:
    place = {dataset: index for index, dataset in enumerate(priority)}
    return sorted(datasets, key=lambda dataset: (place.get(dataset, len(place)), dataset))


def _in_order(sayings: Sayings, ranked: Sequence[str]) -> list[EntityRecord]:
    return [sayings.records[dataset] for dataset in ranked if dataset in sayings.records]


def _by_language(facts: Iterable[Fact], language: str) -> list[str]:
    """The texts, those in the preferred language first, then those in none, then by code."""

    def rank(fact: Fact) -> tuple[int, str, str]:
        spoken = (fact.language or "").lower()
        wanted = spoken == language or spoken.startswith(language + "-")
        return (0 if wanted else 1 if not spoken else 2, spoken, fact.value)

    return [fact.value for fact in sorted(facts, key=rank)]


def _types(sayings: Sayings) -> tuple[str, ...]:
    types = {type for record in sayings.records.values() for type in record.types}
    types.update(fact.value for fact in sayings.facts if fact.means == "type")
    if sayings.mined is not None:
        types.update(sayings.mined.types)
    return tuple(sorted({each for type in types for each in with_built_in_parents(type)}))


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _newest(times: Iterable[str | None]) -> str | None:
    known = [time for time in times if time is not None]
    # Without its Z a whole second sorts before its fractions.
    return max(known, key=lambda time: time.removesuffix("Z"), default=None)


def _text(value: Property) -> str | None:
    return None if value is None else str(value)
