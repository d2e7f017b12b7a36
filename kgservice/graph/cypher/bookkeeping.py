"""The texts of what the service notes beside the graph: runs, data sets, versions."""

from __future__ import annotations

from typing import LiteralString

BEGIN_RUN: LiteralString = """
MERGE (d:__Dataset {id: $dataset})
MERGE (r:__Run {id: $id})
SET r.dataset = $dataset, r.run = $run, r.format = $format, r.started = $at,
    r.finished = NULL, r.report = NULL
"""

END_RUN: LiteralString = """
MATCH (r:__Run {id: $id})
SET r.finished = $at, r.report = $report
"""

#: The data version at which the vocabulary was changed last, and the data sets with a place of
#: their own, the first first.
READ_RULES: LiteralString = """
OPTIONAL MATCH (v:__DataVersion {id: 'data'})
RETURN [coalesce(v.vocabulary, 0),
        COLLECT { MATCH (d:__Dataset) WHERE d.priority IS NOT NULL
                  RETURN d.id ORDER BY d.priority, d.id }]
"""

#: Loads that are under way read the vocabulary again.
NOTE_VOCABULARY: LiteralString = """
MATCH (v:__DataVersion {id: 'data'})
SET v.vocabulary = v.version
"""

READ_DATA_VERSION: LiteralString = """
OPTIONAL MATCH (v:__DataVersion {id: 'data'})
RETURN coalesce(v.version, 0)
"""
