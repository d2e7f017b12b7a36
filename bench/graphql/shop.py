"""The shop that all of them serve: products on shelves, shelves in halls, in sizes that are known.

shelf-N holds N products: one hop; hall-N has shelves that hold N products together: two hops
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import migrations
from kgservice.graph.client import Address, Graph
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.run import load

#: Rows of a list, and in how many shelves those of a hall stand.
SHELVES = {10: 2, 100: 10, 1_000: 20}

_KINDS = ("tent", "raincoat", "stove", "lantern", "rope", "backpack", "compass")
_MADE = ("light", "sturdy", "waterproof", "small", "warm")


class Product(NamedTuple):
    """A product: what is shown of it, and where it stands."""

    id: str
    label: str
    description: str
    aliases: tuple[str, ...]
    shelf: str

    @property
    def shown(self) -> dict[str, Any]:
        """As every server answers."""
        return {
            "id": self.id,
            "label": self.label,
            "description": self.description,
            "degree": 1,
            "aliases": list(self.aliases),
        }


def products() -> list[Product]:
    """All products, by id."""
    return [
        Product(
            f"P{number:05}",
            f"{_MADE[number % 5].title()} {_KINDS[number % 7]} {number}",
            f"a {_MADE[number % 5]} {_KINDS[number % 7]} for those who stay outside when it rains",
            (f"{_KINDS[number % 7]} no. {number}", f"{_KINDS[number % 7]} {_MADE[number % 5]}"),
            shelf,
        )
        for number, shelf in enumerate(_places())
    ]


def on_shelf(rows: int) -> list[str]:
    """The ids of the products that a hop leads to."""
    return [one.id for one in products() if one.shelf == f"shelf-{rows}"]


def in_hall(rows: int) -> list[str]:
    """The ids of the products that two hops lead to."""
    return [one.id for one in products() if one.shelf.startswith(f"hall-{rows}-")]


def ensure_loaded(address: Address) -> None:
    """Load it by the real loaders, unless the graph holds something already."""
    migrations.upgrade(address)
    with Graph.connect(address) as graph, TemporaryDirectory() as directory:
        if graph.value("MATCH (e:Entity) RETURN count(e)"):
            return
        for format, path in _written(Path(directory)):
            quarantine = path.with_suffix(".rejected")
            report = load(
                graph, Load(FORMATS[format], [Source(str(path))], "shop", "bench", quarantine)
            )
            assert not report.rejected, quarantine.read_text("utf-8")


def _places() -> Iterator[str]:
    for rows, shelves in SHELVES.items():
        yield from [f"shelf-{rows}"] * rows
        for shelf in range(shelves):
            yield from [f"hall-{rows}-{shelf}"] * (rows // shelves)


def _written(directory: Path) -> Iterator[tuple[str, Path]]:
    entities, triples = directory / "entities.jsonl", directory / "triples.tsv"
    stock = products()
    shelves = sorted({one.shelf for one in stock})
    halls = sorted({shelf.rpartition("-")[0] for shelf in shelves if shelf.startswith("hall-")})
    with entities.open("w") as file:
        for one in stock:
            shown = {name: one.shown[name] for name in ("id", "label", "description", "aliases")}
            file.write(json.dumps({**shown, "types": ["Product"]}) + "\n")
        for id in (*shelves, *halls):
            file.write(json.dumps({"id": id, "label": id, "types": ["Category"]}) + "\n")
    with triples.open("w") as file:
        file.write("head\trelation\ttail\n")
        for one in stock:
            file.write(f"{one.id}\tHAS_CATEGORY\t{one.shelf}\n")
        for shelf in shelves:
            if shelf.startswith("hall-"):
                file.write(f"{shelf}\tBROADER\t{shelf.rpartition('-')[0]}\n")
    yield from (("entities", entities), ("triples", triples))
