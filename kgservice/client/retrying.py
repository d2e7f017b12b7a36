"""How long a client goes on asking: exponential waits with full jitter, and an end.

Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is sent at most, and how many seconds all of it may take.

    seconds: for one call with its waits; a request of it has what is left of them. Waits are random
    between 0 and `first_wait` doubled each time, `longest_wait` at most, unless the service says
    how long it wants to be left alone.
    """

    tries: int = 4
    seconds: float = 30.0
    first_wait: float = 0.2
    longest_wait: float = 5.0


@dataclass(slots=True)
class Trying:
    """One call under way."""

    patience: Patience
    tried: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        """Seconds that the next request may take; above 0."""
        return max(0.001, self.began + self.patience.seconds - time.monotonic())

    def wait(self, asked: float | None) -> float | None:
        """Seconds to wait before the next request, or null where it is time to give up.

        asked: what the service wants at least.
        """
        self.tried += 1
        patience = self.patience
        if self.tried >= patience.tries:
            return None
        most = min(patience.longest_wait, patience.first_wait * 2 ** (self.tried - 1))
        seconds = random.uniform(0, most) if asked is None else asked
        return seconds if seconds < self.began + patience.seconds - time.monotonic() else None
