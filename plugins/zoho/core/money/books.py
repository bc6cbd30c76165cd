"""How Books adds up a document (TXN-6).

Every line is rounded before it is taxed or added; what is left after the line's discount is what the line comes to.
A discount on the whole document that comes before tax lowers what is taxed, line by line in proportion, unrounded.
Taxes are rounded on every line, or summed and rounded tax by tax. Rates that include tax give what is to be paid:
the net amount is rounded out of it, and the last tax of the line takes up what rounding left.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zoho.core.money.document import Document, DocumentLine
from zoho.core.money.exact import ZERO, exact, rounded

Figures = Mapping[str, Decimal]
"""What a document comes to, by the words that name each figure: ``total``, ``line 2``, ``line 2, tax``."""

Taxes = Mapping[str, Decimal]
"""Amounts of tax by the tax's id."""


@dataclass(frozen=True, slots=True)
class BooksLine:
    """What a line comes to.

    Attributes:
        gross: rate times quantity.
        discount: the line's own.
        net: what is left, without tax; Books calls it ``item_total``.
        taxes: each tax by its id.
    """

    gross: Decimal
    discount: Decimal
    net: Decimal
    taxes: Taxes

    @property
    def tax(self) -> Decimal:
        """All its taxes together."""
        return sum(self.taxes.values(), ZERO)


@dataclass(frozen=True, slots=True)
class _Untaxed:
    """A line before tax.

    Attributes:
        gross: rate times quantity.
        discount: the line's own.
        left: what is left; with tax where rates include it.
        net: the same without tax.
    """

    gross: Decimal
    discount: Decimal
    left: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class BooksTotals:
    """What a document comes to.

    Attributes:
        lines: each line.
        sub_total: the lines together, without tax.
        discount: the one on the whole document; the lines' own are in ``sub_total`` already.
        taxes: each tax by its id.
        tax_names: the names of these taxes.
        shipping: shipping charge.
        adjustment: what was added or taken off at the end.
        total: what is to be paid.
    """

    lines: tuple[BooksLine, ...]
    sub_total: Decimal
    discount: Decimal
    taxes: Taxes
    tax_names: Mapping[str, str]
    shipping: Decimal
    adjustment: Decimal
    total: Decimal

    @property
    def tax(self) -> Decimal:
        """All taxes together."""
        return sum(self.taxes.values(), ZERO)

    @property
    def discounts(self) -> Decimal:
        """All discounts together, those of the lines too."""
        return self.discount + sum((line.discount for line in self.lines), ZERO)

    def figures(self) -> Figures:
        """Return all of it by words."""
        found: dict[str, Decimal] = {}
        for number, line in enumerate(self.lines, start=1):
            found |= {f"line {number}, discount": line.discount, f"line {number}": line.net}
            found[f"line {number}, tax"] = line.tax
        found |= {"sub-total": self.sub_total, "discount": self.discounts}
        found |= {self.tax_names[tax_id]: amount for tax_id, amount in self.taxes.items()}
        found |= {"tax": self.tax, "shipping": self.shipping, "adjustment": self.adjustment, "total": self.total}
        return found


@exact
def books_totals(document: Document) -> BooksTotals:
    """Add a document up as Books does.

    Args:
        document: the document.
    """
    nets = [_net(line, document) for line in document.lines]
    sub_total = sum((net.net for net in nets), ZERO)
    early = document.discount.of(sub_total, document.places) if document.discount_before_tax else ZERO

    def taxable(net: Decimal) -> Decimal:
        # Multiplied before it is divided: a tie must not get lost in the digits of a third.
        return net * (sub_total - early) / sub_total if sub_total else net

    lines = [
        _taxed(line, net, taxable, document, given=not early or not sub_total)
        for line, net in zip(document.lines, nets, strict=True)
    ]
    taxes = _at_once(document, nets, taxable) if _rounds_at_once(document) else _summed(one.taxes for one in lines)
    tax = sum(taxes.values(), ZERO)
    late = ZERO if document.discount_before_tax else document.discount.of(sub_total + tax, document.places)
    discount = early + late
    return BooksTotals(
        lines=tuple(lines),
        sub_total=sub_total,
        discount=discount,
        taxes=taxes,
        tax_names={part.id: part.name for line in document.lines if line.tax for part in line.tax.parts},
        shipping=document.shipping,
        adjustment=document.adjustment,
        total=sub_total - discount + tax + document.shipping + document.adjustment,
    )


def _rounds_at_once(document: Document) -> bool:
    # What is to be paid was given where rates include tax: only taxes taken out line by line add up to it.
    return document.tax_rounding == "entity_level" and not document.inclusive


def _net(line: DocumentLine, document: Document) -> _Untaxed:
    """Return a line before tax."""
    gross = rounded(line.rate * line.quantity, document.places)
    discount = line.discount.of(gross, document.places)
    left = gross - discount
    net = rounded(left / (1 + line.tax.share), document.places) if document.inclusive and line.tax else left
    return _Untaxed(gross, discount, left, net)


def _taxed(
    line: DocumentLine, net: _Untaxed, taxable: Callable[[Decimal], Decimal], document: Document, *, given: bool
) -> BooksLine:
    """Return a line with its taxes.

    Args:
        line: the line.
        net: the same before tax.
        taxable: gives what is taxed of a net amount.
        document: the document.
        given: whether what is to be paid was given, so that rounding may not change it.
    """
    shares = line.tax.shares if line.tax else ()
    taxes = {part.id: rounded(taxable(net.net * share), document.places) for part, share in shares}
    if document.inclusive and taxes and given:
        taxes[shares[-1][0].id] += net.left - net.net - sum(taxes.values(), ZERO)
    return BooksLine(net.gross, net.discount, net.net, taxes)


def _at_once(
    document: Document, nets: Sequence[_Untaxed], taxable: Callable[[Decimal], Decimal]
) -> dict[str, Decimal]:
    """Return the taxes, each summed up first and rounded then."""
    unrounded = _summed(
        {part.id: net.net * share for part, share in line.tax.shares}
        for line, net in zip(document.lines, nets, strict=True)
        if line.tax
    )
    return {tax_id: rounded(taxable(amount), document.places) for tax_id, amount in unrounded.items()}


def _summed(taxes: Iterable[Taxes]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for of_line in taxes:
        for tax_id, amount in of_line.items():
            sums[tax_id] = sums.get(tax_id, ZERO) + amount
    return sums
