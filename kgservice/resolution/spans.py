"""Runs of consecutive rows, laid out one behind another."""

from __future__ import annotations

import numpy as np

from kgservice.resolution.mapped import Array


def spread(starts: Array, ends: Array) -> tuple[Array, Array]:
    """All places of several runs, and which run each belongs to.

    >>> spread(np.array([4, 9]), np.array([6, 10]))
    (array([4, 5, 9]), array([0, 0, 1]))
    """
    sizes = ends - starts
    owners = np.repeat(np.arange(len(sizes)), sizes)
    behind = np.cumsum(sizes) - sizes
    return np.arange(len(owners)) + np.repeat(starts - behind, sizes), owners
