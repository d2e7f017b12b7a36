"""Execution of selections that ask nothing but their objects, as straight-line code.

graphql-core visits each field of each object through a dozen calls, 2.4 us a field. Where every
field below an object is a plain attribute, or a method that needs the object alone, the whole
selection is compiled to one function instead, 0.1 us a field. On anything unusual (a null where
none may be, a value of another class, an error) the function gives up and the standard executor
does the same again: so errors, their texts and paths are always the standard ones, and this way can
only be quicker, never different.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_nullable_type,
    is_leaf_type,
)
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.field import StrawberryField

from kgservice.api.shortcuts import Unusual, method_of, nullable, present

#: Completes a value as the standard executor would, or raises.
Completer = Callable[[Any], Any]
#: What a plan belongs to: a type, and the nodes that ask for it.
Place = tuple[str | int, ...]

#: When a value of a scalar is its own serialisation; everything else is left to the scalar.
_AS_IT_IS = {
    "String": "{v}.__class__ is str",
    "ID": "{v}.__class__ is str",
    "Boolean": "{v}.__class__ is bool",
    "Int": "{v}.__class__ is int and -2147483648 <= {v} <= 2147483647",
    "Float": "{v}.__class__ is float and -1.7976931348623157e308 <= {v} <= 1.7976931348623157e308",
    "Long": "{v}.__class__ is int",
}


class _Field(NamedTuple):
    """A field of a selection: what it is called in the response, and how its value is had.

    By a method where there is one, else from an attribute; else it is a constant.
    """

    key: str
    attribute: str | None
    method: Callable[[Any], Any] | None = None
    constant: str | None = None
    as_it_is: str | None = None
    each_as_it_is: str | None = None


class CompiledExecution(StrawberryGraphQLCoreExecutionContext):
    """An execution context that compiles selections; for Strawberry's execution_context_class.

    `plans` are the compiled selections of a document. They may outlive a request where no directive
    makes one selection differ from the next.
    """

    def __init__(
        self, *args: Any, plans: dict[Place, Completer | None] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._plans = {} if plans is None else plans

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: Any,
        info: Any,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete an object by its compiled selection, or as ever."""
        plan = self._plan(return_type, field_details_list)
        if plan is not None:
            try:
                return plan(result)
            except Exception:  # the standard way makes the error
                pass
        return super().complete_object_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def complete_iterable_value(
        self,
        item_type: Any,
        field_details_list: Any,
        info: Any,
        path: Path,
        items: Any,
        position_context: Any,
    ) -> Any:
        """Complete a list by the compiled selection of its items, or as ever."""
        plain = items.__class__ in (list, tuple)
        if plain and not self.get_stream_usage(field_details_list, path):
            complete = self._completer(item_type, field_details_list)
            if complete is not None:
                try:
                    return [complete(item) for item in items]
                except Exception:  # the standard way makes the error
                    pass
        return super().complete_iterable_value(
            item_type, field_details_list, info, path, items, position_context
        )

    def _completer(self, type: Any, details: Any) -> Completer | None:
        """What completes a value of a type; null where the standard executor must."""
        if isinstance(type, GraphQLNonNull):
            inner = self._completer_of_nullable(type.of_type, details)
            return None if inner is None else present(inner)
        inner = self._completer_of_nullable(type, details)
        return None if inner is None else nullable(inner)

    def _completer_of_nullable(self, type: Any, details: Any) -> Completer | None:
        if is_leaf_type(type):
            return _leaf(type.coerce_output_value)
        if isinstance(type, GraphQLList):
            item = self._completer(type.of_type, details)
            return None if item is None else _list_of(item)
        if isinstance(type, GraphQLObjectType):
            return self._plan(type, details)
        return None

    def _plan(self, type: GraphQLObjectType, details: Any) -> Completer | None:
        # By identity: the nodes live as long as their document.
        key: Place = (type.name, *[id(one.node) for one in details])
        if key not in self._plans:
            # A selection that leads back to itself is left to the standard executor.
            self._plans[key] = None
            self._plans[key] = self._compiled(type, details)
        return self._plans[key]

    def _compiled(self, type: GraphQLObjectType, details: Any) -> Completer | None:
        definition = type.extensions.get("strawberry-definition") if type.extensions else None
        middleware = self.middleware_manager
        if definition is None or (middleware is not None and middleware.middlewares):
            return None
        fields, deferred, _ = self.collect_subfields(type, details)
        if deferred:
            return None
        compiled: list[_Field] = []
        completers: list[Completer] = []
        for key, field_details in fields.items():
            found = self._field(type, key, field_details)
            if found is None:
                return None
            compiled.append(found[0])
            completers.append(found[1])
        return _projection(tuple(compiled))(definition.origin, completers)

    def _field(
        self, type: GraphQLObjectType, key: str, details: Sequence[Any]
    ) -> tuple[_Field, Completer] | None:
        node = details[0].node
        name = node.name.value
        if name == "__typename":
            return _Field(key, None, constant=type.name), _unchanged
        field = self.schema.get_field(type, name)
        shown = None if field is None else field.extensions.get("strawberry-definition")
        if field is None or shown is None or field.args:
            return None
        reads = getattr(field.resolve, "_is_default", False)
        method = None if reads else _method(shown)
        complete = self._completer(field.type, details)
        if complete is None or not (reads or method):
            return None
        inner = get_nullable_type(field.type)
        item = inner.of_type if isinstance(inner, GraphQLList) else None
        each = _as_it_is(item.of_type) if isinstance(item, GraphQLNonNull) else None
        one = _Field(key, shown.python_name, method, None, _as_it_is(inner), each)
        return one, complete


