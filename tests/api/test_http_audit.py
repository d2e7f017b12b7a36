"""The rules of the audit of GraphQL over HTTP, by their ids in the npm package graphql-http 1.23.

bench/hostile/audit.mjs runs the package itself against a service. Here each rule is a row: what is
sent, and the statuses that may come back; `data` says that no data entry may be there.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import httpx
import pytest

JSON, MODERN = "application/json", "application/graphql-response+json"
SOUND = {"query": "{ __typename }"}
WITH_VARIABLE = {"query": "query Type($name: String!) { __type(name: $name) { name } }"}
NAME, ENCODED = {"variables": {"name": "sometype"}}, {"variables": '{"name": "sometype"}'}
SPORTS = {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}
NAMED = {"query": "query Query { __typename }", "operationName": "Query"}
INVALID = {"query": "{ 8f31403dfe404bccbb0e835f2629c6a7 }"}
UNCOERCED = {"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": None}}


class Rule(NamedTuple):
    """Bodies that are texts go out as they are; the rest as JSON."""

    id: str
    body: Any
    statuses: set[int]
    accept: str | None = None
    kind: str | None = JSON
    method: str = "POST"
    without: str | None = None


def rules() -> list[Rule]:
    found = [
        Rule("22EB", SOUND, {200}, MODERN),
        Rule("4655", SOUND, {200}, JSON),
        Rule("47DE", SOUND, {200}, "*/*"),
        Rule("80D8", SOUND, {200}),
        Rule("BF61", SPORTS, {200}, kind=f"{JSON}; charset=utf-8"),
        Rule("5A70", SOUND, {200}, method="GET"),
        Rule("9C48", {"query": "mutation { __typename }"}, {405}, MODERN, method="GET"),
        Rule("9ABE", SOUND, set(range(400, 500)), kind=None),
        Rule("A5BF", "", {400}),
        Rule("423L", {"notquery": "{ __typename }"}, {400}, MODERN),
        Rule("8764", {"qeury": "{ __typename }"}, {400}),
        Rule("2EA1", WITH_VARIABLE | NAME, {200}, MODERN, without="errors"),
        Rule("28B9", WITH_VARIABLE | NAME, {200}, JSON, without="errors"),
        Rule("D6D5", WITH_VARIABLE | ENCODED, {200}, MODERN, method="GET", without="errors"),
        Rule("6A70", WITH_VARIABLE | ENCODED, {200}, JSON, method="GET", without="errors"),
        Rule("8161", NAMED, {200}, MODERN, without="errors"),
        Rule("B8B3", NAMED, {200}, JSON, without="errors"),
        Rule("428F", SOUND | {"extensions": {"some": "value"}}, {200}, MODERN, without="errors"),
        Rule("1B7A", SOUND | {"extensions": {"some": "value"}}, {200}, JSON, without="errors"),
        Rule("BCF8", '{ "not a JSON', {400}, JSON),
        Rule("B7N8", '{ "not a JSON', {400}, MODERN),
        Rule("572B", {"query": "{"}, {200}, JSON),
        Rule("FDE2", INVALID, {200}, JSON),
        Rule("7B9B", UNCOERCED, {200}, JSON),
        Rule("556A", {"query": "{"}, {400}, MODERN, without="data"),
        Rule("74FF", INVALID, {400}, MODERN, without="data"),
        Rule("86EE", UNCOERCED, {400}, MODERN, without="data"),
    ]  # fmt: skip
    for number, wrong in enumerate(({"obj": "ect"}, 0, False, ["array"])):
        found.append(Rule(f"LKJ{number}", {"query": wrong}, {400}))
        found.append(Rule(f"6C0{number}", SOUND | {"operationName": wrong}, {400}))
    for number, wrong in enumerate(("string", 0, False, ["array"])):
        found.append(Rule(f"476{number}", SOUND | {"variables": wrong}, {400}))
        found.append(Rule(f"58B{number}", SOUND | {"extensions": wrong}, {400}))
    for number, name in enumerate(("variables", "operationName", "extensions")):
        found.append(Rule(f"94B{number}", SOUND | {name: None}, {200}, MODERN, without="errors"))
        found.append(Rule(f"022{number}", SOUND | {name: None}, {200}, JSON, without="errors"))
    return found


RULES = rules()


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_rule(client: httpx.Client, rule: Rule) -> None:
    request = client.build_request(
        rule.method,
        "/graphql",
        content=None if rule.method == "GET" else _content(rule.body),
        params=rule.body if rule.method == "GET" else None,
    )
    # Only what the rule says is said: httpx would add an `accept` of its own.
    for name, value in (("accept", rule.accept), ("content-type", rule.kind)):
        request.headers.pop(name, None)
        if value is not None:
            request.headers[name] = value
    response = client.send(request)
    assert response.status_code in rule.statuses
    answered = JSON if rule.accept in (None, "*/*") else rule.accept
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    body = json.loads(response.content.decode("utf-8"))
    assert rule.without not in body


def _content(body: Any) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body)).encode()
