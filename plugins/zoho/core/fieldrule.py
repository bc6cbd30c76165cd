"""Where one field may travel, and who wins when both sides changed it."""

from dataclasses import dataclass
from typing import Literal

from zoho.core.records import Side

FieldDirection = Literal["both", "to_books", "to_sales"]
Owner = Literal["sales", "books", "newest"]
"""Who wins a conflict: a side, or the record that was modified last (BEY-2)."""

_SOURCE: dict[FieldDirection, Side] = {"to_books": "sales", "to_sales": "books"}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What the mapping says about one field, beside its value (CUS-6, BEY-2).

    Attributes:
        direction: the way the field travels; the module's own direction may close one of the ways.
        owner: who wins a conflict; ``None`` leaves that to the module.
        needed_on: the sides that make no record without a value here.
    """

    direction: FieldDirection = "both"
    owner: Owner | None = None
    needed_on: frozenset[Side] = frozenset()

    def allows(self, target: Side) -> bool:
        """Whether the field may be written on a side."""
        return self.source != target

    @property
    def source(self) -> Side | None:
        """The side that a field which travels one way comes from."""
        return _SOURCE.get(self.direction)
