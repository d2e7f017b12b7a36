"""docker-compose.yml and the Dockerfile, held to the settings and the pinned Neo4j.

Read as text: machines that run the tests need no containers.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from packaging.requirements import Requirement

from kgservice.cli import cli
from kgservice.local.options import DEFAULT_VERSION
from kgservice.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name != "neo4j"}
HOME = "/var/lib/kgservice"


def stages() -> dict[str, list[list[str]]]:
    """The instructions of each stage of the Dockerfile, continuation lines joined."""
    found: dict[str, list[list[str]]] = {}
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    name = ""
    for line in text.splitlines():
        words = line.split(maxsplit=1)
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "FROM":
            name = words[1].rpartition(" AS ")[2]
            found[name] = []
        found[name].append(words)
    return found


def test_neo4j_is_the_version_that_is_tested() -> None:
    assert SERVICES["neo4j"]["image"] == f"neo4j:{DEFAULT_VERSION}-community"


@pytest.mark.parametrize("name", OURS)
def test_settings_are_settings(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment = OURS[name]["environment"]
    known = {f"KG_{field.upper()}" for field in Settings.model_fields}
    assert environment.keys() <= known
    monkeypatch.chdir(tmp_path)
    for variable, value in environment.items():
        assert isinstance(value, str), variable
        monkeypatch.setenv(variable, value)
    settings = read_settings()
    assert settings.neo4j_uri == "bolt://neo4j:7687"
    # A password in the environment shows in `docker inspect`.
    assert settings.neo4j_password is None
    assert str(settings.neo4j_password_file) == "/run/secrets/neo4j_password"
    # Whoever listens for others asks for keys.
    assert str(settings.api_keys_file).startswith(HOME + "/")


def test_the_api_listens_where_it_is_published() -> None:
    api = SERVICES["api"]
    assert api["environment"]["KG_HOST"] == "0.0.0.0"
    [port] = api["ports"]
    assert port.endswith(":" + api["environment"]["KG_PORT"])
    assert f"127.0.0.1:{api['environment']['KG_PORT']}/readyz" in api["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_published_beyond_this_machine(name: str) -> None:
    for port in SERVICES[name].get("ports", ()):
        assert str(port).startswith("127.0.0.1:"), port


@pytest.mark.parametrize("name", OURS)
def test_ours_can_do_little(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["tmpfs"] == ["/tmp"]
    [volume] = service["volumes"]
    assert volume.partition(":")[2] == HOME
    assert "privileged" not in service


def test_secrets_come_from_files() -> None:
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    neo4j = SERVICES["neo4j"]
    assert neo4j["environment"]["NEO4J_AUTH_FILE"] == "/run/secrets/neo4j_auth"
    assert neo4j["secrets"] == ["neo4j_auth"]
    assert all(service["secrets"] == ["neo4j_password"] for service in OURS.values())


def test_they_wait_for_each_other() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("api", "load"):
        waits = SERVICES[name]["depends_on"]["migrate"]
        assert waits == {"condition": "service_completed_successfully"}
    for name in ("neo4j", "api"):
        check = SERVICES[name]["healthcheck"]
        assert check["test"][0] in ("CMD", "CMD-SHELL")
        assert int(check["retries"]) > 5


def test_the_health_check_is_a_program() -> None:
    words = SERVICES["api"]["healthcheck"]["test"]
    assert words[:3] == ["CMD", "python", "-c"]
    compile(words[3], "healthcheck", "exec")


def test_commands_are_commands() -> None:
    known = cli.list_commands(click.Context(cli))
    [entry] = [rest for word, rest in stages()["api"] if word == "ENTRYPOINT"]
    assert entry == '["kgservice"]'
    for service in OURS.values():
        words = [*service.get("entrypoint", ["kgservice"]), *service.get("command", ())]
        assert words[0] == "kgservice"
        assert words[1] in known


def test_images_run_as_somebody_without_rights() -> None:
    for name, instructions in stages().items():
        if name == "build":
            continue
        users = [rest for word, rest in instructions if word == "USER"]
        assert users[-1] == "kgservice", name
    [made] = [rest for word, rest in stages()["api"] if "useradd" in rest]
    assert "--uid 10001" in made


def test_images_keep_what_they_write_in_the_volume() -> None:
    [environment] = [rest for word, rest in stages()["api"] if word == "ENV"]
    given = dict(word.split("=", 1) for word in shlex.split(environment))
    known = {f"KG_{field.upper()}" for field in Settings.model_fields}
    assert given.keys() <= known
    assert all(value.startswith(HOME + "/") for value in given.values())


def test_images_run_a_python_that_is_supported() -> None:
    supported = Requirement(f"python{_requires_python()}").specifier
    for instructions in stages().values():
        image = instructions[0][1].split()[0]
        if image.startswith("python:"):
            assert re.match(r"python:(\d+\.\d+)", image)[1] in supported  # type: ignore[index]


def _requires_python() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: str = project["requires-python"]
    return found


def test_the_api_needs_no_torch() -> None:
    """Nothing that the wheel needs without its extras leads to it."""
    [install] = [rest for word, rest in stages()["api"] if word == "RUN" and "pip install" in rest]
    assert "[encoder]" not in install
    needed: set[str] = set()
    waiting = ["kgservice"]
    while waiting:
        name = waiting.pop()
        for text in requires(name) or ():
            one = Requirement(text)
            if one.marker is not None and not one.marker.evaluate({"extra": ""}):
                continue
            if one.name.lower() not in needed:
                needed.add(one.name.lower())
                waiting.append(one.name)
    assert {"neo4j", "onnxruntime", "tokenizers", "pyarrow"} <= needed
    assert not needed & {"torch", "sentence-transformers", "transformers"}


def test_every_version_is_pinned() -> None:
    """Images install what everything was tested with."""
    for name in ("api", "tools"):
        for word, rest in stages()[name]:
            if word == "RUN" and "pip install" in rest:
                assert "--constraint /tmp/constraints.txt" in rest
