"""The money of transactions, as Zoho's JSON tells it and wants it told (zoho-api 2.4, 3.4 to 3.7; TXN-6)."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from zoho.core.money.books import Figures
from zoho.core.money.crm import CrmDocument, CrmLine, LineTax
from zoho.core.money.document import Discount, Document, DocumentLine, Tax, TaxPart, TaxRounding
from zoho.core.money.exact import ONE, ZERO
from zoho.core.money.limits import MoneyProblem
from zoho.core.transforms.base import quoted

Raw = Mapping[str, Any]

_MOST_DIGITS = 25
_PERCENTAGE = re.compile(r"\s*\([\d.,\s]+%\)$")
"""What Books adds to a tax's name: ``Federal Tax (5%)``."""


def taxes_of_books(rows: Iterable[Raw]) -> tuple[Tax, ...]:
    """Return the taxes and tax groups of Books.

    Args:
        rows: what ``/settings/taxes`` answers under ``taxes``. It lists groups without their taxes; a group is known
            where its row holds them under ``taxes``, as ``/settings/taxgroups/{id}`` tells them.

    Raises:
        MoneyProblem: a percentage cannot be read.
    """
    return tuple(
        _group_of_row(row) if row.get("taxes") else _tax_of_row(row)
        for row in rows
        if row.get("taxes") or row.get("tax_type") != "tax_group"
    )


def _group_of_row(row: Raw) -> Tax:
    parts = tuple(part for member in row["taxes"] for part in _tax_of_row(member).parts)
    return Tax(str(row["tax_id"]), row["tax_name"], parts)


def _tax_of_row(row: Raw) -> Tax:
    compound = row.get("tax_type") == "compound_tax"
    percentage = _amount(row.get("tax_percentage"), f"tax {row['tax_name']}")
    part = TaxPart(str(row["tax_id"]), row["tax_name"], percentage, compound)
    return Tax(part.id, part.name, (part,))


def document_from_books(raw: Raw, taxes: Iterable[Raw]) -> Document:
    """Return the document that Books tells of, without its totals.

    Args:
        raw: an estimate, sales order, invoice or purchase order, whole.
        taxes: the taxes of the organization, as ``taxes_of_books`` takes them.

    Raises:
        MoneyProblem: a figure cannot be read, or a tax is not known.
        KeyError: an answer without currency or lines, which is no document.
    """
    known = {tax.id: tax for tax in taxes_of_books(taxes)}
    by_line = raw.get("discount_type") == "item_level"
    rounding: TaxRounding = "entity_level" if raw.get("tax_rounding") == "entity_level" else "item_level"
    return Document(
        currency=raw["currency_code"],
        places=int(raw["price_precision"]),
        lines=tuple(
            _line_from_books(f"line {number}", line, by_line, known)
            for number, line in enumerate(raw["line_items"], start=1)
        ),
        exchange_rate=_amount(raw.get("exchange_rate"), "exchange rate") or ONE,
        inclusive=bool(raw.get("is_inclusive_tax", False)),
        discount=Discount() if by_line else _discount(raw.get("discount"), "discount"),
        discount_before_tax=bool(raw.get("is_discount_before_tax", True)),
        shipping=_amount(raw.get("shipping_charge"), "shipping"),
        adjustment=_amount(raw.get("adjustment"), "adjustment"),
        tax_rounding=rounding,
    )


def _line_from_books(name: str, line: Raw, discounted: bool, taxes: Mapping[str, Tax]) -> DocumentLine:
    return DocumentLine(
        quantity=_amount(line.get("quantity"), f"{name}, quantity"),
        rate=_amount(line.get("rate"), f"{name}, rate"),
        discount=_discount(line.get("discount"), f"{name}, discount") if discounted else Discount(),
        tax=_tax_of_line(name, line, taxes),
        id=str(line.get("line_item_id") or ""),
        item_id=str(line.get("item_id") or ""),
        name=line.get("name") or "",
        description=line.get("description") or "",
    )


def _tax_of_line(name: str, line: Raw, taxes: Mapping[str, Tax]) -> Tax | None:
    """Return what a line is taxed with.

    A line tells the taxes of its group itself; a tax that was switched off since is only told by the line.

    Raises:
        MoneyProblem: a group whose taxes neither the line nor the organization tells.
    """
    tax_id, shown = str(line.get("tax_id") or ""), _plain(line.get("tax_name"))
    if not tax_id:
        return None
    told = [str(tax.get("tax_id") or "") for tax in line.get("line_item_taxes") or ()]
    if told and all(part in taxes for part in told):
        return Tax(tax_id, shown, tuple(part for one in told for part in taxes[one].parts))
    if tax_id in taxes:
        return taxes[tax_id]
    if line.get("tax_type") == "tax_group":
        raise MoneyProblem([f"{name}: Books does not tell which taxes are in {shown or tax_id}"])
    return _tax_of_row({**line, "tax_id": tax_id, "tax_name": shown})


