"""The texts of the queue of heads that commonsense was asked of and is not known of: bookkeeping.

Every text that writes takes the queue's node first, which makes it wait for others that do: so
counts of several workers add up, and none of them locks what another waits for.
"""

from __future__ import annotations

from typing import LiteralString

_ALONE: LiteralString = """
MERGE (q:__MissingQueue {id: 'heads'})
SET q.writes = coalesce(q.writes, 0) + 1
WITH q
"""

#: $rows with id, kind, products, query, language, asked, first, last. How many there are then.
NOTE: LiteralString = (
    _ALONE
    + """
CALL () {
  UNWIND $rows AS row
  MERGE (h:__MissingHead {id: row.id})
  ON CREATE SET h.kind = row.kind, h.products = row.products, h.query = row.query,
    h.language = row.language, h.asked = 0, h.first = row.first, h.last = row.last
  SET h.asked = h.asked + row.asked,
    h.first = CASE WHEN row.first < h.first THEN row.first ELSE h.first END,
    h.last = CASE WHEN row.last > h.last THEN row.last ELSE h.last END
}
RETURN COUNT { (:__MissingHead) }
"""
)

#: $kept: how many stay, the most asked. How many went.
PRUNE: LiteralString = (
    _ALONE
    + """
CALL () {
  MATCH (h:__MissingHead)
  WITH h ORDER BY h.asked DESC, h.last DESC, h.id SKIP $kept
  DELETE h
  RETURN count(*) AS gone
}
RETURN gone
"""
)

#: $ids of heads that are known by now. How many went.
SETTLE: LiteralString = (
    _ALONE
    + """
CALL () {
  UNWIND $ids AS id
  MATCH (h:__MissingHead {id: id})
  DELETE h
  RETURN count(*) AS gone
}
RETURN gone
"""
)

#: $first, $least: how often asked; $after: asked and id of the last before, or null.
#: Rows: id, kind, products, query, language, asked, first, last.
READ: LiteralString = """
MATCH (h:__MissingHead)
WHERE h.asked >= $least AND ($after IS NULL OR h.asked < $after[0]
  OR (h.asked = $after[0] AND h.id > $after[1]))
WITH h ORDER BY h.asked DESC, h.id LIMIT $first
RETURN collect([h.id, h.kind, h.products, h.query, h.language, h.asked, h.first, h.last])
"""
