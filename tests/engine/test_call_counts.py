"""What a run costs in API calls, exactly as the table of docs/quotas.md tells it (BEY-8).

The numbers of records are small here, but beyond every batch and page. With ``ZOHO_LONG_COUNTS`` in the
environment they are those of the table.
"""

import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import pytest

from stack.places import CHECKOUT
from tests.support.lab import Lab
from zoho.api.books_walk import calls_for
from zoho.transport.oauth import MemoryTokenStore

LONG = bool(os.environ.get("ZOHO_LONG_COUNTS"))
SOME = 201
"""A record more than a page of 200 and two batches of 100."""

PRODUCTS = {"Zoho CRM": "crm", "Zoho Books": "books"}
Calls = Mapping[str, Mapping[str, int]]
"""Product → purpose → number."""


@dataclass(frozen=True)
class Row:
    """A row of the table: purpose → formula and, where the row has an ``n``, its value."""

    module: str
    happened: str
    n: int
    crm: Mapping[str, tuple[str, str]]
    books: Mapping[str, tuple[str, str]]

    def calls(self, n: int) -> Calls:
        """The calls that the formulas give."""
        columns = {"crm": self.crm, "books": self.books}
        return {
            product: {purpose: value(formula, n) for purpose, (formula, _) in cells.items()}
            for product, cells in columns.items()
        }


def table() -> list[Row]:
    text = (CHECKOUT / "docs" / "quotas.md").read_text(encoding="utf-8")
    section = text.split("\n## What a run costs\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    rows = []
    for line in lines:
        module, happened, n, crm, books = (cell.strip() for cell in line.strip("|").split("|"))
        rows.append(Row(module, happened, number(n or "1"), cells(crm), cells(books)))
    return rows


def cells(text: str) -> dict[str, tuple[str, str]]:
    """Purpose → formula and figure of ``scan ⌈n/200⌉ + 3 = 8, load 2``."""
    found = {}
    for part in text.split(", "):
        purpose, cost = part.split(" ", 1)
        formula, _, figure = cost.partition(" = ")
        found[purpose] = (formula, figure)
    return found


def number(text: str) -> int:
    return int(text.replace(",", ""))


def value(formula: str, n: int) -> int:
    """The value of a sum such as ``2⌈n/100⌉ + 3``, ``p(n)`` or ``n``."""
    return sum(term(one, n) for one in formula.split(" + "))


def term(text: str, n: int) -> int:
    if text == "n":
        return n
    if text == "p(n)":
        return calls_for(n)
    if batches := re.fullmatch(r"(\d*)⌈n/(\d+)⌉", text):
        return int(batches[1] or 1) * ceil(n / int(batches[2]))
    return number(text)


@dataclass(frozen=True)
class Scenario:
    """What happens before the run whose calls are counted, and the number of records in the short edition."""

    play: Callable[[Lab, int], None]
    n: int = 1


def accounts(lab: Lab, n: int, *, first: int = 0) -> None:
    lab.crm.insert("Accounts", [{"Account_Name": f"Account {place}"} for place in range(first, first + n)])


def load(lab: Lab, **files: list[str]) -> None:
    """Adds records to Books, of CSV files."""
    folder = lab.folder / "load"
    folder.mkdir()
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines))
    lab.sandbox.load(folder)


def customers(lab: Lab, n: int) -> None:
    names = [f"Customer {place}" for place in range(n)]
    load(
        lab,
        Books_Customers=[
            "Display Name,Company Name,Customer Sub Type",
            *(f"{name},{name},business" for name in names),
        ],
        Books_Contact_Persons=[
            "Display Name,First Name,Last Name,Primary Contact",
            *(f"{name},Ann,Lee,true" for name in names),
        ],
    )


def settled(lab: Lab, module: str = "customers", runs: int = 2) -> None:
    """Runs until all is in step and, by the second run, what the first wrote is read once more."""
    for _ in range(runs):
        assert lab.run(module).state == "success"
        lab.sandbox.clock(advance=600)


