"""The Books view limits what is sent to the sales side (CUS-5)."""

import pytest

from sandbox.books.views import CONTACT_VIEWS, ITEM_VIEWS
from tests.engine.test_call_counts import calls
from tests.engine.test_views import FRANCE, account_names, business, description, edit, history, insert, quiet
from tests.support.lab import Lab
from zoho.config.errors import SettingsError
from zoho.engine.errors import PreflightError

IN_JAPAN, RECENT = CONTACT_VIEWS
(SERVICES, _) = ITEM_VIEWS
JAPAN = {"billing_address": {"country": "Japan"}}
HOUR, WEEK = 3_600, 7 * 86_400


@pytest.fixture
def viewed(empty_lab: Lab) -> Lab:
    """Two empty organizations; customers both ways, of which Books sends those in Japan."""
    empty_lab.sandbox.settings(books_custom_views_everywhere=True)
    empty_lab.settings(direction="two_way")
    empty_lab.settings_add(f'books_view: "{IN_JAPAN}"')
    return empty_lab


def test_only_what_the_view_shows_is_made_on_the_sales_side(viewed: Lab):
    """CUS-5: a customer of Books outside the view is left alone, told once, and sent when it enters."""
    business(viewed, "Tokyo", **JAPAN)
    paris = business(viewed, "Paris", **FRANCE)
    report = viewed.run()
    assert (report.state, account_names(viewed)) == ("success", ["Tokyo"])
    assert history(viewed, "skip") == [("Paris", "the Books view does not show it")]
    viewed.run()
    quiet(viewed)
    edit(viewed, paris, **JAPAN)
    viewed.run()
    assert account_names(viewed) == ["Paris", "Tokyo"]


def test_edits_outside_the_view_wait(viewed: Lab):
    """CUS-5: an edit in Books outside the view drifts, once; what the sales side edits still goes to Books."""
    acme = insert(viewed, "Accounts", Account_Name="Acme", Description="old", Billing_Country="France")
    viewed.run()
    customer = viewed.customers()["Acme"]["contact_id"]
    edit(viewed, customer, notes="new")
    viewed.run()
    quiet(viewed)
    assert description(viewed, "Acme") == "old"
    (told,) = history(viewed, "drift")
    assert told == ("Acme", "notes: changed in Books; not sent, the Books view does not show it")

    viewed.crm.update("Accounts", [{"id": acme, "Website": "acme.example"}])
    viewed.run()
    assert viewed.customers()["Acme"]["website"] == "acme.example"
    quiet(viewed)

    viewed.crm.update("Accounts", [{"id": acme, "Billing_Country": "Japan"}])
    viewed.run()
    viewed.run()
    assert description(viewed, "Acme") == "new"
    quiet(viewed)


def test_a_new_person_outside_the_view_waits_too(viewed: Lab):
    """CUS-5, CUS-3: a contact person added in Books becomes a contact when the customer enters the view."""
    insert(viewed, "Accounts", Account_Name="Acme")
    viewed.run()
    customer = viewed.customers()["Acme"]["contact_id"]
    edit(viewed, customer, contact_persons=[{"first_name": "Ann", "last_name": "Lee"}])
    viewed.run()
    quiet(viewed)
    assert viewed.contacts() == []
    edit(viewed, customer, **JAPAN)
    viewed.run()
    assert [contact["Last_Name"] for contact in viewed.contacts()] == ["Lee"]
    viewed.run()
    quiet(viewed)


def test_membership_changes_without_an_edit(viewed: Lab):
    """CUS-5: a record may leave a view by the mere passing of time, and enter one that is chosen anew."""
    viewed.settings_add(f'books_view: "{RECENT}"')
    insert(viewed, "Accounts", Account_Name="Acme", Description="old")
    viewed.run()
    customer = viewed.customers()["Acme"]["contact_id"]
    viewed.sandbox.clock(advance=WEEK + HOUR)
    edit(viewed, customer, notes="new")
    viewed.run()
    quiet(viewed)
    assert description(viewed, "Acme") == "old"
    viewed.settings_add("books_view: Status.Active")
    viewed.run()
    assert description(viewed, "Acme") == "new"
    quiet(viewed)


def test_taking_the_view_out_sends_what_waited(viewed: Lab):
    """CUS-5: without a view everything of Books is sent again."""
    business(viewed, "Paris", **FRANCE)
    insert(viewed, "Accounts", Account_Name="Acme", Description="old")
    viewed.run()
    edit(viewed, viewed.customers()["Acme"]["contact_id"], notes="new")
    viewed.run()
    lines = viewed.settings_file.read_text().splitlines(keepends=True)
    viewed.settings_file.write_text("".join(line for line in lines if "books_view" not in line))
    viewed.run()
    assert (account_names(viewed), description(viewed, "Acme")) == (["Acme", "Paris"], "new")


