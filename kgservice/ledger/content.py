"""From the content of a mining pipeline's record to its values; the content must have been checked.

The graph keeps the content of every assertion whole, so what follows from it can be computed again
at any time, from the graph alone. The form of a record: docs/records.md.
"""

from __future__ import annotations

from typing import Any

from graph_schema.ids import normalise
from kgservice.ledger.order import read_time
from kgservice.ledger.records import (
    Behavior,
    BehaviorProduct,
    BehaviorQuery,
    Canonical,
    MinedAssertion,
    MinedRetraction,
    Tail,
)
from kgservice.ledger.scores import read_score


def mined_record(content: Canonical) -> MinedAssertion | MinedRetraction:
    """The assertion or retraction that a record states."""
    generated_at = read_time(content["generated_at"])
    version = (content.get("generator") or {}).get("version")
    if content["record_type"] == "retraction":
        return MinedRetraction(content["assertion_id"], generated_at, version, content)
    tail, scores = content["tail"], content["scores"]
    return MinedAssertion(
        assertion_id=content["assertion_id"],
        behavior=_behavior(content["behavior"], content["lang"]),
        relation=content["relation"],
        tail=Tail(tail["type"], tail["text"], normalise(tail["norm"]), tail.get("concept")),
        language=content["lang"],
        plausibility=_score(scores.get("plausibility")),
        typicality=_score(scores.get("typicality")),
        generated_at=generated_at,
        generator_version=version,
        content=content,
    )


def _behavior(content: Canonical, language: str) -> Behavior:
    stats = content.get("stats") or {}
    return Behavior(
        id=content["behavior_id"],
        language=language,
        products=tuple(_product(one) for one in content["products"]),
        query=_query(content.get("query")),
        count=stats.get("count"),
        purchase_rate=stats.get("purchase_rate"),
        click_rate=stats.get("click_rate"),
        window_start=stats.get("window_start"),
        window_end=stats.get("window_end"),
    )


def _product(content: Canonical) -> BehaviorProduct:
    return BehaviorProduct(
        content["product_id"],
        content["title"],
        content.get("category"),
        content.get("product_type"),
        tuple(content.get("browse_path") or ()),
    )


def _query(content: Canonical | None) -> BehaviorQuery | None:
    if content is None:
        return None
    norm = normalise(content["norm"])
    return BehaviorQuery(content["text"], norm, content.get("specificity"))


def _score(written: Any) -> int | None:
    return None if written is None else read_score(written)
