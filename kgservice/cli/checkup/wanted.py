"""What the operator set: settings that are none, keys, trusted documents."""

from __future__ import annotations

import os
from collections.abc import Iterator

from dotenv import dotenv_values
from rapidfuzz import fuzz, process

from kgservice.cli.checkup.finding import Finding, note, ok, wrong
from kgservice.cli.entrance import door_of, trusted_of
from kgservice.errors import ConfigurationError
from kgservice.settings import Settings

#: How alike (0 to 100) a name must be to a setting to have been meant for it.
_LIKENESS = 80
#: What the tests and benchmarks of a checkout are told by.
_NOT_OURS = "KG_TEST_"


def settings(read: Settings | ConfigurationError) -> Iterator[Finding]:
    """Whether the settings can be read, and names that look like settings and are none."""
    if isinstance(read, ConfigurationError):
        remedy = "`kgservice settings` lists all of them once this one is right"
        yield wrong("settings", str(read), remedy)
        return
    strange = list(_unknown())
    yield from strange
    yield from _contradictions(read)
    if not strange:
        yield ok("settings", f"{len(_given())} of {len(Settings.model_fields)} are set")


def keys(settings: Settings) -> Finding:
    """Whether those who may come in can, and others cannot."""
    try:
        door = door_of(settings)
    except ConfigurationError as error:
        return wrong("keys", str(error), "`kgservice keys create --id NAME` writes the file")
    if door.keys is None:
        return ok("keys", f"none are asked for on {settings.host}")
    return ok("keys", f"in {door.keys.path}")


def trusted_documents(settings: Settings) -> Iterator[Finding]:
    """Whether the file of trusted documents can be read, where there is one."""
    try:
        trusted_of(settings)
    except ConfigurationError as error:
        yield wrong("documents", str(error), "correct the file, or unset both settings")


def _unknown() -> Iterator[Finding]:
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(_given()):
        word = name.removeprefix("KG_")
        if word in known or name.startswith(_NOT_OURS):
            continue
        nearest = process.extractOne(word, known, scorer=fuzz.WRatio, score_cutoff=_LIKENESS)
        if nearest is None:
            remedy = "`kgservice settings` lists those there are; unset it if nothing else needs it"
            yield note("settings", f"{name} is no setting of this version", remedy)
        else:
            remedy = f"did you mean KG_{nearest[0]}?"
            yield wrong("settings", f"{name} is no setting, so it does nothing", remedy)


def _contradictions(settings: Settings) -> Iterator[Finding]:
    if settings.neo4j_password is not None and settings.neo4j_password_file is not None:
        found = "both KG_NEO4J_PASSWORD and KG_NEO4J_PASSWORD_FILE are set, and the first counts"
        yield note("settings", found, "unset one of them")
    if settings.neo4j_uri is None and settings.neo4j_password is not None:
        found = "KG_NEO4J_PASSWORD is set and KG_NEO4J_URI is not: the local Neo4j has its own"
        yield note("settings", found, "set KG_NEO4J_URI if you meant a Neo4j of yours")


def _given() -> frozenset[str]:
    """The names that are set to something, in the environment or a `.env` file."""
    written = {**dotenv_values(".env"), **os.environ}
    return frozenset(
        name.upper() for name, value in written.items() if value and name.upper().startswith("KG_")
    )
