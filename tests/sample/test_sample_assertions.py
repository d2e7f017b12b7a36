"""The commonsense half: records as the pipelines write them, and the story they are made from."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import pytest
from sample_graph import SampleGraph, lines, live_assertions, records

from graph_schema.relations import COMMONSENSE_RELATIONS
from sample import write_assertions
from sample.story import read_story

Record = dict[str, Any]
TAIL_TYPES = {relation.id: set(relation.tail_types) for relation in COMMONSENSE_RELATIONS}
#: Of the eighteen departments that the pipelines know, those that the sample's shop has.
DEPARTMENTS = {
    "Clothing, Shoes & Jewelry", "Sports & Outdoors", "Home & Kitchen", "Electronics",
    "Baby Products", "Toys & Games", "Pet Supplies", "Others",
}  # fmt: skip


@pytest.fixture(scope="module")
def assertions() -> list[Record]:
    return [r for r in records("assertions.jsonl") if r["record_type"] == "assertion"]


def sha256(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def test_the_committed_records_are_what_the_story_says() -> None:
    written = io.StringIO()
    with redirect_stdout(written):
        write_assertions.main()
    assert written.getvalue().splitlines() == lines("assertions.jsonl")


def test_ids_are_the_hashes_of_their_parts(assertions: list[Record]) -> None:
    for record in assertions:
        behavior = record["behavior"]
        ids = ",".join(sorted(product["product_id"] for product in behavior["products"]))
        query = behavior["query"]["norm"] if "query" in behavior else ""
        assert behavior["behavior_id"] == sha256(behavior["type"], query, ids)
        assert record["assertion_id"] == sha256(
            behavior["behavior_id"],
            record["relation"],
            record["tail"]["norm"],
            record["marketplace"],
        )


def test_a_behavior_has_the_parts_of_its_type(assertions: list[Record]) -> None:
    for record in assertions:
        behavior = record["behavior"]
        products = {product["product_id"] for product in behavior["products"]}
        is_purchase = behavior["type"] == "query_purchase"
        assert len(products) == len(behavior["products"]) == (1 if is_purchase else 2)
        assert ("query" in behavior) == is_purchase
        assert record["domain"] in DEPARTMENTS
        assert record["domain"] == behavior["products"][0]["browse_path"][0]


def test_a_behavior_is_described_alike_everywhere(assertions: list[Record]) -> None:
    described = defaultdict(set)
    for record in assertions:
        described[record["behavior"]["behavior_id"]].add(str(record["behavior"]))
    assert {len(texts) for texts in described.values()} == {1}


def test_products_are_the_entities_with_the_same_label(assertions: list[Record]) -> None:
    labels = {record["id"]: record["label"] for record in records("entities.jsonl")}
    products = {p["product_id"]: p for record in assertions for p in record["behavior"]["products"]}
    assert {id: labels[id] for id in products} == {id: p["title"] for id, p in products.items()}
    of_type = {r["id"] for r in records("entities.jsonl") if "Product" in r["types"]}
    assert of_type == set(products)


def test_tails_fit_their_relation_and_are_in_normal_form(assertions: list[Record]) -> None:
    for record in assertions:
        tail = record["tail"]
        assert tail["type"] in TAIL_TYPES[record["relation"]]
        for norm in (tail["norm"], tail.get("concept", "x")):
            folded = unicodedata.normalize("NFKC", norm).casefold()
            assert norm == " ".join(folded.split()).strip("\"'")


def test_scores_are_probabilities_or_missing(assertions: list[Record]) -> None:
    for record in assertions:
        for score in (record["scores"]["plausibility"], record["scores"]["typicality"]):
            assert score is None or 0 <= score <= 1


def test_supports_count_the_behaviors_of_an_assertion(assertions: list[Record]) -> None:
    assert all(record["support"]["n_generations"] >= 1 for record in assertions)
    behaviors = defaultdict(list)
    for record in assertions:
        key = (record["relation"], record["tail"]["type"], record["tail"]["norm"])
        behaviors[key].append(record)
    for said in behaviors.values():
        different = {record["behavior"]["behavior_id"] for record in said}
        assert {record["support"]["n_behaviors"] for record in said} == {len(different)}


def test_what_was_taken_back_is_gone(graph: SampleGraph) -> None:
    (retraction,) = [r for r in records("assertions.jsonl") if r["record_type"] == "retraction"]
    assert set(retraction) == {
        "schema_version", "record_type", "assertion_id", "reason", "generated_at",
    }  # fmt: skip
    assert retraction["assertion_id"] not in {r["assertion_id"] for r in live_assertions()}
    assert not graph.named("the same purpose")


def test_a_newer_assertion_replaces_the_older(graph: SampleGraph) -> None:
    replaced = len(records("assertions.jsonl")) - len(live_assertions())
    assert replaced == 4 + 2  # four superseded; one retracted, and its retraction
    key = ("P-RAINCOAT-YELLOW", "USED_FOR_EVE", "intent:event:en:storms")
    assert key not in graph.statements
    umbrella = graph.statements["P-UMBRELLA-BLACK", "USED_FOR_EVE", "intent:event:en:storms"]
    assert (umbrella.plausibility, umbrella.typicality, umbrella.support) == (0.9, 0.68, 184)


HAS_EACH: dict[str, Callable[[Record], object]] = {
    "an annotation": lambda r: "annotation" in r,
    "an annotation that needed a third person": lambda r: r.get("annotation", {}).get("tie_broken"),
    "filters": lambda r: "filters" in r,
    "a filter that was not passed": lambda r: not all(f["passed"] for f in r.get("filters", [])),
    "a missing typicality": lambda r: r["scores"]["typicality"] is None,
    "plausible, not typical": lambda r: 0 < (r["scores"]["typicality"] or 0) < 0.5,
    "a behavior without a count": lambda r: "stats" not in r["behavior"],
    "a raw text": lambda r: "raw_text" in r,
    "a broader concept": lambda r: "concept" in r["tail"],
    "a text other than its norm": lambda r: r["tail"]["text"] != r["tail"]["norm"],
    "the older run": lambda r: r["run_id"] == "2024-05-20-pilot",
    "the newer run": lambda r: r["run_id"] == "2024-06-01-daily",
    "the older generator": lambda r: r["generator"]["model"] == "opt-30b",
    "the newer generator": lambda r: r["generator"]["model"] == "cosmo-lm-13b",
    "German": lambda r: (r["lang"], r["marketplace"]) == ("de", "DE"),
    "French": lambda r: (r["lang"], r["marketplace"]) == ("fr", "FR"),
    "the British shop": lambda r: (r["lang"], r["marketplace"]) == ("en", "UK"),
}


@pytest.mark.parametrize("what", HAS_EACH)
def test_the_sample_shows_each_variety(what: str, assertions: list[Record]) -> None:
    assert any(HAS_EACH[what](record) for record in assertions)


def test_every_relation_of_the_fifteen_is_used(assertions: list[Record]) -> None:
    assert {record["relation"] for record in assertions} == set(TAIL_TYPES)


def test_the_hierarchy_of_the_story_is_that_of_the_graph(graph: SampleGraph) -> None:
    """No line of [broader] is left over: each hangs on an intent that somebody had."""
    intents = {id for id in graph.types if graph.is_a(id, "Intent")}
    assert {
        (narrow.split(":", 3)[3], broad.split(":", 3)[3])
        for narrow, relation, broad in graph.statements
        if relation == "BROADER" and narrow in intents
    } == set(read_story().broader.items())


def test_a_line_that_is_no_intent_is_refused() -> None:
    story = "[products]\n[queries]\nq | 0.5\n[broader]\n[behaviors]\nq -> P | 1\n  IS_A | (x) | 1 1"
    with pytest.raises(ValueError, match="not an intent"):
        type(read_story())(story.replace("[queries]", "P | T | D > C\n[queries]"), {"P": "P"})
