"""What a client gets for a question that makes no sense: a code, the place, and the next step."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from asking import Ask

from kgservice.api.cursors import cursor

ANSWERS = "query ($query: SetExpression!, $scoring: Scoring, $first: Int = 20, $after: String) {"
ANSWERS += (
    " answers(query: $query, scoring: $scoring, first: $first, after: $after) { totalCount } }"
)

LEON: dict[str, Any] = {"ids": ["leon"]}


def follow(**rest: Any) -> dict[str, Any]:
    return {"follow": {"from": LEON, **rest}}


def step(**step: Any) -> dict[str, Any]:
    return follow(steps=[step])


def refusal(ask: Ask, query: Any, **more: Any) -> dict[str, Any]:
    """The only error of a question, whose field is null."""
    found = ask(ANSWERS, query=query, **more)
    [error] = found["errors"]
    assert found["data"] == {"answers": None}
    assert error["path"] == ["answers"]
    return {"message": error["message"], **error["extensions"]}


# ------------------------------------------------------------------ unknown names


def test_all_unknown_ids_are_named(ask: Ask) -> None:
    query = {"union": [{"ids": ["leon", "nobody"]}, {"ids": ["nowhere"]}]}
    found = refusal(ask, query)
    assert found["code"] == "UNKNOWN_ENTITY"
    assert sorted(found["ids"]) == ["nobody", "nowhere"]
    assert "nobody" in found["message"]


@pytest.mark.parametrize(
    ("query", "name", "nearest"),
    [
        (step(relations=["CAST_MEMBR"]), "CAST_MEMBR", "CAST_MEMBER"),
        # Sought among ids, labels and aliases.
        (step(relations=["cast membr"]), "cast membr", "CAST_MEMBER"),
        (step(relations=["P1611"]), "P1611", "CAST_MEMBER"),
        (step(relations=["place of brth"]), "place of brth", "BORN_IN"),
        (step(relations=["LEON", "BORN"]), "LEON", None),
        (follow(path="^DIRECTR/BORN_IN"), "DIRECTR", "DIRECTOR"),
        (
            {"filter": {"of": LEON, "where": [{"relation": "RELEASE", "op": "GT", "value": "1"}]}},
            "RELEASE",
            "RELEASED",
        ),
        ({"top": {"of": LEON, "by": "POPULATON"}}, "POPULATON", "POPULATION"),
    ],
)  # fmt: skip
def test_an_unknown_relation(ask: Ask, query: Any, name: str, nearest: str | None) -> None:
    found = refusal(ask, query)
    assert (found["code"], found["name"]) == ("UNKNOWN_RELATION", name)
    assert len(found["nearest"]) <= 3
    if nearest is not None:
        assert nearest in found["nearest"]
        assert nearest in found["message"]


@pytest.mark.parametrize(
    "query",
    [
        {"type": "Fillm"},
        step(types=["Fillm"]),
        {"filter": {"of": LEON, "types": ["Fillm"]}},
        {"mention": {"text": "leon", "types": ["Fillm"]}},
    ],
)
def test_an_unknown_type(ask: Ask, query: Any) -> None:
    found = refusal(ask, query)
    assert (found["code"], found["name"]) == ("UNKNOWN_TYPE", "Fillm")
    assert found["nearest"][0] == "Film"


def test_unknown_names_beside_answers(ask: Ask) -> None:
    """Each field fails alone, with its own error."""
    found = ask(
        """{ entities(ids: ["leon"]) { id statements(relations: ["?"]) { totalCount } } }"""
    )
    assert found["data"] == {"entities": [None]}
    [error] = found["errors"]
    assert error["extensions"]["code"] == "UNKNOWN_RELATION"
    assert error["path"] == ["entities", 0, "statements"]
    several = ask("""{ stats { entityCount }
      paths(from: {ids: ["?"]}, to: {ids: ["leon"]}) { totalCount }
      commonsense(heads: [], relations: ["?"]) { known }
      resolve(mentions: [{text: "leon", types: ["?"]}]) { text } }""")
    assert several["data"] == {
        "stats": {"entityCount": 740}, "paths": None, "commonsense": None, "resolve": None,
    }  # fmt: skip
    assert {tuple(one["path"]): one["extensions"]["code"] for one in several["errors"]} == {
        ("paths",): "UNKNOWN_ENTITY",
        ("commonsense",): "UNKNOWN_RELATION",
        ("resolve",): "UNKNOWN_TYPE",
    }


# ------------------------------------------------------------------ nonsense


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"intersect": []}, ["query", "intersect"]),
        ({"union": [LEON, {"intersect": []}]}, ["query", "union", 1, "intersect"]),
        (follow(), ["query", "follow"]),
        (follow(path="DIRECTOR", steps=[{}]), ["query", "follow"]),
        (step(hops={"min": -1}), ["query", "follow", "steps", 0, "hops", "min"]),
        (step(hops={"min": 3, "max": 2}), ["query", "follow", "steps", 0, "hops", "max"]),
        (step(hops={"max": -1}), ["query", "follow", "steps", 0, "hops", "max"]),
        (
            step(hops={"unbounded": True, "max": 2}),
            ["query", "follow", "steps", 0, "hops", "max"],
        ),
        ({"top": {"of": LEON, "first": -1}}, ["query", "top", "first"]),
        ({"mention": {"text": "x", "limit": 0}}, ["query", "mention", "limit"]),
        (
            {"subtract": {"from": LEON, "remove": {"filter": {"of": {"intersect": []}}}}},
            ["query", "subtract", "remove", "filter", "of", "intersect"],
        ),
    ],
)
def test_nonsense_has_a_place(ask: Ask, query: Any, path: list[str | int]) -> None:
    found = refusal(ask, query)
    assert found["code"] == "BAD_REQUEST"
    assert found["path"] == path


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ("DIRECTOR/", 9), ("", 0), ("(DIRECTOR", 9), ("DIRECTOR)", 8), ("^", 1),
        ("DIRECTOR||COMPOSER", 9),
        ("DIRECTOR{2,1}", 8), ("DIRECTOR**", 9), ("!DIRECTOR", 0), ("<DIRECTOR", 0),
    ],
)  # fmt: skip
def test_a_path_with_a_fault_says_where(ask: Ask, path: str, position: int) -> None:
    found = refusal(ask, follow(path=path))
    assert found["code"] == "BAD_REQUEST"
    assert found["path"] == ["query", "follow", "path"]
    assert found["position"] == position


def test_sum_over_a_closure(ask: Ask) -> None:
    for query in (follow(path="FOLLOWS+"), step(hops={"unbounded": True})):
        found = refusal(ask, query, scoring={"merge": "SUM"})
        assert (found["code"], found["path"]) == ("BAD_REQUEST", ["scoring", "merge"])


def test_a_page_of_less_than_nothing(ask: Ask) -> None:
    found = refusal(ask, LEON, first=-1)
    assert (found["code"], found["path"]) == ("BAD_REQUEST", ["first"])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({**LEON, "type": "Film"}, "exactly one"),
        ({}, "exactly one"),
        ({"ids": None}, "non-null|must be"),
        ({"ids": [None]}, "null"),
        ({"type": 7}, "String"),
        ({"nothing": 1}, "unknown field 'nothing'"),
        ({"follow": {"steps": []}}, "from"),
        (step(direction="SIDEWAYS"), "SIDEWAYS"),
        (step(hops={"min": 1.5}), "Int"),
    ],
)
def test_what_the_schema_forbids(ask: Ask, query: Any, said: str) -> None:
    """Refused before anything is answered: there is no data, and the place is in the message."""
    found = ask(ANSWERS, query=query)
    assert "data" not in found
    assert all(one["extensions"]["code"] == "BAD_REQUEST" for one in found["errors"])
    assert any(part in found["errors"][0]["message"] for part in said.split("|"))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('{ answers(query: {ids: [], type: "Film"}) { totalCount } }', "exactly one"),
        ("{ nope }", "Cannot query field 'nope'"),
        ("{ stats { ", "Syntax Error"),
        ("{ entities { id } }", "ids"),
        ("query ($x: Int) { stats { entityCount } }", "$x"),
        ("{ ...F } fragment F on Query { ...F }", "itself"),
    ],
)
def test_documents_with_faults(ask: Ask, document: str, said: str) -> None:
    found = ask(document)
    assert "data" not in found
    assert found["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert said in found["errors"][0]["message"]
    assert found["errors"][0]["locations"]


# ------------------------------------------------------------------ cursors


def test_cursors_of_other_questions_and_none_at_all(ask: Ask) -> None:
    films = {"type": "Film"}
    page = "query ($q: SetExpression!) { answers(query: $q, first: 1) { pageInfo { endCursor } } }"
    cursor = ask(page, q=films)["data"]["answers"]["pageInfo"]["endCursor"]
    assert "errors" not in ask(ANSWERS, query=films, after=cursor)
    for query, after in ((LEON, cursor), (films, "nonsense"), (films, "é"), (films, cursor[:-3])):
        found = refusal(ask, query, after=after)
        assert (found["code"], found["path"]) == ("BAD_REQUEST", ["after"])
    other = refusal(ask, films, after=cursor, scoring={"merge": "SUM"})
    assert "first page" in other["message"]


#: None of them is a place among answers, statements or relations.
PLACES: list[Any] = [
    None, [], [1], ["x", "y"], [1.0, 2], {"a": 1}, "x", [1.0, "leon", 3], [None, "x"],
    [True, "x", "x", 7],
]  # fmt: skip


def test_forged_cursors_are_bad_requests(ask: Ask) -> None:
    """Well-formed, of the right question, and with a place in it that is none."""
    page = """{ answers(query: {type: "Film"}, first: 1) { pageInfo { endCursor } }
      entities(ids: ["leon"]) { statements(first: 1) { pageInfo { endCursor } } }
      relations(first: 1) { pageInfo { endCursor } } }"""
    found = ask(page)["data"]
    answers = found["answers"]["pageInfo"]["endCursor"]
    statements = found["entities"][0]["statements"]["pageInfo"]["endCursor"]
    relations = found["relations"]["pageInfo"]["endCursor"]
    for place in PLACES:
        for given, document in (
            (answers, 'query ($c: String) { answers(query: {type: "Film"}, after: $c) { totalCount'
                      " nodes { id } } }"),
            (statements, 'query ($c: String) { entities(ids: ["leon"]) { statements(after: $c) {'
                         " nodes { id } } } }"),
            (relations, "query ($c: String) { relations(after: $c) { nodes { id } } }"),
        ):  # fmt: skip
            forged = cursor(order_in(given), place)
            [error] = ask(document, c=forged)["errors"]
            assert error["extensions"]["code"] == "BAD_REQUEST", (place, error)
            assert error["extensions"]["path"] == ["after"]


def order_in(cursor: str) -> str:
    order: str = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1]
    return order


# ------------------------------------------------------------------ nothing becomes Cypher


HOSTILE = [
    "x'}) DETACH DELETE n //",
    "`]->(n) DETACH DELETE n WITH 1 AS x //",
    '" OR 1=1 //',
    "\\u0027) RETURN 1 //",
    "{o} {s} ${jndi:ldap://x}",
    "a\x00b",
    "line\nbreak\ttab",
    "\N{RIGHT SINGLE QUOTATION MARK}\N{FULLWIDTH APOSTROPHE}\N{MODIFIER LETTER APOSTROPHE}",
    "$ids",
    "../../etc/passwd",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_cypher_in_any_text_is_only_text(ask: Ask, text: str) -> None:
    quoted = "<" + text.replace("\\", "\\\\").replace(">", "\\>") + ">"
    expected = {
        "UNKNOWN_ENTITY": [{"ids": [text]}, {"follow": {"from": {"ids": [text]}, "steps": [{}]}}],
        "UNKNOWN_TYPE": [{"type": text}, step(types=[text])],
        "UNKNOWN_RELATION": [
            step(relations=[text]), follow(path=quoted), {"top": {"of": LEON, "by": text}},
        ],
    }  # fmt: skip
    for code, queries in expected.items():
        for query in queries:
            assert refusal(ask, query)["code"] == code, query
    where = {"sources": [text], "domains": [text], "marketplaces": [text]}
    condition = {"relation": "RELEASED", "op": "GE", "value": text, "unit": text}
    for query in (step(where=where), {"filter": {"of": LEON, "where": [condition]}}):
        assert ask(ANSWERS, query=query)["data"] == {"answers": {"totalCount": 0}}
    found = ask(
        """query ($text: String!, $id: ID!) { node(id: $id) { id } entities(ids: [$id]) { id }
             relations(search: $text) { totalCount } entityTypes(ids: [$text]) { totalCount }
             commonsense(heads: [{query: $text}, {product: $id}], language: $text) { known }
             stats { entityCount statementCount } }""",
        text=text, id=text,
    )  # fmt: skip
    assert found["data"] == {
        "node": None,
        "entities": [None],
        "relations": {"totalCount": 0},
        "entityTypes": {"totalCount": 0},
        "commonsense": [{"known": False}, {"known": False}],
        "stats": {"entityCount": 740, "statementCount": 2590},
    }
