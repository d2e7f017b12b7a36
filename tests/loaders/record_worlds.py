"""Random records over so few ids that they meet all the time: updates, ties, moves, retractions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from literal_forms import FORMS
from plain_graph import Given, Vocabulary

RELATIONS: tuple[Mapping[str, Any], ...] = (
    {"id": "knows"},
    {"id": "height of"},
    {"id": "kind", "means": "type"},
    {"id": "named", "means": "label"},
    {"id": "also called", "means": "alias"},
    {"id": "note", "means": "description"},
)
TYPES: tuple[Mapping[str, Any], ...] = ({"id": "Film"}, {"id": "Person", "parents": ["Agent"]})
VOCABULARY = Vocabulary(
    {one["id"]: one["means"] for one in RELATIONS if "means" in one},
    priority=("mined 2", "catalogue"),
)

#: Shrinking would load hundreds of graphs for minutes; to understand a failure add Phase.shrink.
UNSHRUNK = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)

#: In the order of their instants; the second and third are the same one.
TIMES = (
    "2024-01-01T00:00:00Z",
    "2024-01-02T00:00:00Z",
    "2024-01-02T01:00:00+01:00",
    "2024-01-02t00:00:00.5z",
    "2024-01-02T00:00:00.25Z",
)
_DATASETS = ("catalogue", "mined 1", "mined 2")
_SCORES = (None, 0, 1, 1.0, 0.5, 0.7, 0.09, 0.333333, 0.1234565, 5e-07)

Ids = tuple[str, ...]
PRODUCTS: Ids = ("p1", "p2", "p3")
#: Products whose ids are those of a behavior, a query, an intent and a category as well.
AMBIGUOUS: Ids = (
    "p1",
    "b1",
    "b2",
    "query:en:rain coat",
    "intent:audience:en:dogs",
    "category:Boots",
)
_CATEGORIES = ("Shoes", "Boots", "Outdoor")
_TAILS: Mapping[str, str] = {
    "USED_FOR_AUD": "audience",
    "USED_FOR_EVE": "activity",
    "capableOf": "function",
    "used_for_audience": "audience",
}
_TEXTS = (("Dogs", "dogs"), ('"dogs"', ' "Dogs" '), ("cats", "cats"), ("pets", "Pets"))
#: Ids that behaviors make as well, so that data sets speak of the same entities outright.
ENTITIES = (
    "e1",
    "e2",
    "p1",
    "b1",
    "query:en:rain coat",
    "intent:audience:en:dogs",
    "intent:audience:en:pets",
    "category:Boots",
)

times = st.sampled_from(TIMES)
scores = st.sampled_from(_SCORES)
datasets = st.sampled_from(_DATASETS)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _said(record: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is null: a key that is there and null would be another record."""
    return {name: value for name, value in record.items() if value is not None}


def products(ids: Ids) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda id, title, category, kind, path: _said(
            {
                "product_id": id,
                "title": title,
                "category": category,
                "product_type": kind,
                "browse_path": path,
            }
        ),
        st.sampled_from(ids),
        st.sampled_from(("Boot", "Warm boot", "Coat " * 13 + "end")),
        st.sampled_from(_CATEGORIES),
        _maybe(st.sampled_from(("BOOT", "COAT"))),
        _maybe(st.lists(st.sampled_from(_CATEGORIES), min_size=1, max_size=3)),
    )


queries = st.builds(
    lambda text, norm, specificity: _said({"text": text, "norm": norm, "specificity": specificity}),
    st.sampled_from(("Rain coat", "rain  coat", "RAIN COAT")),
    st.sampled_from(("rain coat", "Rain  Coat", "dry feet")),
    _maybe(st.sampled_from((0.3, 0.31))),
)
stats = st.builds(
    lambda count, rate, start: _said(
        {"count": count, "purchase_rate": rate, "window_start": start}
    ),
    st.sampled_from((1, 2, 3, 7)),
    _maybe(st.sampled_from((0.25, 0.5))),
    _maybe(times),
)


@st.composite
def behaviors(draw: st.DrawFn, ids: Ids) -> dict[str, Any]:
    behavior: dict[str, Any] = {"behavior_id": draw(st.sampled_from(("b1", "b2", "b3")))}
    if draw(st.booleans()):
        behavior |= {"type": "query_purchase", "query": draw(queries)}
        behavior["products"] = [draw(products(ids))]
    else:
        behavior["type"] = "co_purchase"
        two = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
        behavior["products"] = [{**draw(products(ids)), "product_id": id} for id in draw(two)]
    if draw(st.booleans()):
        behavior["stats"] = draw(stats)
    return behavior


