"""Alembic on Neo4j: a dialect of our own over the extension points of alembic and SQLAlchemy.

- `dialect`, `compiler`, `dbapi`: what SQLAlchemy and alembic ask of a database
- `operations`, `renames`, `cypher_shell`: what a revision can do, run or written as a script
- `comparison`, `autogenerate`: what is expected against what is there
- `bookkeeping`, `log`, `checksum`, `lock`, `ownership`: what keeps a graph and its revisions honest

Importing `autogenerate` and `renames` makes all of it known to alembic.
"""
