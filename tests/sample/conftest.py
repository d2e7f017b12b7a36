"""The sample is read from its files alone: no Neo4j, no loader."""

import pytest
from sample_graph import SampleGraph


@pytest.fixture(scope="session")
def graph() -> SampleGraph:
    return SampleGraph()
