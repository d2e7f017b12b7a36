"""The fourteen usual structures of questions: chains, intersections, unions and what is left out.

Names and shapes are those of BetaE (arXiv 2010.11465): p walks a relation, i intersects, u unites,
n leaves out what the leg holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kgservice.algebra.expression import Expression, Follow, Intersect, Step, Subtract, Union
from kgservice.algebra.pattern import Hop

Shape = str | tuple["str | Shape", ...]

_P: Shape = ("hop", "anchor")
_PP: Shape = ("hop", _P)

STRUCTURES: Mapping[str, Shape] = {
    "1p": _P,
    "2p": _PP,
    "3p": ("hop", _PP),
    "2i": ("and", _P, _P),
    "3i": ("and", _P, _P, _P),
    "pi": ("and", _PP, _P),
    "ip": ("hop", ("and", _P, _P)),
    "2u": ("or", _P, _P),
    "up": ("hop", ("or", _P, _P)),
    "2in": ("without", _P, _P),
    "3in": ("without", ("and", _P, _P), _P),
    "inp": ("hop", ("without", _P, _P)),
    "pin": ("without", _PP, _P),
    "pni": ("without", _P, _PP),
}


def hops_of(shape: Shape) -> int:
    """How many hops a structure has."""
    if isinstance(shape, str):
        return 0
    kind, *below = shape
    return (kind == "hop") + sum(map(hops_of, below))


def built(shape: Shape, anchors: Iterator[Expression], hops: Iterator[Hop]) -> Expression:
    """The expression of a structure; anchors and hops are taken from the innermost out.

    >>> from kgservice.algebra.expression import ids
    >>> one = built(STRUCTURES["1p"], iter([ids("Q42")]), iter([Hop(frozenset({"P27"}))]))
    >>> one == Follow(ids("Q42"), (Step(Hop(frozenset({"P27"}))),))
    True
    """
    if isinstance(shape, str):
        return next(anchors)
    kind, *below = shape
    operands = tuple(built(one, anchors, hops) for one in below)
    match kind:
        case "hop":
            return Follow(operands[0], (Step(next(hops)),))
        case "and":
            return Intersect(operands)
        case "or":
            return Union(operands)
        case _:
            return Subtract(*operands)
