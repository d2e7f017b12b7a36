"""What serving takes: a port, the encoder of names, the pages for people."""

from __future__ import annotations

from pathlib import Path

import httpx

from kgservice.cli.checkup.finding import Finding, note, ok, wrong
from kgservice.cli.entrance import listening
from kgservice.errors import ConfigurationError
from kgservice.explorer.pages import BUILT
from kgservice.resolution.encoder import packaged_encoder
from kgservice.settings import Settings

#: Seconds for whoever has the port to say who it is.
_PATIENCE = 2.0


def port(settings: Settings) -> Finding:
    """Whether the API could listen where it is told to, or does already."""
    place = f"{settings.host}:{settings.port}"
    try:
        with listening(settings):
            return ok("port", f"{place} is free")
    except ConfigurationError as error:
        running = _version_at(settings)
        if running is not None:
            return ok("port", f"kgservice {running} answers at {place}")
        return wrong("port", str(error), "find out what has it, or set KG_PORT to another")


def encoder() -> Finding:
    """Whether names are found by their meaning too."""
    try:
        found = packaged_encoder()
    except ConfigurationError as error:
        return wrong("encoder", str(error), "`make install` in a checkout; else install again")
    if found is None:
        remedy = "`make install` in a checkout makes one; names are found by their letters alone"
        return note("encoder", "there is none", remedy)
    return ok("encoder", str(found.fingerprint))


def pages(built: Path = BUILT) -> Finding:
    """Whether the explorer and GraphiQL are there."""
    lacking = [name for name in ("index.html", "graphiql.html") if not (built / name).is_file()]
    if lacking:
        remedy = "`make install` in a checkout builds them; the API answers without"
        return note("pages", f"{', '.join(lacking)} not built in {built}", remedy)
    return ok("pages", "the explorer and GraphiQL are built")


def _version_at(settings: Settings) -> str | None:
    """The version of the service that has our port; null where it is something else."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    try:
        answer = httpx.get(f"http://{host}:{settings.port}/version", timeout=_PATIENCE)
        return str(answer.json()["kgservice"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
