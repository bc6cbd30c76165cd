"""Transactions in the lab: made in Books and in the CRM as people make them, and read back whole."""

from decimal import Decimal
from typing import Any

from tests.support.lab import Lab
from zoho.engine.report import RunReport

KINDS = {
    "estimates": "Quotes",
    "sales_orders": "Sales_Orders",
    "invoices": "Invoices",
    "purchase_orders": "Purchase_Orders",
}
LINES = {
    "Quotes": "Quoted_Items",
    "Sales_Orders": "Ordered_Items",
    "Invoices": "Invoiced_Items",
    "Purchase_Orders": "Purchase_Items",
}


def with_transactions(lab: Lab) -> None:
    """Turns all kinds of transactions on, both ways."""
    path = lab.settings_file
    blocks = "".join(f"  {module}: {{}}\n" for module in KINDS)
    path.write_text(path.read_text().rstrip("\n").replace("from_sales", "two_way") + "\n" + blocks)


def set_up_firm(lab: Lab) -> None:
    """Turns all transactions on; a customer, a vendor and two products are on both sides."""
    with_transactions(lab)
    lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.crm.insert("Vendors", [{"Vendor_Name": "Mill"}])
    lab.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}, {"Product_Name": "Cup", "Unit_Price": 4}])
    for module in ("products", "customers", "vendors"):
        assert lab.run(module).state == "success"


def items(lab: Lab) -> dict[str, str]:
    """Ids of the Books items by name."""
    return {name: str(item["item_id"]) for name, item in lab.items().items()}


def contact(lab: Lab, kind: str) -> str:
    """Id of the only customer or vendor of Books."""
    pages = lab.books.contacts(contact_type=kind, purpose="test")
    return next(str(row["contact_id"]) for page in pages for row in page.records)


def line(item: str | None, rate: str, quantity: str = "1", **more: Any) -> dict[str, Any]:
    """A line of a transaction of Books; one of free text without an item."""
    own = {"item_id": item} if item else {}
    return {**own, "rate": Decimal(rate), "quantity": Decimal(quantity), **more}


def bill(lab: Lab, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Makes an invoice in Books."""
    return lab.books.invoices.create({"customer_id": contact(lab, "customer"), "line_items": list(lines), **more})


def in_crm(lab: Lab, entity: str = "Invoices") -> list[dict[str, Any]]:
    """All transactions of a CRM list, whole."""
    pages = lab.crm.records(entity, fields=["Subject"], purpose="test")
    records = [lab.crm.record(entity, row["id"]) for page in pages for row in page.records]
    return [record for record in records if record]


def in_books(lab: Lab, kind: str = "invoices") -> list[dict[str, Any]]:
    """All transactions of a Books list, whole."""
    documents = getattr(lab.books, kind)
    rows = [row for page in documents.list(purpose="test") for row in page.records]
    return [documents.get(str(row[documents.kind.id_key])) for row in rows]


def later(lab: Lab) -> None:
    """Lets a few seconds pass."""
    lab.sandbox.clock(advance=5)


def run(lab: Lab, module: str = "invoices", *, full_scan: bool = False) -> RunReport:
    """A run of which nothing failed."""
    later(lab)
    report = lab.run(module, full_scan=full_scan)
    assert (report.state, list(report.failures)) == ("success", [])
    return report


def settle(lab: Lab, module: str = "invoices") -> None:
    """A run; the next one has nothing to write, since what Books says of what it got came back in the same."""
    run(lab, module)
    lab.sandbox.clear_calls()
    run(lab, module)
    assert lab.writes() == []


def known(lab: Lab, entity: str, name: str) -> str:
    """Id of a CRM record by its name."""
    field = {"Products": "Product_Name", "Accounts": "Account_Name", "Vendors": "Vendor_Name"}[entity]
    pages = lab.crm.records(entity, fields=[field], purpose="test")
    return next(str(row["id"]) for page in pages for row in page.records if row[field] == name)


def made_in_crm(lab: Lab, entity: str = "Invoices", layout: str = "Zoho Finance", **fields: Any) -> str:
    """Makes a transaction in the CRM as a sales person does."""
    layouts = {one["name"]: one["id"] for one in lab.crm.layouts(entity)}
    rows = [{"Product_Name": {"id": known(lab, "Products", "Tea")}, "Quantity": 3, "List_Price": Decimal("9.99")}]
    body = {
        "Subject": "Offer",
        "Account_Name": {"id": known(lab, "Accounts", "Acme")},
        "Layout": {"id": layouts[layout]},
        LINES[entity]: rows,
    }
    (result,) = lab.crm.insert(entity, [{**body, **fields}])
    assert result.ok, result.error
    return str(result.id)
