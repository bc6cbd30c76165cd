"""Telling which figures differ, and by how much (TXN-6)."""

from decimal import Decimal

import pytest

from tests.core.money.test_books import TEN, document, line
from zoho.core.money.books import books_totals
from zoho.core.money.differences import difference
from zoho.core.money.exchange import books_rate, check_exchange, crm_rate
from zoho.core.money.limits import MoneyProblem


def test_each_figure_that_differs_is_a_sentence():
    """TXN-6: which line, and by how much."""
    ours = books_totals(document(line("1"), line("10", tax=TEN))).figures()
    theirs = {**ours, "line 2": Decimal("10.01"), "total": Decimal("11.50")}
    assert difference(ours, theirs) == [
        "line 2: 10.01 in Books, 10.00 computed (0.01 more)",
        "total: 11.50 in Books, 12.00 computed (0.50 less)",
    ]


def test_only_what_both_know_is_compared():
    """TXN-6: an answer that leaves a figure out says nothing; one of other lines says a lot."""
    ours = books_totals(document(line("1"), line("10", tax=TEN))).figures()
    assert difference(ours, {"total": Decimal(12), "weight": Decimal(3)}, "the CRM") == []
    assert difference(ours, {"line 1": Decimal(1), "total": Decimal(12)}, "the CRM") == [
        "lines: 1 in the CRM, 2 computed"
    ]


def test_exchange_rates():
    """TXN-6: Books says what a dinar is worth, the CRM what a dollar buys; a wrong rate is told."""
    assert (crm_rate(Decimal("3.25")), crm_rate(Decimal(1))) == (Decimal("0.307692308"), 1)
    check_exchange(Decimal("1234.567"), Decimal("3.25"), Decimal("0.307692308"), 2)
    with pytest.raises(MoneyProblem) as error:
        check_exchange(Decimal(100), Decimal("3.25"), Decimal("0.3"), 2)
    assert str(error.value) == (
        "in the home currency: 325.00 in Books by its rate 3.25, 333.33 in the CRM by 0.3 (8.33 apart)"
    )
    with pytest.raises(MoneyProblem, match="rate is 0"):
        check_exchange(Decimal(100), Decimal("3.25"), Decimal(0), 2)


@pytest.mark.parametrize("rate", ["1", "3.25", "0.0067", "1.08", "0.00004", "250"])
def test_an_exchange_rate_comes_back_as_it_was(rate):
    """TXN-6: the CRM's rate has nine decimals; the rate of Books that it came from is found again."""
    assert books_rate(crm_rate(Decimal(rate))) == Decimal(rate)
