"""Guides over the sample: by HTTP, and in Neo4j Browser itself."""

from __future__ import annotations

from chromium import browser
from sample_fixtures import address, client, indexes, made, service

__all__ = ["address", "browser", "client", "indexes", "made", "service"]
