"""The whole graph, or a chosen part of it, as a file: Parquet, Arrow, JSON Lines or CSV.

`wanted` says which statements or entities are asked for, `ordering` finds their rows in the tables
of a snapshot, in an order that the data alone decide, `columns` makes Arrow columns of them, some
100,000 rows at a time, and `formats` writes those. `spool` keeps finished files for callers who
come back for the rest. May import: index, resolution, graph, algebra, ledger, model, vocabulary,
verbalising, errors, graph_schema.
"""
