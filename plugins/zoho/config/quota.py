"""How an integration shares out the calls that Zoho allows: ``quota`` in its settings."""

from pydantic import BaseModel, ConfigDict, Field


class Quota(BaseModel):
    """How the calls that Zoho allows are shared out."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    reserve: int = Field(
        default=10,
        ge=0,
        le=90,
        description="Per cent of the calls and credits of each day that bulk work leaves to what is urgent (BEY-8): "
        "transactions, deals, webhooks, and what somebody waits for.",
    )
