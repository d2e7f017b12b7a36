"""The relations of RDF vocabularies that say what a thing is, whatever data set they stand in.

Their ids are the short names that everybody writes; N-Triples have the full IRIs, which are aliases
here.
"""

from __future__ import annotations

from graph_schema.relations import Relation

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SCHEMA = ("http://schema.org/", "https://schema.org/")

RDF_RELATIONS = (
    Relation("rdf:type", "type", means="type", aliases=(f"{_RDF}type",), phrase="{s} is a {o}"),
    Relation(
        "rdfs:subClassOf",
        "subclass of",
        means="subtype",
        aliases=(f"{_RDFS}subClassOf",),
        phrase="{s} is a kind of {o}",
    ),
    Relation("rdfs:label", "label", means="label", aliases=(f"{_RDFS}label",)),
    Relation("skos:prefLabel", "preferred label", means="label", aliases=(f"{_SKOS}prefLabel",)),
    Relation("skos:altLabel", "alternative label", means="alias", aliases=(f"{_SKOS}altLabel",)),
    Relation(
        "schema:description",
        "description",
        means="description",
        aliases=tuple(f"{schema}description" for schema in _SCHEMA),
    ),
)
