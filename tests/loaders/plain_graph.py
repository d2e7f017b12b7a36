"""Records and graphs as plain values, for comparing what is expected with what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from literal_forms import Value

Record = Mapping[str, Any]
Score = Fraction | None


@dataclass(frozen=True)
class Given:
    """A record as a data set gives it."""

    format: str
    dataset: str
    record: Record


@dataclass(frozen=True)
class Statement:
    plausibility: float | None
    typicality: float | None
    support: int
    sources: tuple[str, ...]
    level: str
    domains: tuple[str, ...]
    marketplaces: tuple[str, ...]


@dataclass(frozen=True)
class Entity:
    label: str
    aliases: tuple[str, ...] = ()
    description: str | None = None
    language: str | None = None
    modified: str | None = None
    datasets: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    properties: tuple[tuple[str, Any], ...] = ()


Key = tuple[str, str, str | Value]


@dataclass
class PlainGraph:
    """A graph as values: what the records should come to, and what was read from the database.

    `assertions` are (data set, statement, scores and times); a statement that fills its subject has
    no relationship, so it stands there as what it says.
    """

    entities: dict[str, Entity] = field(default_factory=dict)
    statements: dict[Key, Statement] = field(default_factory=dict)
    assertions: list[tuple[Any, ...]] = field(default_factory=list)
    relation_counts: dict[str, int] = field(default_factory=dict)
    type_counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """What each relation means, where it means anything, and the order of the data sets."""

    means: Mapping[str, str] = field(default_factory=dict)
    priority: Sequence[str] = ()
    language: str = "en"
