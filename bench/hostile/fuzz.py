"""Random documents and random damage to them: whatever comes back is an answer or a refusal.

Half are documents that the schema allows, grown from it at random with random values; the other
half are those with bytes taken out, doubled, swapped or drawn. One in ten goes to another route,
with odd values. A fault is a status of 500 or more but for 503, the code INTERNAL, or no answer.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from kgservice.api.schema import make_schema
from kgservice.limits import Limits

_TEXTS = (
    "leon", "forrest-gump", "tom-hanks", "P-TENT-4", "statement:x", "CAST_MEMBER", "USED_FOR_FUNC",
    "Film", "camping tent for rain", "CAST_MEMBER/^CAST_MEMBER", "(A|B)+", "", " ", "\x00", "é中😀",
    "'; MATCH (n) DETACH DELETE n //", "`", "$a", "\\u0041", "1994", "9" * 400, "x" * 5_000, "*",
)  # fmt: skip
_NUMBERS = (0, 1, 2, 3, 10, 1_000, 1_001, -1, 2**31 - 1, 2**31, 2**53, -(2**63))
_FRACTIONS = (0.0, 0.5, 1.0, -1.0, 1e308, 5e-324, 1e400)

#: What may be asked elsewhere, and by which names.
_ROUTES = {
    "/export/triples": ("relations", "types", "objectTypes", "level", "minPlausibility", "format"),
    "/export/entities": ("types", "format", "run"),
    "/changes": ("since",),
    "/reconcile": ("queries", "extend"),
    "/reconcile/suggest/entity": ("prefix", "cursor"),
    "/reconcile/suggest/property": ("prefix",),
    "/reconcile/properties": ("type", "limit"),
    "/reconcile/preview": ("id",),
    "/reconcile/flyout/entity": ("id",),
    "/reconcile/v1/match": ("queries",),
    "/reconcile/v1/extend": ("ids", "properties"),
    "/graphql": ("query", "variables", "operationName", "extensions", "documentId"),
}
_ODD = (
    *_TEXTS[:-3],
    "jsonl",
    "csv",
    "parquet",
    "asserted",
    "0",
    "1",
    "1.5",
    "-1",
    "{}",
    "[]",
    "[[",
)


@dataclass(slots=True)
class Found:
    """What came back, by status and code, and what was wrong."""

    sent: int = 0
    replies: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


def fuzz(url: str, seconds: float, seed: int, pause: float = 0.0) -> Found:
    """Send one after another for so long, with a pause between two."""
    chance = Random(seed)
    growing = Growing(build_schema(make_schema(Limits()).as_str()), chance)
    found = Found()
    until = time.monotonic() + seconds
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.monotonic() < until:
            request = growing.elsewhere(client) if chance.random() < 0.1 else growing.asked(client)
            began = time.perf_counter()
            try:
                response = client.send(request)
            except httpx.HTTPError as error:
                found.faults.append(f"{error!r}: {_shown(request)}")
                continue
            found.sent += 1
            found.slowest = max(found.slowest, time.perf_counter() - began)
            for code in _codes(response):
                found.replies[f"{response.status_code} {code}".strip()] += 1
                if code == "INTERNAL" or response.status_code not in (*range(500), 503):
                    found.faults.append(f"{response.text[:500]}: {_shown(request)}")
            time.sleep(pause)
    return found


def _shown(request: httpx.Request) -> str:
    return f"{request.method} {str(request.url)[:2_000]} {request.content[:2_000]!r}"


def _codes(response: httpx.Response) -> set[str]:
    if "application/" not in response.headers.get("content-type", ""):
        return {""}
    try:
        body = response.json()
    except ValueError:
        return {""}  # a file, or lines
    errors = body.get("errors") or [] if isinstance(body, dict) else []
    return {str(one.get("extensions", {}).get("code")) for one in errors} or {""}


class Growing:
    """Grows requests from a schema."""

    def __init__(self, schema: GraphQLSchema, chance: Random):
        self._schema = schema
        self._chance = chance

    def asked(self, client: httpx.Client) -> httpx.Request:
        """A GraphQL request, sound or damaged."""
        body = json.dumps({"query": self.document()}).encode()
        content = body if self._chance.random() < 0.5 else self._damaged(body)
        headers = {"content-type": "application/json"}
        return client.build_request("POST", "/graphql", content=content, headers=headers)

    def elsewhere(self, client: httpx.Client) -> httpx.Request:
        """A request to any route, with values that may mean nothing there."""
        path, names = self._chance.choice(list(_ROUTES.items()))
        chosen = self._chance.sample(names, self._chance.randrange(len(names) + 1))
        given = {name: self._odd() for name in chosen}
        ways: tuple[Callable[[], httpx.Request], ...] = (
            lambda: client.build_request("GET", path, params=given),
            lambda: client.build_request("POST", path, data=given),
            lambda: client.build_request("POST", path, json=given),
        )
        return self._chance.choice((*ways, ways[0]))()

    def _odd(self) -> str:
        queries = {
            "q0": {"query": self._chance.choice(_ODD), "limit": self._chance.choice(_NUMBERS)}
        }
        return json.dumps(queries) if self._chance.random() < 0.2 else self._chance.choice(_ODD)

    def document(self) -> str:
        """A document that the schema allows, but for its values."""
        mutation = self._chance.random() < 0.05
        root = self._schema.mutation_type if mutation else self._schema.query_type
        assert root is not None
        kind = "mutation" if mutation else "query"
        return f"{kind} Fuzz {self._selection(root, self._chance.randrange(1, 5))}"

    def _selection(self, kind: GraphQLObjectType, depth: int) -> str:
        names = list(kind.fields)
        chosen = self._chance.sample(names, min(len(names), self._chance.randrange(1, 4)))
        written = [self._field(kind, name, depth) for name in chosen]
        return f"{{ {' '.join(one for one in written if one) or '__typename'} }}"

    def _field(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        field = kind.fields[name]
        arguments = [
            f"{key}: {self._value(one.type, 4)}"
            for key, one in field.args.items()
            if _is_needed(one) or self._chance.random() < 0.4
        ]
        written = f"{name}({', '.join(arguments)})" if arguments else name
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            return written
        if not isinstance(inner, GraphQLObjectType):
            return f"{written} {{ __typename id }}"
        return f"{written} {self._selection(inner, depth - 1)}" if depth > 0 else ""

    def _value(self, kind: Any, depth: int) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, depth)
        if self._chance.random() < 0.03:
            return self._chance.choice(("null", "{}", "[]", "$x", '"x"', "1"))
        if isinstance(kind, GraphQLList):
            several = range(self._chance.choice((0, 1, 1, 2, 3)))
            return f"[{', '.join(self._value(kind.of_type, depth) for _ in several)}]"
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind, depth)
        if isinstance(kind, GraphQLEnumType):
            return str(self._chance.choice(list(kind.values)))
        return self._leaf(kind.name)

    def _object(self, kind: GraphQLInputObjectType, depth: int) -> str:
        names: Sequence[str] = list(kind.fields)
        if kind.is_one_of:
            simple = ("ids", "type", "product", "query")
            few = [name for name in names if name in simple] if depth <= 0 else []
            names = [self._chance.choice(few or names)]
        else:
            names = [
                name
                for name in names
                if _is_needed(kind.fields[name]) or self._chance.random() < 0.3
            ]
        pairs = [f"{name}: {self._value(kind.fields[name].type, depth - 1)}" for name in names]
        return f"{{{', '.join(pairs)}}}"

    def _leaf(self, name: str) -> str:
        match name:
            case "Int" | "Long":
                return str(self._chance.choice(_NUMBERS))
            case "Float":
                return str(self._chance.choice(_FRACTIONS)).replace("inf", "1e400")
            case "Boolean":
                return self._chance.choice(("true", "false"))
            case _:
                return json.dumps(self._chance.choice(_TEXTS))

    def _damaged(self, body: bytes) -> bytes:
        content = bytearray(body)
        for _ in range(self._chance.randrange(1, 4)):
            start = self._chance.randrange(len(content) + 1)
            end = min(len(content), start + self._chance.choice((1, 1, 2, 10, 100)))
            piece = bytes(content[start:end])
            match self._chance.randrange(4):
                case 0:
                    del content[start:end]
                case 1:
                    content[start:start] = piece * self._chance.choice((1, 2, 50))
                case 2:
                    content[start:end] = piece[::-1]
                case _:
                    content[start:end] = self._chance.randbytes(len(piece))
        return bytes(content)


def _is_needed(one: GraphQLArgument | Any) -> bool:
    return isinstance(one.type, GraphQLNonNull)
