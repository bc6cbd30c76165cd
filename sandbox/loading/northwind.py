"""Loading the customers of the Northwind sample: one account each, and its contact."""

from collections.abc import Sequence
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


def is_customers(headers: Sequence[str]) -> bool:
    """Tell whether a file with these headers is Northwind's ``customers.csv``."""
    return {"customerID", "companyName", "contactName"} <= set(headers)


def load_customers(world: "World", file: str, text: str) -> dict[str, int]:
    """Load Northwind's customers into the CRM.

    The file writes blanks as ``NULL`` and does not quote the commas inside addresses.

    Raises:
        LoadError: A row cannot be read, or a value does not fit.
    """
    org = world.sales["crm"]
    accounts, contacts = RecordWriter(org, "Accounts"), RecordWriter(org, "Contacts")
    counts = {"crm Accounts": 0, "crm Contacts": 0}
    for row in rows_of(file, text, blank=_BLANK, loose=True):
        account_id = _insert(accounts, row, {api: row.get(header) for header, api in _ACCOUNT.items()})
        counts["crm Accounts"] += 1
        if row.get("contactName"):
            first, _, last = row.get("contactName").rpartition(" ")
            person = {"First_Name": first, "Last_Name": last, "Title": row.get("contactTitle")}
            _insert(contacts, row, {**person, "Phone": row.get("phone"), "Account_Name": {"id": account_id}})
            counts["crm Contacts"] += 1
    return counts


def _insert(writer: RecordWriter, row: Row, values: dict[str, object]) -> str:
    result = writer.insert(values)
    if result["status"] != "success":
        raise row.error(result["details"].get("api_name"), result["message"])
    return str(result["details"]["id"])
