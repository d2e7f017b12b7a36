"""Data extension: the values of some properties for some entities, and which there are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from kgservice.api.context import Context
from kgservice.api.questions import at_most
from kgservice.api.reconciliation.stating import MOST_VALUES, Stated, stated
from kgservice.errors import BadRequestError
from kgservice.literals import Kind

_DAY = re.compile(r"-?\d{4,}-\d\d-\d\d")
_MOMENT = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
#: Properties that are proposed, where a client names no number.
_PROPOSED = 20


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    settings: dict[str, Any] = {}


class _Extension(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ids: list[str]
    properties: list[_Wanted]


@dataclass(frozen=True, slots=True)
class Extended:
    """Cells by entity and property, and the properties with their labels."""

    ids: Sequence[str]
    properties: Sequence[tuple[str, str]]
    cells: Mapping[tuple[str, str], Sequence[dict[str, Any]]]


async def extend(query: Any, context: Context) -> Extended:
    """The values asked for; raises BadRequestError, LimitExceededError, UnknownRelationError."""
    try:
        read = _Extension.model_validate(query)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadRequestError(first["msg"], first["loc"]) from error
    at_most("ids", context.limits.ids, len(read.ids))
    at_most("properties", context.limits.operands, len(read.properties))
    cells: dict[tuple[str, str], Sequence[dict[str, Any]]] = {}
    properties = []
    for wanted in read.properties:
        properties.append((wanted.id, context.state.vocabulary.relation(wanted.id).label))
        most = _most(wanted)
        values = await stated(read.ids, wanted.id, context, most) if read.ids else {}
        for id in read.ids:
            cells[id, wanted.id] = [_cell(one) for one in values.get(id, ())] or [{}]
    return Extended(read.ids, properties, cells)


def proposed(type: str | None, most: int | None, context: Context) -> list[tuple[str, str]]:
    """The relations that entities of a type are known to have, with their labels.

    Where the vocabulary says nothing of a type, all relations.
    """
    vocabulary = context.state.vocabulary
    relations = sorted(vocabulary.relations.values(), key=lambda one: one.id)
    fitting = [one for one in relations if type is not None and type in one.subject_types]
    chosen = (fitting or relations)[: most or _PROPOSED]
    return [(one.id, one.label) for one in chosen]


def _most(wanted: _Wanted) -> int:
    given = wanted.settings.get("limit", 0) or 0
    try:
        most = int(given)
    except (TypeError, ValueError):
        most = -1
    if most < 0:
        path = ("properties", wanted.id, "settings", "limit")
        raise BadRequestError(f"limit is a whole number, 0 for all, and this is {given!r}", path)
    return min(most or MOST_VALUES, MOST_VALUES)


def _cell(value: Stated) -> dict[str, Any]:
    if value.entity is not None:
        return {"id": value.entity.id, "name": value.entity.label}
    literal = value.literal
    assert literal is not None, "a statement leads to an entity or a literal"
    if literal.kind is Kind.NUMBER and literal.number is not None:
        whole = literal.number.is_integer() and abs(literal.number) < 2**53
        return {"int": int(literal.number)} if whole else {"float": literal.number}
    if _MOMENT.fullmatch(literal.text):
        return {"date": literal.text}
    if _DAY.fullmatch(literal.text):
        return {"date": f"{literal.text}T00:00:00Z"}
    return {"str": literal.text}
