"""Fixtures of the migration tests: a database without any schema, and revisions of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from migration_project import Project, empty

from kgservice.graph.client import Address, Graph


@pytest.fixture
def bare(graph: Graph) -> Iterator[Graph]:
    empty(graph)
    yield graph
    empty(graph)


@pytest.fixture
def address(server: Any) -> Address:
    found: Address = server.address
    return found


@pytest.fixture
def project(bare: Graph, address: Address, tmp_path: Path) -> Project:
    return Project(tmp_path, address)
