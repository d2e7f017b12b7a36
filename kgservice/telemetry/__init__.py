"""What operators see of a running service: log lines, metrics, spans.

May import `kgservice.graph.client` for what it tells of statements, and `kgservice.errors`.
Nothing that a client sends becomes the name of a metric, of a label or of a span.
"""
