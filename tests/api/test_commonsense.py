"""`commonsense`: the four kinds of head, the minima, and what is not known."""

from __future__ import annotations

from typing import Any

from asking import Ask

DOCUMENT = """query ($heads: [CommonsenseHead!]!, $relations: [String!], $first: Int = 10,
    $minPlausibility: Float = 0.5, $minTypicality: Float = 0.5,
    $minSupport: Int, $language: String) {
  commonsense(heads: $heads, relations: $relations, first: $first, language: $language,
      minPlausibility: $minPlausibility, minTypicality: $minTypicality, minSupport: $minSupport) {
    known total head { id types { id } }
    statements { subject { id } relation { id } object { id } phrase
      typicality plausibility support } } }"""

QUERY = "camping tent for rain"


def commonsense(ask: Ask, *heads: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    found = ask(DOCUMENT, heads=list(heads), **more)
    assert "errors" not in found, found["errors"]
    results: list[dict[str, Any]] = found["data"]["commonsense"]
    assert len(results) == len(heads)
    return results


def tails(result: dict[str, Any]) -> list[str]:
    return [one["object"]["id"].rpartition(":")[2] for one in result["statements"]]


def test_four_kinds_of_head(ask: Ask) -> None:
    query, product, bought, together = commonsense(
        ask,
        {"query": QUERY},
        {"product": "P-TENT-4"},
        {"queryProduct": {"query": QUERY, "product": "P-TENT-4"}},
        {"coPurchase": ["P-TENT-4", "P-LANTERN"]},
        first=3,
    )
    assert query["head"] == {"id": f"query:en:{QUERY}", "types": [{"id": "Query"}]}
    assert product["head"] == {"id": "P-TENT-4", "types": [{"id": "Product"}]}
    assert bought["head"]["types"] == [{"id": "QueryPurchase"}]
    assert together["head"]["types"] == [{"id": "CoPurchase"}]
    # By hand from story.txt: the means for query and product, the scores of the behaviors.
    assert tails(query) == ["waterproof tent", "keeping the rain out", "camping trips"]
    assert tails(product) == ["camping trips", "keeping the rain out", "waterproof tent"]
    assert tails(bought) == ["camping trips", "keeping the rain out", "waterproof tent"]
    assert tails(together) == ["camping trips", "campers", "lighting the tent"]
    assert [one["typicality"] for one in bought["statements"]] == [0.95, 0.93, 0.92]
    assert bought["statements"][1] == {
        "subject": {"id": bought["head"]["id"]},
        "relation": {"id": "CAPABLE_OF"},
        "object": {"id": "intent:function:en:keeping the rain out"},
        "phrase": "is capable of keeping the rain out",
        "typicality": 0.93,
        "plausibility": 0.97,
        "support": 212,
    }
    # All nine intents of the behavior; what was taken back of the pair does not count.
    assert (bought["total"], together["total"]) == (9, 4)


def test_two_products_in_either_order(ask: Ask) -> None:
    one, other = commonsense(
        ask, {"coPurchase": ["P-TENT-4", "P-LANTERN"]}, {"coPurchase": ["P-LANTERN", "P-TENT-4"]}
    )
    assert one == other
    assert one["known"]


def test_what_is_not_known_and_what_the_minima_cut(ask: Ask) -> None:
    heads = [
        {"query": "tofu press"},
        {"product": "P-NOTHING"},
        {"queryProduct": {"query": QUERY, "product": "P-LEASH"}},
        {"coPurchase": ["P-TENT-4", "P-LEASH"]},
    ]
    for result in commonsense(ask, *heads):
        assert not result["known"]
        assert (result["total"], result["statements"]) == (0, [])
    [cut] = commonsense(ask, {"query": QUERY}, minTypicality=0.99)
    assert cut["known"]
    assert cut["statements"] == []
    assert cut["total"] == 11  # nine of one behavior, hiking trips and shelter of the others


def test_an_entity_without_commonsense_is_not_known(ask: Ask) -> None:
    [film] = commonsense(ask, {"product": "forrest-gump"})
    assert (film["known"], film["total"], film["statements"]) == (False, 0, [])


def test_minima(ask: Ask) -> None:
    def of(**minima: Any) -> list[str]:
        [result] = commonsense(
            ask, {"queryProduct": {"query": QUERY, "product": "P-TENT-4"}}, first=50, **minima
        )
        assert result["total"] == 9
        return tails(result)

    everything = [
        "camping trips", "keeping the rain out", "waterproof tent", "rain", "campsites",
        "rainy days", "families", "tent pegs", "sleeping four people",
    ]  # fmt: skip
    assert of(minTypicality=None, minPlausibility=None) == everything
    assert of() == everything[:-2]
    assert of(minTypicality=0.92, minPlausibility=0.97) == everything[:2]
    assert of(minTypicality=None, minPlausibility=0.96) == everything[:3]
    assert of(minSupport=213) == []
    assert of(minSupport=212) == everything[:-2]


def test_without_a_score_comes_last(ask: Ask) -> None:
    """That the picnic rug is for the rain has no typicality: only without a minimum it is there."""
    [result] = commonsense(
        ask, {"product": "P-BLANKET"}, minTypicality=None, minPlausibility=None, first=50
    )
    scores = [one["typicality"] for one in result["statements"]]
    assert None in scores
    known = [score for score in scores if score is not None]
    assert scores == sorted(known, reverse=True) + [None] * (len(scores) - len(known))


def test_relations_and_those_below_them(ask: Ask) -> None:
    head = {"product": "P-TENT-4"}
    [audience] = commonsense(ask, head, relations=["USED_FOR_AUD"], first=50)
    assert tails(audience) == ["campers", "families", "familien"]
    assert audience["total"] == 3
    [used_for] = commonsense(ask, head, relations=["USED_FOR"], first=50)
    assert {one["relation"]["id"] for one in used_for["statements"]} == {
        "USED_FOR_AUD", "USED_FOR_EVE", "USED_FOR_FUNC",
    }  # fmt: skip
    [nothing] = commonsense(ask, head, relations=[])
    assert (nothing["known"], nothing["total"], nothing["statements"]) == (True, 0, [])


def test_a_query_is_found_by_its_normalised_form(ask: Ask) -> None:
    results = commonsense(
        ask, {"query": '  "Camping   TENT for rain" '}, {"query": "zelt wasserdicht"}
    )
    assert [one["known"] for one in results] == [True, False]
    [german] = commonsense(ask, {"query": "Zelt wasserdicht"}, language="de")
    assert tails(german) == ["familien", "regen"]


def test_one_head_that_makes_no_sense_leaves_the_others_alone(ask: Ask) -> None:
    heads = [{"coPurchase": ["P-TENT-4"]}, {"product": "P-STOVE"}, {"coPurchase": ["A", "A"]}]
    found = ask(DOCUMENT, heads=heads)
    first, second, third = found["data"]["commonsense"]
    assert (first, third) == (None, None)
    assert second["known"]
    assert [(one["path"], one["extensions"]["path"]) for one in found["errors"]] == [
        (["commonsense", 0], ["heads", 0, "coPurchase"]),
        (["commonsense", 2], ["heads", 2, "coPurchase"]),
    ]
    assert {one["extensions"]["code"] for one in found["errors"]} == {"BAD_REQUEST"}


def test_no_head_at_all(ask: Ask) -> None:
    assert commonsense(ask) == []
