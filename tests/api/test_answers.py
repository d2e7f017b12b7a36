"""`answers` over HTTP: every kind of expression, pages, counts, what groups and explains them.

What is expected was counted by hand in the sample's files, or is counted there by SampleGraph.
"""

from __future__ import annotations

from typing import Any

import pytest
from asking import ANSWERS, Ask, follow
from sample_graph import SampleGraph

RAIN = "intent:event:en:rain"
QUERY = "query:en:camping tent for rain"
CATEGORIES = ["category:Camping & Hiking", "category:Sports & Outdoors"]


@pytest.fixture(scope="module")
def sample() -> SampleGraph:
    return SampleGraph()


def answers(ask: Ask, query: dict[str, Any], **more: Any) -> list[tuple[str, float]]:
    found = ask(ANSWERS, query=query, **more)
    assert "errors" not in found, found["errors"]
    shown = found["data"]["answers"]
    rows = [(edge["node"]["id"], edge["score"]) for edge in shown["edges"]]
    assert shown["totalCount"] == len(rows)
    assert rows == sorted(rows, key=lambda row: (-row[1], row[0]))
    return rows


def ids(ask: Ask, query: dict[str, Any]) -> list[str]:
    rows = answers(ask, query)
    assert {score for _, score in rows} <= {1.0}
    return [id for id, _ in rows]


def step(source: str, **step: Any) -> dict[str, Any]:
    return {"follow": {"from": {"ids": [source]}, "steps": [step]}}


# ------------------------------------------------------------------ what an expression denotes


def test_ids(ask: Ask) -> None:
    assert ids(ask, {"ids": ["leon", "big", "leon"]}) == ["big", "leon"]
    assert ids(ask, {"ids": []}) == []


def test_a_type_has_its_subtypes(ask: Ask, sample: SampleGraph) -> None:
    assert ids(ask, {"type": "Ship"}) == sorted(sample.keep(sample.types, "Ship"))
    settlements = ids(ask, {"type": "Settlement"})
    assert settlements == sorted(sample.keep(sample.types, "Settlement"))
    assert {"paris", "cambridge"} <= set(settlements)


@pytest.mark.parametrize(
    ("start", "path", "expected"),
    [
        ("natalie-portman", "^PERFORMER", ["mathilda-lando", "nina-sayers", "padme-amidala"]),
        ("jaws", "DIRECTOR|COMPOSER", ["john-williams", "steven-spielberg"]),
        ("padme-amidala", "PERFORMER/BORN_IN", ["jerusalem"]),
        # Both ends of walks there and back hold where they began.
        ("star-wars-episode-1", "FOLLOWED_BY?", ["star-wars-episode-1", "star-wars-episode-2"]),
        ("star-wars-episode-1", "FOLLOWED_BY/FOLLOWS", ["star-wars-episode-1"]),
        ("star-wars-episode-1", "FOLLOWED_BY{2}", ["star-wars-episode-3"]),
        (
            "star-wars-episode-1",
            "FOLLOWED_BY*",
            [f"star-wars-episode-{n}" for n in (1, 2, 3, 4)],
        ),
        ("P-TENT-2", "HAS_CATEGORY/BROADER*", CATEGORIES),
        # An alias, an id in brackets, blanks.
        ("padme-amidala", " <P175> / BORN_IN ", ["jerusalem"]),
    ],
)  # fmt: skip
def test_paths(ask: Ask, start: str, path: str, expected: list[str]) -> None:
    assert ids(ask, follow(start, path)) == expected


def test_a_walk_may_go_back_over_its_statement(ask: Ask, sample: SampleGraph) -> None:
    """Whoever played in a film with Natalie Portman: she did as well."""
    found = ids(ask, follow("natalie-portman", "^CAST_MEMBER/CAST_MEMBER"))
    assert "natalie-portman" in found
    assert found == sorted(sample.walk(["natalie-portman"], "^CAST_MEMBER/CAST_MEMBER"))


