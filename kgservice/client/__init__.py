"""A typed client of a service, to be used from other programs: `Client`, and `AsyncClient`.

Imports nothing of the rest but `kgservice.errors`, so that a program which only asks loads no
more than httpx.

    with Client("http://127.0.0.1:8000") as kg:
        played = [mention(film).follow("CAST_MEMBER") for film in ("Forest Gump", "Apolo 13")]
        for answer in kg.answers(played[0] & played[1]):
            print(answer.entity.label, answer.score)
"""

from kgservice.client.asking import AsyncClient, Client
from kgservice.client.calls import Minima
from kgservice.client.expressions import (
    Expression,
    Head,
    Mention,
    co_purchase,
    entity_type,
    ids,
    mention,
    product,
    query,
    query_product,
)
from kgservice.client.retrying import Patience
from kgservice.client.sending import ServiceError, UnreachableError
from kgservice.client.values import (
    Answer,
    Answers,
    Candidate,
    Commonsense,
    Entity,
    Outcome,
    Resolution,
    Statement,
    Suggestion,
)

__all__ = [
    "Answer",
    "Answers",
    "AsyncClient",
    "Candidate",
    "Client",
    "Commonsense",
    "Entity",
    "Expression",
    "Head",
    "Mention",
    "Minima",
    "Outcome",
    "Patience",
    "Resolution",
    "ServiceError",
    "Statement",
    "Suggestion",
    "UnreachableError",
    "co_purchase",
    "entity_type",
    "ids",
    "mention",
    "product",
    "query",
    "query_product",
]
