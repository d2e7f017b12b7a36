"""Misspelt names among all, names as they are, and namesakes told apart by a context."""

from __future__ import annotations

import random
import statistics
from pathlib import Path

from bench.resolution.measuring import (
    ABSENT,
    SEED,
    Asked,
    misspelt,
    owners_of,
    rank,
    resolver_of,
    share,
    whole_trial,
)
from bench.resolution.mentions import CORRUPTIONS, sentence
from bench.resolution.trials import side_of
from bench.resolution.worlds import Thing, World
from kgservice.model import Mention
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.text import normalise


def tell_spelling(directory: Path, each: int) -> None:
    """Eight ways of misspelling, short names, and names that are exactly those of one entity."""
    rng = random.Random(SEED)
    made = whole_trial()
    world, resolver = made.world, resolver_of(directory / "trial", made.world.source())
    owners = owners_of(world)
    left_out = [
        (normalise(alias), frozenset({id}))
        for id, alias in made.left_out.items()
        if side_of(id) == "test"
    ]
    rng.shuffle(left_out)
    print(f"{len(world.things):,} entities, {len(owners):,} names")
    classes = {name: list(misspelt(world, owners, name, each, rng)) for name in CORRUPTIONS} | {
        "alias not indexed": [one for one in left_out if one[0] not in owners][:each]
    }
    rows = [_told(resolver, name, asked) for name, asked in classes.items()]
    averages = [statistics.mean(column) for column in zip(*rows, strict=True)]
    print(f"{'average':22}         r@1 {averages[0]:.1%}  r@10 {averages[1]:.1%}")
    for least, most in ((3, 5), (6, 8), (9, 99)):
        lengths = range(least, most + 1)
        asked = list(misspelt(world, owners, "one edit", each, rng, lengths))
        _told(resolver, f"one edit, {least}-{most} letters", asked)
    for kind, asked in _unambiguous(world, owners, each, rng).items():
        _told(resolver, kind, asked)


def _told(resolver: Resolver, name: str, asked: list[Asked]) -> tuple[float, float]:
    ranks = [rank(resolver, one) for one in asked]
    found = share(ranks, 1), share(ranks, 10)
    print(f"{name:22} n={len(ranks):4}  r@1 {found[0]:.1%}  r@10 {found[1]:.1%}")
    return found


def _unambiguous(
    world: World, owners: dict[str, frozenset[str]], most: int, rng: random.Random
) -> dict[str, list[Asked]]:
    alone = [name for name, ids in owners.items() if len(ids) == 1 and name]
    labels = {normalise(thing.label) for thing in world.things.values()}
    kinds = {
        "exact label": [name for name in alone if name in labels],
        "exact alias": [name for name in alone if name not in labels],
    }
    return {
        kind: [(name, owners[name]) for name in rng.sample(names, min(most, len(names)))]
        for kind, names in kinds.items()
    }


def tell_namesakes(directory: Path) -> None:
    """People of one name, each with a context that tells: a fact that the graph has."""
    rng = random.Random(SEED)
    world = whole_trial().world
    resolver = resolver_of(directory / "trial", world.source())
    by_name: dict[str, list[Thing]] = {}
    for thing in world.things.values():
        if "Q5" in thing.types and side_of(thing.id) == "test":
            by_name.setdefault(normalise(thing.label), []).append(thing)
    ranks: dict[str, list[int]] = {"famous": [], "overshadowed": []}
    for people in by_name.values():
        if len(people) < 2 or len({len(one.beside) for one in people}) == 1:
            continue
        people.sort(key=lambda one: -len(one.beside))
        for thing, kind in zip(people, ("famous", *["overshadowed"] * len(people)), strict=False):
            around = {world.things[id].label for id in thing.beside}
            facts = [fact for fact in world.facts.get(thing.id, ()) if fact.other in around]
            for fact in rng.sample(facts, min(2, len(facts))):
                context = sentence(thing.label, fact.relation, fact.other, rng)
                mention = Mention(thing.label, context, min_confidence=0.0)
                [found] = resolver.resolve([mention])
                ids = [candidate.id for candidate in found.candidates]
                ranks[kind].append(ids.index(thing.id) if thing.id in ids else ABSENT)
    for kind, several in ranks.items():
        print(f"{kind:14} n={len(several):4}  r@1 {share(several, 1):.1%}")
