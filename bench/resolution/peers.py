"""The same misspelt names looked for by others: rapidfuzz, and two indexes of Neo4j.

- rapidfuzz's WRatio against every name;
- Neo4j's full-text index, each word of more than three letters with one edit, else as it is;
- Neo4j's vector index over the same vectors as ours, the text encoded by the same encoder.

They take turns at each mention, so that what else the machine does falls on all of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import neo4j
import numpy as np
from rapidfuzz import fuzz, process
from usearch.index import Index

from bench.queries.report import times
from bench.resolution.measuring import (
    SEED,
    Asked,
    first_of,
    misspelt,
    owners_of,
    resolver_of,
    share,
    whole_trial,
)
from bench.resolution.mentions import CORRUPTIONS
from kgservice.local.instance import LocalOptions, attach
from kgservice.model import Mention
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.text import normalise
from kgservice.settings import read_settings

_FIRST, _BATCH = 10, 2_000
#: Words of so many letters are looked for as they are.
_SHORT = 3

_FULL_TEXT = """CALL db.index.fulltext.queryNodes('names', $text, {limit: $first})
YIELD node RETURN collect(node.name)"""
_VECTOR = """CALL db.index.vector.queryNodes('vectors', $first, $vector)
YIELD node RETURN collect(node.name)"""
_INDEXES = (
    "CREATE FULLTEXT INDEX names FOR (n:Name) ON EACH [n.name]",
    """CREATE VECTOR INDEX vectors FOR (n:Name) ON (n.vector) OPTIONS {indexConfig: {
    `vector.dimensions`: 384, `vector.similarity_function`: 'cosine'}}""",
)
_WRITE = """UNWIND $rows AS row CREATE (n:Name {name: row[0]})
WITH n, row CALL db.create.setNodeVectorProperty(n, 'vector', row[1])"""


def tell_peers(directory: Path, each: int) -> None:
    """Times and ranks of so many mentions of every class."""
    rng = random.Random(SEED)
    world = whole_trial().world
    resolver = resolver_of(directory / "trial", world.source())
    owners = owners_of(world)
    asked = [one for name in CORRUPTIONS for one in misspelt(world, owners, name, each, rng)]
    rng.shuffle(asked)
    with _neo4j(directory / "peers") as session:
        _fill(session, resolver, directory / "trial")
        ways = _ways(resolver, list(owners), session)
        for name, (took, ranks) in _asked(ways, asked, owners).items():
            shares = f"r@1 {share(ranks, 1):.0%}  r@10 {share(ranks, _FIRST):.0%}"
            print(f"{name:22} n={len(took)}  {times(took)} ms (p50 / p95)  {shares}")


#: Finds who may be meant, or, of what knows names alone, the names.
_Way = Callable[[str], Sequence[str]]


def _ways(resolver: Resolver, names: Sequence[str], session: neo4j.Session) -> dict[str, _Way]:
    encoder = resolver.encoder
    assert encoder is not None, "`make install` exports one"

    def ours(text: str) -> Sequence[str]:
        [found] = resolver.resolve([Mention(text, limit=_FIRST, min_confidence=0.0)])
        return [one.id for one in found.candidates]

    def every_name(text: str) -> Sequence[str]:
        found = process.extract(normalise(text), names, scorer=fuzz.WRatio, limit=_FIRST)
        return [name for name, _, _ in found]

    def full_text(text: str) -> Sequence[str]:
        words = normalise(text).split()
        fuzzy = " ".join(f"{word}~1" if len(word) > _SHORT else word for word in words)
        return _value(session, _FULL_TEXT, text=fuzzy, first=_FIRST)

    def by_vector(text: str) -> Sequence[str]:
        [vector] = encoder.encode([normalise(text)])
        return _value(session, _VECTOR, vector=vector.tolist(), first=_FIRST)

    return {
        "kgservice": ours,
        "rapidfuzz WRatio": every_name,
        "Neo4j, full text": full_text,
        "Neo4j, vectors": by_vector,
    }


def _asked(
    ways: Mapping[str, _Way], asked: Sequence[Asked], owners: Mapping[str, frozenset[str]]
) -> dict[str, tuple[list[float], list[int]]]:
    found: dict[str, tuple[list[float], list[int]]] = {name: ([], []) for name in ways}
    for way in ways.values():
        for text, _ in asked[:5]:
            way(text)
    for text, ids in asked:
        known = {name for name, owned in owners.items() if owned & ids}
        for name, way in ways.items():
            began = time.perf_counter()
            answer = way(text)
            found[name][0].append((time.perf_counter() - began) * 1e3)
            found[name][1].append(first_of(answer, ids | known))
    return found


@contextmanager
def _neo4j(place: Path) -> Iterator[neo4j.Session]:
    options = LocalOptions(data_dir=place.resolve(), cache_dir=read_settings().cache_dir)
    options.data_dir.mkdir(parents=True, exist_ok=True)
    with attach(options, purpose="bench.resolution") as running:
        address = running.address
        with (
            neo4j.GraphDatabase.driver(
                address.uri, auth=(address.user, address.password)
            ) as driver,
            driver.session() as session,
        ):
            yield session


def _fill(session: neo4j.Session, resolver: Resolver, place: Path) -> None:
    """All names with their vectors, unless they are there already."""
    if _value(session, "MATCH (n:Name) RETURN count(n)"):
        return
    names = resolver.index.layers[0].layer.names
    keys = np.flatnonzero(names.searched)
    vectors = Index.restore(str(place / "names.usearch"), view=True)
    assert vectors is not None, "it was built with vectors"
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        texts = names.keys.take(part)
        found = np.asarray(vectors.get(part.astype(np.uint64)), np.float32) / 127
        rows = [[text, vector] for text, vector in zip(texts, found.tolist(), strict=True)]
        session.run(_WRITE, rows=rows).consume()
    for text in _INDEXES:
        session.run(text).consume()
    session.run("CALL db.awaitIndexes(600)").consume()


def _value(session: neo4j.Session, query: str, /, **parameters: object) -> Sequence[str]:
    value: Sequence[str] = session.run(query, parameters).single(strict=True)[0]
    return value
