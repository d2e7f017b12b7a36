"""Every limit on a request, met from both sides, by a service that allows less than others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from served_sample import served

from kgservice.app import Service
from kgservice.limits import Limits
from kgservice.serving.choice import EvaluatorChoice

#: Not below the defaults of arguments: 20 rows, 10 candidates.
LOW = Limits(
    nesting=3, operands=3, steps=2, hops=3, walk_hops=5, ids=3, mentions=2, heads=2, candidates=12,
    first=25, text=40,
)  # fmt: skip

LEON = {"ids": ["leon"]}
MENTION = {"text": "leon"}
A_DAY: dict[str, Any] = {"relation": "RELEASED", "op": "GT", "value": "1"}

ANSWERS = """query ($query: SetExpression!, $first: Int! = 2) {
  answers(query: $query, first: $first, unknownIds: IGNORE) { nodes { id } } }"""


@pytest.fixture(scope="module")
def low(made: Service) -> Iterator[httpx.Client]:
    """A client of a service with low limits."""
    patient = replace(made, limits=LOW, query_seconds=60.0)
    with served(patient) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def refusal(client: httpx.Client, document: str, **variables: Any) -> dict[str, Any] | None:
    """What the only error says, or null where there is none."""
    body = {"query": document, "variables": variables}
    response = client.post("/graphql", json=body)
    assert response.status_code == 200, response.text
    errors = response.json().get("errors", [])
    assert len(errors) <= 1, errors
    return errors[0]["extensions"] if errors else None


def nested(depth: int) -> dict[str, Any]:
    query: dict[str, Any] = LEON
    for _ in range(depth - 1):
        query = {"union": [query]}
    return query


def steps(*hops: int) -> dict[str, Any]:
    each = [{"relations": ["DIRECTOR"], "hops": {"max": most}} for most in hops]
    return {"follow": {"from": LEON, "steps": each}}


def along(path: str) -> dict[str, Any]:
    return {"follow": {"from": LEON, "path": path}}


def some(number: int, one: Any) -> list[Any]:
    return [one] * number


def names(number: int) -> list[str]:
    return [f"nobody {place}" for place in range(number)]


@pytest.mark.parametrize(
    ("limit", "value", "allowed", "refused"),
    [
        ("nesting", 3, nested(3), nested(4)),
        ("nesting", 3, along("(((DIRECTOR)))"), along("((((DIRECTOR))))")),
        ("operands", 3, {"union": some(3, LEON)}, {"union": some(4, LEON)}),
        ("operands", 3, {"intersect": some(3, LEON)}, {"intersect": some(4, LEON)}),
        (
            "operands",
            3,
            {"filter": {"of": LEON, "where": some(3, A_DAY)}},
            {"filter": {"of": LEON, "where": some(4, A_DAY)}},
        ),
        ("steps", 2, steps(1, 1), steps(1, 1, 1)),
        ("steps", 2, along("DIRECTOR/^DIRECTOR"), along("DIRECTOR/^DIRECTOR/DIRECTOR")),
        ("hops", 3, steps(3), steps(4)),
        ("hops", 3, along("DIRECTOR{3}"), along("(DIRECTOR{2}){2}")),
        ("hops", 3, along("DIRECTOR{3,}"), along("DIRECTOR{4,}")),
        ("hops of a walk", 5, steps(3, 2), steps(3, 3)),
        ("hops of a walk", 5, along("(DIRECTOR/^DIRECTOR){2}"), along("(DIRECTOR/^DIRECTOR){3}")),
        ("ids", 3, {"ids": names(3)}, {"ids": names(4)}),
        ("ids", 3, {"union": [LEON, {"ids": names(2)}]}, {"union": [LEON, {"ids": names(3)}]}),
        (
            "mentions",
            2,
            {"union": some(2, {"mention": MENTION})},
            {"union": some(3, {"mention": MENTION})},
        ),
        (
            "candidates",
            12,
            {"mention": {**MENTION, "limit": 12}},
            {"mention": {**MENTION, "limit": 13}},
        ),
        ("text", 40, {"mention": {"text": "x" * 40}}, {"mention": {"text": "x" * 41}}),
        (
            "text",
            40,
            {"mention": {**MENTION, "context": "x" * 40}},
            {"mention": {**MENTION, "context": "x" * 41}},
        ),
        ("text", 40, along("DIRECTOR" + " " * 32), along("DIRECTOR" + " " * 33)),
        ("first", 25, {"top": {"of": LEON, "first": 25}}, {"top": {"of": LEON, "first": 26}}),
    ],
)
def test_limits_of_an_expression(
    low: httpx.Client, limit: str, value: int, allowed: Any, refused: Any
) -> None:
    assert refusal(low, ANSWERS, query=allowed) is None
    told = {"code": "LIMIT_EXCEEDED", "limit": limit, "value": value}
    assert refusal(low, ANSWERS, query=refused) == told


@pytest.mark.parametrize(
    ("limit", "value", "document"),
    [
        ("first", 25, "{ answers(query: {ids: []}, first: %d) { nodes { id } } }"),
        ("first", 25, '{ answers(query: {ids: []}) {groups(path: "BROADER", first: %d) {count}} }'),
        ("first", 25, "{ answers(query: {ids: []}) { types(first: %d) { count } } }"),
        ("first", 25, '{ entities(ids: ["leon"]) { statements(first: %d) { nodes { id } } } }'),
        ("first", 25, '{ paths(from: {ids: ["leon"]}, to: {ids: []}, first: %d) { totalCount } }'),
        ("hops", 3, '{ paths(from: {ids: ["leon"]}, to: {ids: []}, maxHops: %d) { totalCount } }'),
        ("first", 25, "{ relations(first: %d) { totalCount } }"),
        ("first", 25, "{ entityTypes(first: %d) { totalCount } }"),
        ("first", 25, "{ commonsense(heads: [], first: %d) { known } }"),
    ],
)  # fmt: skip
def test_limits_of_arguments(low: httpx.Client, limit: str, value: int, document: str) -> None:
    assert refusal(low, document % value) is None
    told = {"code": "LIMIT_EXCEEDED", "limit": limit, "value": value}
    assert refusal(low, document % (value + 1)) == told


@pytest.mark.parametrize(
    ("limit", "value", "document", "one"),
    [
        ("ids", 3, "query ($of: [ID!]!) { entities(ids: $of) { id } }", "leon"),
        ("ids", 3, "query ($of: [ID!]!) { nodes(ids: $of) { id } }", "leon"),
        ("mentions", 2, "query ($of: [MentionInput!]!) { resolve(mentions: $of) {text} }", MENTION),
        (
            "heads",
            2,
            "query ($of: [CommonsenseHead!]!) { commonsense(heads: $of) { known } }",
            {"query": "tent"},
        ),
    ],
)  # fmt: skip
def test_limits_of_lists(
    low: httpx.Client, limit: str, value: int, document: str, one: Any
) -> None:
    assert refusal(low, document, of=some(value, one)) is None
    told = {"code": "LIMIT_EXCEEDED", "limit": limit, "value": value}
    assert refusal(low, document, of=some(value + 1, one)) == told


TEXTS = (
    '{ suggest(prefix: "%s") { text } }',
    '{ suggest(prefix: "a", session: ["%s"]) { text } }',
    '{ commonsense(heads: [{ query: "%s" }]) { known } }',
    'mutation { recordOutcomes(outcomes: [{ session: "s", at: "2026-11-25T19:00:00Z",'
    ' text: "%s" }]) { recorded } }',
    'mutation { unteachAlias(text: "%s", entity: "leon", user: "u") }',
)


@pytest.mark.parametrize("document", TEXTS)
def test_limits_of_texts(low: httpx.Client, document: str) -> None:
    assert refusal(low, document % ("x" * 40)) is None
    told = {"code": "LIMIT_EXCEEDED", "limit": "text", "value": 40}
    assert refusal(low, document % ("x" * 41)) == told


def test_the_defaults_are_those_of_the_contract() -> None:
    assert Limits() == Limits(
        document_bytes=100_000, nesting=12, operands=50, steps=20, hops=10, walk_hops=30, ids=1_000,
        mentions=100, heads=100, outcomes=1_000, candidates=100, first=1_000, aliases=30,
        text=10_000,
    )  # fmt: skip


def test_a_request_has_so_much_time(made: Service) -> None:
    hurried = replace(made, evaluator=EvaluatorChoice.NEO4J, query_seconds=1e-9)
    with served(hurried) as url:
        response = httpx.post(f"{url}/graphql", json={"query": "{ stats { entityCount } }"})
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "TIMEOUT"
