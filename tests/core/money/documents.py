"""Random documents, and the same for the sandbox, which adds up by code of its own."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from sandbox.books.documents import totals as theirs
from sandbox.books.taxes import TAXES
from sandbox.sales.lineitems import added_up
from zoho.core.money.crm import CrmDocument, CrmLine, LineTax
from zoho.core.money.document import Discount, Document, DocumentLine, Tax, TaxPart

CURRENCIES = {"JPY": 0, "USD": 2, "KWD": 3}
RATES = {"JPY": Decimal("0.0067"), "USD": Decimal(1), "KWD": Decimal("3.25")}

SOLD = tuple(
    Tax(
        tax.id,
        tax.name,
        tuple(
            TaxPart(part.id, part.name, part.percent, part.compound)
            for part in ([TAXES[member] for member in tax.members] or [tax])
        ),
    )
    for tax in TAXES.values()
)
"""The sandbox's taxes and tax groups."""


def decimals(most: int, places: int, least: int = 0) -> st.SearchStrategy[Decimal]:
    """Numbers of up to so many decimal places."""
    return st.builds(
        lambda digits, shift: Decimal(digits).scaleb(-shift), st.integers(least, most), st.integers(0, places)
    )


_rates = st.one_of(decimals(99_999_999, 6), decimals(5_000, 2), decimals(0, 2, -9_999))
_quantities = st.one_of(st.integers(1, 20).map(Decimal), decimals(99_999, 4))
_percents = st.builds(Discount, decimals(10_000, 2).map(lambda value: value / 100), st.just(True))


def _discounts(places: int) -> st.SearchStrategy[Discount]:
    amounts = st.builds(Discount, st.integers(1, 9_999).map(lambda digits: Decimal(digits).scaleb(-places)))
    return st.one_of(st.just(Discount()), _percents, amounts)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    places = CURRENCIES[currency]
    by_line = draw(st.booleans())
    line = st.builds(
        DocumentLine,
        _quantities,
        _rates,
        _discounts(places) if by_line else st.just(Discount()),
        st.sampled_from([None, *SOLD]),
    )
    amounts = st.integers(-99_999, 99_999).map(lambda digits: Decimal(digits).scaleb(-places))
    return Document(
        currency=currency,
        places=places,
        lines=tuple(draw(st.lists(line, min_size=1, max_size=6))),
        exchange_rate=RATES[currency],
        inclusive=draw(st.booleans()),
        discount=Discount() if by_line else draw(_discounts(places)),
        discount_before_tax=draw(st.booleans()),
        shipping=abs(draw(amounts)) if draw(st.booleans()) else Decimal(0),
        adjustment=draw(amounts) if draw(st.booleans()) else Decimal(0),
        tax_rounding=draw(st.sampled_from(("item_level", "entity_level"))),
    )


@st.composite
def crm_documents(draw: st.DrawFn) -> CrmDocument:
    """Transactions as sales people make them."""
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    places = CURRENCIES[currency]
    amounts = st.integers(0, 99_999).map(lambda digits: Decimal(digits).scaleb(-places))
    charged = [tuple(LineTax(part.name, share * 100) for part, share in tax.shares) for tax in SOLD]
    line = st.builds(
        CrmLine, _rates, _quantities, st.one_of(st.just(Decimal(0)), amounts), st.sampled_from([(), *charged])
    )
    return CrmDocument(
        currency,
        places,
        tuple(draw(st.lists(line, min_size=1, max_size=6))),
        discount=draw(st.one_of(st.just(Decimal(0)), amounts)),
        adjustment=draw(st.one_of(st.just(Decimal(0)), amounts.map(lambda amount: -amount))),
    )


def sandbox_books(document: Document) -> theirs.Totals:
    """What the sandbox's Books makes of a document."""

    def discount(given: Discount) -> theirs.Discount:
        return theirs.Discount(given.value, given.percent)

    lines = [
        theirs.Line(line.rate, line.quantity, discount(line.discount), TAXES[line.tax.id] if line.tax else None)
        for line in document.lines
    ]
    terms = theirs.Terms(
        document.places,
        document.inclusive,
        discount(document.discount),
        document.discount_before_tax,
        document.shipping,
        document.adjustment,
        document.tax_rounding,
    )
    return theirs.totals(lines, terms)


def crm_record(document: CrmDocument) -> dict[str, Any]:
    """A quote as a client writes it."""
    rows = [
        {
            "List_Price": line.list_price,
            "Quantity": line.quantity,
            "Discount": line.discount,
            "Line_Tax": [{"name": tax.name, "percentage": tax.percentage} for tax in line.taxes],
        }
        for line in document.lines
    ]
    return {"Quoted_Items": rows, "Discount": document.discount, "Adjustment": document.adjustment}


def sandbox_crm(document: CrmDocument) -> dict[str, Any]:
    """The same with what the sandbox's CRM makes of it."""
    values = crm_record(document)
    return {**values, **added_up(values, "Quoted_Items", document.places)}
