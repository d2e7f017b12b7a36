"""How the draft of 1.0 is written."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from kgservice.api.context import Context
from kgservice.api.reconciliation import previews
from kgservice.api.reconciliation.answering import Answer
from kgservice.api.reconciliation.extending import Extended
from kgservice.api.reconciliation.suggesting import type_of
from kgservice.resolution.features import FEATURES


def manifest(base: str) -> dict[str, Any]:
    """What the service offers, at an address that begins with `base`."""
    return {
        "versions": ["1.0-draft"],
        "name": "kgservice",
        "serviceVersion": version("kgservice"),
        "view": {"url": f"{base}/reconcile/v1/preview?id={{{{id}}}}"},
        "preview": {"width": previews.WIDTH, "height": previews.HEIGHT},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {
            "proposeProperties": True,
            "propertySettings": [
                {
                    "type": "number",
                    "default": 0,
                    "id": "limit",
                    "name": "Limit",
                    "helpText": "At most so many values; 0: all.",
                }
            ],
        },
        "standardizedScore": True,
        "batchSize": 100,
    }


def results(answers: Sequence[Sequence[Answer]], context: Context) -> dict[str, Any]:
    """The candidates of each query, in the order of the queries."""
    return {
        "results": [
            {"candidates": [_candidate(one, context) for one in several]} for several in answers
        ]
    }


def extension(extended: Extended) -> dict[str, Any]:
    """A row for each entity, and within it the values of each property."""
    return {
        "meta": [{"id": id, "name": name} for id, name in extended.properties],
        "rows": [
            {
                "id": id,
                "properties": [
                    {"id": property, "values": extended.cells[id, property]}
                    for property, _ in extended.properties
                ],
            }
            for id in extended.ids
        ],
    }


def _candidate(answer: Answer, context: Context) -> dict[str, Any]:
    return {
        "id": answer.entity.id,
        "name": answer.entity.label,
        "description": answer.entity.description or "",
        "type": [type_of(type, context) for type in answer.entity.types],
        "score": 100 * answer.confidence,
        "features": [
            {"id": id, "name": FEATURES[id], "value": value} for id, value in answer.features
        ],
        "match": answer.match,
    }
