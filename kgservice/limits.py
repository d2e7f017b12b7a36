"""How large a request may be; docs/semantics.md, Limits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Each is a setting (KG_MAX_..), with the default given here."""

    document_bytes: int = 100_000
    nesting: int = 12
    operands: int = 50
    steps: int = 20
    hops: int = 10
    walk_hops: int = 30
    ids: int = 1_000
    mentions: int = 100
    heads: int = 100
    outcomes: int = 1_000
    candidates: int = 100
    first: int = 1_000
    text: int = 10_000
    tokens: int = 5_000
    depth: int = 20
    aliases: int = 30
    fields: int = 1_000
    cost: int = 1_000_000
    directives: int = 200
