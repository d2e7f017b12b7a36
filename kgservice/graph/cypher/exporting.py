"""The texts that exports need beside the index."""

from __future__ import annotations

from typing import LiteralString

#: $run, $after, $limit. A page of what a run asserts, by id: of equal indexes the one on ids is
#: taken, which has them in order. Rows: assertion id, statement id.
STATEMENTS_OF_RUN: LiteralString = """
MATCH (a:Assertion) USING INDEX a:Assertion(id)
WHERE a.id > $after AND a.run = $run
WITH a ORDER BY a.id LIMIT $limit
RETURN collect([a.id, a.statement_id])
"""
