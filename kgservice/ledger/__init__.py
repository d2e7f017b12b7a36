"""What is asserted, and what follows from it: the arithmetic behind every statement and entity.

Records come in as they were asserted; statements about behaviors, queries and products, their
scores and supports, and the names of entities follow from them. What follows is always a sum over
what is asserted, so a batch is applied by the difference it makes, and the order of arrival cannot
matter. Pure functions over frozen values, no input or output. May import: errors, graph_schema.
"""
