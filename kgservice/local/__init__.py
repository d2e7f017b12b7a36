"""A Neo4j of our own: fetched, started, shared, kept alive and stopped, on this machine alone.

The way in is `kgservice.local.instance` (attach, start, stop, status) and `kgservice.local.offline`
(backup, restore, neo4j-admin). This room imports `kgservice.errors` and `kgservice.graph.client`;
`supervisor` and what it uses import little more than the standard library, because it runs as a
small process beside every server.

    a command --attach--> supervisor --owns--> java
                              |
                            guard     ends java when the supervisor is killed

What is true is what the kernel says: a file lock is held or it is free. Files with numbers in them
are only read while the lock that vouches for them is held.
"""
