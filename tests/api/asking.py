"""What the tests of the API ask by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Sends a document with variables, and returns the whole response body.
Ask = Callable[..., dict[str, Any]]
