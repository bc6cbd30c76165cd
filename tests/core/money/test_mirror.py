"""What the CRM is told of a Books document, and the reverse (TXN-2, TXN-3, TXN-6), case by case."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.money.test_books import BOTH, FIVE_OFF, SALES, TEN, TEN_OFF, document, line
from zoho.core.money.books import books_totals
from zoho.core.money.crm import CrmDocument, CrmLine, LineTax, crm_totals
from zoho.core.money.document import Discount, Tax
from zoho.core.money.from_crm import from_crm
from zoho.core.money.limits import Limits, MoneyProblem
from zoho.core.money.to_crm import apportioned, to_crm

TAXES = [SALES, TEN, BOTH]


def told(found):
    """Return what is told of how figures came about."""
    return tuple(note.text for note in found.notes)


def mirrored(given, **more):
    """Mirror a document and check that it comes to the same."""
    found = to_crm(given, **more)
    assert crm_totals(found).grand_total == books_totals(given).total
    return found


def test_a_plain_document_is_told_as_it_is():
    """TXN-2: prices, quantities, discounts and taxes; percentages as the amounts they come to."""
    given = document(replace(line("12.5", "3", TEN, TEN_OFF), name="Tea", description="Green"))
    (row,) = mirrored(given).lines
    assert (row.list_price, row.quantity, row.discount) == (Decimal("12.5"), 3, Decimal("3.75"))
    assert (row.taxes, row.name, row.description) == ((LineTax("Ten", Decimal(10)),), "Tea", "Green")


def test_a_discount_after_tax_stays_with_the_document():
    """TXN-6: the CRM takes it off after tax as well."""
    found = mirrored(document(line("100", tax=TEN), discount=FIVE_OFF, discount_before_tax=False))
    assert (found.discount, found.lines[0].discount, told(found)) == (5, 0, ())
    below = mirrored(document(line("-100"), discount=TEN_OFF, discount_before_tax=False))
    assert (below.discount, below.adjustment) == (0, 10)  # a discount below zero is added instead


def test_a_discount_before_tax_is_spread_over_the_lines():
    """TXN-6: the CRM taxes what a line comes to, so the lines must come to less; to the last cent."""
    found = mirrored(document(*[line("10", tax=TEN)] * 3, discount=Discount(Decimal(10))))
    assert [row.discount for row in found.lines] == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert found.discount == 0
    assert found.notes[0].text == (
        "the discount of 10.00 on the whole is spread over the lines, because it comes before tax"
    )
    untaxed = mirrored(document(*[line("10")] * 3, discount=Discount(Decimal(10))))
    assert (untaxed.discount, untaxed.notes) == (10, ())
    partly = mirrored(document(line("100", tax=TEN), line("100"), line("0"), discount=TEN_OFF))
    assert [row.discount for row in partly.lines] == [10, 10, 0]
    assert told(partly)[0].startswith("the discount of 20.00 on the whole is spread")
    cancelled = mirrored(document(line("10", tax=TEN), line("-10"), discount=FIVE_OFF))
    assert (cancelled.discount, [row.discount for row in cancelled.lines]) == (5, [0, 0])


def test_a_compound_tax_is_told_by_what_it_charges():
    """TXN-6: 9.5 % on top of 5 % are 9.975 % of the net amount."""
    (row,) = mirrored(document(line("100", tax=BOTH))).lines
    assert row.taxes == (LineTax("Federal", Decimal(5)), LineTax("Provincial", Decimal("9.975")))


def test_rates_that_include_tax_are_told_without_it():
    """TXN-6: the shortest price that comes to Books' net amount; what rounding leaves is in the adjustment."""
    found = mirrored(document(line("100", tax=TEN), line("1.00", "3", BOTH), inclusive=True))
    assert [row.list_price for row in found.lines] == [Decimal("90.91"), Decimal("0.87")]
    assert [one.after_discount for one in crm_totals(found).lines] == [Decimal("90.91"), Decimal("2.61")]
    found = mirrored(document(line("0.05", "7", SALES), inclusive=True))
    assert found.lines[0].list_price * 7 == Decimal("0.322")  # Books says 0.32 of 0.35
    assert found.lines[0].discount == 0
    (row,) = mirrored(document(line("12.3475", tax=TEN), inclusive=True)).lines
    assert row.list_price == Decimal("11.225")  # what is in the rate, though 11.23 comes to the same


def test_shipping_goes_into_the_adjustment():
    """TXN-6: the CRM has no field for it; it is told."""
    found = mirrored(document(line("10"), shipping=Decimal("4.5"), adjustment=Decimal("-0.03")))
    assert (found.adjustment, told(found)) == (
        Decimal("4.47"),
        ("the adjustment includes 4.50 for shipping",),
    )


