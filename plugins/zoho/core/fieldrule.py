"""Where one field may travel, and who wins when both sides changed it."""

from dataclasses import dataclass
from typing import Literal

FieldDirection = Literal["both", "to_books", "to_sales"]
FieldOwner = Literal["sales", "books", "newest"]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What the mapping says about one field, beside its value (CUS-6, BEY-2).

    Attributes:
        direction: the way the field travels; the module's own direction may close one of the ways.
        owner: who wins a conflict; ``None`` leaves that to the module.
    """

    direction: FieldDirection = "both"
    owner: FieldOwner | None = None
