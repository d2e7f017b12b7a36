"""Names over HTTP: completed, taught, and what people did with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from asking import Ask
from served_sample import served

from kgservice.api.access import Door
from kgservice.api.keys import KeyFile
from kgservice.app import Service
from kgservice.graph.client import Address, Graph

RESOLVE = """query ($mentions: [MentionInput!]!) { resolve(mentions: $mentions) {
  text nilProbability match { entity { id } }
  candidates { entity { id label } confidence match name foundBy features { id value } } } }"""
TEACH = """mutation ($text: String!, $entity: ID!, $user: ID) {
  teachAlias(text: $text, entity: $entity, user: $user) {
    candidate { entity { id } match foundBy name confidence } } }"""
UNTEACH = """mutation ($text: String!, $entity: ID!, $user: ID) {
  unteachAlias(text: $text, entity: $entity, user: $user) }"""
RECORD = """mutation ($outcomes: [OutcomeInput!]!) {
  recordOutcomes(outcomes: $outcomes) { recorded } }"""


@pytest.fixture(autouse=True)
def _nothing_learned(address: Address, names: None) -> Iterator[None]:
    """The sample is left without what was taught of it."""
    yield
    with Graph.connect(address) as graph:
        graph.run("MATCH (n) WHERE n:__Alias OR n:__Outcome DELETE n")
        graph.run("MATCH (v:__AliasVersion) SET v.version = v.version + 1")


@pytest.fixture
def graph_of_sample(address: Address) -> Iterator[Graph]:
    with Graph.connect(address) as graph:
        yield graph


def meant(ask: Ask, text: str, **options: Any) -> str | None:
    found = ask(RESOLVE, mentions=[{"text": text, **options}])
    [resolution] = found["data"]["resolve"]
    return resolution["candidates"][0]["entity"]["id"] if resolution["candidates"] else None


def code(body: dict[str, Any]) -> str:
    [error] = body["errors"]
    return str(error["extensions"]["code"])


def test_each_mention_in_order_judged_alone(ask: Ask) -> None:
    mentions = [
        {"text": "Tom Hanks", "context": "earthquake moment magnitude paper"},
        {"text": "Tom Hnaks"},
        {"text": "Titanic", "types": ["Vehicle"]},
        {"text": "Zorblax Quimby"},
    ]
    found = ask(RESOLVE, mentions=mentions)["data"]["resolve"]
    assert [one["text"] for one in found] == [one["text"] for one in mentions]
    firsts = [one["candidates"][0]["entity"]["id"] for one in found[:3]]
    assert firsts == ["tom-hanks-seismologist", "tom-hanks", "titanic-ship"]
    assert found[3]["match"] is None
    assert found[3]["nilProbability"] > 0.5
    alone = [ask(RESOLVE, mentions=[one])["data"]["resolve"][0] for one in mentions]
    assert found == alone


def test_completion(ask: Ask) -> None:
    document = """query ($prefix: String!, $types: [String!], $session: [String!], $first: Int!) {
      suggest(prefix: $prefix, types: $types, session: $session, first: $first) {
        text score entity { id } } }"""

    def texts(prefix: str, **options: Any) -> list[str]:
        body = ask(document, **{"prefix": prefix, "first": 5, **options})
        return [one["text"] for one in body["data"]["suggest"]]

    people = texts("tom ha", types=["Person"])
    assert people == ["Tom Hanks", "Tom Hanks"]
    assert texts("titanic", types=["Vehicle"]) == ["Titanic"]
    assert "Forrest Gump" in texts("forrset")
    assert texts("t", first=0) == []
    plain = texts("j", types=["Film"])
    assert texts("j", types=["Film"], session=["nothing known"]) == plain
    assert code(ask(document, prefix="t", first=100_000)) == "LIMIT_EXCEEDED"


def test_what_was_entered_before_raises_what_goes_with_it(ask: Ask) -> None:
    document = """query ($session: [String!]) {
      suggest(prefix: "t", types: ["Person"], session: $session, first: 20) {
        entity { id } score } }"""
    before = ask(document)["data"]["suggest"]
    after = ask(document, session=["the moment magnitude scale", "tom-hanks-seismologist"])
    raised = [
        one["entity"]["id"] for one in ask(document, session=["Cast Away"])["data"]["suggest"]
    ]
    assert raised[0] == "tom-hanks"
    assert len(after["data"]["suggest"]) >= len(before) > 1


def test_a_user_teaches_a_name(ask: Ask) -> None:
    assert meant(ask, "Jaws") == "jaws"
    taught = ask(TEACH, text="JAWS", entity="yoda", user="ann")["data"]["teachAlias"]["candidate"]
    assert taught["entity"]["id"] == "yoda"
    assert taught["match"]
    assert "LEARNED" in taught["foundBy"]
    assert meant(ask, "jaws", user="ann") == "yoda"
    assert meant(ask, "jaws", user="bob") == meant(ask, "jaws") == "jaws"
    # To teach again is to mean something else.
    ask(TEACH, text="jaws", entity="rome", user="ann")
    assert meant(ask, "jaws", user="ann") == "rome"
    assert ask(UNTEACH, text="jaws", entity="yoda", user="ann")["data"]["unteachAlias"] is False
    assert ask(UNTEACH, text="Jaws!", entity="rome", user="ann")["data"]["unteachAlias"] is True
    assert meant(ask, "jaws", user="ann") == "jaws"


def test_everybody_is_taught_without_a_user(ask: Ask) -> None:
    ask(TEACH, text="the boss", entity="steven-spielberg")
    assert meant(ask, "The Boss") == meant(ask, "the boss", user="bob") == "steven-spielberg"
    ask(TEACH, text="the boss", entity="yoda", user="ann")
    assert meant(ask, "the boss", user="ann") == "yoda"
    assert ask(UNTEACH, text="the boss", entity="steven-spielberg")["data"]["unteachAlias"]
    assert meant(ask, "the boss", user="ann") == "yoda"


def test_what_cannot_be_taught(ask: Ask) -> None:
    assert code(ask(TEACH, text="x", entity="no such thing", user="ann")) == "UNKNOWN_ENTITY"
    assert code(ask(TEACH, text="  ", entity="yoda", user="ann")) == "BAD_REQUEST"
    assert ask(UNTEACH, text="x", entity="no such thing")["data"]["unteachAlias"] is False


def outcome(**given: Any) -> dict[str, Any]:
    return {"session": "s", "at": "2026-11-25T19:00:00Z", "text": "jaws", **given}


def test_outcomes_are_kept_once(ask: Ask, graph_of_sample: Graph) -> None:
    outcomes = [
        outcome(user="ann", entity="jaws", context="the shark film"),
        outcome(text="Jwas", at="2026-11-25T20:00:00.5+01:00"),
    ]
    for _ in range(2):
        body = ask(RECORD, outcomes=outcomes)
        assert body["data"]["recordOutcomes"] == {"recorded": 2}
    rows = graph_of_sample.rows(
        "MATCH (o:__Outcome) RETURN o.user, o.session, o.at, o.text, o.context, o.entity"
        " ORDER BY o.at"
    )
    assert rows == [
        ["ann", "s", 1_795_633_200.0, "jaws", "the shark film", "jaws"],
        [None, "s", 1_795_633_200.5, "Jwas", None, None],
    ]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-11-25T19:00:00"}, "at"),
        ({"text": " "}, "text"),
        ({"session": ""}, "session"),
    ],
)
def test_an_outcome_that_makes_no_sense(ask: Ask, given: dict[str, Any], place: str) -> None:
    body = ask(RECORD, outcomes=[outcome(), outcome(**given)])
    assert code(body) == "BAD_REQUEST"
    assert body["errors"][0]["extensions"]["path"] == ["outcomes", 1, place]


def test_outcomes_with_unknown_entities_or_too_many(ask: Ask, graph_of_sample: Graph) -> None:
    body = ask(RECORD, outcomes=[outcome(entity="nowhere"), outcome(entity="jaws")])
    assert body["errors"][0]["extensions"] == {"code": "UNKNOWN_ENTITY", "ids": ["nowhere"]}
    assert code(ask(RECORD, outcomes=[outcome()] * 1_001)) == "LIMIT_EXCEEDED"
    assert graph_of_sample.value("MATCH (o:__Outcome) RETURN count(o)") == 0


def test_who_may_say_what(made: Service, tmp_path: Path) -> None:
    keys = [
        {"id": scope, "sha256": hashlib.sha256(scope.encode()).hexdigest(), "scopes": scopes}
        for scope, scopes in (
            ("read", ["read"]),
            ("feedback", ["read", "feedback"]),
            ("admin", ["admin"]),
        )
    ]
    (tmp_path / "keys.json").write_text(json.dumps({"keys": keys}))
    door = Door(keys=KeyFile(tmp_path / "keys.json"))
    own = {"text": "jaws", "entity": "yoda", "user": "ann"}
    everybody = {"text": "jaws", "entity": "yoda"}
    asked = [
        (RECORD, {"outcomes": [outcome()]}),
        (TEACH, own),
        (UNTEACH, own),
        (TEACH, everybody),
        (UNTEACH, everybody),
    ]
    with served(replace(made, door=door)) as url, httpx.Client(base_url=url, timeout=30) as client:
        allowed = {}
        for key in ("read", "feedback", "admin"):
            headers = {"Authorization": f"Bearer {key}"}
            bodies = [
                client.post("/graphql", json={"query": q, "variables": v}, headers=headers).json()
                for q, v in asked
            ]
            allowed[key] = ["errors" not in body for body in bodies]
            codes = {code(body) for body in bodies if "errors" in body}
            assert codes <= {"FORBIDDEN"}
    assert allowed == {
        "read": [False] * 5,
        "feedback": [True, True, True, False, False],
        "admin": [True] * 5,
    }


def test_another_worker_sees_what_was_taught(ask: Ask, made: Service) -> None:
    with served(made) as url, httpx.Client(base_url=url, timeout=30) as other:

        def there() -> str:
            body = {"query": RESOLVE, "variables": {"mentions": [{"text": "the boss"}]}}
            [found] = other.post("/graphql", json=body).json()["data"]["resolve"]
            return str(found["candidates"][0]["entity"]["id"]) if found["candidates"] else ""

        assert there() != "yoda"
        ask(TEACH, text="the boss", entity="yoda")
        assert any(there() == "yoda" for _ in range(2_000))
