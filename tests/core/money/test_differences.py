"""Telling which figures differ, and by how much (TXN-6)."""

from decimal import Decimal

import pytest

from tests.core.money.test_books import BOTH, FIVE_OFF, TEN, document, line
from zoho.core.money.books import books_totals
from zoho.core.money.bounds import rounding_bound
from zoho.core.money.crm import CrmDocument, CrmLine, LineTax, crm_totals
from zoho.core.money.differences import difference
from zoho.core.money.exact import ONE
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
    assert difference(ours, {"line 1": Decimal(1), "total": Decimal(11)}) == [
        "lines: 1 in Books, 2 computed",
        "total: 11.00 in Books, 12.00 computed (1.00 less)",
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


def test_an_exchange_rate_that_the_crm_would_not_keep():
    """TXN-6: with more than nine decimals it comes from no rate of Books; the nearest of fifteen is taken."""
    assert books_rate(Decimal("0.1234567891")) == Decimal("8.100000067149001")


@pytest.mark.parametrize(
    ("lines", "terms", "other_places", "most"),
    [
        ([line("1"), line("1", tax=TEN), line("1", tax=TEN)], {}, 2, "0.02"),
        ([line("1", tax=BOTH)] * 3, {}, 2, "0.06"),
        ([line("1", tax=BOTH)] * 3, {"tax_rounding": "entity_level"}, 2, "0.04"),
        ([line("1"), line("1", tax=TEN)], {"inclusive": True}, 2, "0.0155"),
        ([line("1", tax=TEN)] * 2, {"inclusive": True, "tax_rounding": "entity_level"}, 2, "0.031"),
        ([line("1"), line("1", tax=TEN)], {"discount": FIVE_OFF}, 2, "0.011"),
        ([line("1", tax=TEN)], {"discount": FIVE_OFF, "discount_before_tax": False}, 2, "0.01"),
        ([line("1", tax=BOTH)], {}, 0, "1.01"),
    ],
)
def test_how_far_rounding_can_take_both_sides_apart(lines, terms, other_places, most):
    """TXN-6: half a unit for every figure that is rounded; what is further off is no rounding, and reported."""
    assert rounding_bound(document(*lines, **terms), other_places) == Decimal(most)


def test_every_figure_of_the_crm_has_its_name():
    """TXN-6: by these names a difference is told."""
    rows = (CrmLine(Decimal(50), Decimal(2), Decimal(10), (LineTax("Ten", Decimal(10)),)), CrmLine(ONE, ONE))
    found = crm_totals(CrmDocument("USD", 2, rows, discount=Decimal(5), adjustment=Decimal("-0.5"))).figures()
    assert {name: str(amount) for name, amount in found.items()} == {
        "line 1 before discount": "100.00",
        "line 1": "90.00",
        "line 1, tax": "9.00",
        "line 1 with tax": "99.00",
        "line 2 before discount": "1.00",
        "line 2": "1.00",
        "line 2, tax": "0",
        "line 2 with tax": "1.00",
        "sub-total": "100.00",
        "discount": "5",
        "tax": "9.00",
        "adjustment": "-0.5",
        "total": "94.50",
    }
