"""What answers now: the index while it is fresh, else Neo4j.

`following` keeps the index at the graph, `state` chooses, `offers` says what both sides offer. May
import: index, graph, resolution, algebra, model, vocabulary, errors.
"""
