"""What the tests of the API ask by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Sends a document with variables, and returns the whole response body.
Ask = Callable[..., dict[str, Any]]

#: A page of the answers to an expression.
ANSWERS = """query ($query: SetExpression!, $scoring: Scoring, $first: Int = 1000, $after: String) {
  answers(query: $query, scoring: $scoring, first: $first, after: $after) {
    totalCount dataVersion edges { cursor score node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def follow(source: str | dict[str, Any], path: str) -> dict[str, Any]:
    """The expression that follows a path from an entity or from what another denotes."""
    start = {"ids": [source]} if isinstance(source, str) else source
    return {"follow": {"from": start, "path": path}}
