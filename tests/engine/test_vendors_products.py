"""Vendors and products reach Books by the same way as customers (VEN-1, PRO-1, PRO-2)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.lab import Lab
from tests.support.transactions import with_transactions


@pytest.fixture
def trading(empty_lab: Lab) -> Lab:
    """The demo integration with its vendors and products modules on."""
    empty_lab.module_on("vendors")
    empty_lab.module_on("products")
    return empty_lab


def vendors(lab: Lab) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in lab.customers().items() if one["contact_type"] == "vendor"}


def items(lab: Lab) -> dict[str, dict[str, Any]]:
    rows = [row for page in lab.books.items(purpose="test") for row in page.records]
    details = [lab.books.item(row["item_id"]) for row in rows]
    return {detail["name"]: detail for detail in details if detail}


def writes_nothing(lab: Lab, module: str) -> None:
    lab.sandbox.clear_calls()
    assert lab.run(module).state == "success"
    assert lab.writes() == []


def test_vendors(trading: Lab):
    """VEN-1: a CRM vendor becomes a Books vendor; its e-mail and phone are its primary contact person's."""
    trading.crm.insert(
        "Vendors",
        [
            {"Vendor_Name": "山田金物", "Email": "info@example.jp", "Phone": "03-5550-0101", "City": "大阪市"},
            {"Vendor_Name": "Bolts & Sons", "Street": "1  High St.", "Country": "UK"},
        ],
    )
    report = trading.run("vendors")
    assert (report.state, report.directions[0].added) == ("success", 2)
    found = vendors(trading)
    assert set(found) == {"山田金物", "Bolts & Sons"}
    (person,) = found["山田金物"]["contact_persons"]
    assert (person["email"], person["phone"]) == ("info@example.jp", "03-5550-0101")
    assert found["Bolts & Sons"]["billing_address"]["address"] == "1  High St."
    assert found["Bolts & Sons"]["contact_persons"] == []
    writes_nothing(trading, "vendors")


def test_vendors_and_customers_are_kept_apart(trading: Lab):
    """VEN-1: the customers module does not touch vendors, nor the other way round."""
    trading.crm.insert("Vendors", [{"Vendor_Name": "Bolts & Sons"}])
    trading.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    trading.run("vendors")
    trading.run("customers")
    assert {name: one["contact_type"] for name, one in trading.customers().items()} == {
        "Bolts & Sons": "vendor",
        "Acme": "customer",
    }
    writes_nothing(trading, "vendors")
    writes_nothing(trading, "customers")


def test_products(trading: Lab):
    """PRO-1: a product becomes an item; its price is exact; a changed price is one update of one field."""
    (made, _) = trading.crm.insert(
        "Products",
        [
            {"Product_Name": "Chai", "Product_Code": "C-1", "Unit_Price": Decimal("18.07"), "Description": "茶"},
            {"Product_Name": "Advice", "Product_Code": "A-1"},
        ],
    )
    report = trading.run("products")
    assert (report.state, report.directions[0].added) == ("success", 2)
    found = items(trading)
    assert (found["Chai"]["rate"], found["Chai"]["sku"], found["Chai"]["description"]) == (
        Decimal("18.07"),
        "C-1",
        "茶",
    )
    assert found["Advice"]["rate"] == 0
    writes_nothing(trading, "products")

    trading.crm.update("Products", [{"id": made.id, "Unit_Price": Decimal("18.10")}])
    trading.sandbox.clear_calls()
    assert trading.run("products").directions[0].updated == 1
    assert [call["method"] for call in trading.writes()] == ["PUT"]
    assert items(trading)["Chai"]["rate"] == Decimal("18.1")


@pytest.mark.parametrize("kind", ["goods", "service"])
def test_without_a_mapped_type_the_configured_one_is_taken(trading: Lab, kind: str):
    """PRO-2: the CRM does not tell goods from services."""
    trading.settings_add(f"product_type: {kind}", "products")
    trading.crm.insert("Products", [{"Product_Name": "Chai"}])
    trading.run("products")
    assert items(trading)["Chai"]["product_type"] == kind


def test_duplicate_products(trading: Lab):
    """PRO-1, CUS-4: duplicates have the same name; overwrite takes the sales side's values."""
    trading.settings_add("duplicates: overwrite", "products")
    before = trading.books.create_item({"name": "Chai", "rate": Decimal(1)})
    trading.crm.insert("Products", [{"Product_Name": "Chai", "Unit_Price": Decimal("18.07")}])
    assert trading.run("products").directions[0].updated == 1
    assert items(trading)["Chai"]["item_id"] == before["item_id"]
    assert items(trading)["Chai"]["rate"] == Decimal("18.07")


def test_what_stands_for_lines_without_an_item_is_no_product(trading: Lab):
    """PRO-1, TXN-2: the transactions made it in the CRM."""
    trading.crm.insert("Products", [{"Product_Name": "Text line"}, {"Product_Name": "Chai"}])
    with_transactions(trading)
    report = trading.run("products")
    assert (report.state, report.directions[0].added, report.directions[0].skipped) == ("success", 1, 1)
    assert set(items(trading)) == {"Chai"}
    writes_nothing(trading, "products")


def test_a_value_that_cannot_be_translated_is_that_records_failure(empty_lab: Lab):
    """CUS-6: the failure names the field; the other records are written."""
    empty_lab.map_with("Description", "notes", "{choices: {Gold: gold, Silver: silver}}")
    empty_lab.crm.insert("Accounts", [{"Account_Name": "A", "Description": "Gold"}])
    empty_lab.crm.insert("Accounts", [{"Account_Name": "B", "Description": "Bronze"}])
    report = empty_lab.run()
    assert (report.state, report.directions[0].added, report.directions[0].failed) == ("partial", 1, 1)
    assert "Description" in report.failures[0].reason
    assert "Bronze" in report.failures[0].reason
    assert empty_lab.customers()["A"]["notes"] == "gold"
