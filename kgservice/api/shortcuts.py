"""What the quick ways have in common that inputs and results take through GraphQL.

They accept what is usual, and raise `Unusual` of anything else: then the standard way does the same
again, so that errors, their texts and their places are always the standard ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
