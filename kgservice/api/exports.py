"""`/export/triples` and `/export/entities`: whole files, by range where a caller asks for one.

The first caller has the file made and reads along as it grows. What has to know its length (a
range, HEAD, HTTP 1.0 where what is cut off looks whole) waits until it is whole. Its ETag names its
bytes, so that If-Range goes on with the same ones, even when the graph has changed since, as long
as they are kept.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from kgservice.api.admission import Admission, Admitted
from kgservice.api.errors import refusal, status_of
from kgservice.errors import BadRequestError, KGError
from kgservice.exporting.export import Export
from kgservice.exporting.formats import FORMATS, Format
from kgservice.exporting.spool import Spool
from kgservice.exporting.wanted import Filters, Kind
from kgservice.graph.client import Graph
from kgservice.index.opening import Opened

_ETAG = re.compile(r'"(?P<name>(?P<version>\d+)-(?P<subject>[0-9a-f]{24})-[0-9a-f]{24}\.[a-z]+)"\Z')
_CAPITAL = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True)
class Exports:
    """Answers below /export; `opened` gives the index of now, or raises what keeps it away."""

    opened: Callable[[], Opened]
    graph: Callable[[], AbstractContextManager[Graph]]
    spool: Spool
    admission: Admission

    def routes(self) -> list[BaseRoute]:
        """One route for each kind."""
        admitted = [Middleware(Admitted, admission=self.admission)]
        return [
            Route(f"/export/{kind.value}", self._answering(kind), middleware=admitted)
            for kind in Kind
        ]

    def _answering(self, kind: Kind) -> Callable[[Request], object]:
        async def respond(request: Request) -> Response:
            try:
                return await self._answer(request, kind)
            except KGError as error:
                return refusal(status_of(error), error)

        return respond

    async def _answer(self, request: Request, kind: Kind) -> Response:
        request.state.key.demand("read")
        export = await asyncio.to_thread(self._asked, request, kind)
        headers = _headers(export.name, kind, export.mark.version)
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        kept = self._kept(request, export)
        if kept is not None:
            version = int(kept.name.partition("-")[0])
            return _file(kept, _headers(kept.name, kind, version), export.format)
        await asyncio.to_thread(self.spool.begin, export.name, export.write)
        found = self.spool.finished(export.name)
        if found is None and _needs_length(request):
            found = await self.spool.whole(export.name)
        if found is not None:
            return _file(found, headers, export.format)
        bytes_as_they_come = self.spool.growing(export.name)
        return StreamingResponse(bytes_as_they_come, 200, headers, export.format.media_type)

    def _asked(self, request: Request, kind: Kind) -> Export:
        given: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            given.setdefault(_CAPITAL.sub(lambda one: f"_{one[0].lower()}", name), []).append(value)
        [format] = given.pop("format", ["parquet"])[-1:]
        if format not in FORMATS:
            raise BadRequestError(
                f"there is no format {format!r}; there are {', '.join(FORMATS)}", ["format"]
            )
        opened = self.opened()
        filters = Filters.of(given)
        return Export.of(opened.snapshot, opened.mark, kind, filters, FORMATS[format], self.graph)

    def _kept(self, request: Request, export: Export) -> Path | None:
        """An export of the same question, of another data version, that a caller goes on with."""
        match = _ETAG.match(request.headers.get("if-range", ""))
        if match is None or match["subject"] != export.subject or "range" not in request.headers:
            return None
        return self.spool.finished(match["name"])


def _needs_length(request: Request) -> bool:
    is_old = request.scope["http_version"] == "1.0"
    return is_old or request.method == "HEAD" or "range" in request.headers


def _headers(name: str, kind: Kind, version: int) -> dict[str, str]:
    ending = name.rpartition(".")[2]
    return {
        "ETag": f'"{name}"',
        "X-Data-Version": str(version),
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{kind.value}-{version}.{ending}"',
    }


def _file(path: Path, headers: dict[str, str], format: Format) -> Response:
    return FileResponse(path, headers=headers, media_type=format.media_type)
