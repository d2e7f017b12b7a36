"""The shortest walks that connect two sets: statements either way, all of the least length.

Breadth first from both sides, the smaller one next, until they meet. Between the layers that remain
the walks are counted by dynamic programming, and read off in the order of the entity ids along
them, then of the statement ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from kgservice.algebra.best_walks import Walk
from kgservice.algebra.pattern import Hop
from kgservice.algebra.walking import Edge, Walking


@dataclass(frozen=True, slots=True)
class Connecting:
    """How two sets may be connected.

    `hop` goes both ways; entities of more statements than `avoid_degree` are not walked through.
    """

    hop: Hop
    max_hops: int
    avoid_degree: int | None = None


@dataclass(frozen=True, slots=True)
class Connections:
    """The first walks, and how many there are of their length."""

    walks: Sequence[Walk] = ()
    total: int = 0


async def connections(
    sources: Collection[str],
    targets: Collection[str],
    asked: Connecting,
    first: int,
    walking: Walking,
) -> Connections:
    """The shortest walks from any of the sources to any of the targets."""
    overlap = sorted(set(sources) & set(targets))
    if overlap:
        return Connections([Walk((id,)) for id in overlap[:first]], len(overlap))
    sides = await _meet(_Side([set(sources)]), _Side([set(targets)]), asked, walking)
    if sides is None:
        return Connections()
    between = await _edges_between(*sides, asked.hop, walking)
    return Connections(list(islice(_walks(between), first)), _count(between))


@dataclass(frozen=True, slots=True)
class _Side:
    """The entities at each distance from one of the two sets."""

    layers: list[set[str]]

    @property
    def outermost(self) -> set[str]:
        return self.layers[-1]

    @property
    def seen(self) -> set[str]:
        return set().union(*self.layers)


async def _meet(
    near: _Side, far: _Side, asked: Connecting, walking: Walking
) -> tuple[_Side, _Side] | None:
    """Both sides, grown until their outermost layers have an entity in common."""
    for _ in range(asked.max_hops):
        growing, other = (near, far) if len(near.outermost) <= len(far.outermost) else (far, near)
        reached = await walking.reached(growing.outermost, asked.hop) - growing.seen
        ends = reached & other.layers[0]
        layer = ends | await _passable(reached - ends, asked, walking)
        if not layer:
            return None
        growing.layers.append(layer)
        if layer & other.outermost:
            return near, far
    return None


async def _passable(ids: set[str], asked: Connecting, walking: Walking) -> set[str]:
    if asked.avoid_degree is None or not ids:
        return ids
    degrees = await walking.degrees(ids)
    return {id for id in ids if degrees.get(id, 0) <= asked.avoid_degree}


#: Between two layers: from each entity to each next one, the statement ids, sorted.
Between = Mapping[str, Mapping[str, Sequence[str]]]


async def _edges_between(near: _Side, far: _Side, hop: Hop, walking: Walking) -> list[Between]:
    """The statements between the layers of all walks, from the first to the last."""
    meeting = near.outermost & far.outermost
    found: list[Between] = []
    here = meeting
    for layer in reversed(near.layers[:-1]):
        edges = await walking.edges(layer, hop, here)
        found.append(_grouped(edges))
        here = {edge.source for edge in edges}
    found.reverse()
    here = meeting
    for layer in reversed(far.layers[:-1]):
        edges = await walking.edges(here, hop, layer)
        found.append(_grouped(edges))
        here = {edge.target for edge in edges}
    return found


def _grouped(edges: Sequence[Edge]) -> Between:
    grouped: dict[str, dict[str, list[str]]] = {}
    for edge in sorted(edges, key=lambda one: one.statement):
        grouped.setdefault(edge.source, {}).setdefault(edge.target, []).append(edge.statement)
    return grouped


def _count(between: Sequence[Between]) -> int:
    """How many walks lead through all the layers."""
    onward: dict[str, int] = {}
    for number, layer in enumerate(reversed(between)):
        onward = {
            source: sum(
                len(statements) * (onward.get(target, 0) if number else 1)
                for target, statements in targets.items()
            )
            for source, targets in layer.items()
        }
    return sum(onward.values())


def _walks(between: Sequence[Between]) -> Iterator[Walk]:
    for first in sorted(between[0]):
        for entities in _entities(first, between):
            steps = [
                layer[source][target]
                for layer, source, target in zip(between, entities, entities[1:], strict=False)
            ]
            for statements in product(*steps):
                yield Walk(entities, statements, (None,) * len(statements))


def _entities(first: str, between: Sequence[Between]) -> Iterator[tuple[str, ...]]:
    """The sequences of entities from one on, in order; every layer leads on to the last."""
    if not between:
        yield (first,)
        return
    for target in sorted(between[0].get(first, ())):
        for rest in _entities(target, between[1:]):
            yield (first, *rest)
