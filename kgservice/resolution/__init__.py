"""Which entity a text means, how sure that is and why, and when none is meant.

Pure: it reads a table of entities, files that it wrote itself, and mentions; it knows neither Neo4j
nor GraphQL. `layer` writes one directory of the name index, `index` lays the later ones over the
first, `resolver` finds candidates (`candidates`), sees what speaks for each (`features`) and makes
probabilities of that (`ranking`); `suggestion` completes what is being typed; `encoder` compares
meanings without torch, which `export` alone imports; `evaluation` and `fitting` measure and mend it
on labelled mentions. May import: model, literals, errors, graph_schema.
"""
