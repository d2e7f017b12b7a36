"""The routes of the pages: what they answer, what browsers may keep, and what pages may do."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from graphql import GraphQLSchema, build_schema, parse, validate
from served_sample import served
from starlette.applications import Starlette

from kgservice.api.access import Door
from kgservice.api.keys import KeyFile
from kgservice.api.schema import make_schema
from kgservice.app import Service
from kgservice.explorer.pages import Pages
from kgservice.limits import Limits

SOURCE = Path(__file__).parents[2] / "explorer" / "src"
DOCUMENTS = sorted((SOURCE / "documents").glob("*.graphql"))
EXAMPLES = sorted((SOURCE / "graphiql" / "examples").glob("*.graphql"))
PAGES = ("/", "/graphql")


def got(client: httpx.Client, path: str, **headers: str) -> httpx.Response:
    return client.get(path, headers={"accept": "text/html", **headers})


def links(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="([^"]+)"', page)


def policy(response: httpx.Response) -> dict[str, set[str]]:
    parts = [one.split() for one in response.headers["content-security-policy"].split(";")]
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_looked_at_anew_each_time(client: httpx.Client, path: str) -> None:
    page = got(client, path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-content-type-options"] == "nosniff"
    again = got(client, path, **{"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert policy(again) == policy(page)


@pytest.mark.parametrize("path", PAGES)
def test_all_that_a_page_needs_is_here_and_kept_for_good(client: httpx.Client, path: str) -> None:
    wanted = links(got(client, path).text)
    assert any(one.endswith(".js") for one in wanted)
    for one in wanted:
        assert one.startswith("/"), one
        answer = client.get(one)
        assert answer.status_code == 200, one
        kept = answer.headers["cache-control"]
        assert kept == (
            "public, max-age=31536000, immutable" if one.startswith("/assets/") else "no-cache"
        )


def test_what_the_explorer_may_do(client: httpx.Client) -> None:
    assert policy(got(client, "/")) == {
        "default-src": {"'none'"},
        "script-src": {"'self'"},
        "style-src": {"'self'"},
        "img-src": {"'self'", "data:"},
        "font-src": {"'self'"},
        "connect-src": {"'self'"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
        "frame-ancestors": {"'none'"},
    }


def test_what_the_editor_may_do_beside(client: httpx.Client) -> None:
    explorer, editor = policy(got(client, "/")), policy(got(client, "/graphql"))
    assert {name: sources - explorer.get(name, set()) for name, sources in editor.items()} == {
        **{name: set() for name in explorer},
        "style-src": {"'unsafe-inline'"},
        "font-src": {"data:"},
        "worker-src": {"'self'"},
    }


def test_compressed_for_those_who_take_it(client: httpx.Client) -> None:
    [script, *_] = [one for one in links(got(client, "/").text) if one.endswith(".js")]
    plain = client.get(script, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", script, headers={"accept-encoding": "br, gzip;q=0.8"}) as small:
        assert small.headers["content-encoding"] == "gzip"
        assert small.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(b"".join(small.iter_raw())) == plain.content


@pytest.mark.parametrize(
    "path",
    ["/assets/none.js", "/assets/..%2findex.html", "/assets/..%2f..%2fpages.py", "/assets/"],
)
def test_nothing_else_is_handed_out(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_address_of_a_view_is_that_of_the_page(client: httpx.Client) -> None:
    """What stands behind # is not sent; what stands behind ? changes nothing."""
    assert got(client, "/?from=a-letter").text == got(client, "/").text
    assert client.head("/").status_code == 200


def test_pages_need_no_key(made: Service, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"keys": []}')
    with (
        served(replace(made, door=Door(keys=KeyFile(tmp_path / "keys.json")))) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        for path in PAGES:
            page = got(client, path)
            assert page.status_code == 200
            assert {client.get(one).status_code for one in links(page.text)} == {200}


async def test_without_a_build_it_says_how_to_get_one(tmp_path: Path) -> None:
    app = Starlette(routes=Pages(tmp_path).routes())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1"
    ) as client:
        page = await client.get("/")
    assert page.status_code == 404
    assert "make install" in page.text


# ------------------------------------------------------------------ documents


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(make_schema(Limits()).as_str())


@pytest.mark.parametrize("path", [*DOCUMENTS, *EXAMPLES], ids=lambda path: path.stem)
def test_what_the_pages_ask_is_valid(path: Path, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_answered(path: Path, client: httpx.Client) -> None:
    found = client.post("/graphql", json={"query": path.read_text("utf-8")}).json()
    assert "errors" not in found
    assert all(found["data"].values())
