"""Neo4j: the only room that speaks Bolt and knows Cypher.

`client` is the only module that imports the driver, `cypher` holds every query text, `records` is
the only place that knows what a row's columns are. Everything here takes and returns frozen values.
May import: model, algebra, errors, graph_schema.
"""
