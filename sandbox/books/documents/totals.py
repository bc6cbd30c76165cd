"""What a document comes to: lines, discounts, taxes, charges and total, exact to the currency's last place (TXN-6).

Every line is rounded to the currency's decimal places before anything is added up. Taxes are rounded line by line
(``item_level``) or tax by tax (``entity_level``), as the organization prefers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from sandbox.books.amounts import rounded
from sandbox.books.taxes import TAXES, Tax, parts_of

ZERO = Decimal(0)

TaxRounding = Literal["item_level", "entity_level"]
"""Where taxes are rounded."""


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount, in percent or as an amount.

    Attributes:
        value: How much.
        percent: Whether it is a percentage.
    """

    value: Decimal = ZERO
    percent: bool = False

    def of(self, base: Decimal, places: int) -> Decimal:
        """Return the amount it takes off a base."""
        return rounded(base * self.value / 100 if self.percent else self.value, places)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line's amounts are made of.

    Attributes:
        rate: Price of one.
        quantity: How many.
        discount: The line's own discount.
        tax: Its tax or tax group.
    """

    rate: Decimal
    quantity: Decimal
    discount: Discount = field(default_factory=Discount)
    tax: Tax | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How the lines of a document are added up.

    Attributes:
        places: Decimal places of the currency.
        inclusive: Whether rates include tax.
        discount: Discount on the whole document.
        discount_before_tax: Whether that discount lowers what is taxed.
        shipping: Shipping charge.
        adjustment: What is added or taken off at the end.
        tax_rounding: Where taxes are rounded.
    """

    places: int
    inclusive: bool = False
    discount: Discount = field(default_factory=Discount)
    discount_before_tax: bool = True
    shipping: Decimal = ZERO
    adjustment: Decimal = ZERO
    tax_rounding: TaxRounding = "item_level"


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What a line comes to.

    Attributes:
        gross: Rate times quantity.
        discount: Its own discount.
        total: What is left, without tax.
        total_with_tax: The same with tax.
        taxes: Each single tax's amount by its id.
    """

    gross: Decimal
    discount: Decimal
    total: Decimal
    total_with_tax: Decimal
    taxes: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document comes to.

    Attributes:
        lines: What each line comes to.
        sub_total: Sum of the lines without tax.
        sub_total_with_tax: Sum of the lines with tax.
        gross: Sum of rate times quantity.
        discount: The discount on the whole document; those of the lines are in ``sub_total`` already.
        taxes: Each single tax's amount by its id.
        tax_total: Their sum.
        total: What is to be paid.
    """

    lines: Sequence[LineTotals]
    sub_total: Decimal
    sub_total_with_tax: Decimal
    gross: Decimal
    discount: Decimal
    taxes: Mapping[str, Decimal]
    tax_total: Decimal
    total: Decimal

    @property
    def discount_total(self) -> Decimal:
        """All discounts together."""
        return self.discount + sum((line.discount for line in self.lines), ZERO)


def totals(lines: Sequence[Line], terms: Terms) -> Totals:
    """Add a document up."""
    nets = [_net(line, terms) for line in lines]
    sub_total = sum((net.total for net in nets), ZERO)
    discount = terms.discount.of(sub_total, terms.places) if terms.discount_before_tax else ZERO
    shares = _shares(nets, sub_total, discount)
    exact = [
        _exact_taxes(line, Fraction(net.total) - share) for line, net, share in zip(lines, nets, shares, strict=True)
    ]
    taxed = [_with_taxes(net, share, taxes, terms) for net, share, taxes in zip(nets, shares, exact, strict=True)]
    # Rates that include tax give the sum to pay, which only taxes that were taken out line by line add up to.
    at_once = terms.tax_rounding == "entity_level" and not terms.inclusive
    by_tax = _at_once(exact, terms.places) if at_once else _by_tax([line.taxes for line in taxed])
    tax_total = sum(by_tax.values(), ZERO)
    if not terms.discount_before_tax:
        discount = terms.discount.of(sub_total + tax_total, terms.places)
    return Totals(
        lines=taxed,
        sub_total=sub_total,
        sub_total_with_tax=sum((line.total_with_tax for line in taxed), ZERO),
        gross=sum((line.gross for line in taxed), ZERO),
        discount=discount,
        taxes=by_tax,
        tax_total=tax_total,
        total=sub_total - discount + tax_total + terms.shipping + terms.adjustment,
    )


def _net(line: Line, terms: Terms) -> LineTotals:
    """Return a line before taxes: of a rate that includes tax, what is left without it."""
    gross = rounded(line.rate * line.quantity, terms.places)
    discount = line.discount.of(gross, terms.places)
    left = gross - discount
    if not (terms.inclusive and line.tax):
        return LineTotals(gross, discount, left, left, {})
    share = sum((part for _, part in parts_of(line.tax)), ZERO)
    return LineTotals(gross, discount, rounded(left / (1 + share), terms.places), left, {})


def _shares(nets: Sequence[LineTotals], sub_total: Decimal, discount: Decimal) -> list[Fraction]:
    """Return how much of the document's discount falls on each line.

    As fractions: with a third cut off after some digits, a tax that is exactly half a cent would be rounded down.
    """
    return [Fraction(discount) * Fraction(net.total) / Fraction(sub_total or 1) * bool(sub_total) for net in nets]


def _exact_taxes(line: Line, net: Fraction) -> dict[str, Fraction]:
    return {tax.id: net * Fraction(part) for tax, part in parts_of(line.tax)} if line.tax else {}


def _with_taxes(net: LineTotals, share: Fraction, exact: Mapping[str, Fraction], terms: Terms) -> LineTotals:
    taxes = {tax_id: _rounded(value, terms.places) for tax_id, value in exact.items()}
    if terms.inclusive and taxes and not share:
        # What the customer pays was given: rounding may not change it, so the last tax takes up the difference.
        last = list(taxes)[-1]
        taxes[last] += net.total_with_tax - net.total - sum(taxes.values(), ZERO)
    with_tax = net.total_with_tax if terms.inclusive else net.total + sum(taxes.values(), ZERO)
    return LineTotals(net.gross, net.discount, net.total, with_tax, taxes)


def _by_tax(taxes: Sequence[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    found = {tax_id: [of_line[tax_id] for of_line in taxes if tax_id in of_line] for tax_id in TAXES}
    return {tax_id: sum(values, ZERO) for tax_id, values in found.items() if values}


def _at_once(exact: Sequence[Mapping[str, Fraction]], places: int) -> dict[str, Decimal]:
    found = {tax_id: [of_line[tax_id] for of_line in exact if tax_id in of_line] for tax_id in TAXES}
    return {tax_id: _rounded(sum(values, Fraction()), places) for tax_id, values in found.items() if values}


def _rounded(value: Fraction, places: int) -> Decimal:
    """Return a fraction rounded to decimal places, halves away from zero."""
    units = math.floor(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-places)
