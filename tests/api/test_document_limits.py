"""How documents are measured: depth, aliases, fields, and the objects that they can return."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse

from kgservice.api.document_limits import Measure, measured, sizes
from kgservice.api.schema import make_schema
from kgservice.limits import Limits


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ stats { entityCount } }", Measure(depth=2, aliases=0, fields=2, cost=1)),
        ("{ a: stats { b: entityCount } }", Measure(depth=2, aliases=2, fields=2, cost=1)),
        ("{ __typename __schema { types { name } } }", Measure(depth=0, fields=2)),
        # Seven entities.
        ("{ answers(first: 7) { nodes { id } } }", Measure(depth=3, fields=3, cost=14)),
        # A connection counts as an object too: 5 of (it, nodes, 3 of (it, nodes, two ends)).
        (
            "{ answers(first: 5) { nodes { statements(first: 3) {"
            " nodes { subject { id } object { id } } } } } }",
            Measure(depth=6, fields=8, cost=5 * (1 + 1 + 3 * (1 + 1 + 2))),
        ),
        # Where nobody says how many a page has, it counts as twenty.
        ("{ answers { nodes { id } } }", Measure(depth=3, fields=3, cost=40)),
        # Lists of ids, heads and mentions say it by their length.
        ('{ entities(ids: ["a", "b", "c"]) { id } }', Measure(depth=2, fields=2, cost=3)),
        ("{ resolve(mentions: [{text: 1}, {}]) { text } }", Measure(depth=2, fields=2, cost=2)),
        ("{ commonsense(heads: [{}], first: 4) { known } }", Measure(depth=2, fields=2, cost=4)),
        # `first: 0` still asks for the connection.
        ("{ answers(first: 0) { totalCount } }", Measure(depth=2, fields=2, cost=1)),
        # The larger of two operations, each measure for itself.
        ("query A { x: stats { id } } query B { stats { a { b { c } } } }", Measure(4, 1, 4, 3)),
        ("{ ...None }", Measure()),
        # Directives count wherever they stand, below introspection too.
        ("{ stats @a @b { id @c } }", Measure(depth=2, fields=2, cost=1, directives=3)),
        ("{ __schema @a { types @b { name } } }", Measure(fields=1, directives=2)),
        ("fragment F on Query { stats { id } }", Measure()),
        ("{ ... on Query { stats { id } } }", Measure(depth=2, fields=2, cost=1)),
    ],
)  # fmt: skip
def test_measures(document: str, expected: Measure) -> None:
    assert measured(parse(document), {}) == (expected, ())


def test_variables_count_with_their_values() -> None:
    document = parse(
        "query ($n: Int, $ids: [ID!]!) { entities(ids: $ids) { statements(first: $n) { nodes { id"
        " } } } }"
    )
    ids = [str(n) for n in range(30)]
    found, counting = measured(document, {"n": 50, "ids": ids})
    assert (found.cost, counting) == (30 * (1 + 50 * (1 + 1)), ("ids", "n"))
    # What is not given has the default of a page; what is no list is one value.
    found, _ = measured(document, {"ids": "one"})
    assert found.cost == 1 + 20 * (1 + 1)


def test_variables_of_one_size_have_one_measure() -> None:
    names = ("ids", "n")
    assert sizes(names, {"n": 3, "ids": ["a"]}) == sizes(names, {"n": 3, "ids": ["b"], "m": 9})
    others = [{"n": 3}, {"n": [3], "ids": ["a"]}, {"n": 3, "ids": 1}, {"n": 4, "ids": ["a"]}]
    assert len({sizes(names, one) for one in (*others, {"n": 3, "ids": ["a"]})}) == 5


def test_a_fragment_is_measured_once_and_counts_each_time() -> None:
    """Sixty fragments that each spread the next twice: 2^60 fields in two kilobytes."""
    levels = 60
    fragments = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    last = f"fragment F{levels} on Query {{ a: stats {{ entityCount }} }}"
    found, _ = measured(parse("{ ...F0 }" + "\n".join([*fragments, last])), {})
    assert found == Measure(depth=2, aliases=2**levels, fields=2 * 2**levels, cost=2**levels)


def test_fragments_on_a_circle_are_left_to_the_standard_rules() -> None:
    circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A stats { id } }"
    assert measured(parse(circle), {}) == (Measure(depth=2, fields=2, cost=1), ())


@pytest.mark.parametrize(
    ("document", "limit", "allowed"),
    [
        ("{ stats { dataVersion } stats { dataVersion } stats { dataVersion } }", "fields", 5),
        ("{ a: stats { b: dataVersion c: dataVersion } }", "aliases", 2),
        ("{ answers(query: {ids: []}) { nodes { statements { nodes { id } } } } }", "depth", 4),
        ("{ answers(query: {ids: []}, first: 30) { nodes { id } } }", "cost", 50),
        ("{ stats @skip(if: false) @include(if: true) { dataVersion } }", "directives", 1),
    ],
)
async def test_what_is_beyond_a_limit_is_refused(document: str, limit: str, allowed: int) -> None:
    schema = make_schema(Limits(**{limit: allowed}))
    for _ in range(2):  # the second time from the cache of what was parsed
        result = await schema.execute(document)
        [error] = result.errors or []
        assert result.data is None
        assert error.extensions == {
            "code": "LIMIT_EXCEEDED", "limit": f"document {limit}", "value": allowed,
        }  # fmt: skip
        assert error.message.startswith(f"too large: document {limit} is at most {allowed} and")


async def test_a_document_is_not_read_beyond_its_tokens() -> None:
    document = "{ stats { dataVersion } }"
    for allowed in (6, 5):
        result = await make_schema(Limits(tokens=allowed)).execute(document)
        said = [one.extensions for one in result.errors or ()]
        refused = {"code": "LIMIT_EXCEEDED", "limit": "document tokens", "value": 5}
        assert (refused in said) == (allowed == 5)
    [fault] = (await make_schema(Limits()).execute("{ stats {")).errors or ()
    assert fault.message.startswith("Syntax Error")


async def test_every_limit_that_is_passed_is_named() -> None:
    schema = make_schema(Limits(depth=1, aliases=0, fields=1, cost=0))
    result = await schema.execute("{ a: stats { dataVersion } }")
    assert {one.extensions["limit"] for one in result.errors or () if one.extensions} == {
        "document depth", "document aliases", "document fields", "document cost",
    }  # fmt: skip


async def test_a_refusal_is_not_remembered_for_other_variables() -> None:
    """The cache of validations takes no notice of a refusal: it hangs on the variables."""
    schema = make_schema(Limits(cost=50))
    document = "query ($n: Int!) { answers(query: {ids: []}, first: $n) { nodes { id } } }"

    async def refused(n: Any) -> bool:
        result = await schema.execute(document, variable_values={"n": n})
        return any((one.extensions or {}).get("limit") for one in result.errors or ())

    assert [await refused(n) for n in (10, 30, 10)] == [False, True, False]
