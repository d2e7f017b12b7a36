"""The graph that a question is asked of: statements between canonical entities, in a list."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from reference.sayings import Value


@dataclass(frozen=True, slots=True)
class Statement:
    subject: str
    relation: str
    object: str
    plausibility: float | None = None
    typicality: float | None = None
    support: int = 1
    sources: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    marketplaces: frozenset[str] = frozenset()

    @property
    def is_loop(self) -> bool:
        return self.subject == self.object


@dataclass
class Graph:
    """`canonical` has every id, merged ones too; the other fields know canonical entities alone."""

    canonical: dict[str, str]
    statements: list[Statement]
    types: dict[str, frozenset[str]] = field(default_factory=dict)
    values: list[tuple[str, str, Value]] = field(default_factory=list)
    type_parents: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def entities(self) -> list[str]:
        return sorted(set(self.canonical.values()))

    @cached_property
    def touching(self) -> dict[str, list[Statement]]:
        """The statements at each entity; a loop stands once."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for statement in self.statements:
            found[statement.subject].append(statement)
            if not statement.is_loop:
                found[statement.object].append(statement)
        return found

    def values_of(self, id: str, relations: frozenset[str]) -> list[Value]:
        return [
            value
            for subject, relation, value in self.values
            if subject == id and relation in relations
        ]

    def is_a(self, id: str, types: frozenset[str]) -> bool:
        """Whether an entity has one of these types; subtypes must be among them."""
        return bool(self.types.get(id, frozenset()) & types)

    def with_subtypes(self, type: str) -> frozenset[str]:
        """A type and all below it."""
        found = {type}
        while True:
            below = {one for one, parents in self.type_parents.items() if parents & found}
            if below <= found:
                return frozenset(found)
            found |= below
