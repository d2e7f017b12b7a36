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


def call_straight(schema: GraphQLSchema, inputs: Inputs, names: NameConverter) -> None:
    """Have the fields of a schema call their methods; what is unusual stays as it is."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for field in kind.fields.values():
                said = field.extensions.get("strawberry-definition")
                method = None if said is None else _usual(said)
                if method is not None:
                    field.resolve = _straight(method, field, said, inputs, names)


def _usual(said: StrawberryField) -> Callable[..., Any] | None:
    """The method of an object that a field calls; null where there is anything around it."""
    resolver = said.base_resolver
    if resolver is None or said.extensions or said.permission_classes:
        return None
    others = (resolver.parent_parameter, resolver.root_parameter)
    maybe = any(isinstance(one.type, StrawberryMaybe) for one in said.arguments)
    if resolver.self_parameter is None or any(others) or maybe:
        return None
    method = resolver.wrapped_func
    return None if isinstance(method, staticmethod | classmethod) else method


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
