"""What decides the money of an estimate, sales order, invoice or purchase order of Books (zoho-api 3.4 to 3.6)."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from zoho.core.money.exact import ONE, ZERO, exact, rounded
from zoho.core.money.note import Note

TaxRounding = Literal["item_level", "entity_level"]
"""Where Books rounds taxes: on every line, or once for the document."""


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount.

    Attributes:
        value: an amount of money, or a percentage.
        percent: which of the two it is.
    """

    value: Decimal = ZERO
    percent: bool = False

    @exact
    def of(self, base: Decimal, places: int) -> Decimal:
        """Return what it takes off an amount, rounded to decimal places."""
        return rounded(base * self.value / 100 if self.percent else self.value, places)


@dataclass(frozen=True, slots=True)
class TaxPart:
    """One tax.

    Attributes:
        id: its id in Books.
        name: its name.
        percentage: its rate, 8.25 for 8.25 %.
        compound: whether it is charged on the amount with the simple taxes of its group.
    """

    id: str
    name: str
    percentage: Decimal
    compound: bool = False


@dataclass(frozen=True, slots=True)
class Tax:
    """What a line is taxed with: one tax, or a group of several.

    Attributes:
        id: id of the tax or the group.
        name: its name.
        parts: the taxes, in the order of the group.
    """

    id: str
    name: str
    parts: tuple[TaxPart, ...]

    @property
    def shares(self) -> tuple[tuple[TaxPart, Decimal], ...]:
        """Each tax with its share of the net amount: 0.09975 for 9.5 % compound on top of 5 %."""
        simple = sum((part.percentage for part in self.parts if not part.compound), ZERO) / 100
        return tuple((part, part.percentage / 100 * (ONE + simple if part.compound else ONE)) for part in self.parts)

    @property
    def share(self) -> Decimal:
        """The share of all of them together."""
        return sum((share for _, share in self.shares), ZERO)


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line.

    Attributes:
        id: its id in Books, ``""`` for a line that is not there yet.
        item_id: id of its item in Books, ``""`` for free text.
        name: what is sold.
        description: more about it.
        quantity: how much of it.
        rate: the price of one; with tax where the document says so.
        discount: the line's own discount.
        tax: what it is taxed with.
    """

    quantity: Decimal
    rate: Decimal
    discount: Discount = field(default_factory=Discount)
    tax: Tax | None = None
    id: str = ""
    item_id: str = ""
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document, without its totals.

    Attributes:
        currency: ISO code.
        places: decimal places of that currency in Books.
        lines: its lines in order.
        exchange_rate: what one unit of the currency is worth in the organization's base currency.
        inclusive: whether rates include tax.
        discount: on the whole document; none when the lines have theirs.
        discount_before_tax: whether that discount lowers what is taxed.
        shipping: shipping charge, never taxed here.
        adjustment: what is added or taken off at the end.
        tax_rounding: where taxes are rounded.
        notes: what is to be told of how the figures came about.
    """

    currency: str
    places: int
    lines: tuple[DocumentLine, ...]
    exchange_rate: Decimal = ONE
    inclusive: bool = False
    discount: Discount = field(default_factory=Discount)
    discount_before_tax: bool = True
    shipping: Decimal = ZERO
    adjustment: Decimal = ZERO
    tax_rounding: TaxRounding = "item_level"
    notes: tuple[Note, ...] = ()
