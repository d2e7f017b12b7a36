"""What the tests of commands run them by."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Done(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


#: Runs a command, its words as arguments and its settings by name.
Run = Callable[..., Done]
