"""Who answers: the index while it is fresh, or Neo4j."""

from __future__ import annotations

from enum import StrEnum


class EvaluatorChoice(StrEnum):
    """Who answers queries: the index while it is fresh, always Neo4j, or always the index."""

    AUTO = "auto"
    NEO4J = "neo4j"
    MATRIX = "matrix"
