"""What a document comes to (TXN-6), worked out by hand."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.books.documents.totals import Discount, Line, Terms, totals
from sandbox.books.taxes import TAXES

SALES, TEN, EIGHT, FEDERAL, PROVINCIAL, BOTH = TAXES.values()


def _line(rate: str, quantity: str = "1", tax: str | None = None, discount: Discount | None = None) -> Line:
    taxes = {"sales": SALES, "ten": TEN, "eight": EIGHT, "both": BOTH}
    return Line(Decimal(rate), Decimal(quantity), discount or Discount(), taxes[tax] if tax else None)


@pytest.mark.parametrize(
    ("places", "rate", "quantity", "total"),
    [(2, "0.125", "1", "0.13"), (0, "99.5", "1", "100"), (3, "1.0005", "1", "1.001"), (2, "1.005", "3", "3.02"),
     (2, "-0.125", "1", "-0.13")],
)  # fmt: skip
def test_lines_are_rounded_half_up_to_the_currencys_places(places: int, rate: str, quantity: str, total: str) -> None:
    """TXN-6: amounts have the currency's 0, 2 or 3 places, halves away from zero."""
    assert totals([_line(rate, quantity)], Terms(places)).total == Decimal(total)


def test_taxes_line_by_line_and_at_once() -> None:
    """TXN-6: where taxes are rounded makes a difference of a cent."""
    lines = [_line("1.07", tax="sales")] * 3
    assert totals(lines, Terms(2, tax_rounding="item_level")).tax_total == Decimal("0.27")
    assert totals(lines, Terms(2, tax_rounding="entity_level")).tax_total == Decimal("0.26")


def test_compound_tax_is_charged_on_the_simple_one() -> None:
    """TXN-6: 5 % on 100 is 5, and 9.5 % on 105 is 9.975."""
    found = totals([_line("100", tax="both")], Terms(2))
    assert found.taxes == {FEDERAL.id: Decimal("5.00"), PROVINCIAL.id: Decimal("9.98")}
    assert found.total == Decimal("114.98")


def test_rates_that_include_tax() -> None:
    """TXN-6: what the customer pays is what was given; tax and net add up to it."""
    found = totals([_line("100", tax="ten"), _line("1.00", "3", "both")], Terms(2, inclusive=True))
    assert [line.total for line in found.lines] == [Decimal("90.91"), Decimal("2.61")]
    assert (found.tax_total, found.total, found.sub_total_with_tax) == (
        Decimal("9.48"),
        Decimal("103.00"),
        Decimal("103.00"),
    )


def test_discounts() -> None:
    """TXN-6: on lines or the whole, in percent or as an amount, before or after tax."""
    ten_off, five_off = Discount(Decimal(10), percent=True), Discount(Decimal(5))
    by_line = totals([_line("50", "2", "ten", ten_off), _line("20", discount=five_off)], Terms(2))
    assert (by_line.sub_total, by_line.discount_total, by_line.total) == (Decimal(105), Decimal(15), Decimal(114))
    lines = [_line("100", tax="ten"), _line("100", tax="eight")]
    before = totals(lines, Terms(2, discount=ten_off))
    assert (before.discount, before.tax_total, before.total) == (Decimal(20), Decimal("16.20"), Decimal("196.20"))
    after = totals(lines, Terms(2, discount=ten_off, discount_before_tax=False))
    assert (after.discount, after.tax_total, after.total) == (Decimal("21.80"), Decimal(18), Decimal("196.20"))
    amount = totals(lines, Terms(2, discount=five_off, discount_before_tax=False))
    assert amount.total == Decimal(213)


def test_shipping_and_adjustment() -> None:
    """TXN-6: both come on top, and an adjustment may take off."""
    assert totals([_line("10")], Terms(2, shipping=Decimal("4.50"), adjustment=Decimal("-0.03"))).total == Decimal(
        "14.47"
    )


_amounts = st.decimals(min_value=0, max_value=99999, places=4)
_taxes = st.sampled_from([None, *TAXES.values()])
_lines = st.lists(st.builds(Line, _amounts, st.decimals(0, 100, places=2), st.just(Discount()), _taxes), min_size=1)


@given(lines=_lines, places=st.sampled_from([0, 2, 3]), percent=st.integers(0, 100))
def test_parts_add_up(lines: list[Line], places: int, percent: int) -> None:
    """TXN-6: whatever is sold, the parts add up to the total and none has more places than the currency."""
    for inclusive, before, at in product((True, False), (True, False), ("item_level", "entity_level")):
        terms = Terms(places, inclusive, Discount(Decimal(percent), percent=True), before, tax_rounding=at)  # type: ignore[arg-type]
        found = totals(lines, terms)
        assert found.total == found.sub_total - found.discount + found.tax_total
        assert found.tax_total == sum(found.taxes.values())
        for value in (found.total, found.discount, found.sub_total, *found.taxes.values()):
            assert value == round(value, places)
        if inclusive and not percent:
            assert found.total == found.sub_total_with_tax == found.gross