def _method(field: StrawberryField) -> Callable[[Any], Any] | None:
    """What gives the value of a field out of its object alone; null where it needs more."""
    resolver = field.base_resolver
    if resolver is None or field.is_async or resolver.arguments or resolver.info_parameter:
        return None
    return method_of(field)


def _as_it_is(type: Any) -> str | None:
    return _AS_IT_IS.get(type.name) if is_leaf_type(type) else None


def _leaf(coerce: Completer) -> Completer:
    def complete(value: Any) -> Any:
        coerced = coerce(value)
        if coerced is None:
            raise Unusual
        return coerced

    return complete


def _list_of(item: Completer) -> Completer:
    def complete(value: Any) -> Any:
        if value.__class__ is not list and value.__class__ is not tuple:
            raise Unusual
        return [item(one) for one in value]

    return complete


def _unchanged(value: Any) -> Any:
    return value


@lru_cache(maxsize=1_000)
def _projection(fields: tuple[_Field, ...]) -> Callable[[type, Sequence[Completer]], Completer]:
    """Makes functions that read these fields off objects of one class.

    The text is made of our own attribute names and of names that GraphQL's grammar allows; response
    keys and type names stand in it by repr.
    """
    lines = ["def make(owner, completers, Unusual):"]
    lines += [f"  c{n} = completers[{n}]" for n in range(len(fields))]
    lines += ["  def project(o):", "    if o.__class__ is not owner: raise Unusual"]
    shown = []
    for number, field in enumerate(fields):
        if field.attribute is None:
            shown.append(f"{field.key!r}: {field.constant!r}")
            continue
        value = f"o.{field.attribute}" if field.method is None else f"m{number}(o)"
        lines.append(f"    v{number} = {value}")
        lines += _completed(field, f"v{number}", f"v{number} = c{number}(v{number})")
        shown.append(f"{field.key!r}: v{number}")
    lines += ["    return {" + ", ".join(shown) + "}", "  return project"]
    names: dict[str, Any] = {f"m{n}": field.method for n, field in enumerate(fields)}
    exec("\n".join(lines), names)
    make = names["make"]
    return lambda owner, completers: make(owner, completers, Unusual)


def _completed(field: _Field, value: str, complete: str) -> list[str]:
    """Lines that complete a value where it is not its own serialisation."""
    if field.each_as_it_is is None:
        usual = field.as_it_is.format(v=value) if field.as_it_is else "False"
        return [f"    if not ({usual}): {complete}"]
    usual = field.each_as_it_is.format(v="x")
    return [
        f"    if {value}.__class__ is list:",
        f"      for x in {value}:",
        f"        if not ({usual}):",
        f"          {complete}",
        "          break",
        f"    else: {complete}",
    ]
