"""Where the service is reached, by whom, and with which questions: settings made into rules."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from kgservice.api.access import Door, hosts_of
from kgservice.api.keys import KeyFile
from kgservice.api.trusted import TrustedDocuments, read_documents
from kgservice.errors import ConfigurationError
from kgservice.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def trusted_of(settings: Settings) -> TrustedDocuments:
    """Which documents are known by their hash, and whether others are executed."""
    if settings.trusted_documents_file is not None:
        return read_documents(settings.trusted_documents_file, only=settings.trusted_only)
    if settings.trusted_only:
        raise ConfigurationError("KG_TRUSTED_ONLY needs KG_TRUSTED_DOCUMENTS_FILE")
    return TrustedDocuments()


def door_of(settings: Settings) -> Door:
    """Who may come in; on an address that others reach, nobody without a key."""
    if settings.api_keys_file is None and settings.host not in _LOOPBACK:
        raise ConfigurationError(
            f"on {settings.host} others reach the service: set KG_API_KEYS_FILE (see `kgservice "
            "keys create --help`), or listen on 127.0.0.1"
        )
    keys = None if settings.api_keys_file is None else KeyFile(settings.api_keys_file)
    own_name = {settings.host} - {"0.0.0.0", "::"}
    return Door(
        keys,
        settings.rate_per_minute,
        hosts_of([*settings.allowed_hosts.split(","), *own_name]),
        hosts_of(settings.cors_origins.split(",")),
    )


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket to serve on, taken first: a port in use is then what a person reads first."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
                "Choose another port with --port or KG_PORT"
            ) from error
        yield listener
