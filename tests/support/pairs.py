"""Records as people make them on both sides, and which of them belong together."""

from typing import Any

from sqlalchemy import select

from tests.support.lab import Lab
from zoho.store.tables import changes, links, metadata

UNIQUE_IDS = "unique_id: {books: cf_crm_id, sales: Books_ID}"
"""The settings of customers with a unique id on both sides (BEY-4)."""


def with_books_ids(lab: Lab) -> None:
    """Makes the unique fields in the CRM; Books has its own from the start."""
    for module in ("Accounts", "Contacts"):
        lab.sandbox.custom_field(product="crm", module=module, label="Books ID", api_name="Books_ID", unique=True)


def use_unique_ids(lab: Lab) -> None:
    """Sets customers up with a unique id on both sides (BEY-4)."""
    with_books_ids(lab)
    lab.settings_add(UNIQUE_IDS)


def account(lab: Lab, name: str, **fields: Any) -> str:
    """An account that a sales person made; its id."""
    return str(lab.crm.insert("Accounts", [{"Account_Name": name, **fields}])[0].id)


def contact(lab: Lab, last_name: str, account_id: str | None = None, **fields: Any) -> str:
    """A contact that a sales person made; its id."""
    above = {"Account_Name": {"id": account_id}} if account_id else {}
    return str(lab.crm.insert("Contacts", [{"Last_Name": last_name, **above, **fields}])[0].id)


def business(lab: Lab, name: str, **fields: Any) -> str:
    """A business customer that an accountant made in Books; its id."""
    made = lab.books.create_contact({"contact_name": name, "customer_sub_type": "business", **fields})
    return str(made["contact_id"])


def customer_ids(lab: Lab) -> dict[str, str]:
    """Display name → id of all contacts of Books."""
    return {name: one["contact_id"] for name, one in lab.customers().items()}


def persons(lab: Lab) -> dict[str, list[str]]:
    """Display name → last names of the contact persons, of all contacts of Books."""
    return {name: [p["last_name"] for p in one["contact_persons"]] for name, one in lab.customers().items()}


def pairs(lab: Lab, role: str = "record") -> set[tuple[str, str]]:
    """Sales id and Books id of all links that hold."""
    with lab.store.connect() as connection:
        query = select(links.c.sales_id, links.c.books_id).where(links.c.role == role, links.c.retired_at.is_(None))
        return {(row.sales_id, row.books_id) for row in connection.execute(query)}


def reasons(lab: Lab) -> set[str]:
    """Why the changes of the latest run were made."""
    with lab.store.connect() as connection:
        query = select(changes.c.reason).where(changes.c.run_id == f"{lab.integration}-{lab.runs}")
        return set(connection.scalars(query))


def details_read(lab: Lab) -> list[str]:
    """Ids of the Books contacts that were read whole, by call."""
    paths = [call["path"] for call in lab.sandbox.calls() if call["method"] == "GET"]
    return sorted(path.rpartition("/")[2] for path in paths if path.startswith("/books/v3/contacts/"))


def creates(lab: Lab) -> list[tuple[str, str]]:
    """The calls since the last :func:`watched` that made a record."""
    return [(call["method"], call["path"]) for call in lab.writes() if call["status"] == 201]


def later(lab: Lab) -> Lab:
    """Some seconds later: Books tells times to the second, so an edit in the second of a write goes unseen."""
    lab.sandbox.clock(advance=5)
    return lab


def green(lab: Lab, module: str = "customers", **options: bool) -> None:
    """A run that succeeds."""
    report = lab.run(module, **options)
    assert (report.state, report.failures) == ("success", [])


def quiet(lab: Lab, module: str = "customers") -> None:
    """Asserts that another run finds nothing to do."""
    lab.sandbox.clear_calls()
    green(lab, module)
    assert lab.writes() == [], reasons(lab)


def settled(lab: Lab, module: str = "customers") -> None:
    """Runs until both ids of every pair are written, which takes the run after the one that links them."""
    green(lab, module)
    green(lab, module)
    quiet(lab, module)


def lose_the_store(lab: Lab) -> None:
    """Empties the sync state database and nothing else."""
    with lab.store.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(metadata.tables)}")
