"""The rows of the table of calls in docs/quotas.md: what happens before each run, and the fewest calls it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support import least_calls as least
from tests.support.lab import Lab
from zoho.transport.oauth import MemoryTokenStore

SOME = 201
"""A record more than a page of 200 and two batches of 100."""

Calls = Mapping[str, Mapping[str, int]]
"""Product → purpose → number."""

Least = Mapping[str, int]
"""Product → number."""

PREFLIGHT = {"crm": 4, "books": 2}
"""Calls of what a run has to know before it begins, once a day, none of which Zoho tells together.

The CRM: the organization, its modules, the fields of either list. Books: the organizations, and whether the list may
be read.
"""


@dataclass(frozen=True)
class Scenario:
    """A row of the table.

    Attributes:
        play: what happens before the run whose calls are counted.
        least: product → the fewest calls of the run, for n records.
        n: the number of records in the short edition.
    """

    play: Callable[[Lab, int], None]
    least: Callable[[int], Least]
    n: int = 1


def accounts(lab: Lab, n: int, *, first: int = 0) -> None:
    lab.crm.insert("Accounts", [{"Account_Name": f"Account {place}"} for place in range(first, first + n)])


def load(lab: Lab, **files: list[str]) -> None:
    """Adds records to Books, of CSV files."""
    with TemporaryDirectory() as folder:
        for name, lines in files.items():
            Path(folder, f"{name}.csv").write_text("\n".join(lines))
        lab.sandbox.load(Path(folder))


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


def of_customers(
    accounts: int = 0, contacts: int = 0, *, written: int = 0, written_contacts: int = 0, deletions: int = 2
) -> int:
    """The fewest calls to the CRM of a run of customers.

    Args:
        accounts: that its list has to show.
        contacts: likewise.
        written: accounts.
        written_contacts: contacts.
        deletions: lists that are asked what was deleted: none that is read for the first time.
    """
    lists = least.crm_list(accounts) + least.crm_list(contacts) + deletions * least.crm_deleted()
    return lists + least.crm_written(written) + least.crm_written(written_contacts)


def of_one_list(records: int = 0, *, written: int = 0) -> int:
    """The same for vendors and products, which are one list."""
    return least.crm_list(records) + least.crm_deleted() + least.crm_written(written)


SCENARIOS = {
    ("customers", "nothing"): Scenario(
        nothing("customers", "Accounts", "Account_Name"),
        lambda n: {"crm": of_customers(), "books": least.books_list(0)},
    ),
    ("customers", "nothing, for a day; n customers in Books"): Scenario(
        nothing_for_a_day,
        lambda n: {"crm": PREFLIGHT["crm"] + of_customers(), "books": PREFLIGHT["books"] + least.books_list(n)},
        SOME,
    ),
    ("customers", "one account edited, one other customer edited in Books"): Scenario(
        one_each_way_of_customers,
        lambda n: {
            "crm": of_customers(1, written=1),
            "books": least.books_list(1) + least.books_contacts_whole(1) + least.books_written(1),
        },
    ),
    ("customers", "the first run of all, with n accounts"): Scenario(
        accounts,
        lambda n: {
            "crm": PREFLIGHT["crm"] + of_customers(n, deletions=0),
            "books": PREFLIGHT["books"] + least.books_list(0) + least.books_written(n),
        },
        SOME,
    ),
    ("customers", "n new accounts"): Scenario(
        new_accounts,
        lambda n: {"crm": of_customers(n), "books": least.books_list(0) + least.books_written(n)},
        SOME,
    ),
    ("customers", "n new customers in Books, each with a contact person"): Scenario(
        new_customers,
        lambda n: {
            "crm": of_customers(written=n, written_contacts=n),
            "books": least.books_list(n) + least.books_contacts_whole(n),
        },
        SOME,
    ),
    (
        "customers",
        "nothing, and that run sent n customers, each with a contact person, to the CRM",
    ): Scenario(sent_customers, lambda n: {"crm": of_customers(n, n), "books": least.books_list(0)}, SOME),
    (
        "customers",
        "of 200n customers n edited in the CRM and n others in Books, together 1 %",
    ): Scenario(
        one_per_cent,
        lambda n: {
            "crm": of_customers(n, written=n),
            "books": least.books_list(n) + least.books_contacts_whole(n) + least.books_written(n),
        },
        2,
    ),
    ("customers", "one new account; the answer to its create is lost"): Scenario(
        lost_answer,
        lambda n: {
            "crm": of_customers(1),
            # It is sent once, looked for by its name, and read whole.
            "books": least.books_list(0) + least.books_written(1) + 1 + least.books_contacts_whole(1),
        },
    ),
    ("customers", "n accounts deleted, with `deletes: deactivate`"): Scenario(
        deleted_accounts,
        lambda n: {"crm": of_customers(), "books": least.books_list(0) + least.books_written(n)},
        3,
    ),
    ("vendors", "nothing"): Scenario(
        nothing("vendors", "Vendors", "Vendor_Name"),
        lambda n: {"crm": of_one_list(), "books": least.books_list(0)},
    ),
    ("vendors", "one edited, one other edited in Books"): Scenario(
        one_each_way_of_vendors,
        lambda n: {
            "crm": of_one_list(1, written=1),
            "books": least.books_list(1) + least.books_contacts_whole(1) + least.books_written(1),
        },
    ),
    ("products", "nothing"): Scenario(
        nothing("products", "Products", "Product_Name"),
        lambda n: {"crm": of_one_list(), "books": least.books_list(0)},
    ),
    ("products", "one edited, one other edited in Books"): Scenario(
        one_each_way_of_products,
        lambda n: {
            "crm": of_one_list(1, written=1),
            "books": least.books_list(1) + least.books_items_whole(1) + least.books_written(1),
        },
    ),
    ("products", "n new products"): Scenario(
        new_products,
        lambda n: {"crm": of_one_list(n), "books": least.books_list(0) + least.books_written(n)},
        SOME,
    ),
    ("products", "n new items in Books"): Scenario(
        new_items,
        lambda n: {
            "crm": of_one_list(written=n),
            "books": least.books_list(n) + least.books_items_whole(n),
        },
        SOME,
    ),
}


def calls(lab: Lab, module: str = "customers") -> Calls:
    """Runs, and returns product → purpose → calls, as the history says and the sandbox saw.

    For the run no time passes: a busy machine would have it look again at what it read.
    """
    lab.tokens = MemoryTokenStore()  # no token runs out on the way, which would repeat a call
    lab.sandbox.clear_calls()
    at, now = lab.now(), lab.now
    lab.now = lambda: at
    said = {product: by for product, by in lab.run(module).api_calls.items() if product != "accounts"}
    lab.now = now
    seen = [call["product"] for call in lab.sandbox.calls() if "/oauth/" not in call["path"]]
    assert {product: seen.count(product) for product in said} == {
        product: sum(by.values()) for product, by in said.items()
    }
    return said
