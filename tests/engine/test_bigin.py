"""Bigin on the sales side: companies, contacts and products reach Books (BIG-1, BIG-2, CON-2)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sandbox import defaults
from tests.engine.test_call_counts import calls
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from tests.support.spoiler import spoiling
from zoho.config.errors import SettingsError
from zoho.engine.errors import PreflightError
from zoho.engine.scan import COMPLETE_EVERY
from zoho.store.database import open_store
from zoho.store.tables import changes, links, observations

MINE = {"Owner": {"id": defaults.CONNECTED_USER.crm_id}}
NOT_MINE = {"Owner": {"id": defaults.COLLEAGUE.crm_id}}
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def bigin(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The shipped Bigin integration on empty organizations."""
    engine = open_store(store_url)
    sandbox.reset("empty")
    yield Lab(sandbox, engine, tmp_path / "bigin", integration="demo_bigin")
    engine.dispose()


@pytest.fixture
def crm(bigin: Lab, tmp_path: Path) -> Lab:
    """The shipped CRM integration beside it, on the same store."""
    return Lab(bigin.sandbox, bigin.store, tmp_path / "crm")


def insert(lab: Lab, module: str, **values: Any) -> str:
    """Makes a record on the sales side; returns its id."""
    (made,) = lab.sales.insert(module, [values])
    assert made.id
    return made.id


def company(lab: Lab, name: str, *people: str, **values: Any) -> str:
    """Makes a company with contacts; returns its id."""
    made = insert(lab, "Accounts", Account_Name=name, **values)
    for person in people:
        insert(lab, "Contacts", Last_Name=person, Account_Name={"id": made})
    return made


def persons(customer: dict[str, Any]) -> list[str]:
    return sorted(person["last_name"] for person in customer["contact_persons"])


def retirements(lab: Lab) -> list[tuple[str, str]]:
    with lab.store.connect() as connection:
        query = select(changes.c.name, changes.c.reason).where(changes.c.action == "retire").order_by(changes.c.name)
        return [(row.name, row.reason) for row in connection.execute(query)]


def linked(lab: Lab) -> set[str]:
    """Ids of the sales-side records that the lab's integration has links of."""
    with lab.store.connect() as connection:
        mine = (links.c.integration == lab.integration, links.c.retired_at.is_(None), links.c.role == "record")
        return set(connection.scalars(select(links.c.sales_id).where(*mine)))


def test_companies_become_business_customers_with_their_contacts(bigin: Lab):
    """BIG-1, CUS-1: a company is a business customer, its contacts are contact persons, a second run is quiet."""
    more = {"Phone": "03-5550-0101", "Billing_City": "京都市", "Description": "line 1\nline 2"}
    made = company(bigin, "花屋こまち", "高橋", "O’Dea", **more)
    report = bigin.run()
    assert (report.state, report.failures, report.directions[0].added) == ("success", [], 1)
    customer = bigin.customers()["花屋こまち"]
    assert (customer["customer_sub_type"], customer["notes"]) == ("business", "line 1\nline 2")
    assert (customer["billing_address"]["city"], customer["billing_address"]["phone"]) == ("京都市", "03-5550-0101")
    assert persons(customer) == sorted(["O’Dea", "高橋"])

    bigin.sandbox.clear_calls()
    assert bigin.run().state == "success"
    assert bigin.writes() == []

    bigin.sales.update("Accounts", [{"id": made, "Phone": "1"}])
    bigin.sandbox.clear_calls()
    assert bigin.run().directions[0].updated == 1
    assert [call["method"] for call in bigin.writes()] == ["PUT"]


@pytest.mark.parametrize("included", [True, False])
def test_contacts_without_a_company(bigin: Lab, included: bool):
    """BIG-1, CUS-2: they are skipped, with the reason, unless include_unassociated_contacts is on."""
    bigin.settings(include_unassociated_contacts=included)
    company(bigin, "Kite & Key", "Brand")
    insert(bigin, "Contacts", First_Name="Imogen", Last_Name="Hartley", Email="imogen@example.net")
    counts = bigin.run().directions[0]
    assert (counts.added, counts.skipped) == ((2, 0) if included else (1, 1))
    customers = bigin.customers()
    assert set(customers) == ({"Kite & Key", "Imogen Hartley"} if included else {"Kite & Key"})
    if included:
        assert customers["Imogen Hartley"]["customer_sub_type"] == "individual"
        assert persons(customers["Imogen Hartley"]) == ["Hartley"]


def test_products_become_items(bigin: Lab):
    """BIG-1, PRO-1: a product becomes an item, its price to the last digit."""
    insert(bigin, "Products", Product_Name="手染め布巾", Product_Code="F-1", Unit_Price=Decimal("12.35"))
    assert bigin.run("products").directions[0].added == 1
    item = bigin.items()["手染め布巾"]
    assert (item["rate"], item["sku"], item["product_type"]) == (Decimal("12.35"), "F-1", "goods")
    bigin.sandbox.clear_calls()
    assert bigin.run("products").state == "success"
    assert bigin.writes() == []


