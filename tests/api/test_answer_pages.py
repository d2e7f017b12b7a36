"""Pages of `answers` over HTTP: laid end to end they are the whole; cursors; counts alone."""

from __future__ import annotations

import base64
from typing import Any

import orjson
from asking import ANSWERS, Ask, follow


def test_pages_laid_end_to_end_are_the_whole(ask: Ask) -> None:
    query = follow("steven-spielberg", "^DIRECTOR/CAST_MEMBER/BORN_IN/COUNTRY")
    scoring = {"merge": "SUM"}
    whole = ask(ANSWERS, query=query, scoring=scoring)["data"]["answers"]
    assert not whole["pageInfo"]["hasNextPage"]
    laid: list[Any] = []
    after = None
    for _ in range(8):
        found = ask(ANSWERS, query=query, scoring=scoring, first=3, after=after)["data"]["answers"]
        assert found["totalCount"] == 8
        assert found["pageInfo"]["hasPreviousPage"] == bool(laid)
        laid += found["edges"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert laid == whole["edges"]


def test_a_place_among_sums_of_fractions_names_who_found_it(ask: Ask) -> None:
    query = {"follow": {"from": {"type": "Product"}, "path": "USED_FOR_EVE|USED_FOR_FUNC"}}
    scoring = {"merge": "SUM", "statement": "TYPICALITY"}

    def page(after: str | None) -> dict[str, Any]:
        return ask(ANSWERS, query=query, scoring=scoring, first=2, after=after)

    whole = ask(ANSWERS, query=query, scoring=scoring)["data"]["answers"]["edges"]
    first = page(None)["data"]["answers"]
    assert page(first["pageInfo"]["endCursor"])["data"]["answers"]["edges"] == whole[2:4]
    text = first["pageInfo"]["endCursor"]
    read = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert read[2][2:] == ["index", first["dataVersion"]]
    for other in (["neo4j", first["dataVersion"]], ["index", "1"]):
        changed = orjson.dumps([*read[:2], [*read[2][:2], *other]])
        expired = page(base64.urlsafe_b64encode(changed).decode().rstrip("="))
        assert expired["data"]["answers"] is None
        assert expired["errors"][0]["extensions"]["code"] == "CURSOR_EXPIRED"


def test_cursors_are_the_same_wherever_they_are_asked_for(ask: Ask) -> None:
    found = ask("""{
      all: answers(first: 3, query: {type: "Film"}) {
        edges { cursor } pageInfo { startCursor endCursor } }
      ends: answers(first: 3, query: {type: "Film"}) {
        edges { score } pageInfo { startCursor endCursor } }
      edges: answers(first: 3, query: {type: "Film"}) { ...Edges ... { edges { score } } } }
      fragment Edges on AnswerConnection { edges { ...Edge } }
      fragment Edge on AnswerEdge { ... on AnswerEdge { cursor } }""")["data"]
    cursors = [edge["cursor"] for edge in found["all"]["edges"]]
    assert len(set(cursors)) == 3
    assert all(cursors)
    assert [edge["cursor"] for edge in found["edges"]["edges"]] == cursors
    for each in (found["all"], found["ends"]):
        assert each["pageInfo"] == {"startCursor": cursors[0], "endCursor": cursors[-1]}


def test_counts_alone(ask: Ask) -> None:
    found = ask("""{ answers(first: 0, query: {type: "Film"}) {
      totalCount edges { node { id } } pageInfo { hasNextPage startCursor } } }""")
    assert found["data"]["answers"] == {
        "totalCount": 35,
        "edges": [],
        "pageInfo": {"hasNextPage": True, "startCursor": None},
    }
    only = ask('{ answers(query: {type: "Film"}) { totalCount } }')
    assert only["data"]["answers"] == {"totalCount": 35}
