"""Inputs as values, in one pass, by functions that are put together once for each type.

graphql-core goes through the value of a variable twice, to see how deep it is and to check it, and
Strawberry once more, to make objects of it; both find out anew for each part of each request what
is to be done with its type. That is a quarter of what a small question costs. Here a type has one
function, which checks and makes at once.

What is unusual (a fault, a number where a text may be written as one, a single value for a list) no
function here accepts: it is left to the standard way, so that errors are always the standard ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry import Some
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.field import StrawberryField

from kgservice.api.shortcuts import Make, Unusual, nullable, present

_ABSENT = object()
#: Beyond it not each whole number is a float.
_EXACT = 2**53


class Inputs:
    """The functions of the input types of a schema; Strawberry is given them for literals too.

    Each checks a value and makes of it what a resolver is given; of that it makes the same again.
    """

    def __init__(self, schema: GraphQLSchema):
        self._schema = schema
        self._makes: dict[str, Make] = {}
        kinds = [one for one in schema.type_map.values() if isinstance(one, GraphQLInputObjectType)]
        for kind in kinds:
            self._makes[kind.name] = self._of_fields(kind)
        for kind in kinds:
            _definition(kind).from_input = _as_hook(self._makes[kind.name])

    def variables(self, operation: OperationDefinitionNode) -> Variables | None:
        """How the variables of an operation are read; null where one is of no input type."""
        read: list[_Variable] = []
        for node in operation.variable_definitions or ():
            signature = get_variable_signature(self._schema, node)
            if not isinstance(signature, GraphQLVariableSignature):
                return None
            default = _ABSENT if signature.default is None else coerce_default_value(signature)
            make = self.of(signature.type)
            required = isinstance(signature.type, GraphQLNonNull) and default is _ABSENT
            read.append(_Variable(signature.name, signature, make, required, default))
        return Variables(read)

    def of(self, kind: Any) -> Make:
        """The function of an input type."""
        if isinstance(kind, GraphQLNonNull):
            return present(self._of_present(kind.of_type))
        return nullable(self._of_present(kind))

    def _of_present(self, kind: Any) -> Make:
        if isinstance(kind, GraphQLList):
            return _list_of(self.of(kind.of_type))
        if isinstance(kind, GraphQLInputObjectType):
            return self._late(kind.name)
        if isinstance(kind, GraphQLEnumType):
            return _enum(kind)
        return _SCALARS[kind.name]

    def _late(self, name: str) -> Make:
        """A set holds sets: what makes one is not there yet when it is asked for."""

        def make(value: Any) -> Any:
            return self._makes[name](value)

        return make

    def _of_fields(self, kind: GraphQLInputObjectType) -> Make:
        definition = _definition(kind)
        made_by = definition.origin
        one_of = definition.is_one_of
        fields = {name: self._of_field(definition, one) for name, one in kind.fields.items()}
        required = [name for name, one in kind.fields.items() if is_required_input_field(one)]
        nothing = dict.fromkeys(
            (field.python_name for field in definition.fields if not _has_default(field)), None
        )

        def make(value: Any) -> Any:
            if value.__class__ is made_by:
                return value  # a variable below a literal
            if value.__class__ is not dict or (one_of and len(value) != 1):
                raise Unusual
            given: dict[str, Any] = dict(nothing)
            for name, one in value.items():
                python_name, convert = fields[name]
                given[python_name] = convert(one)
            for name in required:
                if name not in value:
                    raise Unusual
            return made_by(**given)

        return make

    def _of_field(
        self, definition: StrawberryObjectDefinition, field: GraphQLInputField
    ) -> tuple[str, Make]:
        said: StrawberryField = field.extensions["strawberry-definition"]
        kind = said.resolve_type(type_definition=definition)
        make = self.of(field.type)
        if isinstance(kind, StrawberryMaybe):
            inner = make if isinstance(kind.of_type, StrawberryOptional) else present(make)
            return said.python_name, lambda value: Some(inner(value))
        return said.python_name, make


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    signature: GraphQLVariableSignature
    make: Make
    required: bool
    default: object


@dataclass(frozen=True, slots=True)
class Variables:
    """Reads the variables of one operation."""

    each: Sequence[_Variable]

    def read(self, given: Mapping[str, Any]) -> VariableValues | None:
        """What graphql-core would make of them, inputs made; null where anything is unusual."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        try:
            for one in self.each:
                value = given.get(one.name, _ABSENT)
                if value is not _ABSENT:
                    sources[one.name] = VariableValueSource(one.signature, value)
                    coerced[one.name] = one.make(value)
                    continue
                if one.required:
                    return None
                sources[one.name] = VariableValueSource(one.signature)
                if one.default is not _ABSENT:
                    coerced[one.name] = one.default
        except Exception:  # the standard way says what is wrong
            return None
        return VariableValues(sources, coerced)


def _definition(kind: GraphQLInputObjectType) -> StrawberryObjectDefinition:
    found: StrawberryObjectDefinition = kind.extensions["strawberry-definition"]
    return found


def _as_hook(make: Make) -> Callable[[type, Mapping[str, Any], InputContext], Any]:
    return lambda _type, value, _context: make(value)


def _has_default(field: StrawberryField) -> bool:
    return field.default_value is not MISSING or field.default_factory is not MISSING


def _list_of(item: Make) -> Make:
    def make(value: Any) -> Any:
        if value.__class__ is not list:
            raise Unusual
        # A list of its own: graphql-core hands out one default to all requests.
        return [item(one) for one in value]

    return make


def _enum(kind: GraphQLEnumType) -> Make:
    members = {name: kind.coerce_input_value(name) for name in kind.values}
    known = {**members, **{member: member for member in members.values()}}
    return lambda value: known[value]


def _of_class(wanted: type) -> Make:
    def make(value: Any) -> Any:
        if value.__class__ is not wanted:
            raise Unusual
        return value

    return make


def _int(value: Any) -> int:
    if value.__class__ is not int or not -(2**31) <= value < 2**31:
        raise Unusual
    whole: int = value
    return whole


def _float(value: Any) -> float:
    if value.__class__ is float:
        number: float = value
        return number
    if value.__class__ is not int or not -_EXACT <= value <= _EXACT:
        raise Unusual
    return float(value)


#: There is no input of another scalar.
_SCALARS: Mapping[str, Make] = {
    "String": _of_class(str),
    "ID": _of_class(str),
    "Boolean": _of_class(bool),
    "Int": _int,
    "Float": _float,
}
