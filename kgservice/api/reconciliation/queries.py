"""What is asked, whichever version it was written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kgservice.errors import BadRequestError

_Value = str | bool | int | float | dict[str, Any]


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """A value that a property is to have: an id, a text, or both."""

    id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What an entity's values of a property are to be.

    required: those that do not meet it are left out; else its values are hints, as context is.
    quantifier: how many of the values are to be there.
    """

    property: str
    values: tuple[PropertyValue, ...]
    required: bool = False
    quantifier: Literal["any", "all", "none"] = "any"


@dataclass(frozen=True, slots=True)
class Query:
    """One row of a client's table; text is null where only properties are known.

    types: those that are expected; strict: others are left out.
    """

    text: str | None
    types: tuple[str, ...] = ()
    strict: bool = False
    limit: int = 10
    conditions: tuple[Condition, ...] = field(default=())
    language: str | None = None


class _Property(BaseModel):
    pid: str
    v: _Value | list[_Value]


class _Query02(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: str | None = None
    type: str | list[str] | None = None
    limit: int | None = Field(None, ge=1)
    properties: list[_Property] = []
    type_strict: Literal["any", "should", "all"] = "should"


class _Condition1(BaseModel):
    matchType: Literal["name", "id", "property"]  # noqa: N815
    propertyId: str | None = None  # noqa: N815
    propertyValue: _Value | list[_Value]  # noqa: N815
    required: bool = False
    matchQuantifier: Literal["any", "all", "none"] = "any"  # noqa: N815
    matchQualifier: str | None = None  # noqa: N815


class _Query1(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: str | None = None
    limit: int | None = Field(None, ge=1)
    lang: str | None = None
    dir: Literal["ltr", "rtl", "auto"] | None = None
    conditions: list[_Condition1] = Field(min_length=1)


class _Batch1(BaseModel):
    queries: list[_Query1]


_BATCH_02: TypeAdapter[dict[str, _Query02]] = TypeAdapter(dict[str, _Query02])


def read_02(batch: Any) -> dict[str, Query]:
    """The queries of a batch as 0.2 writes it, by their keys; raises BadRequestError."""
    try:
        read = _BATCH_02.validate_python(batch)
    except ValidationError as error:
        raise _refused(error) from error
    return {key: _of_02(key, one) for key, one in read.items()}


def read_1(batch: Any) -> list[Query]:
    """The queries of a batch as the draft of 1.0 writes it; raises BadRequestError."""
    try:
        read = _Batch1.model_validate(batch)
    except ValidationError as error:
        raise _refused(error) from error
    return [_of_1(number, one) for number, one in enumerate(read.queries)]


def _of_02(key: str, read: _Query02) -> Query:
    if not read.query and not read.properties:
        raise BadRequestError("a query has a `query`, or `properties`", (key,))
    types = [read.type] if isinstance(read.type, str) else read.type or []
    return Query(
        read.query or None,
        tuple(types),
        strict=read.type_strict != "should",
        limit=read.limit or 10,
        conditions=tuple(
            # Where there is no name, the properties are all that tells.
            Condition(one.pid, _values(one.v), required=not read.query)
            for one in read.properties
        ),
    )


def _of_1(number: int, read: _Query1) -> Query:
    named = [one for one in read.conditions if one.matchType != "property"]
    texts = [value.id or value.text for one in named for value in _values(one.propertyValue)]
    conditions = []
    for place, one in enumerate(read.conditions):
        if one.matchType == "property":
            if one.propertyId is None:
                path = ("queries", number, "conditions", place)
                raise BadRequestError("a condition on a property has a `propertyId`", path)
            values = _values(one.propertyValue)
            required = one.required or not texts
            conditions.append(Condition(one.propertyId, values, required, one.matchQuantifier))
    return Query(
        texts[0] if texts else None,
        () if read.type is None else (read.type,),
        limit=read.limit or 10,
        conditions=tuple(conditions),
        language=read.lang,
    )


def _values(given: _Value | Sequence[_Value]) -> tuple[PropertyValue, ...]:
    several = given if isinstance(given, list) else [given]
    return tuple(_value(one) for one in several)


def _value(given: Any) -> PropertyValue:
    if isinstance(given, dict):
        id = given.get("id")
        if not isinstance(id, str):
            raise BadRequestError("a property's value that is an object has an `id`, a text")
        return PropertyValue(id, str(given.get("name", id)))
    if isinstance(given, bool):
        return PropertyValue(None, "true" if given else "false")
    return PropertyValue(None, str(given))


def _refused(error: ValidationError) -> BadRequestError:
    first = error.errors()[0]
    return BadRequestError(first["msg"], first["loc"])
