"""The statements of an entity: counted, in order, in pages, filtered, and who asserts each."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Ask
from sample_graph import SampleGraph

TENT = "P-TENT-4"


@pytest.fixture(scope="module")
def sample() -> SampleGraph:
    return SampleGraph()


def test_counts_by_relation(ask: Ask, sample: SampleGraph) -> None:
    found = ask("""{ entities(ids: ["tom-hanks", "P-LANTERN"]) { id
      out: relationCounts { relation { id } count }
      in: relationCounts(direction: IN) { relation { id } count }
      both: relationCounts(direction: BOTH) { relation { id } count } } }""")
    for one in found["data"]["entities"]:
        ends = ends_of(sample, one["id"])
        for direction, sides in {"out": {0}, "in": {1}, "both": {0, 1}}.items():
            expected: dict[str, int] = {}
            for side, relation, _ in ends:
                if side in sides:
                    expected[relation] = expected.get(relation, 0) + 1
            shown = [(each["relation"]["id"], each["count"]) for each in one[direction]]
            assert shown == sorted(expected.items())


# ------------------------------------------------------------------ the statements of an entity


def test_statements_by_relation_then_the_other_end(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["natalie-portman"]) {
      statements { totalCount nodes { relation { id } object { id } value { text } } } } }""")
    [natalie] = found["data"]["entities"]
    assert natalie["statements"] == {
        "totalCount": 3,
        "nodes": [
            {"relation": {"id": "BORN_IN"}, "object": {"id": "jerusalem"}, "value": None},
            {"relation": {"id": "DATE_OF_BIRTH"}, "object": None, "value": {"text": "1981-06-09"}},
            {"relation": {"id": "OCCUPATION"}, "object": {"id": "actor"}, "value": None},
        ],
    }


def test_statements_from_the_other_end_and_from_both(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["natalie-portman"]) {
      in: statements(direction: IN, relations: ["PERFORMER", "P161"]) {
        nodes { subject { id } relation { id } } }
      both: statements(direction: BOTH) { totalCount } } }""")
    [natalie] = found["data"]["entities"]
    assert [(n["relation"]["id"], n["subject"]["id"]) for n in natalie["in"]["nodes"]] == [
        ("CAST_MEMBER", "black-swan"),
        ("CAST_MEMBER", "leon"),
        ("CAST_MEMBER", "star-wars-episode-1"),
        ("CAST_MEMBER", "star-wars-episode-2"),
        ("CAST_MEMBER", "star-wars-episode-3"),
        ("PERFORMER", "mathilda-lando"),
        ("PERFORMER", "nina-sayers"),
        ("PERFORMER", "padme-amidala"),
    ]
    assert natalie["both"]["totalCount"] == 11


def test_naming_a_relation_names_those_below_it(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["forrest-gump", "P-HEADLAMP"]) {
      statements(relations: ["CONTRIBUTOR", "USED_FOR"], first: 50) {
        nodes { relation { id } } } } }""")
    film, lamp = [
        {node["relation"]["id"] for node in one["statements"]["nodes"]}
        for one in found["data"]["entities"]
    ]
    assert film == {"CAST_MEMBER", "DIRECTOR"}
    assert lamp == {"USED_FOR_AUD", "USED_FOR_EVE", "USED_FOR_FUNC"}


TENT_BY_TYPICALITY = [
    ("intent:event:en:camping trips", 0.929532),
    ("intent:function:en:keeping the rain out", 0.920152),
    ("intent:concept:en:waterproof tent", 0.92),
    ("intent:event:en:camping with a dog", 0.880685),
    ("intent:event:en:rain", 0.876364),
    ("intent:audience:en:campers", 0.86),
    ("intent:location:en:campsites", 0.81),
    ("intent:audience:en:families", 0.801943),
    ("intent:function:en:lighting the tent", 0.78),
]  # by hand, from the behaviors of story.txt


