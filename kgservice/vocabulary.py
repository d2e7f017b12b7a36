"""The relations and entity types in use, and what a name of one means.

A name is an id or an alias. Naming a relation names its sub-relations too, as a type names its
subtypes. A Vocabulary is one state of both, read from the graph; it never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process, utils

from graph_schema.entity_types import BUILT_IN_TYPES, EntityType
from graph_schema.relations import BUILT_IN_RELATIONS, Relation
from kgservice.errors import UnknownRelationError, UnknownTypeError

#: How many near names an error offers, and how alike (0 to 100) they must be.
_NEAREST = 3
_LIKENESS = 60

#: Unknown names whose nearest are remembered: a file of millions has the same one again and again,
#: and among thousands of relations the search takes milliseconds.
_REMEMBERED = 1_000


@dataclass(frozen=True)
class Vocabulary:
    """All relations and entity types by id.

    >>> vocabulary = built_in_vocabulary()
    >>> sorted(vocabulary.with_subrelations(["USED_FOR"]))
    ['USED_FOR', 'USED_FOR_AUD', 'USED_FOR_EVE', 'USED_FOR_FUNC']
    >>> vocabulary.relation("capableOf").id
    'CAPABLE_OF'
    """

    relations: Mapping[str, Relation] = field(default_factory=dict)
    types: Mapping[str, EntityType] = field(default_factory=dict)

    def relation(self, name: str) -> Relation:
        """The relation with this id or alias; raises UnknownRelationError with the nearest."""
        found = self.relations.get(name) or self._relation_of_alias.get(name)
        if found is None:
            raise UnknownRelationError(name, self._near(name))
        return found

    def type(self, name: str) -> EntityType:
        """The type with this id; raises UnknownTypeError with the nearest."""
        if name not in self.types:
            raise UnknownTypeError(name, _nearest(name, self._type_names))
        return self.types[name]

    def with_relations(self, relations: Iterable[Relation]) -> Vocabulary:
        """This vocabulary and some relations more."""
        return Vocabulary({**self.relations, **{one.id: one for one in relations}}, self.types)

    def with_subrelations(self, names: Iterable[str]) -> frozenset[str]:
        """The ids of the named relations and of all below them."""
        return _closure((self.relation(name).id for name in names), self._subrelations)

    def with_subtypes(self, names: Iterable[str]) -> frozenset[str]:
        """The ids of the named types and of all below them."""
        return _closure((self.type(name).id for name in names), self._subtypes)

    @cached_property
    def commonsense_relations(self) -> frozenset[str]:
        """The relations that are marked as commonsense."""
        return frozenset(one.id for one in self.relations.values() if one.commonsense)

    def _near(self, name: str) -> Sequence[str]:
        known = self._near_known
        if name not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[name] = _nearest(name, self._relation_names)
        return known[name]

    @cached_property
    def _near_known(self) -> dict[str, Sequence[str]]:
        return {}

    @cached_property
    def _relation_of_alias(self) -> Mapping[str, Relation]:
        # Where two relations claim an alias the first by id has it, on every machine alike.
        ranked = sorted(self.relations.values(), key=lambda one: one.id, reverse=True)
        return {alias: relation for relation in ranked for alias in relation.aliases}

    @cached_property
    def _subrelations(self) -> Mapping[str, Sequence[str]]:
        return _children((one.id, one.parents) for one in self.relations.values())

    @cached_property
    def _subtypes(self) -> Mapping[str, Sequence[str]]:
        return _children((one.id, one.parents) for one in self.types.values())

    @cached_property
    def _relation_names(self) -> Mapping[str, str]:
        return {
            name: one.id
            for one in self.relations.values()
            for name in (one.id, one.label, *one.aliases)
        }

    @cached_property
    def _type_names(self) -> Mapping[str, str]:
        return {name: one.id for one in self.types.values() for name in (one.id, one.label)}


def built_in_vocabulary() -> Vocabulary:
    """The vocabulary that every graph begins with."""
    return Vocabulary(
        {relation.id: relation for relation in BUILT_IN_RELATIONS},
        {type.id: type for type in BUILT_IN_TYPES},
    )


def _nearest(name: str, names: Mapping[str, str]) -> list[str]:
    found = process.extract(
        name,
        names.keys(),
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=_LIKENESS,
        limit=3 * _NEAREST,
    )
    return list(dict.fromkeys(names[near] for near, _, _ in found))[:_NEAREST]


def _children(parents: Iterable[tuple[str, Sequence[str]]]) -> Mapping[str, Sequence[str]]:
    children: dict[str, list[str]] = {}
    for child, above in parents:
        for parent in above:
            children.setdefault(parent, []).append(child)
    return children


def _closure(roots: Iterable[str], children: Mapping[str, Sequence[str]]) -> frozenset[str]:
    # Types on a cycle are subtypes of each other, so what was seen is not entered again.
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(children.get(one, ()))
    return frozenset(found)
