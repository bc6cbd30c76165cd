"""The guards of a module: what keeps a mistake from spreading (BEY-5)."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class Guards(BaseModel):
    """A plan beyond these bounds waits for a person's approval before it is carried out (BEY-5)."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    share: int = Field(
        default=50,
        ge=0,
        le=100,
        description="Per cent of the records of a side that one run may change; 100 allows all. Of a list that lacks "
        "more than that nothing is taken for deleted.",
    )
    records: int = Field(default=50, ge=0, description="As many records may be changed in any case.")
    creates: int | None = Field(
        default=None,
        ge=0,
        description="As many records may one run create on a side; any number without it, since a first run creates "
        "all of them.",
    )
    deactivations: int = Field(
        default=25, ge=0, description="As many records of Books may one run make inactive, with deletes: deactivate."
    )
    money: Decimal | None = Field(
        default=None,
        ge=0,
        description="So much may the totals of one run's transactions come to in any currency: of those that are "
        "created and voided, and what the others change by; any amount without it.",
    )
    wait_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        description="How long approval is waited for; a plan that nobody has approved by then is not carried out.",
    )
