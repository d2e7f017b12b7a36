"""Loaders: what other programs write becomes the graph.

A record goes down one line: `order` says what is wanted, `reading` turns files into records or
rejections, `line` cuts them into batches, `writing` applies a batch in one transaction, and `run`
is all of it. The graph comes out the same whatever the order, however often, and wherever it was
stopped; what is not loaded is in the quarantine file.
May import: kgservice.graph, kgservice.ledger, graph_schema.
"""
