"""What is near in meaning, against the vectors of all labels."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from name_worlds import Named, source

from kgservice.resolution.encoder import OnnxEncoder
from kgservice.resolution.index import NameIndex
from kgservice.resolution.kinship import Kinship
from kgservice.resolution.layer import write_layer
from kgservice.resolution.shares import Shares
from kgservice.resolution.suggestion import Suggester

pytestmark = pytest.mark.model

_BASE = [
    Named("tent", "camping tent", degree=2),
    Named("bag", "sleeping bag", degree=1),
    Named("bag-2", "Sleeping Bag", degree=9),
    Named("stove", "camping stove", degree=1),
    Named("tax", "tax return", degree=50),
    Named("blank", " "),
]
_LATER = [Named("stove", "income tax", degree=1), Named("mat", "tent mat for camping", degree=1)]


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory, encoder: OnnxEncoder) -> tuple[Path, Path]:
    base, later = (tmp_path_factory.mktemp("kinship") / name for name in ("base", "later"))
    for entities, place in ((_BASE, base), (_LATER, later)):
        shutil.rmtree(place, ignore_errors=True)
        write_layer(source(entities), place, encoder=encoder)
    return base, later


def named(index: NameIndex, shares: list[Shares]) -> dict[str, float]:
    return {
        shown.layer.entities.ids[row].as_py(): share
        for shown, near in zip(index.layers, shares, strict=True)
        for row, share in zip(near.numbers, near.shares, strict=True)
    }


def test_the_nearest_labels_of_all_layers(layers: tuple[Path, Path], encoder: OnnxEncoder) -> None:
    index = NameIndex.open(*layers)
    near = named(index, Kinship(index).near(["tent"]))
    labels = {one.id: one.label.lower() for one in (*_BASE, *_LATER) if one.label.strip()}
    vector = encoder.encode(["camping tent"])[0]
    cosine = {id: float(encoder.encode([label])[0] @ vector) for id, label in labels.items()}
    ranked = sorted(labels.keys() - {"tent"}, key=lambda id: -cosine[id])
    assert sorted(near, key=lambda id: -near[id])[0] == ranked[0] == "mat"
    assert near.keys() == {"mat", "bag", "bag-2", "stove", "tax"}
    # Namesakes are one name; the old name of what has another now is nobody's.
    assert near["bag"] == near["bag-2"] > near["stove"]
    assert 0 < sum(near.values()) <= 1


def test_of_several_each_counts_alike(layers: tuple[Path, Path]) -> None:
    index = NameIndex.open(layers[0])
    one, other = (named(index, Kinship(index).near([id])) for id in ("tent", "tax"))
    both = named(index, Kinship(index).near(["tent", "tax", "never there"]))
    assert both == {
        id: pytest.approx((one.get(id, 0) + other.get(id, 0)) / 2)
        for id in (one.keys() | other.keys()) - {"tent", "tax"}
    }
    assert named(index, Kinship(index).near(["blank"])) == {}
    assert named(index, Kinship(index).near([])) == {}


def test_without_vectors_nothing_is_near(tmp_path: Path) -> None:
    write_layer(source(_BASE), tmp_path / "names")
    index = NameIndex.open(tmp_path / "names")
    assert named(index, Kinship(index).near(["tent"])) == {}


def test_what_was_entered_raises_what_means_nearly_the_same(layers: tuple[Path, Path]) -> None:
    suggester = Suggester(NameIndex.open(layers[0]), lambda ids: {})
    before, after = (
        {one.entity: one.score for one in suggester.suggest("", session=session)}
        for session in ((), ("camping tent",))
    )
    assert before.keys() == after.keys() == {"tent", "bag", "bag-2", "stove", "tax"}
    assert after["tent"] == before["tent"]
    assert all(after[id] > before[id] for id in ("bag", "bag-2", "stove", "tax"))
