"""How probable entities are: sums over what leads to each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kgservice.resolution.mapped import Array


@dataclass(frozen=True, slots=True)
class Shares:
    """Entities by number, ascending, each once, and how probable each is: together at most 1."""

    numbers: Array
    shares: Array

    @classmethod
    def summed(cls, numbers: Array, shares: Array) -> Shares:
        """Each of the numbers once, with the sum of its shares."""
        members, owners = np.unique(numbers, return_inverse=True)
        return cls(members, np.bincount(owners, shares, len(members)))

    @classmethod
    def mixed(cls, parts: Iterable[tuple[float, Shares]]) -> Shares:
        """What stands in any of the parts, each of which counts so much."""
        several = list(parts)
        numbers = [one.numbers for _, one in several]
        shares = [weight * one.shares for weight, one in several]
        return cls.summed(
            np.concatenate([np.empty(0, np.int32), *numbers]), np.concatenate([[], *shares])
        )

    def of(self, numbers: Array) -> Array:
        """How probable each of these is; 0 where it does not stand here."""
        if not len(self.numbers):
            return np.zeros(len(numbers))
        places = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        found: Array = np.where(self.numbers[places] == numbers, self.shares[places], 0.0)
        return found

    def only(self, kept: Array) -> Shares:
        """Those for which `kept` is true, or those at these places, which ascend."""
        return Shares(self.numbers[kept], self.shares[kept])
