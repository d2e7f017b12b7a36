"""Random documents and random damage to them: whatever comes back is an answer or a refusal.

Half are documents that the schema allows, grown from it at random with random values; the other
half are those with bytes taken out, doubled, swapped or drawn. A fault is a status of 500 or more,
the code INTERNAL, or no answer at all.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
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

from kgservice.api.document_limits import DocumentLimits
from kgservice.api.schema import make_schema

_TEXTS = (
    "leon", "forrest-gump", "tom-hanks", "P-TENT-4", "statement:x", "CAST_MEMBER", "USED_FOR_FUNC",
    "Film", "camping tent for rain", "CAST_MEMBER/^CAST_MEMBER", "(A|B)+", "", " ", "\x00", "é中😀",
    "'; MATCH (n) DETACH DELETE n //", "`", "$a", "\\u0041", "1994", "9" * 400, "x" * 5_000, "*",
)  # fmt: skip
_NUMBERS = (0, 1, 2, 3, 10, 1_000, 1_001, -1, 2**31 - 1, 2**31, 2**53, -(2**63))
_FRACTIONS = (0.0, 0.5, 1.0, -1.0, 1e308, 5e-324, 1e400)


@dataclass(slots=True)
class Found:
    """What came back, by status and code, and what was wrong."""

    sent: int = 0
    replies: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


def fuzz(url: str, seconds: float, seed: int) -> Found:
    """Send one after another for so long."""
    growing = Growing(build_schema(make_schema(DocumentLimits()).as_str()), Random(seed))
    found = Found()
    until = time.monotonic() + seconds
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.monotonic() < until:
            content = growing.request()
            began = time.perf_counter()
            try:
                response = client.post(
                    "/graphql", content=content, headers={"content-type": "application/json"}
                )
            except httpx.HTTPError as error:
                found.faults.append(f"{error!r}: {content[:2_000]!r}")
                continue
            found.sent += 1
            found.slowest = max(found.slowest, time.perf_counter() - began)
            for code in _codes(response):
                found.replies[f"{response.status_code} {code}".strip()] += 1
                if response.status_code >= 500 or code == "INTERNAL":
                    found.faults.append(f"{response.text[:500]}: {content[:2_000]!r}")
    return found


def _codes(response: httpx.Response) -> set[str]:
    errors = response.json().get("errors") or []
    return {str(one.get("extensions", {}).get("code")) for one in errors} or {""}


class Growing:
    """Grows requests from a schema."""

    def __init__(self, schema: GraphQLSchema, chance: Random):
        self._schema = schema
        self._chance = chance

    def request(self) -> bytes:
        """The body of a request, sound or damaged."""
        body = json.dumps({"query": self.document()}).encode()
        return body if self._chance.random() < 0.5 else self._damaged(body)

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
            return self._chance.choice(list(kind.values))
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
