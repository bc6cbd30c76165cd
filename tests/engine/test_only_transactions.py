"""Transactions that events tell of (TXN-5): their lines come with a single record only."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.engine.test_only import run_only
from tests.support.lab import Lab
from tests.support.transactions import in_books, made_in_crm, settle, with_transactions

QUOTES, ESTIMATES = ("sales", "Quotes"), ("books", "estimates")


@pytest.fixture
def firm(empty_lab: Lab) -> Lab:
    """Estimates on; a customer and a product are on both sides."""
    with_transactions(empty_lab)
    empty_lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    empty_lab.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
    for module in ("products", "customers"):
        assert empty_lab.run(module).state == "success"
    settle(empty_lab, "estimates")
    return empty_lab


def price(lab: Lab, quote: str, price: str) -> None:
    """Changes the price of the quote's only line."""
    record = lab.crm.record("Quotes", quote)
    assert record
    (row,) = record["Quoted_Items"]
    lab.crm.update("Quotes", [{"id": quote, "Quoted_Items": [{"id": row["id"], "List_Price": Decimal(price)}]}])


def test_two_edits_of_one_second_are_both_seen(firm: Lab):
    """TXN-5: a look between them may not take the second for the first, whose time it has."""
    quote = made_in_crm(firm, "Quotes")
    settle(firm, "estimates")
    firm.sandbox.clock(now=datetime(2027, 1, 1, tzinfo=UTC))
    firm.tokens = type(firm.tokens)()
    for wanted in ("20", "30"):
        price(firm, quote, wanted)
        run_only(firm, {QUOTES: frozenset({quote})}, "estimates")
        (estimate,) = in_books(firm, "estimates")
        assert [Decimal(str(row["rate"])) for row in estimate["line_items"]] == [Decimal(wanted)]


def test_a_quote_of_another_layout_is_not_taken_for_deleted(firm: Lab):
    """TXN-3, TXN-5: it is not meant, and nothing is made of it or done to it."""
    quote = made_in_crm(firm, "Quotes", layout="Standard")
    report = run_only(firm, {QUOTES: frozenset({quote})}, "estimates")
    assert report.state == "success"
    assert in_books(firm, "estimates") == []
    assert firm.crm.record("Quotes", quote)