def test_statements_by_typicality_those_without_last(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["P-TENT-4"]) { statements(orderBy: TYPICALITY, first: 50) {
      nodes { relation { id } object { id } typicality } } } }""")
    nodes = found["data"]["entities"][0]["statements"]["nodes"]
    assert [(n["object"]["id"], n["typicality"]) for n in nodes[:9]] == TENT_BY_TYPICALITY
    assert [n["typicality"] is None for n in nodes] == [False] * 17 + [True] * 7
    assert [n["relation"]["id"] for n in nodes[17:]] == [
        "BRAND", "HAS_CATEGORY", "HAS_FEATURE", "HAS_PRODUCT_TYPE", "MASS", "PRICE", "SLEEPS",
    ]  # fmt: skip


@pytest.mark.parametrize("order", ["TYPICALITY", "PLAUSIBILITY", "SUPPORT", "RELATION"])
@pytest.mark.parametrize("direction", ["OUT", "IN", "BOTH"])
def test_pages_laid_end_to_end_are_the_whole(ask: Ask, order: str, direction: str) -> None:
    """For an entity that has every kind of statement, with ties in each order."""
    document = """query ($first: Int!, $after: String, $order: StatementOrder!, $way: Direction!) {
      entities(ids: ["P-TENT-4"]) { statements(
          orderBy: $order, direction: $way, first: $first, after: $after) {
        totalCount edges { cursor node { id typicality plausibility support } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""

    def page(first: int, after: str | None = None) -> dict[str, Any]:
        found = ask(document, first=first, after=after, order=order, way=direction)
        shown: dict[str, Any] = found["data"]["entities"][0]["statements"]
        return shown

    whole = page(100)
    total = {"OUT": 24, "IN": 9, "BOTH": 33}[direction]
    assert whole["totalCount"] == len(whole["edges"]) == total
    if order != "RELATION":
        scores = [edge["node"][order.lower()] for edge in whole["edges"]]
        known = [score for score in scores if score is not None]
        assert scores == sorted(known, reverse=True) + [None] * (total - len(known))
    laid: list[Any] = []
    after = None
    for _ in range(total):
        found = page(4, after)
        info = found["pageInfo"]
        assert found["totalCount"] == total
        assert info["hasPreviousPage"] == bool(laid)
        assert info["startCursor"] == found["edges"][0]["cursor"]
        laid += found["edges"]
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert laid == whole["edges"]


def test_a_page_of_nothing(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["P-TENT-4"]) {
      none: statements(first: 0) { totalCount nodes { id } pageInfo { hasNextPage startCursor } }
      empty: statements(relations: []) { totalCount nodes { id } } } }""")
    assert found["data"]["entities"] == [
        {
            "none": {
                "totalCount": 24,
                "nodes": [],
                "pageInfo": {"hasNextPage": True, "startCursor": None},
            },
            "empty": {"totalCount": 0, "nodes": []},
        }
    ]


def objects(one: dict[str, Any]) -> list[str]:
    return [node["object"]["id"].rpartition(":")[2] for node in one["nodes"]]


def test_statements_that_pass_a_filter(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["P-TENT-4"]) {
      typical: statements(relations: ["USED_FOR_AUD"], where: {minTypicality: 0.8}) {
        nodes { object { id } } }
      exact: statements(where: {minTypicality: 0.92, minPlausibility: 0.96}) {
        nodes { object { id } } }
      strong: statements(where: {minSupport: 527}) { nodes { object { id } } }
      german: statements(where: {marketplaces: ["DE"]}) { nodes { object { id } } }
      facts: statements(where: {sources: ["sample-facts"]}, relations: ["BRAND", "CAPABLE_OF"]) {
        nodes { object { id } } }
      nobody: statements(where: {sources: []}) { totalCount }
      people: statements(types: ["AudienceIntent"]) { nodes { object { id } } }
      intents: statements(types: ["Intent"]) { totalCount }
    } }""")
    [tent] = found["data"]["entities"]
    assert objects(tent["typical"]) == ["campers", "families"]
    # A minimum is met by what is equal to it.
    assert objects(tent["exact"]) == ["keeping the rain out", "waterproof tent", "camping trips"]
    assert objects(tent["strong"]) == [
        "sleeping four people", "families", "camping trips", "sleep outdoors",
    ]  # fmt: skip
    # A record tells the product's category and type as well.
    assert objects(tent["german"]) == ["Camping & Hiking", "TENT", "familien", "regen"]
    assert objects(tent["facts"]) == ["brand-northfell"]
    assert tent["nobody"]["totalCount"] == 0
    assert objects(tent["people"]) == ["familien", "campers", "families"]
    # All 24 but brand, category, feature, product type and three literals.
    assert tent["intents"]["totalCount"] == 17


def test_who_asserts_it(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["P-TENT-4"]) {
      statements(relations: ["USED_IN_LOC"]) { nodes { support sources { id run retrievedAt }
        assertions { dataset run generator generatedAt marketplace domain language plausibility
          typicality rawText annotation { id value } filters { id value } } } } } }""")
    [node] = found["data"]["entities"][0]["statements"]["nodes"]
    assert node["support"] == 212
    assert [(one["id"], one["run"]) for one in node["sources"]] == [("sample-commonsense", "first")]
    [assertion] = node["assertions"]
    assert assertion["dataset"] == "sample-commonsense"
    assert (assertion["plausibility"], assertion["typicality"]) == (0.92, 0.81)
    assert (assertion["marketplace"], assertion["language"]) == ("US", "en")
    assert assertion["domain"] == "Sports & Outdoors"
    assert assertion["generatedAt"] == node["sources"][0]["retrievedAt"]
    assert assertion["generator"]


def test_what_a_statement_was_rolled_up_from(ask: Ask, sample: SampleGraph) -> None:
    """`keeping the rain out` was said of the tent after a query (212) and beside a tarp (52)."""
    document = """query ($after: String, $first: Int!) { entities(ids: ["P-TENT-4"]) {
      statements(relations: ["CAPABLE_OF"], first: 1) { nodes { support typicality
        evidence(first: $first, after: $after) { totalCount
          edges { cursor node { support typicality subject { label types { id } } object { id } } }
          pageInfo { hasNextPage hasPreviousPage endCursor } } } } } }"""

    def evidence(first: int, after: str | None = None) -> dict[str, Any]:
        found = ask(document, first=first, after=after)
        [statement] = found["data"]["entities"][0]["statements"]["nodes"]
        assert (statement["support"], statement["typicality"]) == (264, 0.920152)
        shown: dict[str, Any] = statement["evidence"]
        return shown

    whole = evidence(10)
    assert [edge["node"] for edge in whole["edges"]] == [
        {
            "support": 212,
            "typicality": 0.93,
            "subject": {
                "label": "camping tent for rain → Four-Person Waterproof Tent",
                "types": [{"id": "QueryPurchase"}],
            },
            "object": {"id": "intent:function:en:keeping the rain out"},
        },
        {
            "support": 52,
            "typicality": 0.88,
            "subject": {
                "label": "Four-Person Waterproof Tent + Camping Tarp with Ropes",
                "types": [{"id": "CoPurchase"}],
            },
            "object": {"id": "intent:function:en:keeping the rain out"},
        },
    ]
    assert whole["totalCount"] == 2
    first = evidence(1)
    assert first["pageInfo"]["hasNextPage"]
    second = evidence(1, first["pageInfo"]["endCursor"])
    assert first["edges"] + second["edges"] == whole["edges"]
    assert second["pageInfo"]["hasPreviousPage"]
    assert not second["pageInfo"]["hasNextPage"]


def test_what_was_not_rolled_up_has_no_evidence(ask: Ask) -> None:
    found = ask("""{ entities(ids: ["natalie-portman"]) { statements(first: 1) { nodes {
      evidence { totalCount nodes { id } pageInfo { hasNextPage } } } } } }""")
    [node] = found["data"]["entities"][0]["statements"]["nodes"]
    assert node["evidence"] == {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False}}


def test_every_statement_of_the_sample_reads_as_a_sentence(ask: Ask, sample: SampleGraph) -> None:
    """A page of each entity: all that the files say is there, and nothing else."""
    ids = sorted(sample.types)
    shown: set[tuple[str, str, str]] = set()
    for start in range(0, len(ids), 250):
        found = ask(
            """query ($ids: [ID!]!) { entities(ids: $ids) { id statements(first: 60) {
                 nodes { relation { id } object { id } text phrase }
                 pageInfo { hasNextPage } } } }""",
            ids=ids[start : start + 250],
        )
        for one in found["data"]["entities"]:
            assert not one["statements"]["pageInfo"]["hasNextPage"]
            for node in one["statements"]["nodes"]:
                assert node["text"].endswith(node["phrase"])
                assert "{" not in node["text"]
                if node["object"] is not None:
                    shown.add((one["id"], node["relation"]["id"], node["object"]["id"]))
    assert shown == set(sample.statements)


def ends_of(sample: SampleGraph, id: str) -> list[tuple[int, str, str]]:
    """Each statement of an entity: at which end it stands (0 subject, 1 object), and what else."""
    found = [(0, relation, object) for s, relation, object in sample.statements if s == id]
    found += [(1, relation, s) for s, relation, object in sample.statements if object == id]
    found += [
        (0, relation, value.text)
        for (s, relation), values in sample.literals.items()
        for value in values
        if s == id
    ]
    return found
