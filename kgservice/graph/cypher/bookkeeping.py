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

#: $dataset or null for all. Rows: data set, run, format, started, finished, report; newest first.
READ_RUNS: LiteralString = """
MATCH (r:__Run)
WHERE $dataset IS NULL OR r.dataset = $dataset
WITH r ORDER BY r.started DESC
RETURN collect([r.dataset, r.run, r.format, toString(r.started), toString(r.finished), r.report])
"""

#: Rows: data set, priority, runs, assertions, entity records.
READ_DATASETS: LiteralString = """
MATCH (d:__Dataset)
WITH d ORDER BY d.priority, d.id
RETURN collect([d.id, d.priority,
  COUNT { MATCH (:__Run {dataset: d.id}) },
  COUNT { MATCH (:Assertion {dataset: d.id}) },
  COUNT { MATCH (:__EntityRecord {dataset: d.id}) }])
"""
