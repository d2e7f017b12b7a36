"""The public GraphQL API and the other routes: the only room that imports Strawberry and FastAPI.

A request goes down one line: an input becomes a question (`questions`), the serving room answers
it, and the answer becomes the types that clients see (`types`). Errors are translated here and
nowhere below (`errors`). May import: serving, exporting, index, resolution, graph, algebra, model,
vocabulary, errors.
"""
