"""How far a load is, as a person and as a log read it; and a load that Ctrl-C ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from loaded_files import load_file

from kgservice.cli import watching
from kgservice.cli.watching import share_read, told, watched
from kgservice.graph.client import Graph
from kgservice.local.instance import Running
from loaders.reading.sources import Source, lines
from loaders.report import Report
from loaders.writing.decisions import Step


def report(read: int, seconds: float, rejected: int = 0) -> Report:
    found = Report(seconds=seconds)
    found.steps[Step.ADDED] = read - rejected
    found.rejected["empty"] = rejected
    return found


@pytest.mark.parametrize(
    ("share", "part"),
    [
        (None, ""),
        (0.25, ", 25 % of the files, 30 s to go"),
        (0.01, ", 1 % of the files, 16 min 30 s to go"),
        (0.001, ", 0 % of the files, 2 h 46 min to go"),
        (0.0, ", 0 % of the files"),
    ],
)
def test_what_a_person_reads(share: float | None, part: str) -> None:
    line = f"5,000 records, 500 a second{part}, 2 rejected"
    assert told(report(5_000, 10.0, rejected=2), share) == line


def test_the_share_is_of_the_bytes_of_all_files(tmp_path: Path) -> None:
    sources = []
    for name, size in (("a.tsv", 3_000_000), ("b.tsv", 1_000_000)):
        (tmp_path / name).write_bytes(b"x\n" * (size // 2))
        sources.append(Source(str(tmp_path / name)))
    assert share_read(sources) == 0
    assert sum(1 for _ in lines(sources[1])) == 500_000
    assert share_read(sources) == 0.25
    first = lines(sources[0])
    next(first)
    assert share_read(sources) == pytest.approx(0.25 + 2**20 / 4_000_000)
    assert share_read([*sources, Source("-")]) is None


def test_a_log_has_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.tsv").write_bytes(b"x")
    with watched("loading triples", [Source(str(tmp_path / "x.tsv"))]) as watch:
        watch(report(1, 1.0))
        monkeypatch.setattr(watching, "_LINE_EVERY", 0.0)
        watch(report(30, 2.0, rejected=1))
        waiting = report(0, 0.0)
        waiting.waiting = True
        watch(waiting)
    assert capsys.readouterr().err.splitlines() == [
        "loading triples: read=30 rejected=1 per_second=15 share=0.0",
        "loading triples: read=0 rejected=0 per_second=0 share=0.0 waiting=True",
    ]


_ROWS = 60_000


def test_ctrl_c_commits_the_batch_at_hand(graph: Graph, server: Running, tmp_path: Path) -> None:
    """The rows come through a pipe that stays open until the signal has been sent."""
    rows = [f"{number // 100:045}\tknows\t{number % 7}\n".encode() for number in range(_ROWS)]
    assert len(rows[0]) * _ROWS > 2 * 2**20, "the loader reads a megabyte at a time"
    pipe, whole = tmp_path / "x.tsv", tmp_path / "whole.tsv"
    whole.write_bytes(b"".join(rows))
    os.mkfifo(pipe)
    sent = threading.Event()
    writing = threading.Thread(target=_write, args=(pipe, whole, sent))
    writing.start()
    loading = _kgservice(server, tmp_path, "load", "triples", str(pipe), "--dataset", "d", "--json")
    try:
        _await_data(graph)
        loading.send_signal(signal.SIGINT)
        _await_line(loading, "stopping after the batch at hand")
    finally:
        sent.set()
        out, err = loading.communicate(timeout=60)
        writing.join(timeout=30)
    assert loading.returncode == 130, err
    told = json.loads(out)
    assert told["stopped"] is True
    assert 10_000 <= told["read"] < _ROWS
    assert "The same command goes on" in err
    assert graph.value("MATCH ()-[r:knows]->() RETURN count(r)") == told["added"]
    again = load_file(graph, whole, "triples", batch_size=30_000)
    assert (again.read, again.steps[Step.ADDED]) == (_ROWS, _ROWS // 100 * 7 - told["added"])


def _write(pipe: Path, whole: Path, sent: threading.Event) -> None:
    """More than the loader reads at a time, and then nothing until the signal was sent."""
    with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as stream:
        stream.write(whole.read_bytes())
        sent.wait(timeout=120)


def _kgservice(server: Running, home: Path, *arguments: str) -> subprocess.Popen[str]:
    address = server.address
    return subprocess.Popen(
        [sys.executable, "-c", "from kgservice.cli import main; main()", *arguments],
        env={
            **os.environ,
            "KG_NEO4J_URI": address.uri,
            "KG_NEO4J_USER": address.user,
            "KG_NEO4J_PASSWORD": address.password,
            "KG_DATA_DIR": str(home / "data"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _await_data(graph: Graph) -> None:
    for _ in range(1_200):
        if graph.value("MATCH ()-[r:knows]->() RETURN count(r)"):
            return
        time.sleep(0.1)
    pytest.fail("nothing was loaded within two minutes")


def _await_line(program: subprocess.Popen[str], text: str) -> None:
    assert program.stderr is not None
    for line in program.stderr:
        if text in line:
            return
    pytest.fail(f"the program ended without saying {text!r}")
