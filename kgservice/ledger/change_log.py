"""The change log as it is kept in the graph: what each data version changed, by id."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson


def unpack(payload: bytes) -> Iterator[dict[str, Any]]:
    """The lines of one batch, parsed one by one; the loaders packed them."""
    return map(orjson.loads, zlib.decompress(payload).splitlines())


@dataclass(frozen=True, slots=True)
class Touched:
    """Which entities and statements came, changed or went; statements with their relations."""

    entities: frozenset[str] = frozenset()
    statements: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def by(cls, payloads: Iterable[bytes]) -> Touched:
        """What these batches touched."""
        entities: set[str] = set()
        statements: dict[str, str] = {}
        for payload in payloads:
            for line in unpack(payload):
                if line["kind"] == "entity":
                    entities.add(line["id"])
                else:
                    statements[line["id"]] = line["relation"]
        return cls(frozenset(entities), statements)