def test_taxes_rounded_once_differ_by_their_rounding():
    """TXN-6: Books charges 0.26 where three lines charge 0.09 each; the adjustment takes the cent back."""
    found = mirrored(document(*[line("1.07", tax=SALES)] * 3, tax_rounding="entity_level"))
    assert (crm_totals(found).tax, found.adjustment) == (Decimal("0.27"), Decimal("-0.01"))
    assert told(found) == ("the adjustment includes -0.01 because taxes are rounded differently",)


def test_what_is_written_otherwise_is_told():
    """TXN-6, OPS-4: percentages, rates with tax, compound taxes; what goes as it is needs no word."""
    nothing_off = line("5", discount=Discount(Decimal(0), percent=True))
    found = mirrored(document(line("12.5", "3", TEN, TEN_OFF), nothing_off, line("100", tax=BOTH)))
    assert told(found) == (
        "line 1: the discount of 10 % is written as 3.75",
        "line 3: Provincial of 9.5 % on top of other taxes is 9.975 %",
    )
    assert told(mirrored(document(line("100", tax=TEN), inclusive=True))) == (
        "line 1: the rate of 100.00 with tax is written as 90.91 without",
    )
    percent = document(line("30"), discount=Discount(Decimal(10), percent=True))
    assert [(note.about, note.text) for note in mirrored(percent).notes] == [
        ("discount", "the discount of 10 % on the whole is written as 3.00")
    ]
    assert told(mirrored(replace(percent, lines=(line("0"),)))) == ()
    assert told(mirrored(document(line("30", discount=FIVE_OFF)))) == ()


def test_a_discount_on_a_negative_line_lowers_its_price():
    """TXN-6: nothing is discounted by less than zero."""
    found = mirrored(document(line("100", tax=TEN), line("-10", "2", TEN), discount=Discount(Decimal(8))))
    assert [(row.list_price, row.discount) for row in found.lines] == [(100, 10), (Decimal("-9.00"), 0)]


@pytest.mark.parametrize(
    ("rate", "quantity", "price", "discount"),
    [
        ("0.333333", "9999", "0.34", "66.66"),
        ("0.3366", "9999", "0.34", "34.00"),
        ("-0.333333", "9999", "-0.33", "33.33"),
        ("-0.3366", "9999", "-0.33", "65.99"),
        ("0.333333", "-9999", "0.33", "33.33"),
    ],
)
def test_a_price_that_is_too_fine_for_the_crm(rate, quantity, price, discount):
    """TXN-6: it is rounded up, below zero too, and the discount takes off what that is too much."""
    given = document(line(rate, quantity))
    (row,) = mirrored(given, limits=Limits(price_places=2)).lines
    assert (row.list_price, row.discount) == (Decimal(price), Decimal(discount))


@pytest.mark.parametrize(
    ("rate", "quantity", "price"),
    [
        ("12.345", "3", "12.345"),
        ("1.123456789", "1", "1.123456789"),
        ("1.1234567891", "1", "1.12"),
        ("123456789.012345", "1", "123456789.012345"),
        ("1234567890.012345", "1", "1234567890.01"),
        ("0.333", "0", "0.333"),
        ("0.3333333333333", "0", "0.333333333"),
    ],
)
def test_a_price_stays_as_it_is_if_the_crm_keeps_it(rate, quantity, price):
    """TXN-6: nine decimals and fifteen digits; else it is the shortest that comes to the same."""
    (row,) = mirrored(document(line(rate, quantity))).lines
    assert str(row.list_price) == price


def test_numbers_as_long_as_the_crm_keeps_them():
    """TXN-6: nine decimals of a quantity and fifteen digits are kept, so nothing is reported."""
    (row,) = mirrored(document(line("8", "0.123456789"))).lines
    assert row.quantity == Decimal("0.123456789")
    assert crm_totals(mirrored(document(line("1234567890123.45")))).grand_total == Decimal("1234567890123.45")
    (row,) = mirrored(document(line("1.23456", "100")), limits=Limits(digits=5)).lines
    assert (row.list_price, row.discount) == (Decimal("1.2346"), 0)


