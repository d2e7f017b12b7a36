"""The cases: what is sent, and what has to come back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.hostile.sending import Reply, ask, deluge, send, trickle

#: Sends one case to a service, and tells what came back.
Send = Callable[[str], Reply]

#: What a document is refused by, before a field of it is executed.
REFUSED = (200, "BAD_REQUEST")
TOO_LARGE = (200, "LIMIT_EXCEEDED")
UNREADABLE = (400, "BAD_REQUEST")


@dataclass(frozen=True, slots=True)
class Case:
    """expected: the statuses and codes that may come back; a code is null where there is none."""

    name: str
    send: Send = field(repr=False)
    expected: Sequence[tuple[int, str | None]]


def _document(name: str, text: str, *expected: tuple[int, str | None], **variables: Any) -> Case:
    return Case(name, lambda url: ask(url, text, variables), expected)


def _body(name: str, content: bytes, *expected: tuple[int, str | None], **headers: str) -> Case:
    return Case(name, lambda url: send(url, content, headers), expected)


def _nested(levels: int) -> dict[str, Any]:
    expression: dict[str, Any] = {"ids": ["leon"]}
    for _ in range(levels):
        expression = {"intersect": [expression]}
    return expression


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _documents()
    yield from _values()
    yield from _bodies()
    yield from _connections()


_ANSWERS = "query ($q: SetExpression!) { answers(query: $q) { totalCount } }"


def _documents() -> Iterator[Case]:
    yield _document(
        "a document of 1 MB", "{ stats { entityCount } }" + "#" * 10**6, (413, "LIMIT_EXCEEDED")
    )
    yield _document("selections 5,000 deep", "{a" * 5_000 + "}" * 5_000, REFUSED)
    yield _document("lists 20,000 deep", f"{{ a(x: {'[' * 20_000}{']' * 20_000}) }}", REFUSED)
    yield _document("objects 10,000 deep", f"{{ a(x: {'{a:' * 10_000}1{'}' * 10_000}) }}", REFUSED)
    spread = " ".join(f"fragment F{n} on Entity {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    doubling = f"{{ entities(ids: []) {{ ...F0 }} }} {spread} fragment F40 on Entity {{ id }}"
    yield _document("40 fragments that double each other", doubling, TOO_LARGE, (200, None))
    cycle = (
        "{ entities(ids: []) { ...A } } fragment A on Entity { ...B } fragment B on Entity { ...A }"
    )
    yield _document("fragments in a circle", cycle, REFUSED)
    aliases = " ".join(f"a{n}: stats {{ entityCount }}" for n in range(3_000))
    yield _document("3,000 aliases", f"{{ {aliases} }}", TOO_LARGE)
    yield _document(
        "one field 20,000 times", f"{{ stats {{ {'entityCount ' * 8_000} }} }}", TOO_LARGE
    )
    directives = "@a " * 30_000
    few = "@a " * 2_000
    yield _document("2,000 directives", f"{{ stats {few} {{ entityCount }} }}", TOO_LARGE)
    yield _document("200 directives", f"{{ stats {few[:600]} {{ entityCount }} }}", REFUSED)
    yield _document("30,000 directives", f"{{ stats {directives} {{ entityCount }} }}", TOO_LARGE)
    operations = " ".join(f"query Q{n} {{ __typename }}" for n in range(3_000))
    yield _document("3,000 operations", operations, REFUSED, TOO_LARGE)
    declared = " ".join(f"$v{n}: Int" for n in range(8_000))
    yield _document(
        "8,000 variables that nobody uses", f"query ({declared}) {{ __typename }}", TOO_LARGE
    )
    declared = " ".join(f"$v{n}: Int" for n in range(1_000))
    document = f"query ({declared}) {{ __typename }}"
    yield _document("1,000 variables that nobody uses", document, REFUSED)
    unknown = " ".join(f"f{n}" for n in range(900))
    yield _document("900 fields that there are not", f"{{ {unknown} }}", REFUSED)
    deep = "{ __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }"
    yield _document("introspection that goes in circles", deep, REFUSED)
    again = "statements(first: 1000) { nodes { object { "
    wide = f"edges {{ node {{ {again * 2} id {'} } } ' * 2} }} }}"
    huge = f'{{ answers(query: {{ type: "Film" }}, first: 1000) {{ {wide} }} }}'
    yield _document("a document whose answer would have 10^9 rows", huge, TOO_LARGE)
    yield _document(
        "a subscription", "subscription { stats { entityCount } }", REFUSED, (405, "BAD_REQUEST")
    )
    undeclared = "{ answers(query: { type: $x }) { totalCount } }"
    yield _document("a variable that is not declared, in an expression", undeclared, REFUSED)
    yield _document("a lone surrogate", '{ node(id: "\\uD800") { id } }', REFUSED)
    yield _document("a zero byte in an id", '{ node(id: "a\\u0000b") { id } }', (200, None))


def _values() -> Iterator[Case]:
    yield _document("an expression 13 deep", _ANSWERS, TOO_LARGE, q=_nested(13))
    yield _document("an expression 200 deep", _ANSWERS, TOO_LARGE, REFUSED, q=_nested(200))
    yield _document("51 operands", _ANSWERS, TOO_LARGE, q={"union": [{"ids": ["leon"]}] * 51})
    yield _document("1,001 ids", _ANSWERS, TOO_LARGE, q={"ids": [str(n) for n in range(1_001)]})
    heads = "query ($h: [CommonsenseHead!]!) { commonsense(heads: $h) { known } }"
    yield _document("101 heads", heads, TOO_LARGE, h=[{"product": "P"}] * 101)
    long = {"mention": {"text": "tom " * 50_000}}
    yield _document("a mention of 200 kB", _ANSWERS, TOO_LARGE, q=long)
    yield _document("one of 10 kB", _ANSWERS, (200, None), q={"mention": {"text": "tom " * 2_500}})
    for name, path in (
        ("closures in closures in closures", "((((CAST_MEMBER+)+)+)+)+"),
        ("a path of 100,000 steps", "/".join(["CAST_MEMBER"] * 100_000)),
        ("a million repetitions", "CAST_MEMBER{1000000}"),
        ("brackets 10,000 deep", "(" * 10_000 + "CAST_MEMBER" + ")" * 10_000),
        ("a path that would be Cypher", "`]->() DETACH DELETE n //"),
    ):
        walk = {"follow": {"from": {"ids": ["leon"]}, "path": path}}
        yield _document(
            name, _ANSWERS, TOO_LARGE, REFUSED, (200, None), (413, "LIMIT_EXCEEDED"), q=walk
        )
    everything = {
        "follow": {
            "from": {"type": "Film"},
            "steps": [{"hops": {"unbounded": True}, "direction": "BOTH"}],
        }
    }
    yield _document(
        "everything that everything leads to", _ANSWERS, (200, None), (200, "TIMEOUT"), q=everything
    )
    page = 'query ($a: String!) { answers(query: {type: "Film"}, after: $a) { totalCount } }'
    for name, cursor in (
        ("a cursor of nothing", "x" * 10_000),
        ("a cursor of another kind", "bnVsbA=="),
    ):
        yield _document(name, page, REFUSED, (200, "CURSOR_EXPIRED"), a=cursor)
    for first in ("-1", "1001", "2147483648", "1e400", "99999999999999999999999"):
        text = f'{{ answers(query: {{ type: "Film" }}, first: {first}) {{ totalCount }} }}'
        yield _document(f"first: {first}", text, REFUSED, TOO_LARGE)


def _bodies() -> Iterator[Case]:
    yield _body("no body", b"", UNREADABLE)
    yield _body("2 MB of zeros", b"\0" * 2_000_000, (413, "LIMIT_EXCEEDED"))
    yield _body("brackets 100,000 deep", b"[" * 100_000, UNREADABLE)
    yield _body("objects 5,000 deep", b'{"query":' * 5_000, UNREADABLE)
    yield _body("bytes that are no UTF-8", b'{"query": "\xff\xfe"}', UNREADABLE)
    yield _body("UTF-16", '{"query": "{ __typename }"}'.encode("utf-16"), UNREADABLE)
    yield _body(
        "an array of 1,000 requests",
        json.dumps([{"query": "{ __typename }"}] * 1_000).encode(),
        UNREADABLE,
    )
    yield _body(
        "numbers of 100,000 digits",
        b'{"query": "{ a }", "variables": {"x": ' + b"9" * 100_000 + b"}}",
        UNREADABLE,
        REFUSED,
    )
    yield _body(
        "a zip bomb",
        b"\x1f\x8b\x08" + b"\0" * 1_000,
        UNREADABLE,
        (415, "BAD_REQUEST"),
        content_encoding="gzip",
    )
    yield _body(
        "a form",
        b"query=%7B__typename%7D",
        (415, "BAD_REQUEST"),
        content_type="application/x-www-form-urlencoded",
    )
    yield _body("another host", b"{}", (421, "FORBIDDEN"), host="evil.example")
    yield _body("a request id of two lines' length", b"{}", UNREADABLE, x_request_id="a" * 10_000)
    many = {f"x-h{n}": "v" * 500 for n in range(90)}
    yield Case(
        "90 headers of 500 bytes",
        lambda url: send(url, b"{}", many),
        [UNREADABLE, (431, None), (400, None)],
    )


def _connections() -> Iterator[Case]:
    get = b"GET /%s HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
    for name, path in (
        ("a path to elsewhere", b"../../../../etc/passwd"),
        ("the same in disguise", b"guides/%2e%2e/%2e%2e/etc/passwd"),
    ):
        line = get % path
        yield Case(name, lambda url, line=line: deluge(url, line), [(404, None), (400, None)])  # type: ignore[misc]
    post = b"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    for name, content in (
        ("what is no HTTP", b"\x16\x03\x01\x02\x00\x01\x00" + b"\0" * 500),
        ("a length that is none", post + b"content-length: -5\r\n\r\n"),
        ("two lengths", post + b"content-length: 5\r\ncontent-length: 6\r\n\r\n{}"),
        ("chunks that are none", post + b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
    ):
        yield Case(name, lambda url, content=content: deluge(url, content), [(400, None)])  # type: ignore[misc]
    yield Case(
        "a body of which a byte comes each tenth of a second", trickle, [(408, "BAD_REQUEST")]
    )