def test_the_demo_data_arrive_whole(bigin: Lab):
    """BIG-1: every company, lone contact and product of the demo's Bigin is in its Books, and in no other."""
    bigin.sandbox.reset()
    before = bigin.sandbox.dump()["books"]
    assert [bigin.run(module).state for module in ("customers", "products")] == ["success", "success"]
    shown = bigin.sandbox.dump()
    lone = [contact for contact in bigin.contacts() if not contact["Account_Name"]]
    wanted = {one["Account_Name"] for one in bigin.accounts()} | {one["Full_Name"] for one in lone}
    books = shown[f"books-{defaults.SECOND_BOOKS_ORGANIZATION.id}"]
    assert {one["values"]["contact_name"] for one in books["contacts"]} == wanted
    assert len(books["items"]) == len(shown["bigin"]["Products"]) > 20
    assert shown["books"] == before


def test_vendors_are_refused(bigin: Lab):
    """BIG-1, OPS-6: Bigin has no vendors; the message names file, line and key."""
    bigin.module_on("vendors")
    line = bigin.settings_file.read_text().splitlines().index("  vendors:") + 1
    with pytest.raises(SettingsError) as refused:
        bigin.run("vendors")
    assert str(refused.value) == (
        f"{bigin.settings_file}:{line}: modules.vendors: Bigin has no vendors; take the module out"
    )


def test_a_mapping_that_is_named_is_taken(bigin: Lab):
    """BIG-1, CUS-6: without a name the module's mapping for Bigin is used; a name takes precedence."""
    assert bigin.configured.settings.modules.customers.mapping == "customers.bigin.yaml"
    mappings = bigin.include / "mappings"
    own = (mappings / "customers.bigin.yaml").read_text().replace("sales: Website", "sales: Description", 1)
    (mappings / "own.yaml").write_text(own.replace("  - {sales: Description, books: notes}\n", "", 1))
    bigin.settings_add("mapping: own.yaml")
    company(bigin, "Patchwork Press", Description="zine")
    bigin.run()
    assert bigin.customers()["Patchwork Press"]["website"] == "zine"


@pytest.mark.parametrize(
    ("view", "sent"),
    [
        ("My Companies", {"Old and mine"}),
        ("Recently Created Companies", {"New"}),
        ("Recently Modified Companies", {"New", "Old, edited"}),
        ("RECENTLYMODIFIEDCOMPANIES", {"New", "Old, edited"}),
        ("All Companies", {"Old and mine", "Old, edited", "New"}),
    ],
)
def test_which_companies_are_sent(bigin: Lab, view: str, sent: set[str]):
    """BIG-2: recently created, recently modified, or another view; by its name on the screen or its system name."""
    bigin.settings_add(f"accounts_view: {view}")
    company(bigin, "Old and mine", **MINE)
    edited = company(bigin, "Old, edited", **NOT_MINE)
    bigin.sandbox.clock(advance=30 * DAY)
    company(bigin, "New", **NOT_MINE)
    bigin.sales.update("Accounts", [{"id": edited, "Phone": "1"}])
    bigin.run()
    assert set(bigin.customers()) == sent


def test_an_unknown_view_is_named(bigin: Lab):
    """BIG-2, CON-4: the message lists the views that there are, as Bigin calls them."""
    bigin.settings_add("accounts_view: Recently Created Accounts")
    with pytest.raises(PreflightError, match=r"no view 'Recently Created Accounts'.*Recently Created Companies"):
        bigin.run()


def test_leaving_a_view_is_no_deletion_but_a_deletion_is(bigin: Lab):
    """BIG-2, OPS-7: a company that leaves the view keeps its link; one that is deleted loses it at the next run."""
    bigin.settings_add("accounts_view: My Companies")
    leaves, deleted = company(bigin, "Leaves", **MINE), company(bigin, "Deleted", **MINE)
    company(bigin, "Stays", **MINE)
    bigin.run()
    bigin.sandbox.clock(advance=5)
    bigin.sales.update("Accounts", [{"id": leaves, **NOT_MINE}])
    bigin.sales.delete("Accounts", [deleted])
    bigin.run()
    assert retirements(bigin) == [("Deleted", "deleted on the sales side; kept in Books")]
    assert leaves in linked(bigin)
    assert deleted not in linked(bigin)


def test_a_deletion_is_found_by_the_daily_walk(bigin: Lab):
    """OPS-7: Bigin lists no deletions; the lists are read to their end once a day, which tells what is missing.

    A company takes its contacts with it, so nothing is left of them: neither a person of it, nor a customer.
    """
    bigin.settings_add("deletes: deactivate")
    gone = company(bigin, "Gone", "Abbott", "Brand")
    company(bigin, "Here", "Costa")
    bigin.run()
    bigin.sandbox.clock(advance=HOUR)
    bigin.sales.delete("Accounts", [gone])
    assert bigin.run().directions[0].deleted == 0

    bigin.ahead = COMPLETE_EVERY + timedelta(hours=1)
    report = bigin.run()
    assert (report.state, report.directions[0].deleted, report.directions[0].added) == ("success", 1, 0)
    assert retirements(bigin) == [("Gone", "deleted on the sales side; made inactive in Books")]
    assert {name: one["status"] for name, one in bigin.customers().items()} == {"Gone": "inactive", "Here": "active"}
    assert gone not in linked(bigin)
    bigin.sandbox.clear_calls()
    assert bigin.run().directions[0].deleted == 0
    assert bigin.writes() == []


