"""Records and documents in several currencies (TXN-6; zoho-api 2.14, 2.15, 3.7)."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.currencies import CURRENCIES, CURRENCY_IDS
from tests.sandbox.client import Zoho

ALL = ["USD", "EUR", "JPY", "KWD"]


@pytest.fixture
def multi(empty: Zoho) -> Zoho:
    """A CRM with currencies of none, two and three decimal places."""
    empty.control("PUT", "/settings", json={"crm_currencies": ALL})
    return empty


def _quote(zoho: Zoho, rows: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    (tea,) = zoho.insert("Products", {"Product_Name": "Tea"})
    items = [{"Product_Name": tea, **row} for row in rows]
    (quote,) = zoho.insert("Quotes", {"Subject": "S", "Quoted_Items": items, **values})
    return _read(zoho, quote)


def _read(zoho: Zoho, quote: str) -> dict[str, Any]:
    answer = zoho.crm("GET", f"/Quotes/{quote}").text
    record: dict[str, Any] = json.loads(answer, parse_float=Decimal)["data"][0]
    return record


def test_one_currency_unless_switched_on(empty: Zoho) -> None:
    """zoho-api 2.15: Currency and Exchange_Rate appear with multi-currency only."""
    quote = _quote(empty, [{"Quantity": 1, "List_Price": 1}], Currency="EUR")
    assert "Currency" not in quote
    assert "Exchange_Rate" not in quote
    (only,) = empty.crm("GET", "/org/currencies").json()["currencies"]
    assert (only["iso_code"], only["is_base"], only["format"]["decimal_places"]) == ("USD", True, "2")


def test_the_currencies_of_the_organization(multi: Zoho) -> None:
    """zoho-api 2.14: each with its decimal places, and what one of the base currency is worth in it."""
    shown = multi.crm("GET", "/org/currencies").json()["currencies"]
    assert [(item["iso_code"], item["format"]["decimal_places"], item["is_base"]) for item in shown] == [
        ("USD", "2", True), ("EUR", "2", False), ("JPY", "0", False), ("KWD", "3", False),
    ]  # fmt: skip
    assert [item["exchange_rate"] for item in shown] == ["1.000000000", "0.925925926", "149.253731343", "0.307692308"]


def test_fields_of_modules_with_amounts(multi: Zoho) -> None:
    """zoho-api 2.15: both fields are where amounts are, and can be asked for, filtered by and taken away again."""
    fields = multi.crm("GET", "/settings/fields", params={"module": "Quotes"}).json()["fields"]
    by_name = {field["api_name"]: field for field in fields}
    assert [item["actual_value"] for item in by_name["Currency"]["pick_list_values"]] == ALL
    assert (by_name["Exchange_Rate"]["data_type"], by_name["Exchange_Rate"]["decimal_place"]) == ("double", 9)
    contacts = multi.crm("GET", "/settings/fields", params={"module": "Contacts"}).json()["fields"]
    assert "Currency" not in {field["api_name"] for field in contacts}
    _quote(multi, [{"Quantity": 1, "List_Price": 1}], Currency="JPY")
    query = {"select_query": "select Currency, Exchange_Rate from Quotes where Currency = 'JPY'"}
    (row,) = multi.crm("POST", "/coql", json=query).json()["data"]
    assert (row["Currency"], row["Exchange_Rate"]) == ("JPY", 149.253731343)
    multi.control("PUT", "/settings", json={"crm_currencies": []})
    after = multi.crm("GET", "/settings/fields", params={"module": "Quotes"}).json()["fields"]
    assert "Currency" not in {field["api_name"] for field in after}


def test_records_made_before_are_in_the_base_currency(empty: Zoho) -> None:
    """zoho-api 2.15: what was there when multi-currency came has the base currency and the rate 1."""
    quote = _quote(empty, [{"Quantity": 1, "List_Price": 1}])
    empty.control("PUT", "/settings", json={"crm_currencies": ["EUR"]})
    after = _read(empty, quote["id"])
    assert (after["Currency"], after["Exchange_Rate"], after["$currency_symbol"]) == ("USD", 1, "$")


def test_currency_and_rate_of_a_record(multi: Zoho) -> None:
    """zoho-api 2.15: the rate is the organization's unless it is given; 1 in the base currency."""
    row = [{"Quantity": 1, "List_Price": 1}]
    assert _quote(multi, row)["Currency"] == "USD"
    assert _quote(multi, row, Exchange_Rate=3)["Exchange_Rate"] == 1
    quote = _quote(multi, row, Currency="EUR", Exchange_Rate=0.9)
    assert (quote["Currency"], quote["Exchange_Rate"], quote["$currency_symbol"]) == ("EUR", Decimal("0.9"), "€")
    path = f"/Quotes/{quote['id']}"
    for change, expected in (
        ({"Subject": "T"}, ("EUR", Decimal("0.9"))),
        ({"Currency": "EUR"}, ("EUR", Decimal("0.9"))),
        ({"Currency": "KWD"}, ("KWD", Decimal("0.307692308"))),
        ({"Currency": None}, ("USD", 1)),
    ):
        assert multi.crm("PUT", path, json={"data": [change]}).status_code == 200
        after = _read(multi, quote["id"])
        assert (after["Currency"], after["Exchange_Rate"]) == expected
    wrong = multi.crm("PUT", path, json={"data": [{"Currency": "GBP"}]})
    details = wrong.json()["data"][0]["details"]
    assert (wrong.status_code, details["api_name"], details["supported_values"]) == (400, "Currency", ALL)


