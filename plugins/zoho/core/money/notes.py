"""How amounts of one side were written in the terms of the other, for people who wonder (TXN-6)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from zoho.core.money.books import BooksTotals
from zoho.core.money.crm import CrmDocument, CrmLine
from zoho.core.money.document import Document, DocumentLine
from zoho.core.money.exact import written
from zoho.core.money.note import Note


def notes_for_crm(
    document: Document, totals: BooksTotals, mirrored: CrmDocument, spread: Sequence[Decimal], rest: Decimal
) -> Iterator[Note]:
    """Yield what is written otherwise in the CRM than in Books.

    Args:
        document: as Books has it.
        totals: what it comes to.
        mirrored: as the CRM is to have it.
        spread: the part of the document's discount that each line takes.
        rest: what the adjustment takes up of rounding.
    """
    for number, (line, row) in enumerate(zip(document.lines, mirrored.lines, strict=True), start=1):
        yield from (Note("lines", f"line {number}: {text}") for text in _line(document, line, row))
    amount = written(totals.discount, document.places)
    if any(spread):
        whole = f"the discount of {amount} on the whole is spread over the lines, because it comes before tax"
        yield Note("lines", whole)
    elif document.discount.percent and totals.discount:
        percentage = written(document.discount.value)
        yield Note("discount", f"the discount of {percentage} % on the whole is written as {amount}")
    if document.shipping:
        shipping = written(document.shipping, document.places)
        yield Note("adjustment", f"the adjustment includes {shipping} for shipping")
    yield from _rounding(rest, document.places)


def _line(document: Document, line: DocumentLine, row: CrmLine) -> Iterator[str]:
    places = document.places
    if line.discount.percent and line.discount.value:
        yield f"the discount of {written(line.discount.value)} % is written as {written(row.discount, places)}"
    if line.tax is None:
        return
    if document.inclusive:
        rate, price = written(line.rate, places), written(row.list_price, places)
        yield f"the rate of {rate} with tax is written as {price} without"
    for part, share in line.tax.shares:
        if part.compound:
            yield f"{part.name} of {written(part.percentage)} % on top of other taxes is {written(share * 100)} %"


def notes_for_books(document: CrmDocument, made: Document, rest: Decimal) -> Iterator[Note]:
    """Yield what is written otherwise in Books than in the CRM.

    Args:
        document: as the CRM has it.
        made: as Books is to have it.
        rest: what the adjustment takes up of rounding.
    """
    moved = document.discount - made.discount.value
    if moved:
        amount = written(-moved, document.places)
        text = f"the adjustment includes {amount} in Books, the discount on the whole: Books has it on lines or there"
        yield Note("discount", text)
    yield from _rounding(rest, made.places)


def _rounding(rest: Decimal, places: int) -> Iterator[Note]:
    if rest:
        amount = written(rest, places)
        yield Note("adjustment", f"the adjustment includes {amount} because taxes are rounded differently")
