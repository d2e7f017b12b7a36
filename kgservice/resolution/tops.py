"""The largest values of any range of an array, without looking at the whole range."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kgservice.resolution.mapped import Array

_BLOCK = 1_024


class Tops:
    """Finds the places of the largest values in a range.

    The largest n of a range lie in the n blocks with the largest maxima (and at its ragged ends),
    so that a range of a million costs what n blocks do.

    >>> sorted(Tops(np.array([3.0, 9.0, 4.0, 7.0])).find(range(0, 3), 2).tolist())
    [1, 2]
    """

    def __init__(self, values: npt.NDArray[np.float32]):
        self._values = values
        starts = np.arange(0, len(values), _BLOCK)
        self._largest = np.maximum.reduceat(values, starts) if len(values) else values

    def find(self, places: range, most: int) -> Array:
        """The places of the largest values in a range, in no order."""
        first, last = -(-places.start // _BLOCK), places.stop // _BLOCK
        if last - first <= most:
            return self._among(np.arange(places.start, places.stop), most)
        blocks = first + _largest(self._largest[first:last], most)
        within = blocks[:, np.newaxis] * _BLOCK + np.arange(_BLOCK)
        ends = (np.arange(places.start, first * _BLOCK), np.arange(last * _BLOCK, places.stop))
        return self._among(np.concatenate([within.ravel(), *ends]), most)

    def _among(self, places: Array, most: int) -> Array:
        return places[_largest(self._values[places], most)]


def _largest(values: Array, most: int) -> Array:
    if len(values) <= most:
        return np.arange(len(values))
    return np.argpartition(values, len(values) - most)[len(values) - most :]
