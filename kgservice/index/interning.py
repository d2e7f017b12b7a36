"""Values that stand in a table as numbers, because few of them occur in many rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

H = TypeVar("H", bound=Hashable)

#: Sources, domains and marketplaces of a statement, each in order.
Origin = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
#: The labels of an entity that mean types, in order.
Kind = tuple[str, ...]


class Interner(Generic[H]):
    """Gives each distinct value a code, from 0 on; `values` are the values by code."""

    def __init__(self, values: Iterable[H] = ()):
        self.values = list(values)
        self._codes = {value: code for code, value in enumerate(self.values)}

    def code(self, value: H) -> int:
        """The code of a value, a new one where it has none."""
        code = self._codes.get(value)
        if code is None:
            code = self._codes[value] = len(self.values)
            self.values.append(value)
        return code

    def codes(self, values: Iterable[H]) -> npt.NDArray[np.int32]:
        """The codes of many values."""
        return np.array([self.code(value) for value in values], np.int32)
