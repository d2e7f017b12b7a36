"""The texts of what the service notes beside the graph: runs, data sets, versions."""

from __future__ import annotations

from typing import LiteralString

BEGIN_RUN: LiteralString = """
MERGE (d:__Dataset {id: $dataset})
MERGE (r:__Run {id: $id})
SET r.dataset = $dataset, r.run = $run, r.format = $format, r.started = $at,
    r.finished = NULL, r.report = NULL, r.retracted = NULL
"""

END_RUN: LiteralString = """
MATCH (r:__Run {id: $id})
SET r.finished = $at, r.report = $report
"""

#: $dataset, and $run or null for all of its runs.
NOTE_RETRACTION: LiteralString = """
MATCH (r:__Run {dataset: $dataset})
WHERE $run IS NULL OR r.run = $run
SET r.retracted = $at
"""

#: $before. In transactions of its own; a time that equals none of them keeps all.
PRUNE_CHANGES: LiteralString = """
MATCH (v:__DataVersion {id: 'data'})
MATCH (c:__Change)
WHERE c.at < $before AND c.version < v.version
CALL (c) { DELETE c } IN TRANSACTIONS OF 1000 ROWS
"""

#: rows: data set, its place. All others lose theirs.
WRITE_PRIORITY: LiteralString = """
OPTIONAL MATCH (d:__Dataset)
SET d.priority = NULL
WITH count(*) AS all
UNWIND $rows AS row
MERGE (d:__Dataset {id: row[0]})
SET d.priority = row[1]
"""

#: Entities that more than one data set, or behaviors as well, speak of: what priority decides.
#: $after, $limit. Rows: ids, in order.
PAGE_OF_SHARED_ENTITIES: LiteralString = """
MATCH (e:Entity) USING INDEX e:Entity(id)
WHERE e.id > $after AND size(e.datasets) > 1
WITH e ORDER BY e.id LIMIT $limit
RETURN collect(e.id)
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

#: $dataset or null for all. Rows: data set, run, format, started, finished, report, retracted;
#: newest first.
READ_RUNS: LiteralString = """
MATCH (r:__Run)
WHERE $dataset IS NULL OR r.dataset = $dataset
WITH r ORDER BY r.started DESC
RETURN collect([r.dataset, r.run, r.format, toString(r.started), toString(r.finished), r.report,
                toString(r.retracted)])
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
