"""A graph on disk without Neo4j, for the first load of one that is empty.

The writers bring their batches to it as they do to Neo4j, by the same texts: `tables` keeps nodes
and statements in SQLite, out of core, `saying` and `describing` know what each text means there,
and `graph` is the door. What comes out is copied into import files as any graph is
(kgservice.exporting.copying), so validation, quarantine, arithmetic and files exist once.
May import: what loaders may.
"""