def test_a_deleted_contact_is_found_by_the_daily_walk(bigin: Lab):
    """OPS-7, CUS-1: its deletion is noted and does not cross over: the contact person stays in Books."""
    made = company(bigin, "Acme", "Abbott")
    gone = insert(bigin, "Contacts", Last_Name="Brand", Account_Name={"id": made})
    bigin.run()
    bigin.sandbox.clock(advance=HOUR)
    bigin.sales.delete("Contacts", [gone])
    bigin.ahead = COMPLETE_EVERY + timedelta(hours=1)
    assert bigin.run().state == "success"
    with bigin.store.connect() as connection:
        rows = connection.execute(select(observations.c.remote_id, observations.c.absent))
        absent = {row.remote_id: row.absent for row in rows}
    assert (absent[gone], absent[made]) == ("deleted", None)
    assert made in linked(bigin)
    assert persons(bigin.customers()["Acme"]) == ["Abbott", "Brand"]


def test_the_cost_of_a_quiet_run(bigin: Lab):
    """BEY-8: two lists and a look at the newest customers; once a day both sides' lists to their end."""
    bigin.sales.insert("Accounts", [{"Account_Name": f"Company {number}"} for number in range(100)])
    bigin.sales.insert("Accounts", [{"Account_Name": f"Firm {number}"} for number in range(100)])
    company(bigin, "One too many for a page")
    bigin.run()
    bigin.sandbox.clock(advance=600)
    bigin.run()
    assert calls(bigin) == {"bigin": {"scan": 2}, "books": {"scan": 1}}

    bigin.ahead = COMPLETE_EVERY - timedelta(minutes=5)
    assert calls(bigin)["bigin"] == {"scan": 2}
    bigin.ahead = COMPLETE_EVERY + timedelta(hours=1)
    assert calls(bigin)["bigin"]["scan"] == 2 + 1


def test_two_integrations_side_by_side(bigin: Lab, crm: Lab):
    """CON-2: CRM → Books and Bigin → Books with the same names: neither sees the other's customers or links."""
    ours, theirs = insert(crm, "Accounts", Account_Name="Acme"), company(bigin, "Acme", Phone="2")
    assert [lab.run().directions[0].added for lab in (crm, bigin)] == [1, 1]
    assert (linked(crm), linked(bigin)) == ({ours}, {theirs})
    first, second = crm.customers()["Acme"], bigin.customers()["Acme"]
    assert first["contact_id"] != second["contact_id"]

    crm.crm.update("Accounts", [{"id": ours, "Phone": "1"}])
    for lab in (crm, bigin):
        lab.run()
    assert crm.customers()["Acme"]["billing_address"]["phone"] == "1"
    assert bigin.customers()["Acme"] == second


def test_two_integrations_may_share_a_books_organization(bigin: Lab, crm: Lab):
    """CON-2, CUS-4: of two sales sides with one Books organization each has its own links to the same customer."""
    second = defaults.SECOND_BOOKS_ORGANIZATION.id
    text = crm.settings_file.read_text()
    crm.settings_file.write_text(text.replace(defaults.BOOKS_ORGANIZATION_ID, second))
    ours, theirs = insert(crm, "Accounts", Account_Name="Acme", Fax="7"), company(bigin, "Acme", Phone="2")
    assert [lab.run().directions[0].added for lab in (crm, bigin)] == [1, 0]
    assert (linked(crm), linked(bigin)) == ({ours}, {theirs})
    address = bigin.customers()["Acme"]["billing_address"]
    assert (address["fax"], address["phone"]) == ("7", "2")


def test_a_company_that_slips_past_the_daily_walk_is_not_gone(bigin: Lab):
    """OPS-7: what a walk did not show is asked for before it counts as deleted: rows move while a list is read."""
    bigin.settings_add("deletes: deactivate")
    here, slips = sorted([company(bigin, "Here"), company(bigin, "Slips")])
    bigin.run()
    bigin.sandbox.clock(advance=HOUR)
    bigin.ahead = COMPLETE_EVERY + timedelta(hours=1)
    with spoiling(bigin) as spoilt:
        spoilt[slips] = {"id": f'"{here}"'.encode()}
        bigin.on_call = lambda call: spoilt.clear() if call.path.endswith("/Accounts") else None
        bigin.run()
    assert spoilt == {}
    assert (retirements(bigin), linked(bigin)) == ([], {here, slips})
