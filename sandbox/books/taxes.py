"""The taxes of the Books organization: simple, compound and groups of both (zoho-api 3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax, or a group of taxes.

    Attributes:
        id: Its id.
        name: Its name.
        percent: Its rate; of a group the sum of its members'.
        compound: Whether it is charged on the amount plus the simple taxes of its group.
        members: Ids of a group's taxes.
    """

    id: str
    name: str
    percent: Decimal
    compound: bool = False
    members: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """``tax``, ``compound_tax`` or ``tax_group``."""
        return "tax_group" if self.members else "compound_tax" if self.compound else "tax"


TAXES: Mapping[str, Tax] = {
    tax.id: tax
    for tax in (
        Tax("600012300000000601", "Sales Tax", Decimal("8.25")),
        Tax("600012300000000605", "Consumption Tax", Decimal(10)),
        Tax("600012300000000607", "Reduced Consumption Tax", Decimal(8)),
        Tax("600012300000000609", "Federal Tax", Decimal(5)),
        Tax("600012300000000611", "Provincial Tax", Decimal("9.5"), compound=True),
        Tax("600012300000000613", "Federal and Provincial", Decimal("14.5"),
            members=("600012300000000609", "600012300000000611")),
    )
}  # fmt: skip
"""Taxes by id."""


def parts_of(tax: Tax) -> list[tuple[Tax, Decimal]]:
    """Return the single taxes that a tax charges, each with its share of the net amount.

    A compound tax of a group is charged on the net amount plus the group's simple taxes.
    """
    members = [TAXES[member] for member in tax.members] or [tax]
    simple = sum((member.percent for member in members if not member.compound), Decimal(0)) / 100
    on_top = 1 + simple if tax.members else Decimal(1)
    return [(member, member.percent / 100 * (on_top if member.compound else 1)) for member in members]
