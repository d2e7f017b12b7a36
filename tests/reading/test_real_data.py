"""What the publishers' own files become, counted by hand from the files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from read_records import read_file

from kgservice.ledger.records import Triple
from loaders.reading.rejection import Reason

_SHARED = Path(__file__).parents[3] / "shared" / "data"


def real(folder: str) -> Path:
    path = _SHARED / folder
    if not path.is_dir():
        pytest.skip(f"no real data of {folder} beside this checkout")
    return path


def test_cn_100k() -> None:
    """34 relations, of which two occur once each and are noise."""
    triples: list[Triple] = []
    rejected: Counter[str] = Counter()
    for part in ("train", "valid", "test"):
        records, rejections, _ = read_file(
            "conceptnet", real("conceptnet") / f"cn100k_{part}.tsv.gz"
        )
        triples += records
        rejected.update(str(one.record["relation"]) for one in rejections)
    assert rejected == {"HasPainIntensity": 1, "HasPainCharacter": 1}
    counts = Counter(one.relation for one in triples)
    assert (counts.total(), len(counts)) == (102_398, 32)
    assert (counts["IsA"], counts["NotDesires"], counts["LocatedNear"]) == (15_333, 1_634, 3)


def test_folkscope() -> None:
    records, rejections, _ = read_file("folkscope", real("folkscope") / "assertions.jsonl.gz")
    assert Counter(one.relation for one in records) == {
        "USED_FOR_FUNC": 317,
        "CAPABLE_OF": 444 + 238,
        "IS_A": 250 + 86 + 176,
        "xWant": 172 + 14,
        "xInterested_in": 211,
    }
    assert {one.reason for one in rejections} == {Reason.UNKNOWN_RELATION}
    assert Counter(one.record["relation"] for one in rejections) == {
        "propertyOf": 135,
        "open": 265,
        "causeEffect": 7,
    }
    assert len({one.behavior.id for one in records}) <= 1_397


def test_codex_entities() -> None:
    """Keys of no meaning here are counted, each by its name."""
    file = real("codex") / "codex-sm_entities_en.jsonl.gz"
    records, rejections, reading = read_file("entities", file)
    assert (len(records), rejections) == (17_050, [])
    assert reading.noticed.ignored_keys["label_source"] <= 17_050
    assert set(reading.noticed.ignored_keys) == {"label_source", "freebase"}
