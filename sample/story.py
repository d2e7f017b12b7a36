"""Reads story.txt: the sample's commonsense half as people write it.

The file says above each section how its lines read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from graph_schema.ids import normalise
from graph_schema.relations import COMMONSENSE_RELATIONS

_TAIL_TYPES = {relation.id: relation.tail_types for relation in COMMONSENSE_RELATIONS}
_TAIL = re.compile(r"(?:(?P<type>\w+): )?(?P<norm>[^(]+?)(?: \((?P<text>.+)\))?")


@dataclass(frozen=True, slots=True)
class Product:
    """A product as a behavior's record shows it; `path` begins with the department."""

    id: str
    title: str
    product_type: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A search, how specific it is (0 to 1), and where it was entered."""

    text: str
    specificity: float
    language: str = "en"
    marketplace: str = "US"


@dataclass(frozen=True, slots=True)
class Behavior:
    """A product bought after a query, or two products bought together."""

    query: Query | None
    products: tuple[Product, ...]
    count: int | None

    @property
    def type(self) -> str:
        """What a record calls it."""
        return "query_purchase" if self.query else "co_purchase"

    @property
    def id(self) -> str:
        """The hash of its type, its query and its products in the order of their ids."""
        query = normalise(self.query.text) if self.query else ""
        return hashed(self.type, query, ",".join(sorted(product.id for product in self.products)))

    @property
    def language(self) -> str:
        """The language that was spoken; products bought together are all from the US shop."""
        return self.query.language if self.query else "en"

    @property
    def marketplace(self) -> str:
        """Where it happened."""
        return self.query.marketplace if self.query else "US"


@dataclass(frozen=True, slots=True)
class Tail:
    """An intent: its kind, its normal form, and the text as it was generated."""

    type: str
    norm: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a generator said about a behavior; a score is None where nobody gave one."""

    behavior: Behavior
    relation: str
    tail: Tail
    scores: tuple[float | None, float | None]
    marks: frozenset[str]


class Story:
    """The whole file: `said` in its order, and `broader` from an intent to the one above it."""

    def __init__(self, text: str, titles: dict[str, str]) -> None:
        sections = _sections(text)
        self._products = {
            id: Product(id, titles[id], kind, tuple(path.split(" > ")))
            for id, kind, path in map(_cells, sections["products"])
        }
        self._queries = {
            query.text: query for query in map(_query, map(_cells, sections["queries"]))
        }
        self._counts: dict[str, int | None] = {}
        self.broader: dict[str, str] = dict(_pair(line) for line in sections["broader"])
        self.said: list[Said] = list(self._read_behaviors(sections["behaviors"]))
        self.said += self._read_before(sections["before"])

    def _read_behaviors(self, lines: list[str]) -> Iterator[Said]:
        parts = ""
        for line in lines:
            if line.startswith(" "):
                yield _said(self._behavior(parts), *_cells(line))
                continue
            parts, *count = _cells(line)
            self._counts[parts] = int(count[0]) if count else None

    def _read_before(self, lines: list[str]) -> Iterator[Said]:
        for line in lines:
            parts, relation, tail, scores = _cells(line)
            yield _said(self._behavior(parts), relation, tail, scores, "pilot")

    def _behavior(self, parts: str) -> Behavior:
        query, arrow, product = parts.rpartition(" -> ")
        ids = (product,) if arrow else tuple(parts.split(" + "))
        return Behavior(
            query=self._queries[query] if arrow else None,
            products=tuple(self._products[id] for id in ids),
            count=self._counts[parts],
        )


def read_story() -> Story:
    """The story of the package, with the products' titles from entities.jsonl."""
    entities = (files("sample") / "entities.jsonl").read_text("utf-8").splitlines()
    titles = {entity["id"]: entity["label"] for entity in map(json.loads, entities)}
    return Story((files("sample") / "story.txt").read_text("utf-8"), titles)


def hashed(*parts: str) -> str:
    """The ids of behaviors and assertions: a sha256 over parts that U+001F joins."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _sections(text: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            sections[name].append(line)
    return sections


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _pair(line: str) -> tuple[str, str]:
    narrow, _, broad = line.partition(" < ")
    return narrow, broad


def _query(cells: list[str]) -> Query:
    text, specificity, *where = cells
    return Query(text, float(specificity), *" ".join(where).split())


def _said(behavior: Behavior, relation: str, tail: str, scores: str, marks: str = "") -> Said:
    plausibility, typicality = (None if s == "-" else float(s) for s in scores.split())
    return Said(
        behavior=behavior,
        relation=relation,
        tail=_tail(relation, tail),
        scores=(plausibility, typicality),
        marks=frozenset(marks.split()),
    )


def _tail(relation: str, written: str) -> Tail:
    match = _TAIL.fullmatch(written)
    if match is None:
        raise ValueError(f"not an intent: {written!r}; write it as `[type: ]norm[ (text)]`")
    kind = match["type"] or _TAIL_TYPES[relation][0]
    return Tail(kind, match["norm"], match["text"] or match["norm"])