def totals_of_books(raw: Raw) -> Figures:
    """Return the totals that Books tells of a document, as far as it does.

    Args:
        raw: the document, whole.

    Raises:
        MoneyProblem: a figure cannot be read.
    """
    found: dict[str, Decimal] = {}
    for number, line in enumerate(raw["line_items"], start=1):
        if raw.get("discount_type") == "item_level":
            _told(found, f"line {number}, discount", line, "discount_amount")
        _told(found, f"line {number}", line, "item_total")
        if line.get("line_item_taxes") is not None:
            amounts = [_amount(tax.get("tax_amount"), f"line {number}, tax") for tax in line["line_item_taxes"]]
            found[f"line {number}, tax"] = sum(amounts, ZERO)
    _told(found, "sub-total", raw, "sub_total")
    _told(found, "discount", raw, "discount_total")
    for tax in raw.get("taxes") or ():
        _told(found, _plain(tax.get("tax_name")), tax, "tax_amount")
    for name, key in (("tax", "tax_total"), ("shipping", "shipping_charge")):
        _told(found, name, raw, key)
    _told(found, "adjustment", raw, "adjustment")
    _told(found, "total", raw, "total")
    return found


def crm_money_of(raw: Raw, subform: str, places: int, currency: str = "") -> CrmDocument:
    """Return the money of a transaction of the CRM, without its totals.

    Args:
        raw: a quote, sales order, invoice or purchase order, got by its id: lists leave out the lines (zoho-api 2.2).
        subform: API name of the field with the lines, such as ``Quoted_Items``.
        places: decimal places of its currency in the CRM.
        currency: ISO code of the home currency, in which records are that tell none.

    Raises:
        MoneyProblem: a figure cannot be read.
    """
    return CrmDocument(
        currency=str(raw.get("Currency") or currency),
        places=places,
        lines=tuple(
            _line_from_crm(f"line {number}", row) for number, row in enumerate(raw.get(subform) or (), start=1)
        ),
        discount=_amount(raw.get("Discount"), "discount"),
        adjustment=_amount(raw.get("Adjustment"), "adjustment"),
        exchange_rate=_amount(raw.get("Exchange_Rate"), "exchange rate") or ONE,
    )


def _line_from_crm(name: str, row: Raw) -> CrmLine:
    product = row.get("Product_Name") or {}
    return CrmLine(
        list_price=_amount(row.get("List_Price"), f"{name}, price"),
        quantity=_amount(row.get("Quantity"), f"{name}, quantity"),
        discount=_amount(row.get("Discount"), f"{name}, discount"),
        taxes=tuple(
            LineTax(tax.get("name") or "", _amount(tax.get("percentage"), f"{name}, tax"), str(tax.get("id") or ""))
            for tax in row.get("Line_Tax") or ()
        ),
        id=str(row.get("id") or ""),
        product_id=str(product.get("id") or ""),
        name=product.get("name") or "",
        description=row.get("Description") or "",
    )


def totals_of_crm(raw: Raw, subform: str) -> Figures:
    """Return the totals that the CRM tells of a transaction, as far as it does.

    Args:
        raw: the transaction, got by its id.
        subform: API name of the field with the lines.

    Raises:
        MoneyProblem: a figure cannot be read.
    """
    found: dict[str, Decimal] = {}
    for number, row in enumerate(raw.get(subform) or (), start=1):
        _told(found, f"line {number} before discount", row, "Total")
        _told(found, f"line {number}", row, "Total_After_Discount")
        _told(found, f"line {number}, tax", row, "Tax")
        _told(found, f"line {number} with tax", row, "Net_Total")
    sums = {"sub-total": "Sub_Total", "discount": "Discount", "tax": "Tax", "adjustment": "Adjustment"}
    for name, key in {**sums, "total": "Grand_Total"}.items():
        _told(found, name, raw, key)
    return found


def _told(found: dict[str, Decimal], name: str, raw: Raw, key: str) -> None:
    if raw.get(key) is not None:
        found[name] = _amount(raw[key], name)


def _plain(tax_name: Any) -> str:
    return _PERCENTAGE.sub("", str(tax_name or ""))


def _discount(raw: Any, name: str) -> Discount:
    """Return a discount of Books: ``10%``, or an amount as number or text."""
    text = str(raw or "0").strip()
    return Discount(_amount(text.removesuffix("%"), name), percent=text.endswith("%"))


def _amount(raw: Any, name: str) -> Decimal:
    """Return a number; Zoho leaves out what is nothing, or tells null or ``""``.

    Raises:
        MoneyProblem: it is none.
    """
    if raw in (None, ""):
        return ZERO
    try:
        found = Decimal(raw if isinstance(raw, int | Decimal) and not isinstance(raw, bool) else str(raw).strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise MoneyProblem([f"{name}: {quoted(raw)} is no amount"])
    if found.adjusted() >= _MOST_DIGITS or found.as_tuple().exponent < -_MOST_DIGITS:  # type: ignore[operator]
        raise MoneyProblem([f"{name}: {quoted(raw)} has more digits than Zoho can hold"])
    return found
