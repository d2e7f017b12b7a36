"""A whole assertion record, and changed ones."""

from __future__ import annotations

import json
from typing import Any

ASSERTION: dict[str, Any] = {
    "schema_version": "1.0",
    "record_type": "assertion",
    "assertion_id": "a1",
    "run_id": "nightly",
    "marketplace": "US",
    "lang": "en",
    "behavior": {
        "type": "query_purchase",
        "behavior_id": "b1",
        "query": {"text": "Rain Coat", "norm": "rain coat", "specificity": 0.3},
        "products": [
            {
                "product_id": "p1",
                "title": "Mac",
                "category": "Coats",
                "product_type": "COAT",
                "browse_path": ["Clothing", "Coats"],
            }
        ],
        "stats": {
            "count": 41,
            "purchase_rate": 0.5,
            "click_rate": 1,
            "window_start": "2024-01-01T00:00:00Z",
            "window_end": "2024-02-01T00:00:00Z",
        },
    },
    "domain": "Clothing",
    "relation": "USED_FOR_AUD",
    "seed_relation": "usedFor",
    "tail": {"text": "Dogs", "norm": "dogs", "type": "audience", "concept": "Pets"},
    "scores": {
        "plausibility": 0.94,
        "typicality": 0.88,
        "scorer": {"name": "s", "version": "3", "scored_at": "2024-01-01T00:00:00Z"},
    },
    "generator": {"model": "lm", "version": "2024.05", "prompt_template": "why"},
    "raw_text": "for people with dogs",
    "filters": [
        {"name": "edit_distance", "value": 7, "threshold": 3, "passed": True},
        {"name": "completeness_ppl", "value": 12.5, "passed": False},
    ],
    "annotation": {
        "complete": True,
        "relevant": True,
        "informative": True,
        "plausible": True,
        "typical": False,
        "n_annotators": 2,
        "tie_broken": False,
        "annotated_at": "2024-01-03T00:00:00Z",
    },
    "support": {"n_generations": 3, "n_behaviors": 12},
    "generated_at": "2024-01-01T01:00:00Z",
}
RETRACTION: dict[str, Any] = {
    "schema_version": "1.0",
    "record_type": "retraction",
    "assertion_id": "a1",
    "reason": "generic tail",
    "generated_at": "2024-01-02T00:00:00Z",
}
GONE = object()


def changed(record: dict[str, Any], **at: Any) -> dict[str, Any]:
    """A copy with other values: `behavior__products__0__title="x"`; GONE takes a key away."""
    copy: dict[str, Any] = json.loads(json.dumps(record))
    for path, value in at.items():
        *above, last = path.split("__")
        place: Any = copy
        for name in above:
            place = place[int(name) if name.isdigit() else name]
        if value is GONE:
            del place[last]
        else:
            place[int(last) if last.isdigit() else last] = value
    return copy


def assertion(**at: Any) -> dict[str, Any]:
    return changed(ASSERTION, **at)