def test_a_deletion_on_the_sales_side_is_not_undone_by_entering(viewed: Lab):
    """CUS-5, OPS-7: a customer whose account was deleted does not come back because the view changes."""
    viewed.settings_add(f'books_view: "{RECENT}"')
    acme = insert(viewed, "Accounts", Account_Name="Acme")
    viewed.run()
    viewed.sandbox.clock(advance=WEEK + HOUR)
    viewed.run()
    viewed.crm.delete("Accounts", [acme])
    viewed.settings_add("books_view: Status.Active")
    viewed.run()
    quiet(viewed)
    assert account_names(viewed) == []


def test_a_namesake_outside_the_view_is_paired_one_way(viewed: Lab):
    """CUS-5, CUS-4 overwrite: the sales side finds its duplicates in all of Books; only what comes back waits."""
    books_id = business(viewed, "Acme", notes="from Books", **FRANCE)
    insert(viewed, "Accounts", Account_Name="Acme", Phone="1")
    viewed.run()
    customers = viewed.customers()
    assert (list(customers), customers["Acme"]["contact_id"]) == (["Acme"], books_id)
    assert customers["Acme"]["billing_address"]["phone"] == "1"
    assert description(viewed, "Acme") is None
    viewed.run()
    quiet(viewed)


def test_items_and_products(viewed: Lab):
    """CUS-5, PRO-1: Books is sent first, but only what its view shows; the rest is found by the products."""
    viewed.module_on("products")
    for line in ("direction: two_way", "duplicates: overwrite", f'books_view: "{SERVICES}"'):
        viewed.settings_add(line, "products")
    viewed.books.create_item({"name": "Advice", "rate": 90, "product_type": "service"})
    for name in ("Chai", "Tofu"):
        viewed.books.create_item({"name": name, "rate": 20, "description": "from Books"})
    insert(viewed, "Products", Product_Name="Chai", Unit_Price=18)
    assert viewed.run("products").state == "success"
    pages = viewed.crm.records("Products", fields=["Product_Name", "Unit_Price", "Description"], purpose="test")
    shown = {row["Product_Name"]: (row["Unit_Price"], row["Description"]) for page in pages for row in page.records}
    assert shown == {"Advice": (90, None), "Chai": (18, None)}
    assert {name: item["rate"] for name, item in viewed.items().items()} == {"Advice": 90, "Chai": 18, "Tofu": 20}
    assert history(viewed, "skip") == [("Tofu", "the Books view does not show it")]
    viewed.run("products")
    quiet(viewed, "products")


def test_a_view_that_is_not_there_is_named(viewed: Lab):
    """CUS-5, CON-4: nothing is read or written."""
    viewed.settings_add('books_view: "123"')
    with pytest.raises(PreflightError, match="Books has no view 123 of contacts"):
        viewed.run()


def test_books_may_pass_over_views(viewed: Lab):
    """CUS-5: where Books shows everything whatever view is asked for, nothing is sent by mistake."""
    viewed.sandbox.settings(books_custom_views_everywhere=False)
    business(viewed, "Paris", **FRANCE)
    with pytest.raises(PreflightError, match=r"does not limit its list of contacts to custom views.*Status\.Acti"):
        viewed.run()
    viewed.settings_add("books_view: Status.Active")
    assert viewed.run().state == "success"
    assert account_names(viewed) == ["Paris"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("direction: from_sales", r"books_view: limits what Books sends .* set direction: two_way"),
        ("books_view: Gold", r"books_view: must be the id of a custom view.*Status\.Crm.*not 'Gold'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(viewed: Lab, line: str, told: str):
    """CUS-5: one way there is nothing to limit, and Books does not tell the names of its views."""
    viewed.settings_add(line)
    with pytest.raises(SettingsError, match=told):
        _ = viewed.configured


def test_what_it_costs(viewed: Lab):
    """BEY-8: the view's pages in every run, and once a day a call that shows whether Books heeds it."""
    for number in range(3):
        business(viewed, f"Customer {number}", **JAPAN)
    assert calls(viewed)["books"]["scan"] == 1 + 1 + 1
    viewed.run()
    viewed.sandbox.clock(advance=600)
    viewed.run()
    assert calls(viewed) == {"crm": {"scan": 4}, "books": {"scan": 1 + 1}}
