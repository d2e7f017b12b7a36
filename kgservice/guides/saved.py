"""The queries of all guides as a ZIP that is dropped on Neo4j Browser, which then keeps them.

Browser makes a saved query of each file, named by its first line, in the folder that the file has
in the ZIP.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

from kgservice.guides.reading import Guide

#: The same bytes each time, whenever they are made.
_THEN = (1980, 1, 1, 0, 0, 0)


def as_zip(guides: Iterable[Guide]) -> bytes:
    """The ZIP of all queries, a folder for each guide.

    >>> len(as_zip([]))
    22
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for guide in guides:
            for number, (heading, text) in enumerate(guide.queries, 1):
                name = f"{guide.title}/{number:02} {re.sub(r'[^A-Za-z0-9 ]', '', heading)}.cypher"
                archive.writestr(
                    zipfile.ZipInfo(f"kgservice {name}", _THEN), f"// {heading}\n{text}\n"
                )
    return stream.getvalue()
