"""The schema as data: what exists in the graph before anything is loaded.

Entity types, relations, the ids that the service makes itself, the identifiers that Cypher may
contain, and the constraints and indexes. Everything else derives from here: migrations, loaders,
the API's vocabulary. Imports the standard library only.
"""
