"""GraphQL beside what a user would take instead: stock Strawberry, mercurius with JIT, and
@neo4j/graphql on the same Neo4j.

    python -m bench.graphql lists
    python -m bench.graphql hops
    python -m bench.graphql costs

The peers that run on Node come from npm, in the versions of package-lock.json, into a folder that
git ignores. Every process is one process; the load comes from autocannon, which is another, and
the share of a core that the server took meanwhile says which of the two was waited for.
"""