def test_steps(ask: Ask, sample: SampleGraph) -> None:
    natalie = "natalie-portman"
    assert ids(ask, step(natalie, relations=["BORN_IN"])) == ["jerusalem"]
    assert ids(ask, step(natalie, relations=[])) == []
    assert ids(ask, step(natalie)) == ["actor", "jerusalem"]
    others = sorted({"mathilda-lando", "nina-sayers", "padme-amidala"})
    assert ids(ask, step(natalie, relations=["PERFORMER"], direction="IN")) == others
    both = step(natalie, relations=["PERFORMER", "BORN_IN"], direction="BOTH")
    assert ids(ask, both) == ["jerusalem", *others]
    here = step(natalie, direction="IN", types=["FictionalCharacter"])
    assert ids(ask, here) == others
    with_her = {
        "follow": {
            "from": {"ids": [natalie]},
            "steps": [
                {"relations": ["CAST_MEMBER"], "direction": "IN"},
                {"relations": ["CAST_MEMBER"], "exceptStart": True},
            ],
        }
    }
    expected = set(sample.walk([natalie], "^CAST_MEMBER/CAST_MEMBER")) - {natalie}
    assert ids(ask, with_her) == sorted(expected)


@pytest.mark.parametrize(
    ("hops", "expected"),
    [
        (None, ["star-wars-episode-2"]),
        ({}, ["star-wars-episode-2"]),
        ({"min": 0}, ["star-wars-episode-1", "star-wars-episode-2"]),
        ({"min": 0, "max": 0}, ["star-wars-episode-1"]),
        ({"min": 2}, ["star-wars-episode-3"]),
        ({"min": 1, "max": 2}, ["star-wars-episode-2", "star-wars-episode-3"]),
        ({"min": 2, "unbounded": True}, ["star-wars-episode-3", "star-wars-episode-4"]),
        ({"unbounded": True}, [f"star-wars-episode-{n}" for n in (2, 3, 4)]),
    ],
)
def test_hops(ask: Ask, hops: dict[str, Any] | None, expected: list[str]) -> None:
    assert ids(ask, step("star-wars-episode-1", relations=["FOLLOWED_BY"], hops=hops)) == expected


def test_where_of_a_step(ask: Ask) -> None:
    def audience(**where: Any) -> list[str]:
        found = ids(ask, step("P-TENT-4", relations=["USED_FOR_AUD"], where=where))
        return [id.rpartition(":")[2] for id in found]

    assert audience() == ["familien", "campers", "families"]
    assert audience(minTypicality=0.8) == ["campers", "families"]
    assert audience(minTypicality=0.86) == ["campers"]  # what equals the minimum meets it
    assert audience(minPlausibility=0.94) == ["campers"]
    assert audience(minSupport=100) == ["families"]
    assert audience(marketplaces=["DE"]) == ["familien"]
    assert audience(domains=["Sports & Outdoors"], minSupport=60) == ["campers", "families"]
    assert audience(sources=["sample-facts"]) == []
    assert audience(sources=[]) == []


def test_a_fact_has_no_typicality_to_meet_a_minimum(ask: Ask) -> None:
    assert ids(ask, step("natalie-portman", where={"minTypicality": 0.0})) == []


def test_intersect_union_subtract(ask: Ask) -> None:
    gump, apollo = follow("forrest-gump", "CAST_MEMBER"), follow("apollo-13", "CAST_MEMBER")
    both = {"intersect": [gump, apollo]}
    assert ids(ask, both) == ["gary-sinise", "tom-hanks"]
    one, other = ids(ask, gump), ids(ask, apollo)
    assert ids(ask, {"union": [gump, apollo]}) == sorted({*one, *other})
    assert ids(ask, {"union": []}) == []
    assert ids(ask, {"intersect": [gump]}) == one
    assert ids(ask, {"subtract": {"from": gump, "remove": apollo}}) == sorted({*one} - {*other})


