"""The schema and the vocabulary of these tests, made once; between tests only data is wiped.

Making the schema costs seconds, and Neo4j keeps the plans of the loaders' texts. A node of our own
tells whether all is still there: other tests empty the whole database.
"""

from __future__ import annotations

from pathlib import Path

from emptying import empty_but_schema
from loaded_files import load_given
from plain_graph import Given
from record_worlds import RELATIONS, TYPES, VOCABULARY

from kgservice.graph.client import Address, Graph

_PREPARED = "MATCH (w:__LoaderTests) RETURN count(w)"
_WIPE = """
MATCH (n)
WHERE NOT n:__LoaderTests AND NOT n:__SchemaHead AND NOT n:__SchemaLog AND NOT n:__SchemaLock
  AND NOT ((n:Relation OR n:EntityType) AND n.id IN $kept)
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS
"""
_NO_COUNTS = "MATCH (n:Relation|EntityType) WHERE n.count <> 0 SET n.count = 0"
_VOCABULARY = "MATCH (n:Relation|EntityType) RETURN collect(n.id)"
_PRIORITY = """
UNWIND $rows AS row
MERGE (d:__Dataset {id: row[0]})
SET d.priority = row[1]
"""


def prepare(graph: Graph, address: Address, directory: Path) -> None:
    if graph.value(_PREPARED) == 1:
        return
    empty_but_schema(graph, address)
    vocabulary = [Given("relations", "vocabulary", one) for one in RELATIONS]
    vocabulary += [Given("types", "vocabulary", one) for one in TYPES]
    load_given(graph, directory, vocabulary)
    known = graph.value(_VOCABULARY)
    graph.run("CREATE (:__LoaderTests {vocabulary: $known})", {"known": known})


def wipe(graph: Graph) -> None:
    """Take all data away, and give the data sets the priority that `VOCABULARY` has."""
    kept = graph.value("MATCH (w:__LoaderTests) RETURN w.vocabulary")
    graph.run(_WIPE, {"kept": kept})
    graph.run(_NO_COUNTS)
    rows = [[name, place] for place, name in enumerate(VOCABULARY.priority)]
    graph.run(_PRIORITY, {"rows": rows})
