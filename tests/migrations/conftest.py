"""Fixtures of the migration tests: where the server is, and revisions of a test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from migration_project import Project

from kgservice.graph.client import Address, Graph


@pytest.fixture
def address(server: Any) -> Address:
    found: Address = server.address
    return found


@pytest.fixture
def project(graph: Graph, address: Address, tmp_path: Path) -> Project:
    return Project(tmp_path, address)
