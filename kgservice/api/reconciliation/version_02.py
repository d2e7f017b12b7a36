"""How 0.2 is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from kgservice.api.context import Context
from kgservice.api.reconciliation import previews
from kgservice.api.reconciliation.answering import Answer
from kgservice.api.reconciliation.extending import Extended
from kgservice.api.reconciliation.suggesting import type_of


def manifest(base: str) -> dict[str, Any]:
    """What the service offers, at an address that begins with `base`."""

    def suggest(kind: str) -> dict[str, str]:
        return {"service_url": base, "service_path": f"/reconcile/suggest/{kind}"}

    flyout = {
        "flyout_service_url": base,
        "flyout_service_path": "/reconcile/flyout/entity?id=${id}",
    }
    view = f"{base}/reconcile/preview?id={{{{id}}}}"
    return {
        "versions": ["0.2"],
        "name": "kgservice",
        "identifierSpace": f"{base}/entity/",
        "schemaSpace": f"{base}/relation/",
        "serviceVersion": version("kgservice"),
        "view": {"url": view},
        "preview": {"url": view, "width": previews.WIDTH, "height": previews.HEIGHT},
        "suggest": {
            "entity": {**suggest("entity"), **flyout},
            "property": suggest("property"),
            "type": suggest("type"),
        },
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/reconcile/properties"},
            "property_settings": [
                {
                    "type": "number",
                    "default": 0,
                    "label": "Limit",
                    "name": "limit",
                    "help_text": "At most so many values; 0: all.",
                }
            ],
        },
        "batchSize": 100,
    }


def results(answers: Mapping[str, Sequence[Answer]], context: Context) -> dict[str, Any]:
    """The candidates of each query by its key."""
    return {
        key: {"result": [_candidate(one, context) for one in several]}
        for key, several in answers.items()
    }


def extension(extended: Extended) -> dict[str, Any]:
    """Rows by entity, cells by property."""
    return {
        "meta": [{"id": id, "name": name} for id, name in extended.properties],
        "rows": {
            id: {property: extended.cells[id, property] for property, _ in extended.properties}
            for id in extended.ids
        },
    }


def _candidate(answer: Answer, context: Context) -> dict[str, Any]:
    return {
        "id": answer.entity.id,
        "name": answer.entity.label,
        "description": answer.entity.description or "",
        "type": [type_of(type, context) for type in answer.entity.types],
        "score": 100 * answer.confidence,
        "features": [{"id": id, "value": value} for id, value in answer.features],
        "match": answer.match,
    }
