"""A run that waits for a quota tells for what, until when, and when it will be done (BEY-8)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from zoho.engine.report import PRODUCT_NAMES


@dataclass(frozen=True, slots=True)
class Wait:
    """What a run waits for.

    Attributes:
        product: whose quota it is.
        until: when the run goes on by itself, aware UTC.
        done_by: about when it will be done; ``None`` before its plan is made.
    """

    product: str
    until: datetime
    done_by: datetime | None

    @property
    def sentence(self) -> str:
        """The wait in words."""
        told = f"waits for the calls of {PRODUCT_NAMES.get(self.product, self.product)} until {_moment(self.until)}"
        return f"{told}; done by about {_moment(self.done_by)}" if self.done_by else told


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
