"""The directory of indexes: one builder, whole indexes or none, readers that notice nothing."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from built_indexes import indexed
from click.testing import CliRunner
from comparison import patience
from world_files import Fresh, load_file

from kgservice.algebra.expression import OfType
from kgservice.algebra.question import PageRequest, Question
from kgservice.cli import cli
from kgservice.errors import IndexBusyError, IndexDamagedError, IndexTooLargeError
from kgservice.graph.client import Graph
from kgservice.index.building import Order, build
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.index.manifest import MANIFEST, read_manifest
from kgservice.index.opening import Opened, open_current
from kgservice.local.instance import Running

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def graph(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """A few entities of a type with a statement between any two."""
    directory = tmp_path_factory.mktemp("files")
    entities = [{"id": f"e{number}", "types": ["Thing"]} for number in range(5)]
    ends = [one["id"] for one in entities]
    triples = [{"head": a, "relation": "NEAR", "tail": b} for a in ends for b in ends]
    triples += [{"head": "e0", "relation": "NEAR", "value": str(number)} for number in range(3)]
    with fresh() as opened:
        for format, records in (
            ("types", [{"id": "Thing"}]),
            ("relations", [{"id": "NEAR"}]),
            ("entities", entities),
            ("triples", triples),
        ):
            file = directory / f"{format}.jsonl"
            file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
            load_file(opened, file, format, "few", directory)
        yield opened


@pytest.fixture(scope="module")
def built(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of them."""
    return indexed(graph, IndexDirectory(tmp_path_factory.mktemp("index"))).directory


@pytest.fixture
def indexes(built: Path, tmp_path: Path) -> IndexDirectory:
    """A directory of its own with that index in it, to be damaged."""
    directory = IndexDirectory(tmp_path / "index")
    publish_copy(directory, built)
    return directory


def publish_copy(directory: IndexDirectory, built: Path) -> Path:
    with directory.building() as target:
        shutil.copytree(built, target, dirs_exist_ok=True)
        return directory.publish(target, read_manifest(target).mark.version)


def current(indexes: IndexDirectory) -> Path:
    directory = indexes.current()
    assert directory is not None
    return directory


def test_there_is_none_at_first(tmp_path: Path) -> None:
    indexes = IndexDirectory(tmp_path / "index")
    assert open_current(indexes, None) is None
    assert not indexes.is_building()


def test_any_damaged_file_is_noticed(indexes: IndexDirectory) -> None:
    files = [path for path in current(indexes).rglob("*") if path.is_file() and path.stat().st_size]
    assert len(files) > 20
    for path in files:
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        with pytest.raises(IndexDamagedError, match="index"):
            open_current(indexes, None)
        path.write_bytes(whole[:-1])
        with pytest.raises(IndexDamagedError, match="kgservice index build"):
            open_current(indexes, None)
        path.unlink()
        with pytest.raises(IndexDamagedError, match="kgservice index build"):
            open_current(indexes, None)
        path.write_bytes(whole)
    assert open_current(indexes, None) is not None


def test_another_format_is_refused(indexes: IndexDirectory) -> None:
    path = current(indexes) / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**manifest, "format": 99}), "utf-8")
    with pytest.raises(IndexDamagedError, match="is of format 99, this program reads"):
        open_current(indexes, None)


def test_an_index_without_its_directory_is_damaged(indexes: IndexDirectory) -> None:
    shutil.rmtree(current(indexes))
    with pytest.raises(IndexDamagedError, match="never finished"):
        open_current(indexes, None)


def test_one_builder_at_a_time(indexes: IndexDirectory) -> None:
    with indexes.building() as target:
        assert indexes.is_building()
        with pytest.raises(IndexBusyError, match="another process builds"), indexes.building():
            pass
        assert target.is_dir()
    assert not target.exists()
    assert not indexes.is_building()


def test_what_a_dead_builder_left_is_swept(indexes: IndexDirectory) -> None:
    left = indexes.path / "building-dead"
    left.mkdir()
    with indexes.building():
        assert not left.exists()


def test_the_last_two_are_kept(indexes: IndexDirectory, built: Path) -> None:
    published = [current(indexes), *(publish_copy(indexes, built) for _ in range(3))]
    assert [one.exists() for one in published] == [False, False, True, True]
    assert indexes.current() == published[-1]


async def test_readers_go_on_while_indexes_are_replaced(
    indexes: IndexDirectory, built: Path
) -> None:
    opened = open_current(indexes, None)
    assert opened is not None
    ended = threading.Event()
    faults: list[BaseException] = []

    def reopen() -> None:
        while not ended.is_set():
            try:
                assert open_current(indexes, None) is not None
            except BaseException as fault:
                faults.append(fault)
                return

    reader = threading.Thread(target=reopen)
    reader.start()
    try:
        for _ in range(10):
            publish_copy(indexes, built)
            assert await things(opened) == ["e0", "e1", "e2", "e3", "e4"]
    finally:
        ended.set()
        reader.join()
    assert faults == []


async def things(opened: Opened) -> list[str]:
    question = Question(OfType(frozenset({"Thing"})))
    request = PageRequest(10)
    found = await MatrixEvaluator(opened.snapshot).answers(question, request, patience())
    return [one.id for one in found.positions]


def test_too_large_a_graph_says_so(graph: Graph, tmp_path: Path) -> None:
    indexes = IndexDirectory(tmp_path / "index")
    with pytest.raises(IndexTooLargeError, match="KG_INDEX_MEMORY"):
        build(graph, indexes, Order(budget=1_000))
    with pytest.raises(IndexTooLargeError, match="KG_INDEX_MEMORY"):
        build(graph, indexes, Order(budget=4_000))
    assert [path.name for path in indexes.path.iterdir()] == ["lock"]


def test_an_empty_graph_has_an_index(fresh: Fresh, tmp_path: Path) -> None:
    with fresh() as empty:
        opened = indexed(empty, IndexDirectory(tmp_path))
    assert opened.snapshot.size == 0
    assert opened.snapshot.numbers(["nobody"]).tolist() == [-1]


def test_the_command(
    fresh: Fresh, server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_NEO4J_URI", server.address.uri)
    monkeypatch.setenv("KG_NEO4J_PASSWORD", server.address.password)
    monkeypatch.setenv("KG_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> str:
        found = CliRunner().invoke(cli, ["index", *arguments], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.stdout

    with fresh() as graph:
        assert json.loads(run("status", "--json"))["state"] == "missing"
        made = json.loads(run("build", "--json"))
        assert made["entities"] == 0
        status = json.loads(run("status", "--json"))
        assert status == {**status, **made, "state": "current", "building": False}
        graph.run("MERGE (v:__DataVersion {id: 'data'}) SET v.version = 7")
        assert json.loads(run("status", "--json"))["state"] == "behind"
        damaged = Path(status["path"]) / MANIFEST
        damaged.unlink()
        assert "damaged" in run("status")
