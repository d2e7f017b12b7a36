"""The files of the pages, as browsers may keep them, and the policy that holds them to this host.

Names below /assets carry a hash of their content, so they are kept for good; the pages themselves
are looked at anew each time, by their ETag. Sources: RFC 9111 (caching), RFC 8246 (immutable),
Content Security Policy Level 3.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

#: Where `make install` puts what it builds.
BUILT = Path(__file__).with_name("files")

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
#: The editor of GraphiQL writes styles into its page, its fonts are in its style sheet, and it
#: checks queries in a worker.
_EDITOR_POLICY = _POLICY | {
    "style-src": "'self' 'unsafe-inline'",
    "font-src": "'self' data:",
    "worker-src": "'self'",
}

_FOR_GOOD = "public, max-age=31536000, immutable"
_LOOKED_AT_ANEW = "no-cache"

_NOT_BUILT = (
    "The pages are not built. `make install` builds them; wheels carry them. The API answers at "
    "/graphql all the same.\n"
)


@dataclass(frozen=True, slots=True)
class _File:
    """A file in memory, plain and compressed where that was worth it."""

    content: bytes
    compressed: bytes | None
    kind: str
    etag: str

    @classmethod
    def read(cls, path: Path) -> _File:
        content = path.read_bytes()
        beside = path.with_name(path.name + ".gz")
        compressed = beside.read_bytes() if beside.is_file() else None
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        # Weak: plain and compressed, it is the same in other bytes.
        return cls(content, compressed, kind, f'W/"{sha256(content).hexdigest()[:32]}"')


class Pages:
    """Answers `/`, `/assets/..` and `/favicon.svg`, and gives GraphiQL to whoever asks for it.

    >>> Pages().routes()[0].path
    '/'
    """

    def __init__(self, directory: Path = BUILT):
        # What is asked for is looked up among these names, and never made into a path.
        self._paths = {
            path.relative_to(directory).as_posix(): path
            for path in directory.rglob("*")
            if path.is_file()
        }
        self._files: dict[str, _File] = {}

    def routes(self) -> list[BaseRoute]:
        """The routes of the pages, but for GraphiQL, which shares one with the API."""
        return [
            Route("/", self.explorer),
            Route("/assets/{name}", self.asset),
            Route("/favicon.svg", self.icon),
        ]

    async def explorer(self, request: Request) -> Response:
        """The page of the explorer."""
        return self._page(request, "index.html", _POLICY)

    async def graphiql(self, request: Request) -> Response:
        """The page with the editor."""
        return self._page(request, "graphiql.html", _EDITOR_POLICY)

    async def asset(self, request: Request) -> Response:
        """A script, a style or a font."""
        return self._sent(request, f"assets/{request.path_params['name']}", _FOR_GOOD)

    async def icon(self, request: Request) -> Response:
        """The picture beside the title."""
        return self._sent(request, "favicon.svg", _LOOKED_AT_ANEW)

    def _page(self, request: Request, name: str, policy: dict[str, str]) -> Response:
        response = self._sent(request, name, _LOOKED_AT_ANEW)
        response.headers["Content-Security-Policy"] = "; ".join(
            f"{directive} {sources}" for directive, sources in policy.items()
        )
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response

    def _sent(self, request: Request, name: str, caching: str) -> Response:
        file = self._file(name)
        if file is None:
            return PlainTextResponse(
                _NOT_BUILT if name.endswith(".html") else "no such file\n", 404
            )
        headers = {
            "Cache-Control": caching,
            "ETag": file.etag,
            "Vary": "Accept-Encoding",
        }
        if file.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = file.content
        if file.compressed is not None and _takes_gzip(request):
            content = file.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(content, headers=headers, media_type=file.kind)

    def _file(self, name: str) -> _File | None:
        if name not in self._files and name in self._paths:
            self._files[name] = _File.read(self._paths[name])
        return self._files.get(name)


def _takes_gzip(request: Request) -> bool:
    accepted = request.headers.get("accept-encoding", "")
    return any(one.split(";")[0].strip() == "gzip" for one in accepted.split(","))
