"""The documentation as a site: it builds, whole, with every link checked, from this host alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from graphql import build_schema, is_specified_scalar_type
from pages import PAGES, ROOT

from kgservice.api.schema import make_schema
from kgservice.cli import cli
from kgservice.limits import Limits
from kgservice.settings import Settings


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(place)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return place


def test_every_page_is_there(site: Path) -> None:
    built = {path.stem for path in site.glob("*.html")}
    named = {path.stem for path in PAGES if path.parent.name == "docs"}
    assert built >= named | {"index", "changelog", "sample"}


def test_the_reference_is_of_what_there_is(site: Path) -> None:
    settings = (site / "reference" / "settings.html").read_text("utf-8")
    assert all(f"<code>KG_{name.upper()}</code>" in settings for name in Settings.model_fields)
    commands = (site / "reference" / "commands.html").read_text("utf-8")
    for name in cli.list_commands(click.Context(cli)):
        assert f">kgservice {name}<" in commands
    assert ">kgservice db backup<" in commands
    graphql = (site / "reference" / "graphql.html").read_text("utf-8")
    schema = build_schema(make_schema(Limits()).as_str())
    for name, type in schema.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(type):
            continue
        assert f'<h2 id="{name.lower()}">{name}' in graphql, name
    assert schema.query_type is not None
    assert all(f"<code>{name}</code>" in graphql for name in schema.query_type.fields)


def test_nothing_comes_from_another_host(site: Path) -> None:
    for page in [site / "index.html", site / "reference" / "graphql.html"]:
        text = page.read_text("utf-8")
        asked = re.findall(r'<(?:script|img|link)\b[^>]*?\b(?:src|href)="([^"]+)"', text)
        assert asked
        assert not [one for one in asked if "://" in one]
