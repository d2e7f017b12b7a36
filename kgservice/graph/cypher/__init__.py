"""Every query text, as constants and as functions that put identifiers into them.

The row that a text returns, or the shape of a row that it takes, stands beside it. Many rows travel
as one list in both directions: a record costs 15 to 20 us, a row of a collected list 0.7. Pure
text, no input or output. May import: algebra, graph_schema.
"""
