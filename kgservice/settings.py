"""What an operator can set: environment variables with the prefix KG_, or a `.env` file.

Built once, in `kgservice.cli`, and frozen. Nothing below `app` and `cli` sees a Settings: each room
is handed the values that it needs.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from platformdirs import user_cache_path, user_data_path
from pydantic import AfterValidator, ByteSize, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kgservice.errors import ConfigurationError
from kgservice.limits import Limits
from kgservice.serving.choice import EvaluatorChoice
from kgservice.telemetry.logs import LogForm

_PREFIX = "KG_"
#: What the driver also takes, HTTP, is another protocol: it is a preview, and slower.
_BOLT = tuple(f"{name}{safety}://" for name in ("bolt", "neo4j") for safety in ("", "+s", "+ssc"))


def _over_bolt(uri: str) -> str:
    if not uri.startswith(_BOLT):
        raise ValueError("write bolt://HOST:7687, or neo4j+s://HOST for a cluster or Aura")
    return uri


class Settings(BaseSettings):
    """All settings with their defaults; the description of each is its documentation."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    neo4j_uri: Annotated[str, AfterValidator(_over_bolt)] | None = Field(
        None, description="Your Neo4j: bolt://, neo4j:// or neo4j+s://. Unset: a local one is run."
    )
    neo4j_user: str = Field("neo4j", description="User of your Neo4j.")
    neo4j_password: SecretStr | None = Field(None, description="Password of your Neo4j.")
    neo4j_password_file: Path | None = Field(
        None, description="A file that holds the password, instead of KG_NEO4J_PASSWORD."
    )
    neo4j_database: str = Field("neo4j", description="Database name.")
    neo4j_version: str = Field("2026.09.0", description="Version of the local Neo4j.")
    neo4j_heap: str = Field("1g", description="Largest heap of the local Neo4j, as in -Xmx.")
    neo4j_page_cache: str = Field("256m", description="Page cache of the local Neo4j.")
    neo4j_mirror: str | None = Field(
        None, description="A mirror of Maven Central that the local Neo4j's files come from."
    )
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("kgservice"),
        description="Where the local Neo4j and the index files live.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("kgservice"),
        description="Where the files of Neo4j are kept, for all data directories of the user.",
    )
    host: str = Field("127.0.0.1", description="Address that the API listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the API listens on; 0: any.")
    workers: int = Field(1, ge=1, le=64, description="Processes that serve the API.")
    api_keys_file: Path | None = Field(
        None, description="A JSON file of API keys; needed on any address but loopback."
    )
    api_key: SecretStr | None = Field(None, description="The key that `kgservice mcp` asks with.")
    rate_per_minute: int = Field(
        6_000, gt=0, description="Requests a minute of a key that has no rate of its own."
    )
    trusted_documents_file: Path | None = Field(
        None, description="A JSON file of GraphQL documents by their SHA-256, to be sent by hash."
    )
    trusted_only: bool = Field(False, description="Whether no other documents are executed.")
    introspection: bool = Field(True, description="Whether clients may ask for the schema.")
    allowed_hosts: str = Field(
        "", description="Names that the service is known by, with commas; local ones always are."
    )
    cors_origins: str = Field(
        "", description="Origins of web pages that may read answers, with commas."
    )
    evaluator: EvaluatorChoice = Field(EvaluatorChoice.AUTO, description="Who answers queries.")
    max_lag: float = Field(
        1.0, ge=0, description="Seconds that the index may be behind before Neo4j answers."
    )
    index_memory: ByteSize = Field(
        ByteSize(8 * 2**30), description="Bytes that the index may take, such as 8GiB."
    )
    language: str = Field("en", description="BCP 47 language of queries that name none.")
    changes_kept_days: float = Field(
        7.0, ge=0, description="Days for which the change log is kept, for indexes and /changes."
    )
    export_bytes: ByteSize = Field(
        ByteSize(4 * 2**30), description="Bytes of finished exports that are kept for /export."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_form: LogForm = Field(LogForm.TEXT, description="Log lines: text, or json.")
    access_log: bool = Field(False, description="Whether each request is a line in the log.")
    slow_seconds: float = Field(
        1.0, gt=0, description="Seconds after which an operation or a statement is noted as slow."
    )
    unready_seconds: float = Field(
        0.0,
        ge=0,
        description="Seconds of being unready after SIGTERM, before the socket is closed.",
    )
    drain_seconds: int | None = Field(
        None,
        gt=0,
        description="Seconds for responses to end in, once the socket is closed; what is still "
        "sent then is cut off. Unset: KG_QUERY_TIMEOUT and 5 more.",
    )
    traces: bool = Field(
        False, description="Whether spans go out, where OTEL_EXPORTER_OTLP_ENDPOINT says."
    )

    query_timeout: float = Field(5.0, gt=0, description="Seconds after which a query is stopped.")
    body_timeout: float = Field(
        10.0, gt=0, description="Seconds in which the body of a request must have arrived."
    )
    max_at_once: int = Field(
        64,
        gt=0,
        description="Operations and reconciliations that a worker works on at once; more wait for "
        "a second.",
    )
    max_waiting: int = Field(
        128, ge=0, description="Operations that wait; whatever is more is refused at once."
    )
    max_exports: int = Field(8, gt=0, description="Exports that a worker sends at once.")
    max_followers: int = Field(
        64, gt=0, description="Callers that a worker tells changes to at once."
    )
    max_document_bytes: int = Field(100_000, gt=0, description="Bytes of a GraphQL document.")
    max_nesting: int = Field(12, gt=0, description="Nesting of expressions.")
    max_operands: int = Field(50, gt=0, description="Operands of one intersect or union.")
    max_steps: int = Field(20, gt=0, description="Steps of one walk.")
    max_hops: int = Field(10, gt=0, description="Repetitions of a step, closures aside.")
    max_walk_hops: int = Field(30, gt=0, description="Hops of a whole walk, closures aside.")
    max_ids: int = Field(1_000, gt=0, description="Ids in `ids`, `entities` and `nodes`.")
    max_mentions: int = Field(100, gt=0, description="Mentions of one request.")
    max_heads: int = Field(100, gt=0, description="Heads of one `commonsense`.")
    max_outcomes: int = Field(1_000, gt=0, description="Outcomes of one `recordOutcomes`.")
    max_candidates: int = Field(100, gt=0, description="Candidates of one mention.")
    max_first: int = Field(1_000, gt=0, description="Rows of one page.")
    max_text: int = Field(
        10_000, gt=0, description="Characters of one text: a mention, its context, a path, a query."
    )
    max_tokens: int = Field(5_000, gt=0, description="Tokens of a GraphQL document.")
    max_depth: int = Field(20, gt=0, description="Levels of fields in a GraphQL document.")
    max_aliases: int = Field(30, gt=0, description="Aliases in a GraphQL document.")
    max_fields: int = Field(
        1_000, gt=0, description="Fields in a GraphQL document, those of fragments at each spread."
    )
    max_cost: int = Field(
        1_000_000, gt=0, description="Objects that a GraphQL document can return at most."
    )
    max_directives: int = Field(200, gt=0, description="Directives in a GraphQL document.")

    @property
    def drain(self) -> int:
        """Seconds for responses to end in when the service does."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        return math.ceil(self.query_timeout) + 5

    @property
    def limits(self) -> Limits:
        """The limits on requests, as one value."""
        return Limits(**{name: getattr(self, f"max_{name}") for name in Limits.__slots__})


def read_settings(**overrides: Any) -> Settings:
    """The settings of this process; overrides come from command-line options.

    Raises ConfigurationError that names the variable, its value and what is wrong with it.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_complaints(error))) from error


def origin_of(name: str) -> str:
    """Where the value of a setting comes from: the environment, a `.env` file, or its default."""
    variable = (_PREFIX + name).upper()
    if os.environ.get(variable):
        return "environment"
    written = {key.upper(): value for key, value in dotenv_values(".env").items()}
    return ".env" if written.get(variable) else "default"


def _complaints(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        name = _PREFIX + "_".join(str(part) for part in fault["loc"]).upper()
        shown = "" if name.lower().endswith(("password", "key")) else f" is {fault['input']!r}"
        said = fault["msg"].removeprefix("Value error, ")
        yield f"{name}{shown}: {said[:1].lower()}{said[1:]}"
