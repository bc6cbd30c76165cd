"""Identity maps in tests: an integration with all sorts of links, its map in a file, and back again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.pairs import account, business, contact
from zoho.engine.linkmap.files import export_csv, export_parquet, is_parquet
from zoho.engine.linkmap.importing import check_import, store_import
from zoho.store.tables import links

ORGANIZATION = "60001234567"


@dataclass(frozen=True)
class People:
    """Who is on both sides before anything is in step.

    Attributes:
        accounts: names of accounts, each with the last names of its contacts.
        individuals: last names of contacts without an account.
        in_books: display names of customers that only Books has.
    """

    accounts: list[tuple[str, list[str]]]
    individuals: list[str]
    in_books: list[str]


def make(lab: Lab, people: People) -> None:
    """Makes people, each told from the others by a text."""
    for number, (name, persons) in enumerate(people.accounts):
        account_id = account(lab, name, Description=f"account {number}")
        for place, last_name in enumerate(persons):
            contact(lab, last_name, account_id, Email=f"a{number}p{place}@example.com")
    for number, last_name in enumerate(people.individuals):
        contact(lab, last_name, Email=f"i{number}@example.com", Description=f"individual {number}")
    for number, name in enumerate(people.in_books):
        business(lab, name, notes=f"customer {number}")


def fill(lab: Lab) -> None:
    """Records of all sorts on both sides: namesakes, contact persons, individuals, one that only Books has."""
    acme, _ = account(lab, "Acme", Description="first"), account(lab, "Acme", Description="second")
    contact(lab, "Lee", acme, First_Name="Ann", Email="ann@example.com")
    contact(lab, "Ray", acme, First_Name="Bob")
    contact(lab, "Solo", First_Name="Han")
    contact(lab, "Solo", First_Name="Han", Email="another@example.com")
    business(lab, "Globex", contact_persons=[{"first_name": "Cy", "last_name": "Young"}])


def saved(lab: Lab, path: Path) -> Path:
    """The map in a file."""
    if is_parquet(path):
        export_parquet(lab.store, "demo", ORGANIZATION, path)
    else:
        path.write_text("".join(export_csv(lab.store, "demo", ORGANIZATION)), encoding="utf-8-sig")
    return path


def bring_back(lab: Lab, file: Path, *modules: str, with_deleted: bool = False) -> int:
    """Imports a file as anna does; returns the number of links that were stored."""
    checked = check_import(
        file, modules or ("customers",), lambda module: lab.job(module=module), with_deleted=with_deleted
    )
    store_import(checked, file.name, "anna")
    return sum(len(one.new) for one in checked)


def known_links(lab: Lab) -> list[tuple[Any, ...]]:
    """All links, those that ended too, with their bases and what they hang below, whatever their numbers are."""
    columns = ("module", "role", "kind", "sales_id", "books_id", "base_sales", "base_books", "linked_at")
    with lab.store.connect() as connection:
        rows = {row.link_id: row for row in connection.execute(select(links))}
    above = {row.link_id: rows[row.parent_link_id].books_id for row in rows.values() if row.parent_link_id}
    found = [
        (*(getattr(row, name) for name in columns), row.retired_why, above.get(row.link_id)) for row in rows.values()
    ]
    return sorted(found, key=str)
