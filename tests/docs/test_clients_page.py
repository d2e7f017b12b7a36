"""The programs of docs/clients.md, run as they stand there, against the sample."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from pages import ROOT, Block, answered

from kgservice.cli import cli

PAGE = ROOT / "docs" / "clients.md"
PROGRAMS = answered(PAGE, "python", "text")


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=[one.place for one, _ in PROGRAMS])
def test_programs(client: httpx.Client, program: Block, printed: Block) -> None:
    text = program.text.replace("http://127.0.0.1:8000", str(client.base_url).rstrip("/"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", text],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == printed.text


def test_the_command_of_the_configuration_is_one() -> None:
    assert "mcp" in cli.list_commands(None)  # type: ignore[arg-type]
