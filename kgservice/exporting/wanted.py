"""What an export is asked for: names as a caller gives them, and what they mean in a vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from kgservice.algebra.pattern import StatementFilter
from kgservice.errors import BadRequestError
from kgservice.ledger.tally import Level
from kgservice.literals import read_number
from kgservice.vocabulary import Vocabulary


class Kind(Enum):
    """What the rows of an export are."""

    TRIPLES = "triples"
    ENTITIES = "entities"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which statements or entities are wanted; null is no restriction.

    `types` are those of a statement's subject, or of the entity; sub-relations and subtypes count
    too. `run`: a run of a data set asserts the statement, or one of a behavior that it is rolled up
    from. A minimum is met by >=, and a missing score never meets one.

    >>> Filters(relations=("USED_FOR",), min_plausibility=0.5).given()
    {'relations': ['USED_FOR'], 'min_plausibility': 0.5}
    """

    relations: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    object_types: tuple[str, ...] | None = None
    level: str | None = None
    run: str | None = None
    min_plausibility: float | None = None
    min_typicality: float | None = None
    min_support: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, Sequence[str]]) -> Filters:
        """From texts by the names above; raises BadRequestError.

        A name may be given several times. What a list is given once, with commas, is taken apart by
        `spelt`, where the vocabulary is known.
        """
        read: dict[str, Any] = {}
        for name, values in given.items():
            reader = _READERS.get(name)
            if reader is None:
                raise BadRequestError(
                    f"there is no filter {name!r}; there are {', '.join(_READERS)}", [name]
                )
            read[name] = reader(name, values)
        return cls(**read)

    def given(self) -> dict[str, Any]:
        """Those that restrict anything, for JSON."""
        found = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: list(one) if isinstance(one, tuple) else one for name, one in found.items()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters read in a vocabulary: ids, those of sub-relations and subtypes among them."""

    kind: Kind
    filters: Filters
    relations: frozenset[str] | None
    types: frozenset[str] | None
    object_types: frozenset[str] | None
    level: Level | None
    where: StatementFilter

    @classmethod
    def of(cls, kind: Kind, filters: Filters, vocabulary: Vocabulary) -> Wanted:
        """Raises UnknownRelationError, UnknownTypeError, and BadRequestError for what is senseless.

        A list that is one name with commas stands for the names between them, unless it is known as
        a whole: an id may have a comma in it.
        """
        if kind is Kind.ENTITIES:
            beyond = sorted(filters.given().keys() - {"types"})
            if beyond:
                raise BadRequestError(
                    f"entities are chosen by types alone, not {beyond[0]}", beyond
                )
        return cls(
            kind,
            filters,
            _read(filters.relations, vocabulary.relations, vocabulary.with_subrelations),
            _read(filters.types, vocabulary.types, vocabulary.with_subtypes),
            _read(filters.object_types, vocabulary.types, vocabulary.with_subtypes),
            None if filters.level is None else _level(filters.level),
            StatementFilter(filters.min_plausibility, filters.min_typicality, filters.min_support),
        )


def _read(
    names: Sequence[str] | None,
    known: Iterable[str],
    mean: Callable[[Iterable[str]], frozenset[str]],
) -> frozenset[str] | None:
    if names is None:
        return None
    apart = [
        one
        for name in names
        for one in ([name] if name in known else [part.strip() for part in name.split(",")])
    ]
    return mean(one for one in apart if one)


def _level(name: str) -> Level:
    try:
        return Level(name)
    except ValueError:
        levels = ", ".join(Level)
        raise BadRequestError(
            f"there is no level {name!r}; there are {levels}", ["level"]
        ) from None


def _names(name: str, values: Sequence[str]) -> tuple[str, ...]:
    del name
    return tuple(values)


def _text(name: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise BadRequestError(f"{name} is given once", [name])
    return values[0]


def _number(name: str, values: Sequence[str]) -> float:
    text = _text(name, values)
    number = read_number(text)
    if number is None:
        raise BadRequestError(f"{name} is a number, not {text!r}", [name])
    return number


def _count(name: str, values: Sequence[str]) -> int:
    number = _number(name, values)
    if number != int(number) or abs(number) > 2**53:
        raise BadRequestError(f"{name} is a whole number, not {values[0]!r}", [name])
    return int(number)


_READERS: Mapping[str, Callable[[str, Sequence[str]], Any]] = {
    "relations": _names,
    "types": _names,
    "object_types": _names,
    "level": _text,
    "run": _text,
    "min_plausibility": _number,
    "min_typicality": _number,
    "min_support": _count,
}
