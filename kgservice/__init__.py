"""kgservice: commonsense and facts in one graph, with one exact query language over it.

`kgservice.app` puts the service together, `kgservice.cli` is the command. The rooms below, each
with one purpose: `local` (a Neo4j of our own), `graph` (reads and writes in Neo4j), `algebra` (what
a query means), `resolution` (which entity a name means), `index` (tables and matrices derived from
the graph), `api` (GraphQL and the other routes), `explorer` (pages for people).
"""