def test_filter(ask: Ask) -> None:
    films = follow("tom-hanks", "^CAST_MEMBER")

    def kept(*where: dict[str, str], types: list[str] | None = None) -> list[str]:
        return ids(ask, {"filter": {"of": films, "types": types, "where": list(where)}})

    eighties = {"relation": "RELEASED", "op": "LT", "value": "1990"}
    assert kept(eighties) == ["big", "splash", "turner-and-hooch"]
    late = {"relation": "RELEASED", "op": "GE", "value": "1988-06-03"}
    assert kept(eighties, late) == ["big", "turner-and-hooch"]
    assert kept({"relation": "RELEASED", "op": "EQ", "value": "1984-03-09"}) == ["splash"]
    assert len(kept({"relation": "RELEASED", "op": "NE", "value": "1984-03-09"})) == 14
    assert kept({"relation": "RELEASED", "op": "GT", "value": "not a date"}) == []
    assert kept(types=["CreativeWork"]) == kept()
    assert kept(types=[]) == []
    assert kept(types=["Song"]) == []


def test_units_must_be_the_same(ask: Ask) -> None:
    def heavy(unit: str | None) -> list[str]:
        condition = {"relation": "MASS", "op": "GE", "value": "9.0", "unit": unit}
        return ids(ask, {"filter": {"of": {"type": "Product"}, "where": [condition]}})

    assert heavy("kilogram") == ["P-STROLLER-RUN"]
    assert heavy("gram") == []
    assert heavy(None) == ["P-STROLLER-RUN"]


def test_top(ask: Ask) -> None:
    films = follow("tom-hanks", "^CAST_MEMBER")
    earliest = {"top": {"of": films, "by": "RELEASED", "order": "ASC", "first": 3}}
    # Answers are ordered by score and id, whatever chose them.
    assert ids(ask, earliest) == ["big", "splash", "turner-and-hooch"]
    assert ids(ask, {"top": {"of": {"type": "City"}, "by": "POPULATION"}}) == ["tokyo"]
    # By score; at a tie by id.
    assert ids(ask, {"top": {"of": {"type": "Ship"}, "first": 1}}) == ids(ask, {"type": "Ship"})[:1]
    assert ids(ask, {"top": {"of": films, "first": 0}}) == []


# ------------------------------------------------------------------ scores


def test_sum_counts_walks(ask: Ask, sample: SampleGraph) -> None:
    path = "^DIRECTOR/CAST_MEMBER/BORN_IN/COUNTRY"
    rows = answers(ask, follow("steven-spielberg", path), scoring={"merge": "SUM"})
    assert dict(rows) == {id: float(n) for id, n in sample.walk(["steven-spielberg"], path).items()}
    assert rows[:3] == [("united-states", 19.0), ("united-kingdom", 10.0), ("france", 4.0)]


def test_statements_weigh_what_they_are_worth(ask: Ask) -> None:
    query = step(QUERY, relations=["USED_FOR_EVE"])
    scoring = {"statement": "TYPICALITY"}
    rows = answers(ask, query, scoring=scoring)
    # Means over three behaviors with 212, 64 and 31 purchases; story.txt.
    rain = (0.90 * 212 + 0.72 * 64 + 0.84 * 31) / 307
    camping = (0.95 * 212 + 0.88 * 64 + 0.65 * 31) / 307
    assert rows == [
        ("intent:event:en:camping trips", pytest.approx(camping, abs=1e-6)),
        (RAIN, pytest.approx(rain, abs=1e-6)),
        ("intent:event:en:hiking trips", 0.70),
    ]
    support = answers(ask, query, scoring={"statement": "SUPPORT"})
    assert support == [
        ("intent:event:en:camping trips", 307.0),
        (RAIN, 307.0),
        ("intent:event:en:hiking trips", 64.0),
    ]


def test_norms_of_an_intersection(ask: Ask) -> None:
    legs = [step(QUERY, relations=["USED_FOR_EVE"]), step("P-TENT-2", relations=["USED_FOR_EVE"])]
    first, second = (dict(answers(ask, leg, scoring={"statement": "TYPICALITY"})) for leg in legs)
    for norm, combine in {"MIN": min, "PRODUCT": lambda a, b: a * b}.items():
        scoring = {"statement": "TYPICALITY", "intersect": norm}
        found = answers(ask, {"intersect": legs}, scoring=scoring)
        assert dict(found) == pytest.approx(
            {id: combine(first[id], second[id]) for id in first.keys() & second.keys()}
        )