@pytest.mark.parametrize(
    ("currency", "total", "tax", "net", "grand"),
    [
        ("JPY", "4", "0", "4", "4"),
        ("USD", "3.70", "0.33", "3.58", "3.08"),
        ("KWD", "3.704", "0.325", "3.579", "3.079"),
    ],
)
def test_line_items_are_rounded_to_the_currency(
    multi: Zoho, currency: str, total: str, tax: str, net: str, grand: str
) -> None:
    """TXN-6: lines and totals have the currency's 0, 2 or 3 places, also after the record changes currency."""
    row = {"Quantity": 3, "List_Price": 1.2345, "Discount": 0.45,
           "Line_Tax": [{"name": "VAT", "percentage": 10}]}  # fmt: skip
    for quote in (
        _quote(multi, [row], Currency=currency, Discount=0.5),
        _changed(multi, _quote(multi, [row], Currency="EUR", Discount=0.5), currency),
    ):
        (line,) = quote["Quoted_Items"]
        assert (line["Total"], line["Tax"], line["Net_Total"]) == (Decimal(total), Decimal(tax), Decimal(net))
        assert quote["Grand_Total"] == Decimal(grand)


def _changed(zoho: Zoho, quote: dict[str, Any], currency: str) -> dict[str, Any]:
    change = {"data": [{"Currency": currency}]}
    assert zoho.crm("PUT", f"/Quotes/{quote['id']}", json=change).status_code == 200
    return _read(zoho, quote["id"])


_rows = st.lists(
    st.tuples(
        st.decimals(0, 99999, places=3),
        st.decimals(1, 999, places=2),
        st.decimals(0, 1, places=3),
        st.integers(0, 30),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_rows, currency=st.sampled_from(ALL))
def test_no_float_noise_on_the_wire(
    multi: Zoho, rows: list[tuple[Decimal, Decimal, Decimal, int]], currency: str
) -> None:
    """TXN-6: the text of every number is the exact amount, with no more places than the currency has."""
    items = [
        {"List_Price": float(price), "Quantity": float(quantity), "Discount": float(price * share),
         "Line_Tax": [{"name": "T", "percentage": percent}]}
        for price, quantity, share, percent in rows
    ]  # fmt: skip
    quote, places = _quote(multi, items, Currency=currency), CURRENCIES[currency].places
    lines = quote["Quoted_Items"]
    for line in lines:
        assert line["Net_Total"] == line["Total_After_Discount"] + line["Tax"]
        for name in ("Total", "Total_After_Discount", "Tax", "Net_Total"):
            assert line[name] == round(line[name], places)
    assert quote["Grand_Total"] == quote["Sub_Total"] == sum(line["Net_Total"] for line in lines)


def test_expected_revenue_is_exact(multi: Zoho) -> None:
    """zoho-api 2.14: amount times probability, rounded to the deal's currency."""
    deal = {"Deal_Name": "D", "Stage": "Qualification", "Amount": 10.05}
    for currency, revenue in (("USD", 1.01), ("JPY", 1), ("KWD", 1.005)):
        (made,) = multi.insert("Deals", {**deal, "Currency": currency})
        assert multi.crm("GET", f"/Deals/{made}").json()["data"][0]["Expected_Revenue"] == revenue


def test_currencies_of_books(empty: Zoho) -> None:
    """zoho-api 3.7: each currency with its decimal places and what one of it is worth in the base currency."""
    shown = empty.books("GET", "/settings/currencies").json()["currencies"]
    assert {item["currency_code"]: (item["price_precision"], item["exchange_rate"]) for item in shown} == {
        "USD": (2, 0), "EUR": (2, 1.08), "JPY": (0, 0.0067), "KWD": (3, 3.25),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "rate", "total", "base_total"),
    [("JPY", "0.0071", "134", "0.95"), ("EUR", "1.0837", "134.15", "145.38"), ("KWD", "3.2481", "134.148", "435.73")],
)
def test_a_document_is_in_its_customers_currency(
    empty: Zoho, currency: str, rate: str, total: str, base_total: str
) -> None:
    """TXN-6, zoho-api 3.5: amounts have the customer's currency's places, and the given rate is kept to the digit."""
    customer = empty.customer(contact_name="C", currency_id=CURRENCY_IDS[currency])["contact_id"]
    other = empty.customer(contact_name="D")["contact_id"]
    body = {"customer_id": customer, "line_items": [{"name": "Tea", "rate": 44.716, "quantity": 3}],
            "exchange_rate": float(rate)}  # fmt: skip
    text = empty.books("POST", "/invoices", json=body).text
    invoice = json.loads(text, parse_float=Decimal)["invoice"]
    assert (invoice["currency_code"], invoice["price_precision"]) == (currency, CURRENCIES[currency].places)
    assert (invoice["total"], invoice["balance"]) == (Decimal(total), Decimal(total))
    assert (invoice["exchange_rate"], invoice["bcy_total"]) == (Decimal(rate), Decimal(base_total))
    moved = empty.books("PUT", f"/invoices/{invoice['invoice_id']}", json={"customer_id": other}).json()["invoice"]
    assert (moved["currency_code"], moved["exchange_rate"], moved["total"]) == ("USD", 1, 134.15)


def test_amounts_that_json_cannot_hold_are_refused(empty: Zoho) -> None:
    """TXN-6: a total of more than fifteen digits would not survive every JSON reader."""
    customer = empty.customer(contact_name="C")["contact_id"]
    body = {"customer_id": customer, "line_items": [{"name": "x", "rate": 99999999999.99, "quantity": 1000}]}
    answer = empty.books("POST", "/invoices", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
