"""What a call takes, mentions a second, seconds to build, megabytes of a process that resolves."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.queries.report import Times, times
from bench.resolution.measuring import SEED, any_misspelling, resolver_of, whole_trial
from bench.resolution.worlds import distinct_names, many_names, plain_source, whole_world
from bench.serving import memory_of
from kgservice.model import Mention
from kgservice.resolution.encoder import packaged_encoder
from kgservice.resolution.index import NameIndex
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.suggestion import Suggester

_BATCH = 100
#: Calls that are not counted: they read pages of the index from its files.
_WARMING = 200


@dataclass(frozen=True, slots=True)
class _Speed:
    """Of one process: what single calls and completions take, and mentions in batches of 100."""

    resolve: Times
    suggest: Times
    a_second: float
    a_processor_second: float
    resident: int


def tell_speed(directory: Path, names: int, calls: int) -> None:
    """On the names of the trial, or on so many made ones, without vectors."""
    rng = random.Random(SEED)
    if names:
        place = directory / f"speed-{names}"
        every = many_names(distinct_names(whole_world(rng)), names, rng)
        resolver_of(place, plain_source(every, rng), vectors=False)
    else:
        place, world = directory / "trial", whole_trial().world
        every = distinct_names(world)
        resolver_of(place, world.source())
    texts = [any_misspelling(rng.choice(every), rng) for _ in range(calls + _WARMING)]
    # A process of its own: what this one holds is not the resolver's.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(_measured, (place, not names, texts))
    print(
        f"{len(every):,} names: resolve {found.resolve} ms, suggest {found.suggest} ms (p50 / p95);"
        f" in batches of {_BATCH}: {found.a_second:,.0f} a second, {found.a_processor_second:,.0f}"
        f" a second of processor time; {found.resident / 2**20:,.0f} MB resident"
    )


def _measured(place: Path, vectors: bool, texts: Sequence[str]) -> _Speed:
    resolver = Resolver(NameIndex.open(place), packaged_encoder() if vectors else None)
    suggester = Suggester(resolver.index)
    for text in texts[:_WARMING]:
        resolver.resolve([Mention(text)])
        suggester.suggest(text[:3])
    texts = texts[_WARMING:]
    single = [milliseconds(partial(resolver.resolve, [Mention(text)])) for text in texts]
    rng = random.Random(SEED)
    prefixes = [text[: rng.randint(1, 8)] for text in texts]
    completed = [milliseconds(partial(suggester.suggest, prefix)) for prefix in prefixes]
    began, spent = time.perf_counter(), time.process_time()
    for start in range(0, len(texts), _BATCH):
        resolver.resolve([Mention(text) for text in texts[start : start + _BATCH]])
    took, spent = time.perf_counter() - began, time.process_time() - spent
    return _Speed(
        times(single),
        times(completed),
        len(texts) / took,
        len(texts) / spent,
        memory_of("self")[0],
    )


def milliseconds(call: Callable[[], object]) -> float:
    """What a call takes."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3
