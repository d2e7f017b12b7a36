"""What is asked of Neo4j: how long it may take, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import LiteralString

from kgservice.errors import KGError, QueryTimeoutError


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long the reads of one request may take together; `name` stands in SHOW TRANSACTIONS."""

    name: str
    seconds: float
    began: float = field(default_factory=time.monotonic)

    @property
    def remaining(self) -> float:
        """Seconds that are left; raises QueryTimeoutError where none are."""
        left = self.began + self.seconds - time.monotonic()
        if left <= 0:
            raise QueryTimeoutError(self.seconds)
        return left


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement that was put to Neo4j: for whom, seconds that it took, and how it failed."""

    name: str
    text: LiteralString
    seconds: float
    failure: KGError | None = None


#: Is told of every statement.
Watch = Callable[[Asked], None]


def unwatched(asked: Asked) -> None:
    """Nobody is told."""
    del asked
