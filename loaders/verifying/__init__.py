"""Is the graph what its assertions make of it? Finds what was changed by hand or by fault.

Assertions and entity records are the truth. Statements, entities, sums and counts follow from them,
so each is worked out again and compared, page by page, and written anew where it differs. May
import: the rest of loaders, and what loaders may.
"""
