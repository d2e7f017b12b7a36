"""What follows from one behavior, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kgservice.ledger.behaviors import (
    NOTHING,
    Contributions,
    Standing,
    behavior_label,
    contributions,
)
from kgservice.ledger.content import mined_record
from kgservice.ledger.records import MinedAssertion
from kgservice.ledger.tally import Level, Observation

_BEHAVIOR: dict[str, Any] = {
    "type": "query_purchase",
    "behavior_id": "b",
    "query": {"text": "Rain Coat", "norm": "Rain Coat", "specificity": 0.3},
    "products": [{"product_id": "p", "title": "Mac", "category": "Coats"}],
    "stats": {"count": 41},
}
_CO_PURCHASE: dict[str, Any] = {
    "type": "co_purchase",
    "behavior_id": "b",
    "products": [
        {"product_id": "p", "title": "Mac", "category": "Coats"},
        {"product_id": "q", "title": "Hat", "category": "Hats"},
    ],
}


def assertion(id: str = "a", **changed: Any) -> MinedAssertion:
    content = {
        "record_type": "assertion",
        "assertion_id": id,
        "marketplace": "US",
        "lang": "en",
        "behavior": _BEHAVIOR,
        "domain": "Clothing",
        "relation": "USED_FOR_AUD",
        "tail": {"text": "Dogs", "norm": "dogs", "type": "audience"},
        "scores": {"plausibility": 0.5, "typicality": None},
        "generator": {"model": "m", "version": "1"},
        "generated_at": "2024-01-01T00:00:00Z",
    }
    record = mined_record({**content, **changed})
    assert isinstance(record, MinedAssertion)
    return record


def following(*standing: tuple[str, MinedAssertion]) -> Contributions:
    return contributions([Standing(*one) for one in standing])


def of(found: Contributions, subject: str, relation: str, object: str) -> Observation:
    parts = {(one.subject, one.relation, one.object): one for one in found.observations}
    return found.observations[parts[subject, relation, object]]


def test_nothing_follows_from_nothing() -> None:
    assert contributions([]) == NOTHING


def test_a_query_purchase() -> None:
    found = following(("d", assertion()))
    keys = {(one.subject, one.relation, one.object) for one in found.observations}
    dogs = "intent:audience:en:dogs"
    assert keys == {
        ("b", "HAS_QUERY", "query:en:rain coat"),
        ("b", "HAS_PRODUCT", "p"),
        ("p", "HAS_CATEGORY", "category:Coats"),
        ("b", "USED_FOR_AUD", dogs),
        ("query:en:rain coat", "USED_FOR_AUD", dogs),
        ("p", "USED_FOR_AUD", dogs),
    }
    tags = {"sources": frozenset({"d"}), "domains": frozenset({"Clothing"})}
    scored = Observation(41, 500_000, None, Level.BEHAVIOR, **tags, marketplaces=frozenset({"US"}))
    assert of(found, "b", "USED_FOR_AUD", dogs) == scored
    assert of(found, "p", "USED_FOR_AUD", dogs) == replace(scored, level=Level.ROLLED_UP)
    assert of(found, "b", "HAS_QUERY", "query:en:rain coat").support == 41
    assert of(found, "p", "HAS_CATEGORY", "category:Coats").support == 1
    described = {one.id: one for one in found.described}
    assert described["query:en:rain coat"].properties == {"norm": "rain coat", "language": "en"}
    assert described[dogs].types == ("AudienceIntent",)


def test_the_newest_assertion_decides_what_the_behavior_is() -> None:
    newer = assertion("n", behavior=_CO_PURCHASE, generated_at="2024-01-02T00:00:00Z")
    found = following(("d", newer), ("d", assertion()))
    heads = {one.subject for one in found.observations if one.relation == "USED_FOR_AUD"}
    assert heads == {"b", "p", "q"}
    assert of(found, "b", "HAS_PRODUCT", "q").support == 1
    assert "query:en:rain coat" not in {one.id for one in found.described}


def test_a_statement_by_several_data_sets_is_one_observation() -> None:
    scores = {"plausibility": 1, "typicality": 0.7}
    found = following(("d", assertion()), ("e", assertion(scores=scores, marketplace="UK")))
    rolled_up = of(found, "p", "USED_FOR_AUD", "intent:audience:en:dogs")
    assert (rolled_up.support, rolled_up.plausibility, rolled_up.typicality) == (
        41,
        750_000,
        700_000,
    )
    assert rolled_up.sources == {"d", "e"}
    assert rolled_up.marketplaces == {"US", "UK"}


@pytest.mark.parametrize(
    ("concept", "above"),
    [("Pets", "intent:audience:en:pets"), (None, None), (' "DOGS"', None)],
)
def test_the_concept_of_a_tail_is_above_it(concept: str | None, above: str | None) -> None:
    tail = {"text": "Dogs", "norm": "dogs", "type": "audience", "concept": concept}
    found = following(("d", assertion(tail=tail)))
    broader = [one.object for one in found.observations if one.relation == "BROADER"]
    assert broader == ([above] if above else [])


def test_categories_of_a_path() -> None:
    product = {
        "product_id": "p",
        "title": "Mac",
        "category": "Clothing",
        "product_type": "COAT",
        "browse_path": ["Clothing", "Coats", "Coats", "Rain"],
    }
    found = following(("d", assertion(behavior={**_BEHAVIOR, "products": [product]})))
    keys = {(one.subject, one.relation, one.object) for one in found.observations}
    assert {key for key in keys if key[1] in ("HAS_CATEGORY", "HAS_PRODUCT_TYPE", "BROADER")} == {
        ("p", "HAS_CATEGORY", "category:Clothing"),
        ("p", "HAS_CATEGORY", "category:Rain"),
        ("p", "HAS_PRODUCT_TYPE", "product_type:COAT"),
        ("category:Coats", "BROADER", "category:Clothing"),
        ("category:Rain", "BROADER", "category:Coats"),
    }


@pytest.mark.parametrize(
    ("title", "shown"),
    [("x" * 60, "x" * 60), ("x" * 61, "x" * 59 + "…"), ("x" * 58 + " yz", "x" * 58 + "…")],
)
def test_long_titles_are_cut_in_labels(title: str, shown: str) -> None:
    products = [{"product_id": "p", "title": title, "category": "Coats"}]
    behavior = assertion(behavior={**_BEHAVIOR, "products": products}).behavior
    assert behavior_label(behavior) == f"rain coat → {shown}"


def test_labels_of_co_purchases() -> None:
    assert behavior_label(assertion(behavior=_CO_PURCHASE).behavior) == "Mac + Hat"
