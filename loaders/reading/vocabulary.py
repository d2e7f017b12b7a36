"""Rows into relations and entity types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from graph_schema.entity_types import EntityType
from graph_schema.relations import MEANINGS, Relation
from kgservice.errors import LoadError
from loaders.reading.checks import checked_length, first_fault
from loaders.reading.rejection import Reason, RecordError, Rejection
from loaders.reading.rows import Row
from loaders.reading.sources import Source, whole


def _name(value: str) -> str:
    return checked_length(value, "")


def _meaning(value: str) -> str:
    if value not in MEANINGS:
        raise RecordError(Reason.OUT_OF_RANGE, f"{value!r} is none of {', '.join(MEANINGS)}")
    return value


def _template(value: str) -> str:
    if "{s}" not in value or "{o}" not in value:
        raise RecordError(Reason.OUT_OF_RANGE, f"a phrase has {{s}} and {{o}} in it: {value!r}")
    return value


Name = Annotated[str, Field(min_length=1), AfterValidator(_name)]


_M = TypeVar("_M", bound=BaseModel)


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class _Type(_Model):
    id: Name
    label: str | None = None
    description: str | None = None
    parents: list[Name] = Field(default_factory=list)


class _Relation(_Type):
    inverse: Name | None = None
    symmetric: bool = False
    subject_types: list[Name] = Field(default_factory=list)
    object_types: list[Name] = Field(default_factory=list)
    aliases: list[Name] = Field(default_factory=list)
    commonsense: bool = False
    means: Annotated[str, AfterValidator(_meaning)] | None = None
    phrase: Annotated[str, AfterValidator(_template)] | None = None


def read_relation(cells: Mapping[str, Any]) -> Relation:
    """The relation of a row; raises RecordError."""
    record = _checked(_Relation, cells)
    return Relation(
        id=record.id,
        label=record.label or record.id,
        description=record.description or "",
        parents=tuple(record.parents),
        inverse=record.inverse,
        symmetric=record.symmetric,
        subject_types=tuple(record.subject_types),
        object_types=tuple(record.object_types),
        aliases=tuple(record.aliases),
        commonsense=record.commonsense,
        means=record.means,
        phrase=record.phrase or "",
    )


def read_type(cells: Mapping[str, Any]) -> EntityType:
    """The entity type of a row; raises RecordError."""
    record = _checked(_Type, cells)
    return EntityType(
        record.id, record.label or record.id, record.description or "", tuple(record.parents)
    )


def map_rows(source: Source) -> Iterator[Row | Rejection]:
    """The entries of a JSON file that maps ids to labels or to records.

    A vocabulary is small, so this one file is read whole.
    """
    try:
        entries = orjson.loads(whole(source))
    except orjson.JSONDecodeError as error:
        raise LoadError(f"{source.name} is not JSON: {error}") from error
    if not isinstance(entries, dict):
        raise LoadError(f"{source.name} is no JSON object of ids with labels or records")
    for number, (id, entry) in enumerate(entries.items(), start=1):
        cells = {"label": entry} if isinstance(entry, str) else entry
        if isinstance(cells, dict):
            yield Row(source.name, number, {**cells, "id": id})
            continue
        message = f"neither a label nor a record: {entry!r}"
        rejected = {"id": id, "label": entry}
        yield Rejection(source.name, number, id, Reason.NOT_AN_OBJECT, message, rejected)


def _checked(model: type[_M], cells: Mapping[str, Any]) -> _M:
    try:
        return model.model_validate({key: one for key, one in cells.items() if one is not None})
    except ValidationError as error:
        raise first_fault(error) from error