def nothing(module: str, entity: str, name: str) -> Callable[[Lab, int], None]:
    def play(lab: Lab, _: int) -> None:
        lab.crm.insert(entity, [{name: f"Record {place}"} for place in range(3)])
        settled(lab, module)

    return play


def nothing_for_a_day(lab: Lab, n: int) -> None:
    accounts(lab, n)
    settled(lab)
    lab.ahead = timedelta(days=1, hours=1)


def one_each_way_of_customers(lab: Lab, _: int) -> None:
    accounts(lab, 3)
    settled(lab)
    edit_customers(lab, 1)


def edit_customers(lab: Lab, n: int) -> None:
    """Edits n accounts, and n other customers in Books."""
    mine = [account for account in lab.accounts() if int(account["Account_Name"].split()[1]) < n]
    lab.crm.update("Accounts", [{"id": account["id"], "Phone": "1"} for account in mine])
    rows = [row for page in lab.books.contacts(purpose="test") for row in page.records]
    for row in rows:
        if n <= int(row["contact_name"].split()[1]) < 2 * n:
            lab.books.update_contact(row["contact_id"], {"notes": "edited"})


def one_each_way_of_vendors(lab: Lab, n: int) -> None:
    here, *_ = lab.crm.insert("Vendors", [{"Vendor_Name": "A"}, {"Vendor_Name": "B"}])
    settled(lab, "vendors")
    lab.crm.update("Vendors", [{"id": here.id, "City": "Kobe"}])
    lab.books.update_contact(lab.customers()["B"]["contact_id"], {"notes": "edited"})


def one_each_way_of_products(lab: Lab, n: int) -> None:
    here, *_ = lab.crm.insert("Products", [{"Product_Name": "A"}, {"Product_Name": "B"}])
    settled(lab, "products")
    lab.crm.update("Products", [{"id": here.id, "Unit_Price": 7}])
    lab.books.update_item(lab.items()["B"]["item_id"], {"description": "edited"})


def new_accounts(lab: Lab, n: int) -> None:
    settled(lab)
    accounts(lab, n)


def new_customers(lab: Lab, n: int) -> None:
    settled(lab)
    customers(lab, n)


def sent_customers(lab: Lab, n: int) -> None:
    customers(lab, n)
    lab.sandbox.clock(advance=600)
    settled(lab, runs=1)


def one_per_cent(lab: Lab, n: int) -> None:
    accounts(lab, 200 * n)
    settled(lab)
    edit_customers(lab, n)


def deleted_accounts(lab: Lab, n: int) -> None:
    lab.settings_add("deletes: deactivate")
    accounts(lab, n + 1)
    settled(lab)
    ids = [account["id"] for account in lab.accounts()]
    lab.crm.delete("Accounts", ids[:n])


def lost_answer(lab: Lab, _: int) -> None:
    settled(lab)
    accounts(lab, 1)
    lost = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "commit_then_drop", "times": 1}
    lab.sandbox.faults([lost])


def new_products(lab: Lab, n: int) -> None:
    settled(lab, "products")
    lab.crm.insert("Products", [{"Product_Name": f"Product {place}"} for place in range(n)])


def new_items(lab: Lab, n: int) -> None:
    settled(lab, "products")
    load(lab, Books_Items=["Item Name,Rate", *(f"Item {place},1.5" for place in range(n))])


