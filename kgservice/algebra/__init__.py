"""What a query means: expressions that denote scored sets of entities, as frozen values.

One meaning, given in docs/semantics.md, and two evaluators of it: Cypher (kgservice.graph) and
sparse matrices (kgservice.index). Nothing here knows either, or GraphQL. May import: errors,
vocabulary, literals, graph_schema.
"""
