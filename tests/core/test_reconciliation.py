"""Sums of both sides and their differences (TXN-6), case by case."""

from decimal import Decimal

import pytest

from zoho.core.reconciliation import Amount, Entry, Sum, sums

PLACES = {"USD": 2, "JPY": 0}


def amount(total, currency="USD", customer="Acme", month="2026-11"):
    return Amount("1", "INV-1", customer, currency, month, Decimal(total))


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (Entry("invoices", amount(10), amount("10.00")), ""),
        (Entry("invoices", amount(10), None), "only in Books"),
        (Entry("invoices", None, amount(10), "no account"), "only in the CRM: no account"),
        (
            Entry("invoices", amount("10.5"), amount("10.49")),
            "total: 10.49 in the CRM, 10.50 in Books (0.01 less)",
        ),
        (Entry("invoices", amount(10, "JPY"), amount(10)), "10 JPY in Books, 10.00 USD in the CRM"),
    ],
)
def test_each_difference_is_explained(entry, sentence):
    """TXN-6: only on one side, another total, another currency."""
    assert entry.difference(PLACES) == sentence


def test_sums_by_customer_currency_and_month():
    """TXN-6: a pair stands where Books says, each side in its own currency."""
    entries = [
        Entry("invoices", amount("0.1"), amount("0.1", customer="ACME Inc.", month="2026-12")),
        Entry("invoices", amount("0.2"), None),
        Entry("invoices", amount("7", "JPY"), amount("7")),
        Entry("invoices", None, amount("3", customer="Beta", month="2026-10")),
        Entry("estimates", amount("0.1"), amount("0.1")),
    ]
    found = sums(entries)
    assert found == [
        Sum("estimates", "Acme", "USD", "2026-11", 1, Decimal("0.1"), 1, Decimal("0.1")),
        Sum("invoices", "Acme", "JPY", "2026-11", 1, Decimal(7), 0, Decimal(0)),
        Sum("invoices", "Acme", "USD", "2026-11", 2, Decimal("0.3"), 2, Decimal("7.1")),
        Sum("invoices", "Beta", "USD", "2026-10", 0, Decimal(0), 1, Decimal(3)),
    ]
    assert [row.agrees for row in found] == [True, False, False, False]
