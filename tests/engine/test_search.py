"""Search on the sales side by name, synchronized or not (SRCH-2)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.engine.errors import NotThere
from zoho.engine.on_demand.search import Hit, search
from zoho.store.database import open_store


@pytest.fixture
def bigin(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The shipped Bigin integration on empty organizations."""
    engine = open_store(store_url)
    sandbox.reset("empty")
    yield Lab(sandbox, engine, tmp_path / "bigin", integration="demo_bigin")
    engine.dispose()


def made(lab: Lab, entity: str, *rows: dict[str, object]) -> list[str]:
    return [str(done.id) for done in lab.sales.insert(entity, list(rows))]


def hits(lab: Lab, text: str, module: str = "customers") -> list[Hit]:
    return list(search(lab.job(module=module), text).hits)


def names(found: list[Hit]) -> list[str]:
    return [hit.name for hit in found]


def test_accounts_with_all_their_contacts_and_links(empty_lab: Lab):
    """SRCH-2: by account name, linked or not, in either case; each with the customer that it belongs to."""
    lab = empty_lab
    (acme,) = made(lab, "Accounts", {"Account_Name": "Acme Trading"})
    below = [{"First_Name": "Ann", "Last_Name": "Lee", "Email": "ann@a.example", "Account_Name": {"id": acme}}]
    made(lab, "Contacts", *below)
    lab.run()
    (other,) = made(lab, "Accounts", {"Account_Name": "The ACME of O'Neill"})
    made(lab, "Contacts", {"Last_Name": "Moor", "Account_Name": {"id": other}}, {"Last_Name": "Acme"})
    books_id = lab.customers()["Acme Trading"]["contact_id"]

    first, second = hits(lab, " acme ")

    assert (first.name, first.sales_id, first.entity) == ("Acme Trading", acme, "Accounts")
    assert first.linked
    assert (first.linked.books_id, first.linked.name, first.linked.as_person) == (books_id, "Acme Trading", False)
    (ann,) = first.contacts
    assert (ann.name, ann.email, ann.entity) == ("Ann Lee", "ann@a.example", "Contacts")
    assert ann.linked
    assert (ann.linked.books_id, ann.linked.as_person) == (books_id, True)
    assert (second.sales_id, second.linked, names(list(second.contacts))) == (other, None, ["Moor"])
    assert second.contacts[0].linked is None
    assert names(hits(lab, "o'neill")) == ["The ACME of O'Neill"]
    assert hits(lab, "nobody") == []


def test_contacts_by_first_and_last_name(empty_lab: Lab):
    """SRCH-2: with `contacts` as the feed, in either order, by either of them, or by parts of both."""
    lab = empty_lab
    lab.settings(feed="contacts")
    people = [("Ann", "Lee"), ("Anna", "van Lee"), ("Lee", "Chan"), (None, "Annis"), ("Bob", "Moor")]
    made(lab, "Contacts", *({"First_Name": first, "Last_Name": last} for first, last in people))
    assert names(hits(lab, "lee")) == ["Lee Chan", "Ann Lee", "Anna van Lee"]
    assert names(hits(lab, "ann")) == ["Annis", "Ann Lee", "Anna van Lee"]
    assert names(hits(lab, "ann lee")) == ["Ann Lee", "Anna van Lee"]
    assert names(hits(lab, "van lee anna")) == ["Anna van Lee"]
    assert names(hits(lab, "bob lee")) == []


def test_vendors_and_products(empty_lab: Lab):
    """SRCH-2: by their names."""
    lab = empty_lab
    made(lab, "Vendors", {"Vendor_Name": "Paper Mill"}, {"Vendor_Name": "Smith"})
    made(lab, "Products", {"Product_Name": "Green Tea", "Unit_Price": 1})
    lab.run("vendors")
    (mill,) = hits(lab, "mill", "vendors")
    assert (mill.name, mill.linked is not None) == ("Paper Mill", True)
    (tea,) = hits(lab, "TEA", "products")
    assert (tea.name, tea.linked) == ("Green Tea", None)


def test_a_page_at_a_time(empty_lab: Lab):
    """SRCH-2: by name, none twice; a page of accounts costs two calls, their contacts among them."""
    lab = empty_lab
    made(lab, "Accounts", *({"Account_Name": f"Firm {n:02}"} for n in range(12)))
    first = search(lab.job(), "firm", per_page=5)
    assert (names(list(first.hits)), first.next, first.calls) == ([f"Firm {n:02}" for n in range(5)], 5, 2)
    last = search(lab.job(), "firm", skip=10, per_page=5)
    assert (names(list(last.hits)), last.next) == (["Firm 10", "Firm 11"], None)
    with pytest.raises(NotThere):
        search(lab.job(), "   ")


def test_bigin_misses_nothing_that_its_index_does_not_have_yet(bigin: Lab):
    """SRCH-2, BIG-1: companies with their contacts; one made a moment ago is found, though the index lags."""
    lab = bigin
    (acme,) = made(lab, "Accounts", {"Account_Name": "Acme Trading"})
    made(lab, "Contacts", {"Last_Name": "Lee", "Account_Name": {"id": acme}})
    lab.run()
    lab.sandbox.clock(advance=600)
    lab.ahead = timedelta(seconds=600)
    lab.sandbox.settings(search_lag_seconds=20)
    made(lab, "Accounts", {"Account_Name": "Acme Fresh"}, {"Account_Name": "Birch"})
    fresh, known = hits(lab, "acme")
    assert (fresh.name, fresh.linked) == ("Acme Fresh", None)
    assert (known.name, known.linked is not None, names(list(known.contacts))) == ("Acme Trading", True, ["Lee"])
