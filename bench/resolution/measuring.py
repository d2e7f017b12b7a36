"""Indexes that are built once, what is right among answers, and misspelt names."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.resolution.mentions import CORRUPTIONS, corrupted
from bench.resolution.trials import Trial, side_of, trial
from bench.resolution.worlds import World
from kgservice.model import Mention
from kgservice.resolution.encoder import packaged_encoder
from kgservice.resolution.index import NameIndex
from kgservice.resolution.layer import write_layer
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.tables import NameSource
from kgservice.resolution.text import normalise

SEED = 7
#: A rank behind all others.
ABSENT = 1_000_000_000

#: A text, and who may be meant by it.
Asked = tuple[str, frozenset[str]]


def whole_trial() -> Trial:
    """The one world of all parts, with 12,000 mentions to fit weights to and 6,000 to test with."""
    return trial(SEED, train=12_000, test=6_000)


def resolver_of(place: Path, source: NameSource, *, vectors: bool = True) -> Resolver:
    """The names of a source, as an index that is written if it is not there yet."""
    encoder = packaged_encoder() if vectors else None
    if not (place / "layer.json").exists():
        began = time.perf_counter()
        write_layer(source, place, encoder=encoder)
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) / 1e6
        print(f"built in {time.perf_counter() - began:.0f} s, {size:,.0f} MB")
    return Resolver(NameIndex.open(place), encoder)


def owners_of(world: World) -> dict[str, frozenset[str]]:
    """Who has each name."""
    owners: dict[str, set[str]] = {}
    for thing in world.things.values():
        for name in (thing.label, *thing.aliases):
            owners.setdefault(normalise(name), set()).add(thing.id)
    return {name: frozenset(ids) for name, ids in owners.items()}


def misspelt(
    world: World,
    owners: dict[str, frozenset[str]],
    corruption: str,
    most: int,
    rng: random.Random,
    lengths: range = range(3, 200),
) -> Iterator[Asked]:
    """Labels misspelt in one way, with all who have the label: these cannot be told apart.

    None is of an entity that weights are fitted to.
    """
    labels = [
        thing.label
        for thing in world.things.values()
        if len(normalise(thing.label)) in lengths and side_of(thing.id) == "test"
    ]
    found = 0
    while found < most:
        label = rng.choice(labels)
        changed = corrupted(label, CORRUPTIONS[corruption], rng)
        known = () if changed is None else owners.get(normalise(changed), owners[normalise(label)])
        if changed is not None and known == owners[normalise(label)]:
            found += 1
            yield changed, owners[normalise(label)]


def any_misspelling(name: str, rng: random.Random) -> str:
    """A name as somebody types it."""
    return corrupted(name, rng.choice(list(CORRUPTIONS.values())), rng) or name


def rank(resolver: Resolver, asked: Asked) -> int:
    """Where the first stands that may be meant, from 0."""
    [found] = resolver.resolve([Mention(asked[0], min_confidence=0.0)])
    return first_of([candidate.id for candidate in found.candidates], asked[1])


def first_of(ids: Sequence[str], wanted: frozenset[str]) -> int:
    """The first place of one that is wanted."""
    return next((at for at, id in enumerate(ids) if id in wanted), ABSENT)


def share(ranks: Sequence[int], first: int) -> float:
    """Which part of the ranks is among so many first."""
    return sum(one < first for one in ranks) / len(ranks)