@pytest.mark.parametrize(
    ("given", "more", "sentence"),
    [
        (
            document(line("1", "0.0000000001")),
            {},
            "line 1: a quantity of 0.0000000001 has more than 9 decimal places and would be off by 0.0000000001",
        ),
        (
            document(line("1", "1.0000000006")),
            {},
            "line 1: a quantity of 1.0000000006 has more than 9 decimal places and would be off by 0.0000000004",
        ),
        (
            document(line("0", "1234567890123456")),
            {},
            "line 1: a quantity of 1,234,567,890,123,456 has more than 15 digits and would be off by 4",
        ),
        (
            document(line("1"), adjustment=Decimal("0.004")),
            {},
            "total: 1.00 in the CRM, 1.004 in Books (0.004 less)",
        ),
        (
            document(line("1"), adjustment=Decimal("-0.004")),
            {},
            "total: 1.00 in the CRM, 0.996 in Books (0.004 more)",
        ),
        (
            document(line("1", tax=TEN), adjustment=Decimal("0.004")),
            {},
            "total: 1.11 in the CRM, 1.104 in Books (0.006 more)",
        ),
        (
            document(line("9007199254740993.01")),
            {},
            "line 1: an amount of 9,007,199,254,740,993.01 has more than 15 digits and would be off by 3.01",
        ),
        (document(line("1.005"), places=3), {"places": 2}, "line 1: 1.00 in the CRM, 1.005 in Books (0.005 less)"),
    ],
)
def test_what_cannot_be_told_is_reported(given, more, sentence):
    """TXN-6: and not written; the sentence says which figure, and by how much it is off."""
    with pytest.raises(MoneyProblem) as error:
        to_crm(given, **more)
    assert sentence in error.value.sentences


def test_a_currency_with_more_places_in_the_crm():
    """TXN-6: yen with two places in the CRM; the document still comes to whole yen."""
    given = document(line("99.5", "3", SALES), line("7", tax=BOTH), places=0)
    found = mirrored(given, places=2)
    assert (found.places, crm_totals(found).grand_total) == (2, books_totals(given).total)


def test_exchange_rates_are_turned_round():
    """TXN-6: what the total is worth at home is the same on both sides, or the record is reported."""
    given = replace(document(line("1000000"), places=0), currency="JPY", exchange_rate=Decimal("0.0067"))
    assert mirrored(given, base_places=2).exchange_rate == Decimal("149.253731343")
    rich = replace(given, lines=(line("9" * 14),))
    with pytest.raises(MoneyProblem, match=r"in the home currency: 669,999,999,999\.99 in Books by its rate 0\.0067"):
        to_crm(rich, base_places=2)


def quote(*rows, places=2, **more):
    return CrmDocument("USD", places, rows, **more)


def row(price, quantity="1", *taxes, discount="0"):
    return CrmLine(Decimal(price), Decimal(quantity), Decimal(discount), taxes)


def test_a_quote_becomes_an_estimate():
    """TXN-3: amounts are taken off the lines, taxes found by what they charge."""
    sold = replace(row("12.5", "3", LineTax("Ten", Decimal(10)), discount="3.75"), name="Tea", description="Green")
    given = quote(sold, adjustment=Decimal("-0.13"), exchange_rate=Decimal("0.8"))
    made = from_crm(given, TAXES, base_places=2)
    (first,) = made.lines
    assert (first.rate, first.discount, first.tax) == (Decimal("12.5"), Discount(Decimal("3.75")), TEN)
    assert (first.name, first.description, made.exchange_rate) == ("Tea", "Green", Decimal("1.25"))
    assert (made.adjustment, books_totals(made).total) == (Decimal("-0.13"), crm_totals(given).grand_total)


def test_where_books_rounds_taxes_once():
    """TXN-6: three times 0.09 in the CRM, 0.26 in Books; the adjustment takes up the cent, and says so."""
    rows = [row("1.07", "1", LineTax("Vat", Decimal("8.25")))] * 3
    made = from_crm(quote(*rows), TAXES, tax_rounding="entity_level")
    assert (made.tax_rounding, made.adjustment) == ("entity_level", Decimal("0.01"))
    assert books_totals(made).total == Decimal("3.48")
    assert told(made) == ("the adjustment includes 0.01 because taxes are rounded differently",)


def test_an_exchange_rate_of_the_crm_that_is_too_coarse():
    """TXN-6: at home the total would be worth something else in Books, so it is reported."""
    given = quote(row("9" * 14), places=0, exchange_rate=Decimal("149.253731343"))
    assert from_crm(given, TAXES).exchange_rate == Decimal("0.0067")
    with pytest.raises(MoneyProblem, match=r"in the home currency: 669,999,999,999\.99 in Books by its rate 0\.0067"):
        from_crm(given, TAXES, base_places=2)


