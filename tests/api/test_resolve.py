"""`resolve`, and mentions within expressions: names to entities, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Ask

DOCUMENT = """query ($mentions: [MentionInput!]!) { resolve(mentions: $mentions) {
  text nilProbability match { entity { id } } candidates {
    entity { id } confidence match name foundBy features { id value } } } }"""


def resolve(ask: Ask, *mentions: dict[str, Any]) -> list[dict[str, Any]]:
    found = ask(DOCUMENT, mentions=list(mentions))
    assert "errors" not in found, found["errors"]
    shown: list[dict[str, Any]] = found["data"]["resolve"]
    assert [one["text"] for one in shown] == [one["text"] for one in mentions]
    return shown


def ids(resolution: dict[str, Any]) -> list[str]:
    return [one["entity"]["id"] for one in resolution["candidates"]]


def test_an_exact_name(ask: Ask) -> None:
    [found] = resolve(ask, {"text": "Natalie Portman"})
    best = found["candidates"][0]
    assert best["entity"] == {"id": "natalie-portman"}
    assert best["name"] == "Natalie Portman"
    assert "EXACT" in best["foundBy"]
    assert best["match"]
    assert found["match"] == {"entity": {"id": "natalie-portman"}}
    assert best["confidence"] > 0.9
    assert {type(one["value"]) for one in best["features"]} == {float}


def test_features_of_the_match_alone(ask: Ask) -> None:
    found = ask("""{ resolve(mentions: [{text: "Natalie Portman"}]) {
        candidates { confidence } match { ...why } } }
        fragment why on Candidate { features { id value } }""")
    [one] = found["data"]["resolve"]
    assert {"id": "exact", "value": 1.0} in one["match"]["features"]


def test_by_alias_by_letters_by_id(ask: Ask) -> None:
    alias, letters, id = resolve(
        ask, {"text": "Thomas Jeffrey Hanks"}, {"text": "Natly Portmann"}, {"text": "P-TENT-4"}
    )
    assert ids(alias)[0] == "tom-hanks"
    assert ids(letters)[0] == "natalie-portman"
    assert "FUZZY" in letters["candidates"][0]["foundBy"]
    assert ids(id)[0] == "P-TENT-4"
    assert "ID" in id["candidates"][0]["foundBy"]


@pytest.mark.model
def test_by_meaning(ask: Ask) -> None:
    """No letters in common to speak of: only the vectors lead there."""
    [found] = resolve(ask, {"text": "brolly for stormy weather", "limit": 20})
    by_meaning = [one for one in found["candidates"] if "EMBEDDING" in one["foundBy"]]
    assert any(one["entity"]["id"].startswith("P-UMBRELLA") for one in by_meaning)


@pytest.mark.parametrize(
    ("mention", "meant"),
    [
        ({"text": "Titanic", "types": ["Ship"]}, "titanic-ship"),
        ({"text": "Titanic", "types": ["Vehicle"]}, "titanic-ship"),  # a ship is a vehicle
        ({"text": "Titanic", "types": ["Film"]}, "titanic-film"),
        ({"text": "Munich", "types": ["CreativeWork"]}, "munich-film"),
        ({"text": "Paris", "context": "a town in Texas"}, "paris-texas"),
        ({"text": "Perth", "context": "Western Australia"}, "perth-australia"),
        ({"text": "Tom Hanks", "context": "the voice of Woody"}, "tom-hanks"),
    ],
)
def test_types_and_context_settle_namesakes(ask: Ask, mention: dict[str, Any], meant: str) -> None:
    [found] = resolve(ask, mention)
    assert ids(found)[0] == meant


def test_namesakes_share_what_is_known(ask: Ask) -> None:
    """Nothing tells them apart, so none is sure, and together they are at most 1."""
    [found] = resolve(ask, {"text": "Titanic"})
    assert {"titanic-film", "titanic-ship"} <= set(ids(found)[:3])
    assert found["match"] is None
    confidences = [one["confidence"] for one in found["candidates"]]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) + found["nilProbability"] <= 1 + 1e-9


def test_limit_and_least_confidence(ask: Ask) -> None:
    one, sure, everything = resolve(
        ask,
        {"text": "Titanic", "limit": 1},
        {"text": "Natalie Portman", "minConfidence": 0.5},
        {"text": "Natalie Portman", "minConfidence": 0.0, "limit": 100},
    )
    assert len(one["candidates"]) == 1
    assert ids(sure) == ["natalie-portman"]
    assert len(everything["candidates"]) > 1


@pytest.mark.parametrize("text", ["", "   ", "?!", "\u200b", "x" * 5_000, "\U0001f327" * 50])
def test_texts_that_name_nothing(ask: Ask, text: str) -> None:
    [found] = resolve(ask, {"text": text})
    assert found["match"] is None
    assert 0.5 < found["nilProbability"] <= 1


def test_no_mention_at_all(ask: Ask) -> None:
    assert ask("{ resolve(mentions: []) { text } }")["data"] == {"resolve": []}


# ------------------------------------------------------------------ within expressions


def test_the_confidence_of_a_mention_is_carried_to_the_answers(ask: Ask) -> None:
    found = ask("""{ answers(query: {follow: {from: {mention: {text: "Natalie Portman"}},
        path: "^PERFORMER"}}) { edges { score } resolutions { candidates { confidence } } } }""")
    [resolution] = found["data"]["answers"]["resolutions"]
    assert {edge["score"] for edge in found["data"]["answers"]["edges"]} == {
        resolution["candidates"][0]["confidence"]
    }


def test_two_mentions_settle_each_other(ask: Ask) -> None:
    """Either is unsure alone; only one Titanic was directed by James Cameron."""
    found = ask("""{ answers(query: {intersect: [{mention: {text: "Titanic"}},
        {follow: {from: {mention: {text: "James Cameron"}}, path: "^DIRECTOR"}}]}) {
      nodes { id } resolutions { text candidates { entity { id } } } } }""")
    shown = found["data"]["answers"]
    assert shown["nodes"] == [{"id": "titanic-film"}]
    # In the order in which they stand in the question.
    assert [one["text"] for one in shown["resolutions"]] == ["Titanic", "James Cameron"]
    assert shown["resolutions"][1]["candidates"][0]["entity"]["id"] == "james-cameron"


def test_what_is_removed_must_be_sure(ask: Ask) -> None:
    """Titanic may be the film or the ship: neither is sure enough to take answers away."""
    document = """query ($least: Float) { answers(query: {subtract: {
        from: {ids: ["titanic-film", "titanic-ship"]},
        remove: {mention: {text: "Titanic", minConfidence: $least}}}}) { nodes { id } } }"""
    usual = ask(document)["data"]["answers"]["nodes"]
    assert {one["id"] for one in usual} == {"titanic-film", "titanic-ship"}
    assert ask(document, least=0.01)["data"]["answers"]["nodes"] == []


def test_a_mention_of_nothing_is_the_empty_set(ask: Ask) -> None:
    found = ask("""{ answers(query: {mention: {text: "Zorblax", minConfidence: 0.5}}) {
      totalCount nodes { id } resolutions { nilProbability match { name } } } }""")
    shown = found["data"]["answers"]
    assert (shown["totalCount"], shown["nodes"]) == (0, [])
    assert shown["resolutions"][0]["match"] is None


def test_support_of_a_mention_begins_at_its_candidate(ask: Ask) -> None:
    found = ask("""{ answers(first: 1, query: {follow: {
        from: {mention: {text: "Leon", types: ["Film"]}}, path: "DIRECTOR"}}) {
      edges { node { id } support { entities { id } } } } }""")
    [edge] = found["data"]["answers"]["edges"]
    assert edge["node"] == {"id": "luc-besson"}
    assert edge["support"][0]["entities"] == [{"id": "leon"}, {"id": "luc-besson"}]
