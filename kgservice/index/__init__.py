"""What serving derives from the graph: tables in mapped files, and the evaluator that walks them.

An index is of one data version, can always be made again, and is never a second truth. `building`
streams it out of Neo4j, `directory` keeps the last two and lets readers change over, `tables` opens
one, `snapshot` is one opened with the changes since. The evaluator is sparse linear algebra on the
mapped columns themselves: a set is a sparse vector, a hop its product with the rows that it
selects. May import: graph, resolution.mapped, ledger, algebra, model, vocabulary, literals, errors.
"""
