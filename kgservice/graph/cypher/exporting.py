"""The texts that exports need beside the index."""

from __future__ import annotations

from typing import LiteralString

#: $run. Returns how many assertions are of a run: it stands in the index.
SIZE_OF_RUN: LiteralString = """
MATCH (a:Assertion {run: $run}) USING INDEX SEEK a:Assertion(run)
RETURN count(a)
"""

#: $run. Statement ids; of a run that is small enough for one list.
STATEMENTS_OF_SMALL_RUN: LiteralString = """
MATCH (a:Assertion {run: $run}) USING INDEX SEEK a:Assertion(run)
RETURN collect(a.statement_id)
"""

#: $run, $after, $limit. A page of what a run asserts, by id: of equal indexes the one on ids is
#: taken, which has them in order. Rows: assertion id, statement id.
STATEMENTS_OF_RUN: LiteralString = """
MATCH (a:Assertion) USING INDEX a:Assertion(id)
WHERE a.id > $after AND a.run = $run
WITH a ORDER BY a.id LIMIT $limit
RETURN collect([a.id, a.statement_id])
"""