@st.composite
def assertions(draw: st.DrawFn, ids: Ids) -> Given:
    relation = draw(st.sampled_from(sorted(_TAILS)))
    text, norm = draw(st.sampled_from(_TEXTS))
    concept = draw(_maybe(st.sampled_from(("Pets", "dogs"))))
    tail = {"text": text, "norm": norm, "type": _TAILS[relation], "concept": concept}
    record = {
        "schema_version": "1.0",
        "record_type": "assertion",
        "assertion_id": draw(_assertion_ids),
        "run_id": "nightly",
        "marketplace": draw(st.sampled_from(("US", "UK"))),
        "lang": "en",
        "behavior": draw(behaviors(ids)),
        "domain": draw(st.sampled_from(("Clothing", "Baby"))),
        "relation": relation,
        "tail": _said(tail),
        "scores": {"plausibility": draw(scores), "typicality": draw(scores)},
        "generator": {
            "model": "lm",
            "version": draw(_versions),
            "prompt_template": "why",
        },
        "raw_text": draw(_maybe(st.just("because of the rain"))),
        "filters": draw(_maybe(st.just([{"name": "edit_distance", "value": 3, "passed": True}]))),
        "support": {"n_generations": draw(st.integers(1, 3)), "n_behaviors": 1},
        "generated_at": draw(times),
    }
    return Given("assertions", draw(datasets), _said(record))


_assertion_ids = st.sampled_from(("a1", "a2", "a3", "a4", "a5", "a6"))
_versions = st.sampled_from(("v9", "v10", "2024.05"))


@st.composite
def retractions(draw: st.DrawFn) -> Given:
    version = draw(_maybe(_versions))
    record = {
        "schema_version": "1.0",
        "record_type": "retraction",
        "assertion_id": draw(_assertion_ids),
        "reason": "generic tail",
        "generated_at": draw(times),
        "generator": None if version is None else {"version": version},
    }
    return Given("assertions", draw(datasets), _said(record))


#: The second and third are the same: sets and what is in them have no order.
_QUALIFIERS: tuple[Any, ...] = (
    None,
    [[{"relation": "knows", "tail": "e1"}, {"relation": "height of", "tail": "e2"}], []],
    [[], [{"relation": "height of", "tail": "e2"}, {"relation": "knows", "tail": "e1"}]],
    [[{"relation": "knows", "tail": "nowhere"}]],
)


@st.composite
def triples(draw: st.DrawFn) -> Given:
    relation = draw(st.sampled_from(_RELATIONS_OF_TRIPLES))
    record: dict[str, Any] = {
        "head": draw(st.sampled_from(ENTITIES)),
        "relation": relation,
        "plausibility": draw(scores),
        "typicality": draw(scores),
        "support": draw(_maybe(st.integers(1, 3))),
        "source": draw(_maybe(st.just("page 7"))),
        "retrieved_at": draw(_maybe(times)),
        "qualifiers": draw(st.sampled_from(_QUALIFIERS)),
        "deleted": draw(st.sampled_from((None, None, True))),
    }
    if relation in VOCABULARY.means or draw(st.integers(0, 3)) == 0:
        record |= draw(st.sampled_from(FORMS))[0]
    else:
        record["tail"] = draw(st.sampled_from(ENTITIES))
    return Given("triples", draw(datasets), _said(record))


_RELATIONS_OF_TRIPLES = (
    "knows",
    "height of",
    "kind",
    "named",
    "also called",
    "note",
    "USED_FOR_AUD",
    "capableOf",
    "BROADER",
    "HAS_CATEGORY",
)


@st.composite
def entity_records(draw: st.DrawFn) -> Given:
    record = {
        "id": draw(st.sampled_from(ENTITIES)),
        "label": draw(_maybe(st.sampled_from(("Rex", "Rain coat", "Dogs")))),
        "aliases": draw(_maybe(st.lists(st.sampled_from(("Rex", "dogs", "Max")), max_size=2))),
        "description": draw(_maybe(st.sampled_from(("a dog", "a coat")))),
        "types": draw(
            _maybe(
                st.lists(st.sampled_from(("Film", "Person", "Query", "AudienceIntent")), max_size=2)
            )
        ),
        "language": draw(_maybe(st.sampled_from(("en", "de")))),
        "modified": draw(_maybe(times)),
        "deleted": draw(st.sampled_from((None, None, True))),
    }
    return Given("entities", draw(datasets), _said(record))


def worlds(ids: Ids = PRODUCTS) -> st.SearchStrategy[list[Given]]:
    """Records of all kinds, any of them more than once."""
    mined = assertions(ids)
    one = st.one_of(mined, mined, retractions(), triples(), entity_records())
    return st.lists(one, min_size=4, max_size=30)
