"""FolkScope's assertions about pairs of products, as IntentionQA publishes them, into assertions.

Each row becomes the record that a mining pipeline would have written of it: a co-purchase, the
relation of ours that corresponds to theirs, and the typicality that people gave. Nobody scored the
plausibility, so it stays unknown. FolkScope: doi 10.18653/v1/2023.findings-acl.76; the rows and
their licence (MIT): HKUST-KnowComp/IntentionQA.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph_schema.ids import normalise
from kgservice.ledger.records import MinedAssertion, MinedRetraction
from loaders.reading.assertions import read_assertion
from loaders.reading.checks import first_fault
from loaders.reading.rejection import Reason, RecordError
from loaders.reading.wanted import Reading

#: Theirs to ours, with the type of the tail. Of their 21 relations only these have a counterpart.
COUNTERPARTS: Mapping[str, tuple[str, str]] = {
    "usedFor": ("USED_FOR_FUNC", "function"),
    "capableOf": ("CAPABLE_OF", "function"),
    "can": ("CAPABLE_OF", "function"),
    "isA": ("IS_A", "concept"),
    "definedAs": ("IS_A", "concept"),
    "mannerOf": ("IS_A", "concept"),
    "cause": ("xWant", "activity"),
    "effect": ("xWant", "activity"),
    "relatedTo": ("xInterested_in", "interest"),
}

#: The rows have no time, and a record needs one: the day on which the paper appeared.
_PUBLISHED = "2022-11-15T00:00:00Z"

#: The rows do not say which of their two departments (electronics, clothing) a pair is of.
_DOMAIN = "Others"

#: Where in their row a fault of our record lies.
_FIELDS = {
    "assertion_id": "fs_id",
    "behavior.products": "item_b_id",
    "behavior.products.0.product_id": "item_a_id",
    "behavior.products.1.product_id": "item_b_id",
    "tail.norm": "tail",
    "scores.typicality": "typicality",
}

_Text = Annotated[str, Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    fs_id: _Text
    item_a_id: _Text
    item_a_title: _Text
    item_b_id: _Text
    item_b_title: _Text
    relation: _Text
    tail: str
    assertion: str | None = None
    typicality: float | None = None


def read_folkscope(cells: Mapping[str, Any], reading: Reading) -> MinedAssertion | MinedRetraction:
    """The assertion of a row; raises RecordError."""
    try:
        row = _Row.model_validate(cells)
    except ValidationError as error:
        raise first_fault(error) from error
    if row.relation not in COUNTERPARTS:
        known = ", ".join(COUNTERPARTS)
        message = f"{row.relation!r} corresponds to no relation of ours; {known} do"
        raise RecordError(Reason.UNKNOWN_RELATION, message, "relation")
    try:
        return read_assertion(_record(row), reading.vocabulary, reading.naming)
    except RecordError as error:
        field = _FIELDS.get(error.field or "", error.field)
        raise RecordError(error.reason, str(error), field) from error


def _record(row: _Row) -> dict[str, Any]:
    relation, tail_type = COUNTERPARTS[row.relation]
    products = [
        {"product_id": row.item_a_id, "title": row.item_a_title, "category": _DOMAIN},
        {"product_id": row.item_b_id, "title": row.item_b_title, "category": _DOMAIN},
    ]
    return {
        "schema_version": "1.0",
        "record_type": "assertion",
        "assertion_id": f"folkscope:{row.fs_id}",
        "run_id": "folkscope",
        "marketplace": "US",
        "lang": "en",
        "behavior": {
            "type": "co_purchase",
            "behavior_id": _behavior_id(row.item_a_id, row.item_b_id),
            "products": products,
        },
        "domain": _DOMAIN,
        "relation": relation,
        "seed_relation": row.relation,
        "tail": {"text": row.tail or " ", "norm": normalise(row.tail), "type": tail_type},
        "scores": {"typicality": row.typicality},
        "generator": {"model": "opt-30b", "version": "1", "prompt_template": row.relation},
        "raw_text": row.assertion,
        "support": {"n_generations": 1, "n_behaviors": 1},
        "generated_at": _PUBLISHED,
    }


def _behavior_id(*products: str) -> str:
    """The id that the pipelines' record gives a co-purchase: one pair, in whatever order."""
    parts = ("co_purchase", "", ",".join(sorted(products)))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
