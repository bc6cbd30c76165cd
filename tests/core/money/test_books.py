"""How Books adds up (TXN-6), worked out by hand."""

from decimal import Decimal

import pytest

from zoho.core.money.books import books_totals
from zoho.core.money.document import Discount, Document, DocumentLine, Tax, TaxPart

SALES = Tax("1", "Sales Tax", (TaxPart("1", "Sales Tax", Decimal("8.25")),))
TEN = Tax("2", "Ten", (TaxPart("2", "Ten", Decimal(10)),))
BOTH = Tax(
    "5",
    "Both",
    (TaxPart("3", "Federal", Decimal(5)), TaxPart("4", "Provincial", Decimal("9.5"), compound=True)),
)
TEN_OFF, FIVE_OFF = Discount(Decimal(10), percent=True), Discount(Decimal(5))


def line(rate, quantity="1", tax=None, discount=None):
    return DocumentLine(Decimal(quantity), Decimal(rate), discount or Discount(), tax)


def document(*lines, places=2, **terms):
    return Document("USD", places, lines, **terms)


@pytest.mark.parametrize(
    ("places", "rate", "quantity", "total"),
    [(2, "0.125", "1", "0.13"), (0, "99.5", "1", "100"), (3, "1.0005", "1", "1.001"), (2, "-0.125", "1", "-0.13")],
)
def test_a_line_is_rounded_before_it_is_added(places, rate, quantity, total):
    """TXN-6: halves go away from zero, at the currency's last place."""
    assert books_totals(document(line(rate, quantity), places=places)).total == Decimal(total)


def test_a_line_is_rounded_before_it_is_taxed():
    """TXN-6: 54.54545 is 54.55, and ten per cent of that are 5.46: 60.01, not 60."""
    found = books_totals(document(line("54.54545", tax=TEN)))
    assert (found.sub_total, found.tax, found.total) == (Decimal("54.55"), Decimal("5.46"), Decimal("60.01"))


def test_taxes_line_by_line_or_once():
    """TXN-6: three lines of 1.07 at 8.25 % are taxed with 0.27, or with 0.26."""
    lines = [line("1.07", tax=SALES)] * 3
    assert books_totals(document(*lines)).tax == Decimal("0.27")
    assert books_totals(document(*lines, tax_rounding="entity_level")).tax == Decimal("0.26")


def test_a_compound_tax_is_charged_on_the_simple_one():
    """TXN-6: 5 % on 100 are 5, and 9.5 % on 105 are 9.98."""
    found = books_totals(document(line("100", tax=BOTH)))
    assert dict(found.taxes) == {"3": Decimal(5), "4": Decimal("9.98")}
    assert dict(found.tax_names) == {"3": "Federal", "4": "Provincial"}


def test_rates_that_include_tax_give_what_is_to_be_paid():
    """TXN-6: net and tax add up to it, whatever rounding does."""
    found = books_totals(document(line("100", tax=TEN), line("1.00", "3", BOTH), inclusive=True))
    assert [one.net for one in found.lines] == [Decimal("90.91"), Decimal("2.61")]
    assert (found.tax, found.total) == (Decimal("9.48"), Decimal("103.00"))


@pytest.mark.parametrize("tax_rounding", ["item_level", "entity_level"])
def test_rates_that_include_tax_are_never_taxed_at_once(tax_rounding):
    """TXN-6: three times 1.07 stay 3.21, though 8.25 % on the 2.97 in them would be 0.25."""
    lines = [line("1.07", tax=SALES)] * 3
    found = books_totals(document(*lines, inclusive=True, tax_rounding=tax_rounding))
    assert (found.sub_total, found.tax, found.total) == (Decimal("2.97"), Decimal("0.24"), Decimal("3.21"))


def test_a_discount_lowers_the_tax_in_rates_that_include_it():
    """TXN-6: ten off the 100 in 110; what is to be paid is not given any more, 10 % of 90 are."""
    found = books_totals(document(line("110", tax=TEN), inclusive=True, discount=Discount(Decimal(10))))
    assert (found.sub_total, found.tax, found.total) == (100, 9, 99)


def test_lines_that_cancel_each_other_out():
    """TXN-6: there is nothing to spread a discount over, so taxes stay as they are."""
    found = books_totals(document(line("0.05", tax=TEN), line("-0.05"), inclusive=True, discount=FIVE_OFF))
    assert (found.sub_total, found.tax, found.total) == (0, 0, -5)
    assert books_totals(document(line("10", tax=TEN), line("-10"), discount=FIVE_OFF)).total == -4


def test_every_figure_has_its_name():
    """TXN-6: by these names a difference is told."""
    lines = (line("50", "2", BOTH, TEN_OFF), line("20"))
    rest = {"shipping": Decimal(3), "adjustment": Decimal("-0.5")}
    found = books_totals(document(*lines, discount=FIVE_OFF, discount_before_tax=False, **rest)).figures()
    assert {name: str(amount) for name, amount in found.items()} == {
        "line 1, discount": "10.00",
        "line 1": "90.00",
        "line 1, tax": "13.48",
        "line 2, discount": "0.00",
        "line 2": "20.00",
        "line 2, tax": "0",
        "sub-total": "110.00",
        "discount": "15.00",
        "Federal": "4.50",
        "Provincial": "8.98",
        "tax": "13.48",
        "shipping": "3",
        "adjustment": "-0.5",
        "total": "120.98",
    }


def test_discounts():
    """TXN-6: on lines or the whole, in per cent or as an amount, before or after tax."""
    by_line = books_totals(document(line("50", "2", TEN, TEN_OFF), line("20", discount=FIVE_OFF)))
    assert (by_line.sub_total, by_line.discounts, by_line.total) == (105, 15, 114)
    lines = (line("100", tax=TEN), line("100"))
    before = books_totals(document(*lines, discount=TEN_OFF))
    assert (before.discount, before.tax, before.total) == (20, 9, 189)
    after = books_totals(document(*lines, discount=TEN_OFF, discount_before_tax=False))
    assert (after.discount, after.tax, after.total) == (21, 10, 189)


@pytest.mark.parametrize("off", [7, 19, 31])
def test_a_tie_does_not_get_lost_in_thirds(off):
    """TXN-6: a share of 19/33 of the discount, and yet a tax of exactly 0.035, which is 0.04."""
    found = books_totals(document(line("1", tax=SALES), line("32"), discount=Discount(Decimal(off))))
    exact = (33 - off) * Decimal("0.0825") / 33
    assert exact == round(exact, 3)
    assert found.tax == round(exact + Decimal("0.001"), 2)


def test_nothing_is_lost_in_long_products():
    """TXN-6: fifteen digits times fifteen digits are 29 here, more than decimals have by themselves."""
    found = books_totals(document(line("999999499.999999", "100000000.000001"), places=3))
    assert found.total == Decimal("99999950000000899.999")  # of ...899.999499999999