# ------------------------------------------------------------------ groups and support


def test_groups_and_types_count_all_answers(ask: Ask) -> None:
    found = ask("""{ answers(first: 1, query: {follow: {
          from: {ids: ["intent:activity:en:walk the dog"]}, steps: [{direction: IN}]}}) {
      totalCount nodes { id }
      groups(path: "HAS_CATEGORY") { entity { id } count }
      two: groups(path: "HAS_CATEGORY", first: 2) { count }
      types(first: 3) { type { id } count } } }""")
    shown = found["data"]["answers"]
    assert [(one["entity"]["id"], one["count"]) for one in shown["groups"]] == [
        ("category:Dogs", 3),
        ("category:Running", 2),
        ("category:Portable Lights", 1),
        ("category:Rainwear", 1),
    ]
    assert shown["two"] == [{"count": 3}, {"count": 2}]
    # dog coat .. P-DOG-RAINCOAT, at night (3), running with dog; five pairs of products.
    assert shown["types"][0] == {"type": {"id": "Product"}, "count": 7}
    assert len(shown["nodes"]) == 1


def test_a_fault_in_groups_leaves_the_answers_alone(ask: Ask) -> None:
    found = ask("""{ answers(query: {ids: ["leon"]}) { nodes { id }
      groups(path: "NO_SUCH") { count } } }""")
    assert found["data"]["answers"] == {"nodes": [{"id": "leon"}], "groups": None}
    [error] = found["errors"]
    assert error["extensions"]["code"] == "UNKNOWN_RELATION"
    assert error["path"] == ["answers", "groups"]


# ------------------------------------------------------------------ why


def test_support_of_an_intersection(ask: Ask) -> None:
    found = ask("""{ answers(query: {intersect: [
        {follow: {from: {ids: ["natalie-portman"]}, path: "^PERFORMER"}},
        {follow: {from: {ids: ["star-wars-episode-2"]}, path: "CHARACTER"}}]}) {
      edges { node { id } support { score leg entities { id } statements { text } } } } }""")
    [edge] = found["data"]["answers"]["edges"]
    assert edge["node"] == {"id": "padme-amidala"}
    label = "Star Wars: Episode II \N{EN DASH} Attack of the Clones"
    assert edge["support"] == [
        {
            "score": 1.0,
            "leg": [0],
            "entities": [{"id": "natalie-portman"}, {"id": "padme-amidala"}],
            "statements": [{"text": "Padmé Amidala is played by Natalie Portman"}],
        },
        {
            "score": 1.0,
            "leg": [1],
            "entities": [{"id": "star-wars-episode-2"}, {"id": "padme-amidala"}],
            "statements": [{"text": f"{label} has the character Padmé Amidala"}],
        },
    ]


def test_support_of_one_entity_is_itself(ask: Ask) -> None:
    found = ask("""{ answers(query: {ids: ["leon"]}) {
      edges { support { leg entities { id } statements { id } } } } }""")
    assert found["data"]["answers"]["edges"][0]["support"] == [
        {"leg": [], "entities": [{"id": "leon"}], "statements": []}
    ]


def test_unknown_ids_may_be_ignored(ask: Ask) -> None:
    found = ask("""{ answers(unknownIds: IGNORE,
        query: {union: [{ids: ["nobody", "leon"]}, {ids: ["nowhere", "nobody"]}]})
      { totalCount nodes { id } } }""")
    assert found["data"]["answers"] == {"totalCount": 1, "nodes": [{"id": "leon"}]}
    assert sorted(found["extensions"]["unknownIds"]) == ["nobody", "nowhere"]


def test_fragments_and_aliases_of_rows(ask: Ask) -> None:
    found = ask("""{ a: answers(query: {ids: ["leon"]}) { ...Rows }
      b: answers(query: {ids: ["big"]}) { ... on AnswerConnection { n: nodes { id } } } }
      fragment Rows on AnswerConnection { edges { node { id } } totalCount }""")
    assert found["data"] == {
        "a": {"edges": [{"node": {"id": "leon"}}], "totalCount": 1},
        "b": {"n": [{"id": "big"}]},
    }
