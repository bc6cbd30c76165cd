"""How the CRM adds up a quote, order or invoice (zoho-api 2.4; TXN-6).

A line is its price times its quantity, less an amount; its taxes come on top, each rounded by itself. The document is
its lines with tax, less an amount, plus an adjustment. There is neither a percentage, nor a rate that includes tax,
nor a charge for shipping.
"""

from dataclasses import dataclass
from decimal import Decimal

from zoho.core.money.books import Figures
from zoho.core.money.exact import ONE, ZERO, exact, rounded
from zoho.core.money.note import Note


@dataclass(frozen=True, slots=True)
class LineTax:
    """One tax on a line.

    Attributes:
        name: its name.
        percentage: its rate on the line after discount.
        id: its id in the CRM, ``""`` where that is not known.
    """

    name: str
    percentage: Decimal
    id: str = ""


@dataclass(frozen=True, slots=True)
class CrmLine:
    """One line.

    Attributes:
        list_price: ``List_Price``, without tax.
        quantity: ``Quantity``.
        discount: ``Discount``, an amount of money.
        taxes: ``Line_Tax``.
        id: the row's id, ``""`` for a row that is not there yet.
        product_id: id of its product in the CRM, ``""`` where there is none.
        name: name of its product.
        description: ``Description``.
    """

    list_price: Decimal
    quantity: Decimal
    discount: Decimal = ZERO
    taxes: tuple[LineTax, ...] = ()
    id: str = ""
    product_id: str = ""
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class CrmDocument:
    """The money of a quote, sales order, invoice or purchase order.

    Attributes:
        currency: ISO code.
        places: decimal places of that currency in the CRM.
        lines: its lines in order.
        discount: ``Discount`` of the document, an amount of money.
        adjustment: ``Adjustment``.
        exchange_rate: what one unit of the home currency is worth in this currency: the inverse of Books' rate.
        notes: what is to be told of how the figures came about.
    """

    currency: str
    places: int
    lines: tuple[CrmLine, ...]
    discount: Decimal = ZERO
    adjustment: Decimal = ZERO
    exchange_rate: Decimal = ONE
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class CrmLineTotals:
    """What a line comes to.

    Attributes:
        total: ``Total``, price times quantity.
        after_discount: ``Total_After_Discount``.
        taxes: the value of each of its taxes.
        net_total: ``Net_Total``, with tax.
    """

    total: Decimal
    after_discount: Decimal
    taxes: tuple[Decimal, ...]
    net_total: Decimal

    @property
    def tax(self) -> Decimal:
        """``Tax`` of the line."""
        return sum(self.taxes, ZERO)


@dataclass(frozen=True, slots=True)
class CrmTotals:
    """What a document comes to.

    Attributes:
        lines: each line.
        sub_total: ``Sub_Total``, the lines with tax.
        discount: ``Discount`` of the document.
        tax: ``Tax``, that of the lines.
        adjustment: ``Adjustment``.
        grand_total: ``Grand_Total``.
    """

    lines: tuple[CrmLineTotals, ...]
    sub_total: Decimal
    discount: Decimal
    tax: Decimal
    adjustment: Decimal
    grand_total: Decimal

    def figures(self) -> Figures:
        """Return all of it by words."""
        found: dict[str, Decimal] = {}
        for number, line in enumerate(self.lines, start=1):
            found |= {f"line {number} before discount": line.total, f"line {number}": line.after_discount}
            found |= {f"line {number}, tax": line.tax, f"line {number} with tax": line.net_total}
        found |= {"sub-total": self.sub_total, "discount": self.discount, "tax": self.tax}
        found |= {"adjustment": self.adjustment, "total": self.grand_total}
        return found


@exact
def crm_totals(document: CrmDocument) -> CrmTotals:
    """Add a document up as the CRM does.

    Args:
        document: the document.
    """
    lines = tuple(_line(line, document.places) for line in document.lines)
    sub_total = sum((line.net_total for line in lines), ZERO)
    grand_total = rounded(sub_total - document.discount + document.adjustment, document.places)
    tax = sum((line.tax for line in lines), ZERO)
    return CrmTotals(lines, sub_total, document.discount, tax, document.adjustment, grand_total)


def _line(line: CrmLine, places: int) -> CrmLineTotals:
    total = rounded(line.list_price * line.quantity, places)
    after = total - rounded(line.discount, places)
    taxes = tuple(rounded(after * tax.percentage / 100, places) for tax in line.taxes)
    return CrmLineTotals(total, after, taxes, after + sum(taxes, ZERO))
