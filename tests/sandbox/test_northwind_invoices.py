"""Northwind's orders as invoices in Books (TXN-6; zoho-api 3.5)."""

import json
from decimal import Decimal

from tests.sandbox.client import Zoho
from tests.support.northwind import make_invoices, make_parties, needs_northwind, orders


@needs_northwind
def test_every_order_becomes_an_invoice_of_the_same_total(empty: Zoho) -> None:
    """TXN-6: lines with their discounts and the freight come to what they come to by hand, to the cent."""
    make_parties(empty)
    all_orders = orders()
    assert (len(all_orders), sum(len(order.lines) for order in all_orders)) == (830, 2155)
    made = make_invoices(empty, all_orders)
    totals: dict[str, Decimal] = {}
    for page in range(1, 6):
        params = {"page": str(page), "sort_column": "date", "sort_order": "A"}
        answer = json.loads(empty.books("GET", "/invoices", params=params).text, parse_float=Decimal)
        totals |= {row["reference_number"]: Decimal(row["total"]) for row in answer["invoices"]}
    assert totals == {order.id: order.total for order in all_orders}
    assert sum(totals.values()) == sum(order.total for order in all_orders)
    first, order = made["10250"], next(order for order in all_orders if order.id == "10250")
    assert [Decimal(str(line["item_total"])) for line in first["line_items"]] == [line.total for line in order.lines]
    assert (first["shipping_charge"], first["customer_name"]) == (65.83, "Hanari Carnes")
