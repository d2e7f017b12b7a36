"""The fields of Mutation: what people did with names and say of them, and who may say it."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from kgservice.api.context import KGInfo
from kgservice.api.questions import given
from kgservice.api.types.feedback import (
    OutcomeInput,
    RecordOutcomesPayload,
    TeachAliasPayload,
    record_outcomes,
    teach_alias,
    unteach_alias,
)


@strawberry.type
class Mutation:
    """All that can be said."""

    @strawberry.mutation(
        description="What became of earlier resolutions; the learning of aliases starts from "
        "these. At most KG_MAX_OUTCOMES (1,000). What is sent again counts once. Scope feedback."
    )
    async def record_outcomes(
        self, info: KGInfo, outcomes: list[OutcomeInput]
    ) -> RecordOutcomesPayload | None:
        """Keep outcomes."""
        info.context.allow("feedback")
        return RecordOutcomesPayload(recorded=await record_outcomes(outcomes, info.context))

    @strawberry.mutation(
        description="A user says which entity a text means: it counts for that user at once, even "
        "against an exact name; without a user, for everybody (scope admin)."
    )
    async def teach_alias(
        self,
        info: KGInfo,
        text: str,
        entity: strawberry.ID,
        user: strawberry.ID | None = UNSET,
    ) -> TeachAliasPayload | None:
        """Teach an alias."""
        whose = given(user)
        info.context.allow("admin" if whose is None else "feedback")
        candidate = await teach_alias(text, entity, whose, info.context)
        return TeachAliasPayload(candidate=candidate)

    @strawberry.mutation(
        description="Takes back what teachAlias said; false where nothing was said."
    )
    async def unteach_alias(
        self,
        info: KGInfo,
        text: str,
        entity: strawberry.ID,
        user: strawberry.ID | None = UNSET,
    ) -> bool | None:
        """Take an alias back."""
        whose = given(user)
        info.context.allow("admin" if whose is None else "feedback")
        return await unteach_alias(text, entity, whose, info.context)
