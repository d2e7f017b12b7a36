"""The texts by which a load keeps what data sets say: assertions, what is taken back, what stood.

Rows come as in `loading`.
"""

from __future__ import annotations

from typing import LiteralString

# ------------------------------------------------------------------ assertions of triples

#: ids: statement ids. Who asserts them outright. Rows: statement id, dataset, digest, run.
READ_DIGESTS: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {statement_id: id})
WHERE a.behavior IS NULL
RETURN collect([id, a.dataset, a.digest, a.run])
"""

#: ids: ids of assertions; digests: one for each. The positions at which $dataset says just that.
UNCHANGED_TRIPLES: LiteralString = """
UNWIND range(0, size($ids) - 1) AS position
MATCH (a:Assertion {id: $ids[position]}) USING INDEX SEEK a:Assertion(id)
WHERE a.digest = $digests[position] AND a.dataset = $dataset AND a.behavior IS NULL
RETURN collect(position)
"""

#: ids: statement ids. What all data sets assert of them outright. Rows: statement id, dataset,
#: plausibility, typicality, support, source, generated_at, qualifiers, subject,
#: relation, object, value, datatype, language, unit.
READ_TRIPLE_ASSERTIONS: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {statement_id: id})
WHERE a.behavior IS NULL
RETURN collect([id, a.dataset, a.plausibility, a.typicality, a.support, a.source, a.generated_at,
                a.qualifiers, a.subject, a.relation, a.object, a.value, a.datatype, a.language,
                a.unit])
"""

#: rows: id, statement id, digest, plausibility, typicality, support, source, generated_at,
#: qualifiers, about, subject, relation, object, value, datatype, language, unit.
CREATE_TRIPLE_ASSERTIONS: LiteralString = """
UNWIND $rows AS row
CREATE (:Assertion {id: row[0], statement_id: row[1], digest: row[2], plausibility: row[3],
                    typicality: row[4], support: row[5], source: row[6], generated_at: row[7],
                    qualifiers: row[8], about: row[9], subject: row[10], relation: row[11],
                    object: row[12], value: row[13], datatype: row[14], language: row[15],
                    unit: row[16], dataset: $dataset, run: $run})
"""

#: rows: statement id, digest, plausibility, typicality, support, source, generated_at, qualifiers.
UPDATE_TRIPLE_ASSERTIONS: LiteralString = """
UNWIND $rows AS row
MATCH (a:Assertion {statement_id: row[0]}) USING INDEX SEEK a:Assertion(statement_id)
WHERE a.dataset = $dataset AND a.behavior IS NULL
SET a.digest = row[1], a.plausibility = row[2], a.typicality = row[3], a.support = row[4],
    a.source = row[5], a.generated_at = row[6], a.qualifiers = row[7], a.run = $run
"""

DELETE_TRIPLE_ASSERTIONS: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {statement_id: id}) USING INDEX SEEK a:Assertion(statement_id)
WHERE a.dataset = $dataset AND a.behavior IS NULL
DELETE a
"""

# ------------------------------------------------------------------ assertions of pipelines

#: ids: assertion ids. Rows: assertion id, digest, run, record.
READ_MINED_ASSERTIONS: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {id: id}) USING INDEX SEEK a:Assertion(id)
WHERE a.dataset = $dataset AND a.behavior IS NOT NULL
RETURN collect([id, a.digest, a.run, a.record])
"""

#: As UNCHANGED_TRIPLES.
UNCHANGED_MINED: LiteralString = """
UNWIND range(0, size($ids) - 1) AS position
MATCH (a:Assertion {id: $ids[position]}) USING INDEX SEEK a:Assertion(id)
WHERE a.digest = $digests[position] AND a.dataset = $dataset AND a.behavior IS NOT NULL
RETURN collect(position)
"""

