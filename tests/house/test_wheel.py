"""The wheel works alone: installed in an empty environment, it gives what `make run` gives.

One build, one installation and two starts of Neo4j: that is what the promise is about.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from demo_process import PATIENCE, Demo

from kgservice.local.instance import LocalOptions
from kgservice.local.jars import ensure_jars
from kgservice.local.latch import released, try_take
from kgservice.local.progress import Silent

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")

pytestmark = [pytest.mark.slow, pytest.mark.neo4j]


def uv(*arguments: object) -> None:
    done = subprocess.run(
        [UV, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from this checkout, by what is installed here: nothing is fetched."""
    directory = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--no-build-isolation", "--python", sys.executable,
       "--out-dir", directory, ROOT)  # fmt: skip
    [found] = directory.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`kgservice` in an environment that holds the wheel and what it needs, and nothing else."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    uv("venv", "--python", sys.executable, environment)
    uv("pip", "install", "--python", environment / "bin" / "python",
       "--constraints", ROOT / "constraints.txt", wheel)  # fmt: skip
    return environment / "bin" / "kgservice"


@pytest.fixture(scope="module")
def demo(
    program: Path,
    cache: Path,
    local_options: LocalOptions,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Demo]:
    ensure_jars(local_options, Silent())
    running = start(program, cache, local_options, tmp_path_factory.mktemp("somewhere"))
    yield running
    running.process.kill()


@pytest.fixture(scope="module")
def cache(local_options: LocalOptions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's jars, and no training: each would leave 180 MB for an environment that is gone."""
    options = replace(local_options, cache_dir=tmp_path_factory.mktemp("cache"))
    (options.cache / "aot").mkdir(parents=True)
    (options.cache / "jars").symlink_to(local_options.cache / "jars")
    training = try_take(options.cache / "aot" / "training.lock")
    assert training is not None
    with released(training):
        yield options.cache_dir


def start(program: Path, cache: Path, options: LocalOptions, directory: Path) -> Demo:
    settings = {"KG_NEO4J_VERSION": options.version, "KG_QUERY_TIMEOUT": "60"}
    return Demo(program, directory, cache, **settings)


def test_what_it_holds(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "kgservice/py.typed",
        "kgservice/explorer/files/index.html",
        "kgservice/explorer/files/graphiql.html",
        "kgservice/local/guard.sh",
        "kgservice/resolution/weights.json",
        "kgservice/resolution/encoder_files/encoder.json",
        "kgservice/resolution/encoder_files/int8.onnx",
        "migrations/script.py.mako",
        "migrations/versions/0001_constraints_and_vocabulary.py",
        *(f"sample/{one}" for one in ("triples.tsv", "entities.jsonl", "assertions.jsonl")),
    } <= names
    assert any(name.startswith("kgservice/local/locks/") for name in names)
    assert any(name.startswith("kgservice/explorer/files/assets/explorer-") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith(("tests/", "bench/", "docs/", "explorer/")) for name in names)


def test_it_needs_no_torch(program: Path) -> None:
    packages = {path.name for path in program.parents[1].glob("lib/python*/site-packages/*")}
    assert "onnxruntime" in packages
    assert not packages & {"torch", "transformers", "sentence_transformers", "pytest"}


def test_one_question_of_each_kind(demo: Demo) -> None:
    assert (
        demo.data_of("{ stats { entityCount statementCount indexVersion } }")["stats"][
            "entityCount"
        ]
        == 740
    )
    asked = demo.data_of("""{
      node(id: "leon") { id }
      entities(ids: ["P-TENT-4"]) { label statements(orderBy: TYPICALITY, first: 1) {
        nodes { phrase } } }
      both: answers(query: {intersect: [
        {follow: {from: {mention: {text: "Forest Gump"}}, path: "CAST_MEMBER"}}
        {follow: {from: {mention: {text: "Apolo 13"}}, path: "CAST_MEMBER"}}]}) { nodes { id } }
      million: answers(query: {filter: {of: {type: "City"},
        where: [{relation: "POPULATION", op: GT, value: "8000000"}]}}) { totalCount }
      top: answers(query: {top: {of: {type: "City"}, by: "POPULATION"}}) { nodes { id } }
      rest: answers(query: {subtract: {from: {ids: ["leon", "big"]}, remove: {ids: ["big"]}}}) {
        nodes { id } }
      either: answers(query: {union: [{ids: ["leon"]}, {ids: ["big"]}]}) { totalCount }
      paths(from: {ids: ["tom-hanks"]}, to: {ids: ["meg-ryan"]}, relations: ["CAST_MEMBER"]) {
        totalCount }
      commonsense(heads: [{query: "camping tent for rain"}], first: 1) {
        statements { phrase } }
      resolve(mentions: [{text: "Tom Hnaks", context: "who starred in Forrest Gump"}]) {
        match { entity { id } } }
      relations(search: "P161") { nodes { id } }
      entityTypes(ids: ["Film"]) { nodes { entityCount } } }""")
    assert asked == {
        "node": {"id": "leon"},
        "entities": [
            {
                "label": "Four-Person Waterproof Tent",
                "statements": {"nodes": [{"phrase": "is used for camping trips"}]},
            }
        ],
        "both": {"nodes": [{"id": "gary-sinise"}, {"id": "tom-hanks"}]},
        "million": {"totalCount": 3},
        "top": {"nodes": [{"id": "tokyo"}]},
        "rest": {"nodes": [{"id": "leon"}]},
        "either": {"totalCount": 2},
        "paths": {"totalCount": 2},
        "commonsense": [{"statements": [{"phrase": "is a waterproof tent"}]}],
        "resolve": [{"match": {"entity": {"id": "tom-hanks"}}}],
        "relations": {"nodes": [{"id": "CAST_MEMBER"}]},
        "entityTypes": {"nodes": [{"entityCount": 35}]},
    }


@pytest.mark.skipif(shutil.which("curl") is None, reason="the two commands to try are curl's")
def test_the_two_commands_to_try(demo: Demo) -> None:
    # Printed after the line that says where it is.
    greeting = demo.greeting()
    commands = [f"curl{one}" for one in greeting.split("curl")[1:]]
    assert len(commands) == 2
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False
        )
        assert '"data"' in done.stdout, (command, done)
        assert "errors" not in done.stdout


