"""The door: hosts, keys, scopes, rates, and which web pages may read the answers."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from served_sample import served

from kgservice.api.access import Door, hosts_of
from kgservice.api.keys import KeyFile
from kgservice.app import Service
from kgservice.errors import ConfigurationError

Open = Callable[..., httpx.Client]

BODY = {"query": "{ stats { entityCount } }"}


def entry(id: str, key: str | None = None, **more: Any) -> dict[str, Any]:
    sha256 = {} if key is None else {"sha256": hashlib.sha256(key.encode()).hexdigest()}
    return {"id": id, **sha256, **more}


def write(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"keys": list(entries)}))
    return path


@pytest.fixture
def behind(made: Service) -> Iterator[Open]:
    """A client of a service with a door of its own, for the length of a test."""
    with ExitStack() as stack:

        def opened(**rules: Any) -> httpx.Client:
            url = stack.enter_context(served(replace(made, door=Door(**rules))))
            return stack.enter_context(httpx.Client(base_url=url, timeout=30))

        yield opened


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def refusal(response: httpx.Response) -> tuple[int, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


def test_keys_open_and_nothing_else_does(behind: Open, tmp_path: Path) -> None:
    keys = write(tmp_path / "keys.json", entry("search", "sesame", scopes=["read"]))
    client = behind(keys=KeyFile(keys))
    assert client.post("/graphql", json=BODY, headers=bearer("sesame")).json()["data"]
    lower = client.post("/graphql", json=BODY, headers={"authorization": "bearer  sesame"})
    assert lower.status_code == 200
    for headers in (
        {},
        bearer("open"),
        {"authorization": "Basic sesame"},
        {"authorization": "sesame"},
    ):
        response = client.post("/graphql", json=BODY, headers=headers)
        assert refusal(response) == (401, "UNAUTHENTICATED")
        assert response.headers["www-authenticate"] == "Bearer"
    # Nobody learns what is there and what is not.
    assert client.get("/nothing").status_code == 401


def test_probes_and_the_page_need_no_key(behind: Open, tmp_path: Path) -> None:
    client = behind(keys=KeyFile(write(tmp_path / "keys.json")))
    for path in ("/livez", "/readyz", "/version"):
        assert client.get(path).status_code == 200, path
    page = client.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 200
    # A question in the address is a question.
    asked = client.get("/graphql", params=BODY, headers={"accept": "text/html"})
    assert refusal(asked) == (401, "UNAUTHENTICATED")


def test_scopes(behind: Open, tmp_path: Path) -> None:
    keys = write(
        tmp_path / "keys.json",
        entry("reader", "r", scopes=["read"]),
        entry("boss", "b", scopes=["admin"]),
        entry("nothing", "n", scopes=[]),
        entry("export", "e", routes=["/export"]),
    )
    client = behind(keys=KeyFile(keys))

    def status(key: str) -> tuple[int, str]:
        response = client.post("/graphql", json=BODY, headers=bearer(key))
        return (200, "") if response.status_code == 200 else refusal(response)

    assert [status(key) for key in "rbne"] == [
        (200, ""), (200, ""), (403, "FORBIDDEN"), (403, "FORBIDDEN"),
    ]  # fmt: skip


def test_callers_without_a_key(behind: Open, tmp_path: Path) -> None:
    """An entry `anonymous` says what they may do, and where."""
    everybody = entry("anonymous", scopes=["read"], routes=["/graphql"], rate=2)
    client = behind(keys=KeyFile(write(tmp_path / "keys.json", everybody, entry("me", "k"))))
    assert client.post("/graphql", json=BODY).status_code == 200
    assert refusal(client.get("/elsewhere")) == (401, "UNAUTHENTICATED")
    assert refusal(client.get("/graphqlx")) == (401, "UNAUTHENTICATED")
    assert client.post("/graphql", json=BODY).status_code == 200
    assert refusal(client.post("/graphql", json=BODY)) == (429, "RATE_LIMITED")
    # A key that is not known does not fall back to that.
    assert refusal(client.post("/graphql", json=BODY, headers=bearer("x")))[0] == 401
    assert client.post("/graphql", json=BODY, headers=bearer("k")).status_code == 200


def test_rates(behind: Open, tmp_path: Path) -> None:
    keys = write(tmp_path / "keys.json", entry("slow", "s", rate=3), entry("usual", "u"))
    client = behind(keys=KeyFile(keys), default_rate=5)

    def statuses(key: str, times: int) -> list[int]:
        return [
            client.post("/graphql", json=BODY, headers=bearer(key)).status_code
            for _ in range(times)
        ]

    assert statuses("s", 4) == [200, 200, 200, 429]
    assert statuses("u", 6) == [200, 200, 200, 200, 200, 429]
    response = client.post("/graphql", json=BODY, headers=bearer("s"))
    assert refusal(response) == (429, "RATE_LIMITED")
    seconds = response.json()["errors"][0]["extensions"]["seconds"]
    # Three a minute: one comes back every twenty seconds.
    assert 0 < seconds <= 20
    assert seconds <= int(response.headers["retry-after"]) <= 20


def test_a_file_that_changes_is_read_again(behind: Open, tmp_path: Path) -> None:
    path = write(tmp_path / "keys.json", entry("old", "o"))
    client = behind(keys=KeyFile(path))

    def opens(key: str) -> bool:
        return client.post("/graphql", json=BODY, headers=bearer(key)).status_code == 200

    assert opens("o")
    write(path, entry("new", "n"), entry("other", "x"))
    deadline = time.monotonic() + 30
    while opens("o") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (opens("o"), opens("n"), opens("x")) == (False, True, True)


def test_a_file_that_is_spoilt_or_gone_keeps_the_keys_that_were(
    behind: Open, tmp_path: Path
) -> None:
    path = write(tmp_path / "keys.json", entry("me", "k"))
    client = behind(keys=KeyFile(path))
    for spoil in (lambda: path.write_text("{"), path.unlink):
        spoil()
        time.sleep(1.1)  # the file is looked at once a second
        for _ in range(2):
            assert client.post("/graphql", json=BODY, headers=bearer("k")).status_code == 200
        assert client.post("/graphql", json=BODY).status_code == 401
    write(path, entry("you", "y"))
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if client.post("/graphql", json=BODY, headers=bearer("y")).status_code == 200:
            break
        time.sleep(0.05)
    assert client.post("/graphql", json=BODY, headers=bearer("k")).status_code == 401


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "has a fault"),
        ('{"keys": [{"id": "x", "sha256": "short"}]}', "sha256"),
        ('{"keys": [{"id": ""}]}', "id"),
        ('{"keys": [{"id": "x", "rate": 0}]}', "rate"),
        ('{"keys": [{"id": "x", "scopes": ["write"]}]}', "there are read, feedback, admin"),
        ('{"keys": [{"id": "x", "scope": "read"}]}', "scope"),
        ("[]", "has a fault"),
    ],
)
def test_a_file_with_a_fault_is_said_at_the_start(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        KeyFile(path)
    with pytest.raises(ConfigurationError, match="No such file"):
        KeyFile(tmp_path / "none.json")


# ------------------------------------------------------------------ hosts and origins


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200), ("localhost:9999", 200), ("[::1]:80", 200), ("[::1]", 200),
        ("kg.example", 200), ("KG.example:443", 200), ("rebound.example", 421), ("", 421),
        ("127.0.0.1.example", 421), ("kg.example.evil", 421), ("localhost@evil", 421),
    ],
)  # fmt: skip
def test_only_known_names_are_answered(host: str, status: int, named: httpx.Client) -> None:
    """A page elsewhere whose name leads here could else read what is behind the wall."""
    response = named.post("/graphql", json=BODY, headers={"host": host})
    assert response.status_code == status
    if status == 421:
        assert "KG_ALLOWED_HOSTS" in response.text


@pytest.fixture(scope="module")
def named(made: Service) -> Iterator[httpx.Client]:
    door = Door(
        allowed_hosts=hosts_of([" KG.example ", ""]),
        cors_origins=hosts_of(["https://shop.example"]),
    )
    with (
        served(replace(made, door=door)) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client


def allowed(response: httpx.Response) -> str | None:
    found: str | None = response.headers.get("access-control-allow-origin")
    return found


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://shop.example", True), ("http://localhost:3000", True), ("http://[::1]:5", True),
        ("https://elsewhere.example", False), ("null", False), ("http://localhost.evil", False),
    ],
)  # fmt: skip
def test_which_pages_may_read(named: httpx.Client, origin: str, may: bool) -> None:
    asked = named.post("/graphql", json=BODY, headers={"origin": origin})
    before = named.options(
        "/graphql",
        headers={"origin": origin, "access-control-request-method": "POST"},
    )
    assert before.status_code == 204
    for response in (asked, before):
        assert allowed(response) == (origin if may else None)
        if may:
            assert "origin" in response.headers["vary"].lower()
            assert "authorization" in response.headers["access-control-allow-headers"]
            assert "X-Data-Version" in response.headers["access-control-expose-headers"]


def test_pages_where_keys_are_asked_for(behind: Open, tmp_path: Path) -> None:
    """Local pages then need to be named too; a refusal is readable for whoever may read."""
    client = behind(
        keys=KeyFile(write(tmp_path / "keys.json")),
        cors_origins=frozenset({"https://shop.example"}),
    )
    local = client.post("/graphql", json=BODY, headers={"origin": "http://localhost:3000"})
    assert allowed(local) is None
    shop = client.post("/graphql", json=BODY, headers={"origin": "https://shop.example"})
    assert (shop.status_code, allowed(shop)) == (401, "https://shop.example")
    # A preflight carries no key.
    before = client.options("/graphql", headers={"origin": "https://shop.example"})
    assert (before.status_code, allowed(before)) == (204, "https://shop.example")


def test_reconciliation_is_readable_everywhere(named: httpx.Client) -> None:
    for path in ("/reconcile", "/reconcile/v1", "/guides/first.html"):
        response = named.get(path, headers={"origin": "https://anywhere.example"})
        assert allowed(response) == "https://anywhere.example"