#: ids: behavior ids. Rows: dataset, record.
READ_STANDING: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {behavior: id})
RETURN collect([a.dataset, a.record])
"""

#: rows: maps of all properties.
CREATE_ASSERTIONS: LiteralString = """
UNWIND $rows AS row
CREATE (a:Assertion)
SET a = row
"""

DELETE_MINED_ASSERTIONS: LiteralString = """
UNWIND $ids AS id
MATCH (a:Assertion {id: id}) USING INDEX SEEK a:Assertion(id)
WHERE a.dataset = $dataset AND a.behavior IS NOT NULL
DELETE a
"""

# ------------------------------------------------------------------ tombstones

ANY_TOMBSTONE: LiteralString = "RETURN EXISTS { MATCH (:__Tombstone) }"

#: ids: keys. Rows: key, digest, run, record.
READ_TOMBSTONES: LiteralString = """
UNWIND $ids AS id
MATCH (t:__Tombstone {id: id})
RETURN collect([id, t.digest, t.run, t.record])
"""

#: rows: key, digest, record.
WRITE_TOMBSTONES: LiteralString = """
UNWIND $rows AS row
MERGE (t:__Tombstone {id: row[0]})
SET t.digest = row[1], t.record = row[2], t.scope = $scope, t.run = $run
"""

DELETE_TOMBSTONES: LiteralString = """
UNWIND $ids AS id
MATCH (t:__Tombstone {id: id})
DELETE t
"""

# ------------------------------------------------------------------ what stood before

#: ids: keys. Rows: key, digest, run, record.
READ_EARLIER: LiteralString = """
UNWIND $ids AS id
MATCH (t:__Earlier {id: id})
RETURN collect([id, t.digest, t.run, t.record])
"""

#: rows: key, digest, run, record.
WRITE_EARLIER: LiteralString = """
UNWIND $rows AS row
MERGE (t:__Earlier {id: row[0]})
SET t.digest = row[1], t.run = row[2], t.record = row[3], t.scope = $scope
"""

DELETE_EARLIER: LiteralString = """
UNWIND $ids AS id
MATCH (t:__Earlier {id: id})
DELETE t
"""

# ------------------------------------------------------------------ what a data set holds

#: $dataset, $run (null: of all runs), $after, $limit. A page of keys, by id: of equal indexes the
#: one on ids is taken, which has them in order. Rows: id, key.
PAGE_OF_TRIPLES: LiteralString = """
MATCH (a:Assertion) USING INDEX SEEK a:Assertion(id)
WHERE a.id > $after AND a.dataset = $dataset AND a.behavior IS NULL
  AND ($run IS NULL OR a.run = $run)
WITH a ORDER BY a.id LIMIT $limit
RETURN collect([a.id, a.statement_id])
"""

PAGE_OF_MINED: LiteralString = """
MATCH (a:Assertion) USING INDEX SEEK a:Assertion(id)
WHERE a.id > $after AND a.dataset = $dataset AND a.behavior IS NOT NULL
  AND ($run IS NULL OR a.run = $run)
WITH a ORDER BY a.id LIMIT $limit
RETURN collect([a.id, a.id])
"""

PAGE_OF_ENTITY_RECORDS: LiteralString = """
MATCH (r:__EntityRecord) USING INDEX SEEK r:__EntityRecord(id)
WHERE r.id > $after AND r.dataset = $dataset AND ($run IS NULL OR r.run = $run)
WITH r ORDER BY r.id LIMIT $limit
RETURN collect([r.id, r.entity])
"""

#: $scope in place of $dataset.
PAGE_OF_TOMBSTONES: LiteralString = """
MATCH (t:__Tombstone) USING INDEX t:__Tombstone(id)
WHERE t.id > $after AND t.scope = $scope AND ($run IS NULL OR t.run = $run)
WITH t ORDER BY t.id LIMIT $limit
RETURN collect([t.id, substring(t.id, size($scope) + 1)])
"""

#: $scope, and $run or null for all. In transactions of its own.
FORGET_EARLIER: LiteralString = """
MATCH (t:__Earlier {scope: $scope})
WHERE $run IS NULL OR t.run = $run
CALL (t) { DELETE t } IN TRANSACTIONS OF 10000 ROWS
"""
