"""Neo4j Browser guides: written once in `texts/`, served in the forms that Browsers read.

    texts/*.md --reading--> Guide --slides--> HTML, for the Browser that comes with Neo4j
                                  --asciidoc--> AsciiDoc, for the new one
                                  --saved--> queries to keep beside one's own
    Vocabulary --style--> GraSS: colours and captions

May import: `kgservice.vocabulary`, `graph_schema`.
"""
