"""Inputs as values, by functions that are put together once for each type.

Strawberry finds out for each value of each request anew what is to be done with its type: 10 us a
value, a quarter of what GraphQL costs a small question. What its `convert_argument` does is done
here for the inputs of this schema, whose fields are scalars, enums, inputs, and lists of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING
from typing import Any

from strawberry import UNSET, Some
from strawberry.schema.name_converter import NameConverter
from strawberry.types.arguments import InputContext
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    get_object_definition,
)
from strawberry.types.field import StrawberryField

#: Makes a value of what graphql-core has checked.
Make = Callable[[Any], Any]


def convert_by_plan(inputs: Iterable[StrawberryObjectDefinition], names: NameConverter) -> None:
    """Have Strawberry make values of these inputs by functions of ours."""
    plans: dict[type, Make] = {}
    several = list(inputs)
    for one in several:
        plans[one.origin] = _of_fields(one, names, plans)
    for one in several:
        one.from_input = _as_hook(plans[one.origin])


def _as_hook(make: Make) -> Callable[[type, Mapping[str, Any], InputContext], Any]:
    return lambda _type, value, _context: make(value)


def _of_fields(
    definition: StrawberryObjectDefinition, names: NameConverter, plans: Mapping[type, Make]
) -> Make:
    made_by = definition.origin
    fields = {
        names.from_field(field): (
            field.python_name,
            _of_type(field.resolve_type(type_definition=definition), plans),
        )
        for field in definition.fields
    }
    # Of those that must be given none is missing: graphql-core has seen to it.
    nothing = dict.fromkeys(
        (field.python_name for field in definition.fields if not _has_default(field)), None
    )

    def make(value: Mapping[str, Any]) -> Any:
        given: dict[str, Any] = dict(nothing)
        for name, one in value.items():
            python_name, convert = fields[name]
            given[python_name] = convert(one)
        return made_by(**given)

    return make


def _has_default(field: StrawberryField) -> bool:
    return field.default_value is not MISSING or field.default_factory is not MISSING


def _of_type(kind: Any, plans: Mapping[type, Make]) -> Make:
    match kind:
        case StrawberryMaybe():
            inner = _of_type(kind.of_type, plans)
            return lambda value: Some(inner(value))
        case StrawberryOptional():
            return _unless_nothing(_of_type(kind.of_type, plans))
        case StrawberryList():
            item = _of_type(kind.of_type, plans)
            if item is _as_it_is:
                # A copy: graphql-core hands out one default to all requests.
                return list
            return lambda value: [item(one) for one in value]
    definition = get_object_definition(kind)
    return _as_it_is if definition is None else _of_input(definition.origin, plans)


def _of_input(kind: type, plans: Mapping[type, Make]) -> Make:
    def make(value: Any) -> Any:
        # Looked up late: a set holds sets.
        return plans[kind](value)

    return make


def _unless_nothing(make: Make) -> Make:
    if make is _as_it_is:
        return make
    return lambda value: value if value is None or value is UNSET else make(value)


def _as_it_is(value: Any) -> Any:
    return value
