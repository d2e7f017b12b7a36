"""What is entered next, completed with and without what was entered before.

- Products that were bought together (FolkScope): one is completed after the other was entered. Such
  pairs are held back: the graph does not have them.
- Things that a fact of CoDEx ties, of its validation and test files, which are not in the graph.
- The same for facts that the graph has: what a person goes on to is often what it has beside it.

The graph is the whole world of the trials, nearness as the service has it.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.queries.report import times
from bench.resolution.measuring import SEED, first_of, resolver_of, share, whole_trial
from bench.resolution.worlds import World
from bench.synthetic import Drawn
from bench.synthetic_index import as_index
from kgservice.index.directory import IndexDirectory
from kgservice.index.snapshot import Snapshot
from kgservice.resolution.suggestion import Suggester
from kgservice.serving.proximity import Proximity

#: What was entered, and what comes next, by id.
_Pair = tuple[str, str]


def tell_sessions(directory: Path, each: int) -> None:
    """Ranks of what is next after one to three letters, and what the session costs."""
    rng = random.Random(SEED)
    world = whole_trial().world
    index = resolver_of(directory / "trial", world.source()).index
    sessions = _sessions(world, each, rng)
    columns = _columns(world, {frozenset(pair) for pair in sessions["bought together"]})
    tables = as_index(columns, IndexDirectory(directory / "columns"))
    plain, near = Suggester(index), Suggester(index, Proximity(Snapshot.of(tables)))
    for kind, pairs in sessions.items():
        for letters in (1, 2, 3):
            told = "  ".join(
                f"{how}: {_told(world, suggester, pairs, letters)}"
                for how, suggester in (("without", plain), ("with", near))
            )
            print(f"{kind:16} n={len(pairs)} {letters} letters  {told}")


def _told(world: World, suggester: Suggester, pairs: list[_Pair], letters: int) -> str:
    ranks, took = [], []
    for before, wanted in pairs:
        began = time.perf_counter()
        found = suggester.suggest(world.things[wanted].label[:letters], session=(before,))
        took.append((time.perf_counter() - began) * 1e3)
        entities = [one.entity for one in found if one.entity != before]
        ranks.append(first_of(entities, frozenset({wanted})))
    return f"r@1 {share(ranks, 1):.1%} r@10 {share(ranks, 10):.1%} {times(took)} ms"


def _sessions(world: World, each: int, rng: random.Random) -> dict[str, list[_Pair]]:
    ids = {thing.label: id for id, thing in world.things.items() if id in world.facts}
    facts = [
        (fact.known, (id, ids[fact.other]))
        for id, several in world.facts.items()
        for fact in several
        if id in world.things and fact.other in ids
    ]
    bought = [
        (id, other)
        for id, thing in world.things.items()
        if "Product" in thing.types
        for other in thing.beside
        if other in world.things
    ]
    return {
        "bought together": rng.sample(bought, min(each, len(bought) // 3)),
        "a fact held back": rng.sample([pair for known, pair in facts if not known], each),
        "a known fact": rng.sample([pair for known, pair in facts if known], each),
    }


def _columns(world: World, held_back: set[frozenset[str]]) -> Drawn:
    """What the graph has, as columns; relations and scores are of no account here."""
    ids = sorted(world.things)
    number = {id: at for at, id in enumerate(ids)}
    rows = sorted(
        {
            (number[id], number[other])
            for id, thing in world.things.items()
            for other in thing.beside
            if id < other and other in number and frozenset((id, other)) not in held_back
        }
    )
    subject, object = np.array(rows).T
    scores = np.ones(len(rows))
    return Drawn(
        ids,
        pa.array([world.things[id].label for id in ids], pa.large_string()),
        0,
        ["BESIDE"],
        subject.astype(np.int32),
        np.zeros(len(rows), np.int16),
        object.astype(np.int32),
        scores,
        scores,
        scores.astype(np.int64),
    )
