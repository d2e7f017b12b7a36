"""Where texts lead in the end: against following the chain step by step."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgservice.learning.chain import Chain
from kgservice.learning.visits import Visit

_texts = st.lists(st.sampled_from("abcde"), min_size=1, max_size=5)
_visits = st.lists(
    st.builds(
        lambda texts, entity: Visit("p", tuple(texts), entity, 0.0),
        _texts,
        st.sampled_from(["X", "Y", None]),
    ),
    max_size=12,
)


Leaves = dict[str, Counter[tuple[str, str | None]]]


def left(visits: list[Visit]) -> Leaves:
    """How often each text was left for what, with a success and a failure that nobody saw."""
    leaves: dict[str, Counter[tuple[str, str | None]]] = defaultdict(Counter)
    for visit in visits:
        for one, other in zip(visit.texts, visit.texts[1:], strict=False):
            leaves[one]["text", other] += 1
        leaves[visit.texts[-1]]["end", visit.entity] += 1
    for counts in leaves.values():
        counts["end", None] += 2
    return leaves


def walked(leaves: Leaves, start: str) -> dict[str, float]:
    """The probability of each end, by moving what is at each text until nothing is left."""
    at, ended = {start: 1.0}, defaultdict(float)
    while sum(at.values()) > 1e-13:
        moved: dict[str, float] = defaultdict(float)
        for text, mass in at.items():
            whole = sum(leaves[text].values())
            for (kind, place), count in leaves[text].items():
                if place is not None:
                    (moved if kind == "text" else ended)[place] += mass * count / whole
        at = moved
    return dict(ended)


@settings(max_examples=60, deadline=None)
@given(_visits)
def test_against_following_it(visits: list[Visit]) -> None:
    chain = Chain(visits)
    for text in {text for visit in visits for text in visit.texts}:
        assert text in chain
        assert dict(chain.ends(text)) == pytest.approx(walked(left(visits), text), abs=1e-9)
    assert chain.ends("unheard of") == {}


def test_by_hand() -> None:
    visits = [Visit("p", ("hnaks", "hanks"), "tom", 0.0)] * 3 + [Visit("p", ("hanks",), None, 0.0)]
    chain = Chain(visits)
    # 3 of 4 + 2 uses at "hanks"; 3 of 3 + 2 steps lead there.
    assert dict(chain.ends("hanks")) == pytest.approx({"tom": 3 / 6})
    assert dict(chain.ends("hnaks")) == pytest.approx({"tom": 3 / 5 * 3 / 6})