def test_a_neo4j_killed_with_whoever_looks_after_it_runs_again(
    demo: Demo, local_options: LocalOptions
) -> None:
    home = replace(local_options, data_dir=demo.data).home
    before = int(home.supervisor_lock.read_text())
    os.kill(before, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    # What stands behind a statement is read from Neo4j alone.
    question = (
        '{ entities(ids: ["P-TENT-4"]) { statements(first: 1) { nodes { assertions { id } } } } }'
    )
    while before == int(home.supervisor_lock.read_text()) or "errors" in demo.ask(question):
        assert time.monotonic() < deadline, demo.said
        time.sleep(0.2)


def test_ctrl_c_ends_it_and_the_next_start_loses_nothing(
    demo: Demo, program: Path, cache: Path, local_options: LocalOptions
) -> None:
    counts = "{ stats { entityCount statementCount dataVersion } }"
    before = demo.data_of(counts)
    assert demo.processes()  # a Neo4j, and who looks after it
    assert demo.interrupt() in (0, 130)
    assert demo.processes() == []
    assert "Traceback" not in demo.said
    assert "sample loaded" in demo.said
    indexes = sorted(path.name for path in (demo.data / "index").iterdir())
    again = start(program, cache, local_options, demo.data.parent)
    try:
        assert again.data_of(counts) == before
        # Nothing was loaded and no index built a second time.
        assert again.said.count("sample loaded") == 1
        assert sorted(path.name for path in (demo.data / "index").iterdir()) == indexes
    finally:
        assert again.interrupt() in (0, 130)
    assert again.processes() == []
