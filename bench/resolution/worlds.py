"""Worlds to resolve names in, made of real names, facts and titles.

The data: CoDEx (people, films, places with aliases, descriptions, types and facts), Shopify's
product taxonomy, ConceptNet's phrases and FolkScope's product titles. Facts of CoDEx's valid and
test files are not in the worlds, so a context made of them is news to the index.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from kgservice.resolution.tables import NameSource, Neighbours
from kgservice.resolution.text import normalise

DATA = Path(os.environ.get("KG_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))

#: Neighbours that an entity is known by; hubs have thousands.
_MOST_NEIGHBOURS = 30


@dataclass(slots=True)
class Thing:
    """An entity while a world is put together."""

    id: str
    label: str
    aliases: list[str] = field(default_factory=list)
    description: str | None = None
    types: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fact:
    """That a thing stands in a relation to another, in words."""

    thing: str
    relation: str
    other: str
    known: bool


@dataclass(slots=True)
class World:
    """Things by id, what their types are called, and facts to make contexts of."""

    things: dict[str, Thing]
    type_labels: dict[str, str]
    facts: dict[str, list[Fact]]

    def source(self) -> NameSource:
        """The world as what an index is built from."""
        things = list(self.things.values())
        row = {thing.id: at for at, thing in enumerate(things)}
        table = pa.table(
            {
                "id": [thing.id for thing in things],
                "label": [thing.label for thing in things],
                "aliases": pa.array([thing.aliases for thing in things], pa.list_(pa.string())),
                "description": pa.array([thing.description for thing in things], pa.string()),
                "types": pa.array([thing.types for thing in things], pa.list_(pa.string())),
                "degree": [len(thing.beside) for thing in things],
            }
        )
        beside = [
            [row[one] for one in thing.beside if one in row][:_MOST_NEIGHBOURS] for thing in things
        ]
        neighbours = Neighbours(
            np.cumsum([0, *map(len, beside)]).astype(np.int64),
            np.array([one for some in beside for one in some], np.int32),
            table["label"].combine_chunks(),
        )
        return NameSource(table, neighbours, self.type_labels)


def whole_world(rng: random.Random) -> World:
    """Everything: 115,000 things of all four sources."""
    world = codex(rng)
    for part in (taxonomy(), phrases(), products()):
        world.things.update(part)
    return world


def codex(rng: random.Random) -> World:
    """People, films, places, jobs: 5,242 things with a label, 8,000 aliases, 60,000 facts."""
    things, facts = {}, defaultdict(list)
    for entity in _json_lines("codex/codex-sm_entities_en.jsonl.gz"):
        if entity.get("label"):
            things[entity["id"]] = Thing(
                entity["id"],
                entity["label"],
                entity.get("aliases") or [],
                entity.get("description") or None,
                entity["types"],
            )
    relations = json.loads((DATA / "codex/relations_en.json").read_text("utf-8"))
    for part in ("train", "valid", "test"):
        rows = [line.split("\t") for line in _lines(f"codex/codex-m_{part}.tsv.gz")]
        for subject, relation, object in rows:
            if subject not in things or object not in things:
                continue
            label, known = relations[relation]["label"], part == "train"
            facts[subject].append(Fact(subject, label, things[object].label, known))
            facts[object].append(Fact(object, label, things[subject].label, known))
            if known:
                things[subject].beside.append(object)
                things[object].beside.append(subject)
    for thing in things.values():
        rng.shuffle(thing.beside)
    types = json.loads(gzip.decompress((DATA / "codex/types_en.json.gz").read_bytes()))
    return World(things, {id: type["label"] for id, type in types.items()}, facts)


def taxonomy() -> dict[str, Thing]:
    """Categories of products beside those above and below, values beside their attribute."""
    things: dict[str, Thing] = {}
    by_path: dict[str, str] = {}
    for id, path in _taxonomy("categories"):
        *above, name = path.split(" > ")
        by_path[path] = id
        things[id] = Thing(id, name, types=["Category"])
        parent = by_path.get(" > ".join(above))
        if parent is not None:
            things[id].beside.append(parent)
            things[parent].beside.append(id)
    attributes = {name: id for id, name in _taxonomy("attributes")}
    for name, id in attributes.items():
        things[id] = Thing(id, name, types=["Attribute"])
    for id, text in _taxonomy("attribute_values"):
        parts = re.fullmatch(r"(.*?)(?: \[(.*)\])?", text)
        assert parts is not None, text
        name, attribute = parts.groups()
        things[id] = Thing(id, name, types=["AttributeValue"])
        if attribute in attributes:
            things[id].beside.append(attributes[attribute])
            things[attributes[attribute]].beside.append(id)
    return things


def phrases() -> dict[str, Thing]:
    """Things and doings of daily life, beside what ConceptNet says of them."""
    things: dict[str, Thing] = {}
    for part in ("train", "valid", "test"):
        for line in _lines(f"conceptnet/cn100k_{part}.tsv.gz"):
            _, one, other = line.split("\t")[:3]
            for here, there in ((one, other), (other, one)):
                thing = things.setdefault(
                    f"cn:{here}", Thing(f"cn:{here}", here, types=["Concept"])
                )
                thing.beside.append(f"cn:{there}")
    return things


def products() -> dict[str, Thing]:
    """Products by their titles, beside those that were bought with them."""
    things: dict[str, Thing] = {}
    for row in _json_lines("folkscope/assertions.jsonl.gz"):
        both = [(row[f"item_{one}_id"], row[f"item_{one}_title"]) for one in "ab"]
        for (id, title), (other, _) in (both, both[::-1]):
            thing = things.setdefault(id, Thing(id, title, types=["Product"]))
            if other not in thing.beside:
                thing.beside.append(other)
    return things


def distinct_names(world: World) -> list[str]:
    """All names of a world, each once as resolution reads it."""
    names: dict[str, str] = {}
    for thing in world.things.values():
        for name in (thing.label, *thing.aliases):
            names.setdefault(normalise(name), name)
    return list(names.values())


def many_names(names: Sequence[str], count: int, rng: random.Random) -> list[str]:
    """As many names as asked for: the given ones, and short ones joined with a word of another."""
    short = [name for name in names if len(name) < 25]
    found = dict.fromkeys(names)
    while len(found) < count:
        found[f"{rng.choice(short)} {rng.choice(short).split()[0]}"] = None
    return list(found)[:count]


def plain_source(names: Sequence[str], rng: random.Random) -> NameSource:
    """A table of one entity per name, their popularity as uneven as it is in the world."""
    count = len(names)
    table = pa.table(
        {
            "id": [f"n{at}" for at in range(count)],
            "label": list(names),
            "aliases": pa.array([[]] * count, pa.list_(pa.string())),
            "description": pa.nulls(count, pa.string()),
            "types": pa.array([["Thing"]] * count, pa.list_(pa.string())),
            "degree": [int(rng.paretovariate(1)) for _ in range(count)],
        }
    )
    return NameSource(table)


def _taxonomy(part: str) -> Iterator[tuple[str, str]]:
    for line in _lines(f"product-taxonomy/{part}.txt.gz"):
        if line.startswith("gid:"):
            id, _, text = line.partition(" : ")
            yield id.strip(), text.strip()


def _lines(path: str) -> Iterator[str]:
    with gzip.open(DATA / path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


def _json_lines(path: str) -> Iterator[dict[str, Any]]:
    return map(json.loads, _lines(path))
