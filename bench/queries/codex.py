"""CoDEx, loaded by the real loaders, and questions of every structure with 1 to 500 answers."""

from __future__ import annotations

import gzip
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import migrations
from kgservice.algebra.expression import Expression, ids
from kgservice.algebra.pattern import Hop
from kgservice.algebra.structures import STRUCTURES, Shape, built
from kgservice.graph.client import Address, Graph
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load

DATA = Path(os.environ.get("KG_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))

_PARTS = ("train", "valid", "test")
_MOST_ANSWERS = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; its answers were found in dictionaries, so that every way can be checked."""

    structure: str
    expression: Expression
    answers: frozenset[str]


@dataclass
class Facts:
    """Triples by either end: relation and direction to neighbours."""

    around: dict[str, dict[tuple[str, bool], set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def add(self, head: str, relation: str, tail: str) -> None:
        self.around[head][relation, True].add(tail)
        self.around[tail][relation, False].add(head)


def files(size: str) -> Iterator[Path]:
    for part in _PARTS:
        yield DATA / "codex" / f"codex-{size}_{part}.tsv.gz"


def facts(size: str) -> Facts:
    found = Facts()
    for file in files(size):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                found.add(*line.rstrip("\n").split("\t"))
    return found


def ensure_loaded(address: Address, size: str) -> None:
    """Load it, unless the graph holds something already."""
    migrations.upgrade(address)
    with Graph.connect(address) as graph, TemporaryDirectory() as directory:
        if graph.value("MATCH (e:Entity) RETURN count(e)"):
            return
        relations = DATA / "codex" / "relations_en.json"
        orders = [(relations, "relations"), *((file, "triples") for file in files(size))]
        for file, format in orders:
            quarantine = Path(directory) / file.name
            load(graph, Load(FORMATS[format], [Source(str(file))], "codex", "bench", quarantine))


def questions(found: Facts, structure: str, count: int, random: Random) -> list[Asked]:
    """Questions grown backwards from an answer; none is asked twice."""
    entities = sorted(found.around)
    asked: dict[Expression, Asked] = {}
    for _ in range(200 * count):
        if len(asked) == count:
            break
        growth = _Growth(found, random)
        answers = growth.grown(STRUCTURES[structure], random.choice(entities))
        if 1 <= len(answers) <= _MOST_ANSWERS:
            anchors = (ids(one) for one in growth.anchors)
            expression = built(STRUCTURES[structure], anchors, iter(growth.hops))
            asked[expression] = Asked(structure, expression, frozenset(answers))
    return list(asked.values())


@dataclass
class _Growth:
    """Chooses anchors and hops in the order in which `built` takes them, and finds the answers."""

    facts: Facts
    random: Random
    anchors: list[str] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)

    def grown(self, shape: Shape, answer: str) -> set[str]:
        if isinstance(shape, str):
            self.anchors.append(answer)
            return {answer}
        kind, *below = shape
        if kind == "hop":
            return self._hop(below[0], answer)
        legs = [self.grown(below[0], answer)]
        for leg in below[1:]:
            meets = answer if kind == "and" else self.random.choice(sorted(legs[0]))
            legs.append(self.grown(leg, meets))
        first, *others = legs
        if kind == "and":
            return first.intersection(*others)
        return first.union(*others) if kind == "or" else first.difference(*others)

    def _hop(self, below: Shape, answer: str) -> set[str]:
        relation, out = self.random.choice(sorted(self.facts.around[answer]))
        before = self.random.choice(sorted(self.facts.around[answer][relation, out]))
        names = frozenset({relation})
        sources = self.grown(below, before)
        self.hops.append(Hop(backwards=names) if out else Hop(forwards=names))
        way = (relation, not out)
        return set().union(*(self.facts.around[one].get(way, ()) for one in sources))
