"""Layers over one another: what changed hides what was, and what is gone is not found."""

from __future__ import annotations

import json
import math
import shutil
from concurrent.futures import CancelledError
from pathlib import Path
from threading import Event

import pyarrow as pa
import pytest
from name_worlds import Named, source

from kgservice.errors import IndexDamagedError
from kgservice.model import Mention
from kgservice.resolution.index import NameIndex
from kgservice.resolution.layer import write_layer
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.suggestion import Suggester
from kgservice.resolution.surroundings import write_surroundings
from kgservice.resolution.tables import NameSource

_BASE = [
    Named("a", "Anchorage", degree=9),
    Named("b", "Baltimore", degree=8),
    Named("c", "Cambridge", degree=7),
]


def layers(tmp_path: Path) -> tuple[Path, Path]:
    base, change = tmp_path / "base", tmp_path / "change"
    write_layer(source(_BASE), base)
    changed = [Named("b", "Birmingham", degree=8), Named("d", "Dresden", degree=1)]
    write_layer(source(changed), change, removed=["c", "never there"])
    return base, change


def named(index: NameIndex, text: str) -> list[str]:
    [resolution] = Resolver(index).resolve([Mention(text)])
    return [candidate.id for candidate in resolution.candidates]


def completed(index: NameIndex, prefix: str) -> list[str]:
    return [one.text for one in Suggester(index).suggest(prefix)]


def test_a_session_in_layers(tmp_path: Path) -> None:
    near = {"b": 0.2, "c": 0.5, "d": 0.3, "never there": 0.0}
    suggester = Suggester(NameIndex.open(*layers(tmp_path)), lambda ids: near)
    found = suggester.suggest("", session=["Anchorage"])
    # 38 is one more than the degree, over both layers.
    assert [(one.entity, one.score) for one in found] == [
        ("b", pytest.approx(math.log(9 + 0.16 * 38))),
        ("d", pytest.approx(math.log(2 + 0.24 * 38))),
        ("a", pytest.approx(math.log(10))),
    ]


def test_a_layer_replaces_and_removes(tmp_path: Path) -> None:
    base, change = layers(tmp_path)
    index = NameIndex.open(base, change)
    assert named(index, "Anchorage") == ["a"]
    assert named(index, "Birmingham")[0] == "b"
    assert named(index, "Dresden") == ["d"]
    assert "b" not in named(index, "Baltimore")
    assert "c" not in named(index, "Cambridge")
    assert named(index, "c") == []
    assert named(index, "b")[0] == "b"
    assert completed(index, "") == ["Anchorage", "Birmingham", "Dresden"]
    assert completed(index, "b") == ["Birmingham"]
    assert index.find("c") is None
    assert index.find("d") == (1, 1)


def test_an_index_never_changes(tmp_path: Path) -> None:
    base, change = layers(tmp_path)
    before = NameIndex.open(base)
    after = before.with_layer(change)
    assert named(before, "Cambridge") == ["c"]
    assert "c" not in named(after, "Cambridge")


def test_a_later_layer_brings_back_what_an_earlier_one_removed(tmp_path: Path) -> None:
    base, change = layers(tmp_path)
    again = tmp_path / "again"
    write_layer(source([Named("c", "Cambridge")]), again)
    index = NameIndex.open(base, change, again)
    assert named(index, "Cambridge") == ["c"]
    assert index.find("c") == (2, 0)


def test_only_a_layer_that_was_finished_is_opened(tmp_path: Path) -> None:
    base, _ = layers(tmp_path)
    (base / "layer.json").unlink()
    with pytest.raises(IndexDamagedError, match="never finished: build the index again"):
        NameIndex.open(base)
    with pytest.raises(IndexDamagedError):
        NameIndex.open(tmp_path / "nowhere")


def test_a_layer_of_another_format_is_refused(tmp_path: Path) -> None:
    base, _ = layers(tmp_path)
    (base / "layer.json").write_text(json.dumps({"format": 0, "encoder": None}))
    with pytest.raises(IndexDamagedError, match="is of format 0, this program reads 1"):
        NameIndex.open(base)


@pytest.mark.parametrize(
    "lost",
    [
        "names.arrow",
        "keys.arrow",
        "starts.npy",
        "entities.arrow",
        "type_starts.npy",
        "delete_hashes.npy",
        "words.arrow",
        "removed.arrow",
        "trigrams",
    ],
)
def test_a_lost_file_is_named(tmp_path: Path, lost: str) -> None:
    base, _ = layers(tmp_path)
    path = base / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(IndexDamagedError, match=lost):
        NameIndex.open(base)


@pytest.mark.parametrize("cut", ["names.arrow", "starts.npy", "keys.arrow"])
def test_a_cut_file_is_named(tmp_path: Path, cut: str) -> None:
    base, _ = layers(tmp_path)
    content = (base / cut).read_bytes()
    (base / cut).write_bytes(content[: len(content) // 2])
    with pytest.raises(IndexDamagedError, match=cut):
        NameIndex.open(base)


def test_what_a_table_of_entities_must_have(tmp_path: Path) -> None:
    table = source(_BASE).entities
    missing = NameSource(table.drop_columns(["degree"]))
    with pytest.raises(ValueError, match="no column 'degree'"):
        write_layer(missing, tmp_path / "missing")
    position = table.column_names.index("degree")
    texts = table.set_column(position, "degree", pa.array(["many"] * table.num_rows))
    with pytest.raises(ValueError, match="column 'degree' is not int64"):
        write_layer(NameSource(texts), tmp_path / "texts")
    position = table.column_names.index("aliases")
    nulls = pa.array([[None]] * table.num_rows, pa.list_(pa.string()))
    with pytest.raises(ValueError, match="column 'aliases' holds a null"):
        write_layer(NameSource(table.set_column(position, "aliases", nulls)), tmp_path / "nulls")


def test_progress_is_told_by_stage(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    write_layer(source(_BASE), tmp_path / "told", progress=lambda *progress: told.append(progress))
    assert [stage for stage, _, _ in told] == ["names", "spellings", "surroundings"]


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_layer(source(_BASE), tmp_path / name)
    for path in sorted((tmp_path / "one").iterdir()):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes(), path.name


def test_what_goes_on_beside_ends_with_what_failed(tmp_path: Path) -> None:
    def stopped(stage: str, done: int, of: int) -> None:
        del done, of
        if stage == "spellings":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_layer(source(_BASE), tmp_path / "base", progress=stopped)
    with pytest.raises(IndexDamagedError, match="never finished"):
        NameIndex.open(tmp_path / "base")


def test_surroundings_given_up(tmp_path: Path) -> None:
    given_up, names = Event(), source(_BASE)
    given_up.set()
    with pytest.raises(CancelledError):
        write_surroundings(tmp_path, names.entities, names.beside, {}, given_up)
    assert list(tmp_path.iterdir()) == []