SCENARIOS = {
    ("customers", "nothing"): Scenario(nothing("customers", "Accounts", "Account_Name")),
    ("customers", "nothing, for a day; n customers in Books"): Scenario(nothing_for_a_day, SOME),
    ("customers", "one account edited, one other customer edited in Books"): Scenario(one_each_way_of_customers),
    ("customers", "the first run of all, with n accounts"): Scenario(accounts, SOME),
    ("customers", "n new accounts"): Scenario(new_accounts, SOME),
    ("customers", "n new customers in Books, each with a contact person"): Scenario(new_customers, SOME),
    (
        "customers",
        "nothing, and that run sent n customers, each with a contact person, to the CRM",
    ): Scenario(sent_customers, SOME),
    (
        "customers",
        "of 200n customers n edited in the CRM and n others in Books, together 1 %",
    ): Scenario(one_per_cent, 2),
    ("customers", "one new account; the answer to its create is lost"): Scenario(lost_answer),
    ("customers", "n accounts deleted, with `deletes: deactivate`"): Scenario(deleted_accounts, 3),
    ("vendors", "nothing"): Scenario(nothing("vendors", "Vendors", "Vendor_Name")),
    ("vendors", "one edited, one other edited in Books"): Scenario(one_each_way_of_vendors),
    ("products", "nothing"): Scenario(nothing("products", "Products", "Product_Name")),
    ("products", "one edited, one other edited in Books"): Scenario(one_each_way_of_products),
    ("products", "n new products"): Scenario(new_products, SOME),
    ("products", "n new items in Books"): Scenario(new_items, SOME),
}


@pytest.fixture
def two_way(empty_lab: Lab) -> Lab:
    """Two empty organizations, all modules both ways."""
    for module in ("customers", "vendors", "products"):
        empty_lab.module_on(module)
        empty_lab.settings_add("direction: two_way", module)
    return empty_lab


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row.module}: {row.happened}")
def test_a_run_costs_what_the_table_says(two_way: Lab, caplog: pytest.LogCaptureFixture, row: Row) -> None:
    """BEY-8: exactly these calls, purpose by purpose; those that write are the ones that the plan told."""
    scenario = SCENARIOS[row.module, row.happened]
    n = row.n if LONG else scenario.n
    scenario.play(two_way, n)
    caplog.set_level(logging.INFO)
    caplog.clear()
    made = calls(two_way, row.module)
    assert made == row.calls(n)
    assert planned(caplog) == {product: by["load"] for product, by in made.items() if "load" in by}


def test_the_table_is_whole() -> None:
    """BEY-8: each row is played, and its figures are what its formulas give."""
    rows = table()
    assert {(row.module, row.happened) for row in rows} == set(SCENARIOS)
    for row in rows:
        for formula, figure in (*row.crm.values(), *row.books.values()):
            assert ("n" in formula) == bool(figure), row
            assert not figure or value(formula, row.n) == number(figure), row


def test_a_detail_is_read_only_where_it_is_needed(empty_lab: Lab) -> None:
    """BEY-8: one way, of the customers in Books only the one that is joined is read whole, once."""
    for name in ("Account 1", "Somebody else"):
        empty_lab.books.create_contact({"contact_name": name})
    accounts(empty_lab, 2)
    assert calls(empty_lab)["books"] == {"scan": 1, "settings": 2, "detail": 1, "load": 2}


def calls(lab: Lab, module: str = "customers") -> Calls:
    """Runs, and returns product → purpose → calls, as the history says and the sandbox saw."""
    lab.tokens = MemoryTokenStore()  # no token runs out on the way, which would repeat a call
    lab.sandbox.clear_calls()
    said = {product: by for product, by in lab.run(module).api_calls.items() if product != "accounts"}
    seen = [call["product"] for call in lab.sandbox.calls() if "/oauth/" not in call["path"]]
    assert {product: seen.count(product) for product in said} == {
        product: sum(by.values()) for product, by in said.items()
    }
    return said


def planned(caplog: pytest.LogCaptureFixture) -> dict[str, int]:
    """Product → calls, as the plan told its cost in the log."""
    (told,) = [line for line in caplog.messages if line.startswith("The plan costs ")]
    return {PRODUCTS[name]: number(n) for n, name in re.findall(r"([\d,]+) calls? to (Zoho \w+)", told)}
