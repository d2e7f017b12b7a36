"""What serving derives from the graph: tables in mapped files, and what walks and reads them.

An index is of one data version, can always be made again, and is never a second truth. `building`
streams it out of Neo4j, `directory` keeps the last two and lets readers change over, `tables` opens
one; `delta` reads what changed since, and `laying` lays it over: a `snapshot` is both together.
`evaluation` answers questions by sparse linear algebra on the mapped columns themselves (a set is a
sparse vector, a hop its product with the rows that it selects), `reads` shows entities and
statements, `opening` holds all this with the names of the entities. May import: graph, resolution,
ledger, algebra, model, vocabulary, literals, errors.
"""
