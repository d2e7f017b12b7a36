"""What answers now: the vocabulary, the reads and the evaluator of one moment of the graph.

May import: graph, resolution, algebra, model, vocabulary, errors.
"""
