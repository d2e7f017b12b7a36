"""The texts that the change feed reads the change log with."""

from __future__ import annotations

from typing import LiteralString

#: Returns [data version, the first version in the log or null]: from there on the log has all.
READ_EXTENT: LiteralString = """
OPTIONAL MATCH (v:__DataVersion {id: 'data'})
RETURN [coalesce(v.version, 0),
        head(COLLECT { MATCH (c:__Change) RETURN c.version ORDER BY c.version LIMIT 1 })]
"""

#: $version. The packed changes of one version; null where the log has it no more.
READ_PAYLOAD: LiteralString = """
OPTIONAL MATCH (c:__Change {version: $version})
RETURN c.payload
"""
