"""Reading the money of transactions from Zoho's answers, over HTTP (zoho-api 2.4, 3.4 to 3.7; TXN-6)."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox import defaults
from tests.support.sandbox import Sandbox
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.core.money.books import books_totals
from zoho.core.money.crm import crm_totals
from zoho.core.money.differences import difference
from zoho.core.money.document import Discount
from zoho.core.money.from_crm import from_crm
from zoho.core.money.limits import MoneyProblem
from zoho.core.money.to_crm import to_crm
from zoho.modules.document_money import (
    crm_money_of,
    document_from_books,
    taxes_of_books,
    totals_of_books,
    totals_of_crm,
)
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

TAXES = [
    {"tax_id": "1", "tax_name": "Federal", "tax_percentage": 5, "tax_type": "tax"},
    {"tax_id": "2", "tax_name": "Provincial", "tax_percentage": Decimal("9.5"), "tax_type": "compound_tax"},
    {"tax_id": "3", "tax_name": "Both", "tax_percentage": Decimal("14.5"), "tax_type": "tax_group"},
]
LINE = {"rate": Decimal("2.5"), "quantity": 4, "discount": "10%", "tax_id": ""}
ESTIMATE = {"currency_code": "USD", "price_precision": 2, "discount_type": "item_level", "line_items": [LINE]}


def _transport(sandbox: Sandbox, product: str, ids: Any) -> Transport:
    given = Credentials(ids.client_id, ids.client_secret, ids.refresh_token, sandbox.url, sandbox.url)
    return Transport(product, given, MemoryTokenStore())


@pytest.fixture
def books(sandbox: Sandbox) -> BooksClient:
    """An empty Books organization."""
    sandbox.reset("empty")
    return BooksClient(_transport(sandbox, "books", defaults.BOOKS_CLIENT), defaults.BOOKS_ORGANIZATION_ID)


@pytest.fixture
def crm(sandbox: Sandbox) -> CrmClient:
    """Its CRM."""
    return CrmClient(_transport(sandbox, "crm", defaults.CRM_CLIENT))


def _made(books: BooksClient, each: str = "", **terms: Any) -> dict[str, Any]:
    taxes = {tax["tax_name"]: tax["tax_id"] for tax in books.taxes()}
    customer = books.create_contact({"contact_name": "Acme"})["contact_id"]
    lines = [
        {"name": "Tea", "rate": Decimal("19.99"), "quantity": Decimal("3.5"), "tax_id": taxes["Sales Tax"]},
        {"name": "Set", "rate": 100, "quantity": 1, "tax_id": taxes["Federal and Provincial"]},
        {"name": "Advice", "rate": Decimal("0.333"), "quantity": 30},
    ]
    for line in lines:
        line["discount"] = each
    return books.estimates.create({"customer_id": customer, "line_items": lines, **terms})


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"discount": "12.5%", "shipping_charge": Decimal("4.5"), "adjustment": Decimal("-0.37")},
        {"discount": 20, "is_discount_before_tax": False},
        {"each": "7.5%", "discount_type": "item_level"},
        {"is_inclusive_tax": True, "discount": "3%"},
    ],
)
@pytest.mark.parametrize("rounding", ["item_level", "entity_level"])
def test_what_books_answers_is_what_was_computed(sandbox, books, crm, rounding, terms):
    """TXN-6: every figure of Books' answer; and what is written into the CRM comes to the same there."""
    sandbox.settings(books_tax_rounding=rounding)
    raw, taxes = _made(books, **terms), books.taxes()
    given = document_from_books(raw, taxes)
    ours, theirs = books_totals(given).figures(), totals_of_books(raw)
    assert difference(ours, theirs) == []
    assert {
        "line 3",
        "line 2, tax",
        "sub-total",
        "discount",
        "tax",
        "Federal Tax",
        "total",
    } <= ours.keys() & theirs.keys()
    money = to_crm(given)
    (product,) = crm.insert("Products", [{"Product_Name": "Any"}])
    rows = [
        {
            "Product_Name": {"id": product.id},
            "List_Price": line.list_price,
            "Quantity": line.quantity,
            "Discount": line.discount,
            "Line_Tax": [{"name": tax.name, "percentage": tax.percentage} for tax in line.taxes],
        }
        for line in money.lines
    ]
    body = {"Subject": "Q", "Discount": money.discount, "Adjustment": money.adjustment, "Quoted_Items": rows}
    (result,) = crm.insert("Quotes", [body])
    quote = crm.record("Quotes", result.id)
    seen = crm_money_of(quote, "Quoted_Items", 2, "USD")
    assert [(one.list_price, one.quantity, one.discount) for one in seen.lines] == [
        (one.list_price, one.quantity, one.discount) for one in money.lines
    ]
    assert difference(crm_totals(money).figures(), totals_of_crm(quote, "Quoted_Items"), "the CRM") == []
    assert totals_of_crm(quote, "Quoted_Items")["total"] == theirs["total"]
    assert books_totals(from_crm(seen, taxes_of_books(taxes))).total == theirs["total"]


def test_discounts_of_lines_or_of_the_whole():
    """TXN-6: percentages are texts, and only one of the two counts."""
    (line,) = document_from_books({**ESTIMATE, "discount": 5}, TAXES).lines
    assert line.discount == Discount(Decimal(10), percent=True)
    whole = document_from_books({**ESTIMATE, "discount_type": "entity_level", "discount": "2.50%"}, TAXES)
    assert (whole.lines[0].discount, whole.discount) == (Discount(), Discount(Decimal("2.5"), percent=True))


def test_the_taxes_of_a_group():
    """TXN-6: Books lists groups without their taxes; the line tells them, or the group itself does."""
    told = [{"tax_id": "1", "tax_name": "Federal (5%)"}, {"tax_id": "2", "tax_name": "Provincial (9.5%)"}]
    grouped = {**LINE, "tax_id": "3", "tax_name": "Both", "tax_type": "tax_group", "tax_percentage": Decimal("14.5")}
    raw = {**ESTIMATE, "line_items": [{**grouped, "line_item_taxes": told}]}
    (line,) = document_from_books(raw, TAXES).lines
    assert [(part.id, part.compound) for part in line.tax.parts] == [("1", False), ("2", True)]
    whole = [*TAXES[:2], {**TAXES[2], "taxes": TAXES[:2]}]
    assert document_from_books({**ESTIMATE, "line_items": [grouped]}, whole).lines[0].tax == line.tax
    assert [tax.id for tax in taxes_of_books(TAXES)] == ["1", "2"]
    with pytest.raises(MoneyProblem, match="line 1: Books does not tell which taxes are in Both"):
        document_from_books({**ESTIMATE, "line_items": [grouped]}, TAXES)


def test_a_tax_that_was_switched_off_is_told_by_the_line():
    """TXN-6: an old document keeps its tax though the organization does not list it any more."""
    old = {**LINE, "tax_id": "8", "tax_name": "Old", "tax_type": "tax", "tax_percentage": 19, "line_item_taxes": []}
    (line,) = document_from_books({**ESTIMATE, "line_items": [old]}, TAXES).lines
    assert line.tax.share == Decimal("0.19")


def test_a_figure_that_is_none():
    """TXN-6: it is named, not taken for nothing."""
    with pytest.raises(MoneyProblem, match="line 1, rate: 'ten' is no amount"):
        document_from_books({**ESTIMATE, "line_items": [{**LINE, "rate": "ten"}]}, TAXES)
    assert crm_money_of({"Quoted_Items": [{"Quantity": None}]}, "Quoted_Items", 2, "EUR").currency == "EUR"
