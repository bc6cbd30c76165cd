"""Northwind's orders as documents: 830 orders with 2,155 lines, discounts and freight (TXN-6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from sandbox.loading.tables import Row, rows_of
from stack.places import CHECKOUT
from tests.sandbox.client import Zoho

FOLDER = CHECKOUT.parent / "shared" / "data" / "northwind"
"""Where the data is, if it is there: beside the checkout."""

needs_northwind = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the data folder is absent: ../shared/data/northwind"
)
"""Skips a test where the data is not."""

_PAGE = 200
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One line of an order.

    Attributes:
        product: name of the product.
        price: price of one.
        quantity: how many.
        discount: discount in percent.
    """

    product: str
    price: Decimal
    quantity: Decimal
    discount: Decimal

    @property
    def total(self) -> Decimal:
        """What it comes to, rounded as Books rounds: the gross amount, then the discount."""
        gross = _cents(self.price * self.quantity)
        return gross - _cents(gross * self.discount / 100)


@dataclass(frozen=True)
class Order:
    """One order.

    Attributes:
        id: its number in Northwind.
        customer: name of the customer.
        date: day of the order, as ``yyyy-mm-dd``.
        due: day by which it is wanted.
        freight: what shipping costs.
        lines: what is ordered.
    """

    id: str
    customer: str
    date: str
    due: str
    freight: Decimal
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """What is to be paid: the lines and the freight."""
        return sum((line.total for line in self.lines), self.freight)


def orders() -> list[Order]:
    """All orders in the order of their numbers.

    Customers and products are told by name, which is how they are known in Zoho.
    """
    customers = {row.get("customerID"): row.get("companyName") for row in _rows("customers")}
    products = {row.get("productID"): row.get("productName") for row in _rows("products")}
    lines: dict[str, list[Line]] = {}
    for row in _rows("order-details"):
        line = Line(products[row.get("productID")], Decimal(row.get("unitPrice")), Decimal(row.get("quantity")),
                    Decimal(row.get("discount")) * 100)  # fmt: skip
        lines.setdefault(row.get("orderID"), []).append(line)
    return [
        Order(row.get("orderID"), customers[row.get("customerID")], row.get("orderDate")[:10],
              row.get("requiredDate")[:10], Decimal(row.get("freight")), tuple(lines[row.get("orderID")]))
        for row in _rows("orders")
    ]  # fmt: skip


def make_parties(zoho: Zoho) -> None:
    """Makes Northwind's customers and products in Books, as a sync from the CRM would."""
    for row in _rows("customers"):
        zoho.customer(contact_name=row.get("companyName"))
    for row in _rows("products"):
        item = {"name": row.get("productName"), "rate": float(row.get("unitPrice"))}
        _created(zoho, "items", "item", item)


def make_invoices(zoho: Zoho, made: list[Order]) -> dict[str, dict[str, Any]]:
    """Makes an invoice in Books of each order; returns the invoices by the orders' numbers.

    The reference number of an invoice is the number of its order, its freight the shipping charge. Customers and
    items must be in Books, by name.
    """
    customers = _ids(zoho, "contacts", "contact_name", "contact_id", contact_type="customer")
    items = _ids(zoho, "items", "name", "item_id")
    return {order.id: _created(zoho, "invoices", "invoice", _invoice(order, customers, items)) for order in made}


def _invoice(order: Order, customers: Mapping[str, str], items: Mapping[str, str]) -> dict[str, Any]:
    lines = [
        {"item_id": items[line.product], "rate": float(line.price), "quantity": float(line.quantity),
         "discount": f"{line.discount.normalize():f}%"}
        for line in order.lines
    ]  # fmt: skip
    return {"customer_id": customers[order.customer], "reference_number": order.id, "date": order.date,
            "due_date": order.due, "shipping_charge": float(order.freight), "discount_type": "item_level",
            "line_items": lines}  # fmt: skip


def _created(zoho: Zoho, resource: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = zoho.books("POST", f"/{resource}", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()[key]
    return found


def _ids(zoho: Zoho, resource: str, name: str, key: str, **params: str) -> dict[str, str]:
    rows: list[dict[str, Any]] = []
    while len(rows) % _PAGE == 0:
        page = {"page": str(len(rows) // _PAGE + 1), "per_page": str(_PAGE), **params}
        found = zoho.books("GET", f"/{resource}", params=page).json()[resource]
        rows += found
        if not found:
            break
    return {row[name]: row[key] for row in rows}


def _rows(name: str) -> Iterator[Row]:
    text = (FOLDER / f"{name}.csv").read_text("utf-8-sig")
    return rows_of(f"{name}.csv", text, blank="NULL", loose=True)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
