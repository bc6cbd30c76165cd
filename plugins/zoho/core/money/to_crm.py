"""The money of a Books document as the CRM can hold it (TXN-2, TXN-6).

What comes to the same, in this order: the total; each line without tax; each tax. What the CRM cannot say is given
up:

- A rate that includes tax becomes the price without it; the line's net amount is that of Books.
- A percentage becomes the amount it comes to.
- A discount on the whole document before tax is spread over the lines, because the CRM taxes what a line comes to. So
  lines come to less than in Books, and the document's own discount is empty. After tax, or where nothing is taxed, it
  stays with the document.
- A compound tax becomes a tax of its percentage of the net amount.
- Shipping goes into the adjustment.
- Where Books rounds taxes once for the document, takes them out of rates, or taxes a line less an unrounded part of a
  discount, a tax can be a unit of the last place off. The adjustment takes that up, as far as rounding explains it.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from zoho.core.money.books import BooksTotals, books_totals
from zoho.core.money.bounds import rounding_bound
from zoho.core.money.crm import CrmDocument, CrmLine, LineTax, crm_totals
from zoho.core.money.differences import unequal
from zoho.core.money.document import Document, DocumentLine
from zoho.core.money.exact import ONE, ZERO, exact, rounded, unit
from zoho.core.money.exchange import check_exchange, crm_rate
from zoho.core.money.limits import LIMITS, Limits, MoneyProblem, price_with_discount
from zoho.core.money.notes import notes_for_crm


@exact
def to_crm(
    document: Document,
    *,
    places: int | None = None,
    base_places: int | None = None,
    limits: Limits = LIMITS,
) -> CrmDocument:
    """Return a document of Books as the CRM holds it; which products its lines have is the caller's to know.

    Args:
        document: the document.
        places: decimal places of the currency in the CRM, if not those of Books.
        base_places: decimal places of the home currency; with them what the total is worth there is checked too.
        limits: what numbers the CRM keeps.

    Raises:
        MoneyProblem: the CRM would come to something else; says which figure, and by how much.
    """
    totals = books_totals(document)
    places = document.places if places is None else places
    spread = _spread(document, totals)
    nets = [line.net - part for line, part in zip(totals.lines, spread, strict=True)]
    left = totals.discount - sum(spread, ZERO)
    lines = [
        _line(f"line {number}", line, document, (seen.gross, net), places, limits)
        for number, (line, seen, net) in enumerate(zip(document.lines, totals.lines, nets, strict=True), start=1)
    ]
    mirrored = CrmDocument(
        currency=document.currency,
        places=places,
        lines=tuple(lines),
        discount=max(left, ZERO),
        adjustment=document.shipping + document.adjustment - min(left, ZERO),
        exchange_rate=crm_rate(document.exchange_rate),
    )
    mirrored, rest = _adjusted(document, totals, nets, mirrored)
    mirrored = replace(mirrored, notes=tuple(notes_for_crm(document, totals, mirrored, spread, rest)))
    _check(mirrored, totals, limits)
    if base_places is not None:
        check_exchange(totals.total, document.exchange_rate, mirrored.exchange_rate, base_places)
    return mirrored


def _spread(document: Document, totals: BooksTotals) -> list[Decimal]:
    """Return how much of the document's discount each line takes, in whole units of the last place."""
    nets = [line.net for line in totals.lines]
    taxed = any(line.tax for line in document.lines)
    if not (document.discount_before_tax and totals.sub_total and taxed):
        return [ZERO] * len(nets)
    return apportioned(totals.discount, nets, document.places)


@exact
def apportioned(amount: Decimal, weights: Sequence[Decimal], places: int) -> list[Decimal]:
    """Return an amount in parts as large as the weights, which add up to it and are less than one unit off.

    Args:
        amount: what is divided, in whole units of the last place.
        weights: how large each part is; together they are not zero.
        places: decimal places of each part.
    """
    whole = sum(weights, ZERO)
    parts = [amount * weight / whole for weight in weights]
    found = [_cut(part, places) for part in parts]
    missing = amount - sum(found, ZERO)
    step = unit(places).copy_sign(missing)
    by_need = sorted(range(len(parts)), key=lambda place: (parts[place] - found[place]) / step, reverse=True)
    for place in by_need[: int(missing / step)]:
        found[place] += step
    return found


def _cut(value: Decimal, places: int) -> Decimal:
    """Return the whole units of an amount, towards zero."""
    near = rounded(value, places)
    return near - unit(places).copy_sign(value) if abs(near) > abs(value) else near


def _line(
    name: str,
    line: DocumentLine,
    document: Document,
    amounts: tuple[Decimal, Decimal],
    places: int,
    limits: Limits,
) -> CrmLine:
    """Return a line.

    Args:
        name: what it is called in messages.
        line: the line of Books.
        document: its document.
        amounts: what it comes to before its discount, and what is to be taxed.
        places: decimal places in the CRM.
        limits: what the CRM keeps.
    """
    gross, net = amounts
    limits.check_quantity(name, line.quantity)
    within = ONE + line.tax.share if document.inclusive and line.tax else ONE
    total = rounded(gross / within, document.places)
    price, discount = price_with_discount(line.rate / within, line.quantity, (total, net), places, limits)
    return CrmLine(
        list_price=price,
        quantity=line.quantity,
        discount=discount,
        taxes=tuple(LineTax(part.name, share * 100) for part, share in line.tax.shares) if line.tax else (),
        name=line.name,
        description=line.description,
    )


def _adjusted(
    document: Document, totals: BooksTotals, nets: Sequence[Decimal], mirrored: CrmDocument
) -> tuple[CrmDocument, Decimal]:
    """Return a mirrored document whose adjustment takes up what rounding left, and how much that is.

    Raises:
        MoneyProblem: rounding cannot explain it, or a line is not what it must be.
    """
    seen = crm_totals(mirrored)
    rest = totals.total - seen.grand_total
    numbered = enumerate(zip(seen.lines, nets, strict=True), start=1)
    wrong = [(f"line {number}", line.after_discount, net) for number, (line, net) in numbered]
    if abs(rest) > rounding_bound(document, mirrored.places):
        wrong.append(("total", seen.grand_total, totals.total))
    off = unequal(wrong, "the CRM", "in Books", mirrored.places)
    if off:
        raise MoneyProblem(off)
    return replace(mirrored, adjustment=mirrored.adjustment + rest), rest


def _check(mirrored: CrmDocument, totals: BooksTotals, limits: Limits) -> None:
    """Check that the CRM comes to the total, and keeps every figure.

    Raises:
        MoneyProblem: it does not.
    """
    found = crm_totals(mirrored)
    off = unequal([("total", found.grand_total, totals.total)], "the CRM", "in Books", mirrored.places)
    if off:
        raise MoneyProblem(off)
    for name, amount in found.figures().items():
        limits.check_amount(f"{name}: an amount", amount)
