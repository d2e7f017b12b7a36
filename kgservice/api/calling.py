"""Resolvers called straight: a method of ours with arguments that are made already.

Strawberry goes from an argument to its resolver through a dozen functions, which find out anew each
time what is to be done: 50 us a field, and 4 us more for each member of a list. What it does for
the fields here is known when the schema is: see that each argument is of its type, and call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.schema.name_converter import NameConverter
from strawberry.types import Info
from strawberry.types.base import StrawberryMaybe
from strawberry.types.field import StrawberryField

from kgservice.api.coercing import Inputs
from kgservice.api.shortcuts import method_of


def call_straight(schema: GraphQLSchema, inputs: Inputs, names: NameConverter) -> None:
    """Have the fields of a schema call their methods; what is unusual stays as it is."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for field in kind.fields.values():
                said = field.extensions.get("strawberry-definition")
                method = None if said is None or _asks_maybe(said) else method_of(said)
                if method is not None:
                    field.resolve = _straight(method, field, said, inputs, names)


def _asks_maybe(said: StrawberryField) -> bool:
    """Whether an argument tells null from nothing at all."""
    return any(isinstance(one.type, StrawberryMaybe) for one in said.arguments)


def _straight(
    method: Callable[..., Any],
    field: GraphQLField,
    said: StrawberryField,
    inputs: Inputs,
    names: NameConverter,
) -> Callable[..., Any]:
    standard: Any = field.resolve
    arguments = {
        name: (one.python_name, inputs.of(field.args[name].type))
        for one in said.arguments
        for name in [names.from_argument(one)]
    }
    asks = None if said.base_resolver is None else said.base_resolver.info_parameter
    own_name = None if asks is None else asks.name

    def resolve(source: Any, info: Any, **given: Any) -> Any:
        made: dict[str, Any] = {}
        try:
            for name, value in given.items():
                python_name, make = arguments[name]
                made[python_name] = make(value)
        except Exception:  # the standard way says what is wrong
            return standard(source, info, **given)
        if own_name is not None:
            made[own_name] = Info(_raw_info=info, _field=said)
        return method(source, **made)

    resolve._is_default = False  # type: ignore[attr-defined] # Strawberry asks its own so
    return resolve
