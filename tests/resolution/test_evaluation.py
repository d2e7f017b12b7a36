"""How quality is told: figures counted by hand, and the slices a mention falls into."""

from __future__ import annotations

from pathlib import Path

import pytest
from name_worlds import Indexed, Named, source

from kgservice.errors import BadRequestError
from kgservice.model import Candidate, Resolution
from kgservice.resolution.evaluation import Slice, evaluate, quality_of
from kgservice.resolution.index import NameIndex
from kgservice.resolution.labelled import LabelledMention, read_labelled, write_labelled
from kgservice.resolution.layer import write_layer
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.slices import slices_of

_PLACES = [
    Named("paris", "Paris", ["City of Light"], types=["City"], degree=90),
    Named("texas", "Paris", types=["City"], degree=4),
    Named("harbour", "Pearl Harbour", types=["City"], degree=20),
    Named("tent", "Four Person Waterproof Tent", types=["Product"], degree=1),
]


def answer(nil: float, *candidates: tuple[str, float]) -> Resolution:
    found = [Candidate(id, confidence, confidence >= 0.9, id, ()) for id, confidence in candidates]
    return Resolution("", tuple(found), nil)


def test_figures_by_hand() -> None:
    quality = quality_of(
        [
            (LabelledMention("", "a"), answer(0.05, ("a", 0.95))),
            (LabelledMention("", "b"), answer(0.10, ("a", 0.50), ("b", 0.40))),
            (LabelledMention("", "c"), answer(0.50, ("a", 0.50))),
            (LabelledMention("", None), answer(0.90, ("a", 0.10))),
            (LabelledMention("", None), answer(0.30, ("a", 0.70))),
        ]
    )
    assert (quality.mentions, quality.present) == (5, 3)
    assert quality.recall_1 == pytest.approx(1 / 3)
    assert quality.recall_10 == pytest.approx(2 / 3)
    # Bins: 0.95 right; 0.50 twice wrong; 0.10 wrong; 0.70 wrong.
    assert quality.calibration == pytest.approx((0.05 + 1.0 + 0.10 + 0.70) / 5)
    # Of 2 x 3 pairs of an absent and a present one, the absent is thought less likely there in 5.
    assert quality.nil == pytest.approx(5 / 6)
    assert quality.matched == pytest.approx(1 / 5)
    assert quality.matched_right == 1.0


def test_what_no_mention_tells_is_null() -> None:
    quality = quality_of([(LabelledMention("", None), answer(1.0))])
    assert (quality.recall_1, quality.recall_10, quality.nil) == (None, None, None)
    assert quality.matched == 0.0
    assert quality.matched_right is None
    assert quality_of([]).calibration is None


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("Paris", "paris", {"namesake": "famous", "spelling": "same", "popularity": "4"}),
        ("PARIS", "texas", {"namesake": "overshadowed", "spelling": "case, marks"}),
        ("Pearl Harbor", "harbour", {"namesake": "unique", "spelling": "British, American"}),
        ("Parsi", "paris", {"spelling": "one edit", "length": "3-5", "family": "name"}),
        ("Prasi", "paris", {"spelling": "two edits"}),
        ("Tent Waterproof Person Four", "tent", {"spelling": "order", "family": "title"}),
        ("P. Harbour", "harbour", {"spelling": "abbreviated"}),
        ("Париж", "paris", {"script": "CYRILLIC", "spelling": "other", "context": "without"}),
        ("Pa", None, {"length": "1-2", "script": "LATIN"}),
        ("x", "unheard of", {"length": "1-2"}),
    ],
)
def test_slices(indexed: Indexed, text: str, entity: str | None, expected: dict[str, str]) -> None:
    found = slices_of(indexed(_PLACES), LabelledMention(text, entity))
    assert {name: found[name] for name in expected} == expected
    if entity in (None, "unheard of"):
        assert set(found) == {"length", "script", "context"}


def test_an_entity_without_a_name_has_no_spelling(indexed: Indexed) -> None:
    found = slices_of(indexed([Named("blank", "")]), LabelledMention("x", "blank"))
    assert "spelling" not in found


def test_a_namesake_in_another_layer(tmp_path: Path) -> None:
    write_layer(source(_PLACES), tmp_path / "base")
    write_layer(source([Named("third", "Paris", degree=200)]), tmp_path / "change")
    index = NameIndex.open(tmp_path / "base", tmp_path / "change")
    found = slices_of(index, LabelledMention("Paris", "paris", context="the city"))
    assert found["namesake"] == "overshadowed"
    assert found["context"] == "with"


def test_evaluating_tells_the_whole_first(indexed: Indexed) -> None:
    told = evaluate(
        Resolver(indexed(_PLACES)),
        [
            LabelledMention("Pearl Harbour", "harbour"),
            LabelledMention("City of Light", "paris"),
            LabelledMention("Qxzwvy", None),
        ],
    )
    assert isinstance(told[0], Slice)
    assert (told[0].by, told[0].value, told[0].quality.mentions) == ("all", "all", 3)
    assert told[0].quality.recall_1 == 1.0
    names = [(one.by, one.value) for one in told[1:]]
    assert names == sorted(names)
    assert ("family", "name") in names
    assert evaluate(Resolver(indexed(_PLACES)), [])[0].quality.mentions == 0


def test_labelled_mentions_are_read_as_they_were_written(tmp_path: Path) -> None:
    mentions = [
        LabelledMention("Tom Hnaks", "tom-hanks", "who starred in Forrest Gump"),
        LabelledMention("Зорблакс", None, types=frozenset({"Person", "Film"})),
    ]
    write_labelled(tmp_path / "mentions.jsonl", mentions)
    with (tmp_path / "mentions.jsonl").open("a") as lines:
        lines.write('\n{"text": "short", "entity": "e"}\n')
    assert list(read_labelled(tmp_path / "mentions.jsonl")) == [
        *mentions,
        LabelledMention("short", "e"),
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("not json", "expected a JSON object"),
        ("[1]", "expected a JSON object"),
        ('{"text": "a"}', "expected a JSON object with text and entity"),
        ('{"text": null, "entity": "e"}', "are strings"),
        ('{"text": "a", "entity": 7}', "are strings"),
        ('{"text": "a", "entity": "e", "types": "Film"}', "types is a list of strings"),
        ('{"text": "a", "entity": "e", "types": [1]}', "types is a list of strings"),
    ],
)
def test_a_line_that_is_not_right_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "mentions.jsonl"
    path.write_text('{"text": "a", "entity": "e"}\n' + line + "\n")
    with pytest.raises(BadRequestError, match=f"mentions.jsonl:2: .*{complaint}"):
        list(read_labelled(path))
