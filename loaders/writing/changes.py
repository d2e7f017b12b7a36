"""What a batch added, changed and took back: the log that serving and the change feed live on."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from kgservice.ledger.scores import as_float
from kgservice.ledger.statements import Parts
from kgservice.ledger.tally import Tally


class Op(StrEnum):
    """What happened to an entity or statement."""

    ADD = "add"
    UPDATE = "update"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class EntityChange:
    """An entity came, changed its own properties or types, or went."""

    op: Op
    id: str


@dataclass(frozen=True, slots=True)
class StatementChange:
    """A statement came, changed or went; `tally` is what it became, or was."""

    op: Op
    parts: Parts
    tally: Tally


GraphChange = EntityChange | StatementChange


def pack(changes: Iterable[GraphChange]) -> bytes:
    """The changes as one compressed value, a JSON line for each, as the change log keeps them."""
    lines = b"\n".join([orjson.dumps(_line(change)) for change in changes])
    return zlib.compress(lines, 1)


def _line(change: GraphChange) -> dict[str, Any]:
    if isinstance(change, EntityChange):
        return {"op": change.op, "kind": "entity", "id": change.id}
    parts, tally = change.parts, change.tally
    value = {}
    if parts.literal is not None:
        literal = parts.literal
        value = {"value": literal.text, "unit": literal.unit, "language": literal.language}
    return {
        "op": change.op,
        "kind": "statement",
        "id": parts.id,
        "subject": parts.subject,
        "relation": parts.relation,
        "object": parts.object,
        **value,
        "plausibility": as_float(tally.plausibility),
        "typicality": as_float(tally.typicality),
        "support": tally.support,
    }
