"""Documents that are known by their SHA-256: sent by hash, and where that is set no others.

    {"4d86..": "query Rank($heads: [CommonsenseHead!]!) { .. }"}

A build of the clients writes the file; the service reads it once, at its start. Sources: the
GraphQL-over-HTTP draft, appendix Persisted Documents (`documentId`), and what clients that are
older send (`extensions.persistedQuery.sha256Hash`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLError, parse

from kgservice.errors import BadRequestError, ConfigurationError, ForbiddenError

_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """Documents by the hash of their text; `only`: whether others are refused.

    >>> documents = TrustedDocuments({hash_of("{ a }"): "{ a }"}, only=True)
    >>> documents.chosen({"documentId": "sha256:" + hash_of("{ a }")})
    '{ a }'
    """

    documents: Mapping[str, str] = field(default_factory=dict)
    only: bool = False

    def chosen(self, given: Mapping[str, Any]) -> str | None:
        """The document that a request means, by hash or as a text; null where it has neither.

        Raises BadRequestError for a hash that is not known, ForbiddenError for other documents
        where only these are executed.
        """
        text = given.get("query")
        if text:
            if self.only and hash_of(text) not in self.documents:
                raise ForbiddenError("only documents that were agreed on are executed here")
            return str(text)
        hash = _hash_given(given)
        if hash is None:
            return None
        if hash not in self.documents:
            raise BadRequestError(f"no document has the hash {hash[:64]}", ("documentId",))
        return self.documents[hash]


def read_documents(path: Path, *, only: bool) -> TrustedDocuments:
    """The documents of a file; raises ConfigurationError that names the one at fault."""
    try:
        documents = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ConfigurationError(f"KG_TRUSTED_DOCUMENTS_FILE {path}: {error}") from error
    if not isinstance(documents, dict):
        raise ConfigurationError(
            f"KG_TRUSTED_DOCUMENTS_FILE {path} is no object of documents by their SHA-256"
        )
    for hash, text in documents.items():
        fault = _fault(hash, text)
        if fault is not None:
            raise ConfigurationError(f"KG_TRUSTED_DOCUMENTS_FILE {path}: {hash}: {fault}")
    return TrustedDocuments(documents, only)


def hash_of(document: str) -> str:
    """The SHA-256 of a document's text, as 64 hexadecimal digits."""
    return hashlib.sha256(document.encode(errors="replace")).hexdigest()


def _fault(hash: str, text: object) -> str | None:
    if not isinstance(text, str):
        return "not a text"
    if hash_of(text) != hash:
        return f"its document has the hash {hash_of(text)}"
    try:
        parse(text)
    except GraphQLError as error:
        return error.message
    return None


def _hash_given(given: Mapping[str, Any]) -> str | None:
    document_id = given.get("documentId")
    if isinstance(document_id, str):
        return document_id.removeprefix(_PREFIX)
    persisted = (given.get("extensions") or {}).get("persistedQuery")
    hash = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return hash if isinstance(hash, str) else None
