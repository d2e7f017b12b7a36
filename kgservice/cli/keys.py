"""`kgservice keys`: who may use the service, from a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kgservice.api.keys import SCOPES, Key, hash_of, new_key, read_keys, write_keys
from kgservice.errors import ConfigurationError
from kgservice.settings import read_settings


@click.group()
def keys() -> None:
    """API keys: create, list, revoke.

    They stand in KG_API_KEYS_FILE as SHA-256, and a running service sees a change within a second.
    """


@keys.command()
@click.option("--id", "id_", required=True, help="Who the key is for.")
@click.option(
    "--scope", "scopes", multiple=True, default=["read"], show_default=True,
    type=click.Choice(SCOPES), help="What it may do; may be given several times.",
)  # fmt: skip
@click.option("--rate", type=click.IntRange(min=1), help="Requests a minute.")
def create(id_: str, scopes: tuple[str, ...], rate: int | None) -> None:
    """Make a key and print it, this once."""
    path = _path()
    known = list(read_keys(path)) if path.exists() else []
    if any(key.id == id_ for key in known):
        raise ConfigurationError(f"there is a key {id_!r} already: revoke it, or take another id")
    key = new_key()
    write_keys(path, [*known, Key(id=id_, sha256=hash_of(key), scopes=scopes, rate=rate)])
    click.echo(key)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def list_keys(as_json: bool) -> None:
    """List the keys, without what would open anything."""
    found = [key.model_dump(exclude={"sha256"}) for key in read_keys(_path())]
    if as_json:
        click.echo(json.dumps(found))
        return
    for key in found:
        rate = f"{key['rate']} a minute" if key["rate"] else "default rate"
        click.echo(f"{key['id']}\t{', '.join(key['scopes'])}\t{rate}")


@keys.command()
@click.argument("id_", metavar="ID")
def revoke(id_: str) -> None:
    """Take a key away."""
    path = _path()
    known = read_keys(path)
    kept = [key for key in known if key.id != id_]
    if len(kept) == len(known):
        names = ", ".join(key.id for key in known) or "none"
        raise ConfigurationError(f"no key {id_!r}; there are: {names}")
    write_keys(path, kept)


def _path() -> Path:
    path = read_settings().api_keys_file
    if path is None:
        raise ConfigurationError("set KG_API_KEYS_FILE to the file that keeps the keys")
    return path
