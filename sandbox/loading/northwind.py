"""Loading the Northwind sample: customers as accounts with their contacts, suppliers as vendors, and products."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sandbox.loading.tables import Row, rows_of
from sandbox.sales.writes import RecordWriter

if TYPE_CHECKING:
    from sandbox.world import World

_BLANK = "NULL"
_ACCOUNT = {
    "companyName": "Account_Name",
    "phone": "Phone",
    "fax": "Fax",
    "address": "Billing_Street",
    "city": "Billing_City",
    "region": "Billing_State",
    "postalCode": "Billing_Code",
    "country": "Billing_Country",
}

_VENDOR = {
    "companyName": "Vendor_Name",
    "phone": "Phone",
    "address": "Street",
    "city": "City",
    "region": "State",
    "postalCode": "Zip_Code",
    "country": "Country",
}


Loader = Callable[["World", str, str], dict[str, int]]
"""Loads one file into the world and returns how many records of each kind it had."""


class Northwind:
    """Loads the files of one Northwind folder, which refer to each other by Northwind's own ids.

    The files write blanks as ``NULL`` and do not quote the commas inside addresses.
    """

    def __init__(self) -> None:
        self._vendors: dict[str, str] = {}

    def step(self, headers: Sequence[str]) -> tuple[int, Loader] | None:
        """Return when and by what a file with these headers is loaded, or None when it is not one of these."""
        found = set(headers)
        if {"supplierID", "companyName", "contactName"} <= found:
            return 0, self.load_suppliers
        if {"customerID", "companyName", "contactName"} <= found:
            return 1, self.load_customers
        if {"productID", "productName", "unitPrice"} <= found:
            return 2, self.load_products
        return None

    def load_customers(self, world: "World", file: str, text: str) -> dict[str, int]:
        """Load customers into the CRM: one account each, and its contact.

        Raises:
            LoadError: A row cannot be read, or a value does not fit.
        """
        org = world.sales["crm"]
        accounts, contacts = RecordWriter(org, "Accounts"), RecordWriter(org, "Contacts")
        counts = {"crm Accounts": 0, "crm Contacts": 0}
        for row in _rows(file, text):
            account_id = _insert(accounts, row, {api: row.get(header) for header, api in _ACCOUNT.items()})
            counts["crm Accounts"] += 1
            if row.get("contactName"):
                first, _, last = row.get("contactName").rpartition(" ")
                person = {"First_Name": first, "Last_Name": last, "Title": row.get("contactTitle")}
                _insert(contacts, row, {**person, "Phone": row.get("phone"), "Account_Name": {"id": account_id}})
                counts["crm Contacts"] += 1
        return counts

    def load_suppliers(self, world: "World", file: str, text: str) -> dict[str, int]:
        """Load suppliers into the CRM as vendors; the contact's name goes into the description.

        Raises:
            LoadError: A row cannot be read, or a value does not fit.
        """
        writer = RecordWriter(world.sales["crm"], "Vendors")
        for row in _rows(file, text):
            contact = ", ".join(part for part in (row.get("contactName"), row.get("contactTitle")) if part)
            values = {api: row.get(header) for header, api in _VENDOR.items()}
            self._vendors[row.get("supplierID")] = _insert(writer, row, {**values, "Description": contact})
        return {"crm Vendors": len(self._vendors)}

    def load_products(self, world: "World", file: str, text: str) -> dict[str, int]:
        """Load products into the CRM, each with its vendor if the suppliers were loaded.

        Raises:
            LoadError: A row cannot be read, or a value does not fit.
        """
        writer = RecordWriter(world.sales["crm"], "Products")
        rows = list(_rows(file, text))
        for row in rows:
            _insert(writer, row, {**_product(row), "Vendor_Name": self._vendors.get(row.get("supplierID"))})
        return {"crm Products": len(rows)}


def _rows(file: str, text: str) -> Iterator[Row]:
    return rows_of(file, text, blank=_BLANK, loose=True)


def _product(row: Row) -> dict[str, object]:
    return {
        "Product_Name": row.get("productName"),
        "Product_Code": row.get("productID"),
        "Description": row.get("quantityPerUnit"),
        "Product_Active": row.get("discontinued") != "1",
        "Unit_Price": _number(row, "unitPrice"),
        "Qty_in_Stock": _number(row, "unitsInStock"),
        "Reorder_Level": _number(row, "reorderLevel"),
    }


def _number(row: Row, header: str) -> float:
    try:
        return float(row.get(header) or 0)
    except ValueError:
        raise row.error(header, f'"{row.get(header)}" is not a number') from None


def _insert(writer: RecordWriter, row: Row, values: dict[str, object]) -> str:
    result = writer.insert(values)
    if result["status"] != "success":
        raise row.error(result["details"].get("api_name"), result["message"])
    return str(result["details"]["id"])
