"""The commands of README.md and of pages in docs/, typed as they stand there.

They run on the suite's Neo4j as on one of the reader's own. A service that they start is asked and
ended by Ctrl-C. What starts and stops a local Neo4j (`kgservice db`) is tested in tests/local, and
containers need a machine that has them: of those lines only the words are checked.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from emptying import empty
from pages import ROOT, Block, blocks

from kgservice.cli import cli
from kgservice.graph.client import Address, Graph
from kgservice.local.instance import LocalOptions, Running

NAMES = ("operations", "export", "browser", "tour")
PAGES = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in NAMES)]
BLOCKS = [block for page in PAGES for block in blocks(page) if block.language == "sh"]
PATIENCE = 120.0


@pytest.fixture(scope="module")
def address(server: Running) -> Iterator[Address]:
    """A database with nothing in it, before and after."""
    with Graph.connect(server.address) as graph:
        empty(graph)
        yield server.address
        empty(graph)


@pytest.fixture(scope="module")
def reader(
    address: Address, local_options: LocalOptions, tmp_path_factory: pytest.TempPathFactory
) -> Reader:
    return Reader(address, local_options, tmp_path_factory.mktemp("reader"))


class Reader:
    """Somebody who types what a page says, in a directory of their own."""

    def __init__(self, address: Address, options: LocalOptions, directory: Path):
        password = directory / "password"
        password.write_text(address.password)
        self.directory = directory
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("KG_")
        } | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "KG_NEO4J_URI": address.uri,
            "KG_NEO4J_PASSWORD_FILE": str(password),
            "KG_DATA_DIR": str(directory / "data"),
            "KG_CACHE_DIR": str(options.cache_dir),
        }

    def type(self, line: str) -> None:
        words = shlex.split(line, comments=True)
        match words:
            case ["make", target]:
                assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
            case ["docker", "compose", *rest]:
                _check_compose(rest)
            case ["export", *settings]:
                self._export(settings)
            # What is wrong on the machine that this runs on, such as a port in use, is no fault.
            case ["kgservice", "db" | "doctor", *_]:
                _parse(words[1:])
            case ["kgservice", "serve", *_]:
                self._serve(words)
            case _:
                done = subprocess.run(
                    ["sh", "-eu", "-c", line],
                    cwd=self.directory,
                    env=self.environment,
                    timeout=PATIENCE,
                    check=False,
                    capture_output=True,
                    text=True,
                )
                assert done.returncode == 0, (line, done.stdout, done.stderr)

    def _export(self, settings: list[str]) -> None:
        for setting in settings:
            name, _, value = setting.partition("=")
            assert name.startswith("KG_")
            # Where their Neo4j is, is their own affair: here it is that of the suite.
            self.environment.setdefault(name, value)

    def _serve(self, words: list[str]) -> None:
        process = subprocess.Popen(
            [*words, "--port", "0"],
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert re.fullmatch(r"ready: http://127\.0\.0\.1:\d+/graphql\n", first)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE)


@pytest.mark.parametrize("block", BLOCKS, ids=[block.place for block in BLOCKS])
def test_commands(block: Block, reader: Reader) -> None:
    for line in block.text.splitlines():
        reader.type(line)


def test_settings_that_a_page_names_are_settings() -> None:
    from kgservice.settings import Settings

    known = {f"KG_{name.upper()}" for name in Settings.model_fields}
    for page in ROOT.glob("docs/*.md"):
        named = set(re.findall(r"KG_[A-Z0-9_]*[A-Z0-9]", page.read_text("utf-8")))
        assert named <= known | {"KG_MAX"}, page


def test_every_command_teaches() -> None:
    """`--help` of each command, the groups' own among them, has a first sentence and says all."""
    for words in _commands(cli, ()):
        context = _parse([*words, "--help"], resilient=True)
        shown = context.command.get_help(context)
        assert len(shown.splitlines()) > 3, words
        for parameter in context.command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (words, parameter.name)


def _commands(group: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from _commands(command, (*words, name))


def _parse(words: list[str], *, resilient: bool = False) -> click.Context:
    """The context of the innermost command; nothing is run. Raises UsageError."""
    # click keeps the names of the help option that it was first asked with.
    context = click.Context(cli, info_name="kgservice", **cli.context_settings)
    command: click.Command = cli
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        found = command.get_command(context, name)
        assert found is not None, words
        command = found
        context = click.Context(command, parent=context, info_name=name)
    if not resilient:
        command.parse_args(context, rest)
    return context


def _check_compose(words: list[str]) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    match words:
        case ["up", *_]:
            pass
        case ["run", "--rm", service, *_]:
            assert service in services
        case _:
            raise AssertionError(words)