def test_a_discount_on_the_whole_comes_after_tax():
    """TXN-6: as the CRM takes it off; beside discounts on lines, which Books does not take, it is an adjustment."""
    taxed = row("100", "1", LineTax("Ten", Decimal(10)))
    made = from_crm(quote(taxed, discount=Decimal(5)), TAXES)
    assert (made.discount, made.discount_before_tax, made.adjustment) == (FIVE_OFF, False, 0)
    both = from_crm(quote(replace(taxed, discount=Decimal(1)), row("1"), discount=Decimal(5)), TAXES)
    assert (both.discount, both.adjustment, books_totals(both).total) == (Discount(), -5, Decimal("104.9"))
    assert (told(made), told(both)) == (
        (),
        ("the adjustment includes -5.00 in Books, the discount on the whole: Books has it on lines or there",),
    )


def test_a_group_of_taxes_is_found_by_its_parts():
    """TXN-6: the same percentages; between two that fit, the one of the same name."""
    taxes = (LineTax("Federal", Decimal(5)), LineTax("Provincial", Decimal("9.975")))
    assert from_crm(quote(row("100", "1", *taxes)), TAXES).lines[0].tax == BOTH
    assert from_crm(quote(row("100", "1", *reversed(taxes))), TAXES).lines[0].tax == BOTH
    turned = replace(BOTH, parts=BOTH.parts[::-1])
    assert from_crm(quote(row("100", "1", *taxes)), [TEN, turned]).lines[0].tax == turned
    other = replace(TEN, id="9", name="Other", parts=(replace(TEN.parts[0], id="9", name="Other"),))
    (line_of_ten,) = from_crm(quote(row("1", "1", LineTax("Ten", Decimal(10)))), [other, TEN]).lines
    assert line_of_ten.tax == TEN
    assert from_crm(quote(row("1", "1", LineTax("None", Decimal(0)))), TAXES).lines[0].tax is None
    assert from_crm(quote(row("1")), [Tax("7", "A group without taxes", ())]).lines[0].tax is None


@pytest.mark.parametrize(
    ("given", "more", "sentence"),
    [
        (
            quote(row("1"), row("1", "1", LineTax("Vat", Decimal(20)))),
            {},
            "line 2: Books has no tax or tax group that charges Vat 20 %",
        ),
        (
            quote(row("1", "1", LineTax("None", Decimal(0)), LineTax("Vat", Decimal(20)))),
            {},
            "line 1: Books has no tax or tax group that charges None 0 % and Vat 20 %",
        ),
        (
            quote(row("1", "0.0000000001")),
            {},
            "line 1: a quantity of 0.0000000001 has more than 9 decimal places and would be off by 0.0000000001",
        ),
        (
            quote(row("9007199254740993.01")),
            {},
            "line 1: an amount of 9,007,199,254,740,993.01 has more than 15 digits and would be off by 3.01",
        ),
        (quote(row("1"), row("10", "0", discount="-1")), {}, "line 2, discount: -1; Books takes none below zero"),
        (
            quote(row("1"), adjustment=Decimal("0.004")),
            {},
            "total: 1.004 in Books, 1.00 in the CRM (0.004 more)",
        ),
        (
            quote(row("1"), adjustment=Decimal("-0.004")),
            {},
            "total: 0.996 in Books, 1.00 in the CRM (0.004 less)",
        ),
        (
            quote(row("1", "1", LineTax("Ten", Decimal(10))), discount=Decimal("0.005")),
            {},
            "discount: 0.005 has more decimal places than USD has in Books",
        ),
        (quote(row("1.25")), {"places": 0}, "line 1: 1 in Books, 1.25 in the CRM (0.25 less)"),
        (
            quote(row("1"), adjustment=Decimal("0.25")),
            {"places": 1},
            "adjustment: 0.25 has more decimal places than USD has in Books",
        ),
    ],
)
def test_what_books_cannot_hold_is_reported(given, more, sentence):
    """TXN-6: and nothing is made in Books."""
    with pytest.raises(MoneyProblem) as error:
        from_crm(given, TAXES, **more)
    assert sentence in error.value.sentences


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("10", ["1", "1", "1"], ["3.34", "3.33", "3.33"]),
        ("0.01", ["1", "2"], ["0", "0.01"]),
        ("-10", ["1", "1", "1"], ["-3.34", "-3.33", "-3.33"]),
        ("8", ["100", "-20"], ["10", "-2"]),
        ("1", ["0", "5"], ["0", "1"]),
        ("0.1", ["5", "2"], ["0.07", "0.03"]),
        ("0.02", ["1", "1", "1"], ["0.01", "0.01", "0"]),
        ("-0.02", ["1", "1", "1"], ["-0.01", "-0.01", "0"]),
    ],
)
def test_parts_of_an_amount(amount, weights, parts):
    """TXN-6: they add up, and none is a whole unit off."""
    found = apportioned(Decimal(amount), [Decimal(weight) for weight in weights], 2)
    assert found == [Decimal(part) for part in parts]
