"""What the quick ways have in common that inputs and results take through GraphQL.

They accept what is usual, and raise `Unusual` of anything else: then the standard way does the same
again, so that errors, their texts and their places are always the standard ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strawberry.types.field import StrawberryField

#: Makes one value of another, or raises.
Make = Callable[[Any], Any]


class Unusual(Exception):  # noqa: N818
    """Left to the standard way."""


def present(inner: Make) -> Make:
    """What makes a value where there must be one."""

    def make(value: Any) -> Any:
        if value is None:
            raise Unusual
        return inner(value)

    return make


def nullable(inner: Make) -> Make:
    """What makes a value where there may be none."""
    return lambda value: None if value is None else inner(value)


def method_of(field: StrawberryField) -> Callable[..., Any] | None:
    """The method of its object that a field calls; null where there is anything around it."""
    resolver = field.base_resolver
    if resolver is None or field.extensions or field.permission_classes:
        return None
    others = (resolver.parent_parameter, resolver.root_parameter)
    if resolver.self_parameter is None or any(others):
        return None
    method = resolver.wrapped_func
    return None if isinstance(method, staticmethod | classmethod) else method
