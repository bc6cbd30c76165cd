"""What came from the sales side, listed and renewed in bulk (SRCH-1), and failures tried again (OPS-4)."""

from typing import Any

import pytest

from tests.engine.test_on_demand import made, number_of_calls, settled
from tests.engine.test_only import positions
from tests.support.deals import ESTIMATE, QUOTED, switched_on
from tests.support.lab import Lab
from zoho.engine.errors import HeldBack, NotThere
from zoho.engine.history.failures import FailureFilter, list_failures
from zoho.engine.job import Job
from zoho.engine.on_demand.again import try_again
from zoho.engine.on_demand.bring import Brought, bring
from zoho.engine.on_demand.refresh import (
    LinkedFilter,
    crm_contacts,
    every_crm_contact,
    marked_in_books,
    number_of,
    whole,
)

REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}
INVALID = {**REFUSED, "body": {"code": 4, "message": "Invalid value"}}


def refreshed(lab: Lab, module: str = "customers", **how: Any) -> Brought:
    lab.sandbox.clear_calls()
    job = lab.job(module=module)
    return bring(job, f"test:{job.run_id}", whole, **how)


def tried_again(lab: Lab, wanted: FailureFilter | None = None) -> list[Brought]:
    def open_job(integration: str, module: str) -> Job:
        assert integration == "demo"
        return lab.job(module=module)

    lab.sandbox.clear_calls()
    failed = list_failures(lab.store, wanted or FailureFilter()).items
    return list(try_again(open_job, f"test:again-{lab.runs}", failed))


def test_those_that_came_from_the_sales_side(empty_lab: Lab):
    """SRCH-1: customers and vendors apart, with both names and ids; those that Books had first are another filter."""
    lab = empty_lab
    lab.settings_add("direction: two_way")
    acme = made(lab, Account_Name="Acme")
    met = made(lab, Account_Name="Birch")
    lab.books.create_contact({"contact_name": "BIRCH"})
    lab.books.create_contact({"contact_name": "Cedar"})
    mill = made(lab, "Vendors", Vendor_Name="Mill")
    lab.run()
    lab.run("vendors")

    found = {one.sales_id: one for one in every_crm_contact(lab.store, lab.configured, "customers")}
    assert {one.sales_name: one.origin for one in found.values()} == {"Acme": "sales", "Birch": "both"}
    customers = {name.casefold(): customer["contact_id"] for name, customer in lab.customers().items()}
    assert (found[acme].books_id, found[acme].entity, found[acme].kind) == (customers["acme"], "Accounts", "business")
    assert (found[met].books_id, found[met].gone) == (customers["birch"], None)
    (vendor,) = crm_contacts(lab.store, lab.configured, "vendors").items
    assert (vendor.sales_id, vendor.books_name, vendor.kind) == (mill, "Mill", "vendor")

    everybody = LinkedFilter(made_in_books_too=True)
    assert number_of(lab.store, lab.configured, "customers") == 2
    assert number_of(lab.store, lab.configured, "customers", everybody) == 3
    page = crm_contacts(lab.store, lab.configured, "customers", everybody, per_page=2)
    rest = crm_contacts(lab.store, lab.configured, "customers", everybody, per_page=2, after=page.next)
    assert sorted(str(one.books_name).casefold() for one in (*page.items, *rest.items)) == ["acme", "birch", "cedar"]
    wanted = LinkedFilter(text="ACM")
    assert [one.sales_id for one in crm_contacts(lab.store, lab.configured, "customers", wanted).items] == [acme]


def test_what_zohos_own_integration_has_marked(empty_lab: Lab):
    """SRCH-1: Books' own filter of CRM customers tells of those, ours or not."""
    lab = empty_lab
    acme = made(lab, Account_Name="Acme")
    marked = lab.books.create_contact({"contact_name": "Acme"})["contact_id"]
    lab.books.create_contact({"contact_name": "Birch"})
    lab.sandbox.crm_link(marked, "zcrm_account_id", acme)
    assert [(one.books_id, one.name) for one in marked_in_books(lab.job())] == [(marked, "Acme")]
    assert marked_in_books(lab.job(module="vendors")) == []


def test_all_of_them_are_renewed_in_hundreds(empty_lab: Lab):
    """SRCH-1: with their contacts; one call for a hundred, no cursor of the sales side moves, Books' own stay."""
    lab = empty_lab
    ids = settled(lab, *(f"Firm {n}" for n in range(12)))
    lab.books.create_contact({"contact_name": "Own", "company_name": "Own"})
    lee = made(lab, "Contacts", Last_Name="Lee", Account_Name={"id": ids["Firm 0"]})
    lab.run()
    lab.sandbox.clock(advance=600)
    lab.run()
    lab.sandbox.clock(advance=600)
    lab.crm.update("Accounts", [{"id": ids[f"Firm {n}"], "Website": "a.example"} for n in range(3)])
    lab.crm.update("Contacts", [{"id": lee, "Email": "lee@a.example"}])
    own = next(account["id"] for account in lab.accounts() if account["Account_Name"] == "Own")
    lab.crm.update("Accounts", [{"id": own, "Website": "own.example"}])
    before = [row for row in positions(lab) if row[2] == "sales"]

    result = refreshed(lab)

    assert (result.state, result.calls, len(result.books_ids)) == ("success", number_of_calls(lab), 12)
    customers = lab.customers()
    assert [customers[f"Firm {n}"]["website"] for n in range(4)] == ["a.example"] * 3 + [""]
    assert customers["Firm 0"]["contact_persons"][0]["email"] == "lee@a.example"
    assert not customers["Own"]["website"]
    assert [row for row in positions(lab) if row[2] == "sales"] == before
    assert result.about == "all 12 customers that came from the sales side"
    reads = [call for call in lab.sandbox.calls() if call["method"] == "GET" and "/Accounts" in call["path"]]
    assert len(reads) <= 2
    with pytest.raises(NotThere):
        refreshed(lab, "vendors")


def test_whoever_looks_on_is_told_how_far_it_is(empty_lab: Lab):
    """SRCH-1: what is done, how much of it, and of how much."""
    lab = empty_lab
    ids = settled(lab, "Acme", "Birch")
    lab.crm.update("Accounts", [{"id": key, "Website": "a.example"} for key in ids.values()])
    told: list[tuple[str, int, int | None]] = []
    job = lab.job()
    job.progress = lambda *what: told.append(what)
    bring(job, "test:progress", whole)
    assert told == [("reading Accounts", 2, 2), ("comparing", 0, None), ("writing", 1, 2), ("writing", 2, 2)]


def test_a_refresh_is_held_back_by_the_guards(empty_lab: Lab):
    """SRCH-1, BEY-5: as a regular run; without them it goes through."""
    lab = empty_lab
    ids = settled(lab, *(f"Firm {n}" for n in range(12)))
    lab.settings_add("guards: {share: 1, records: 2}")
    lab.crm.update("Accounts", [{"id": key, "Website": "a.example"} for key in ids.values()])
    with pytest.raises(HeldBack):
        refreshed(lab, guarded=True)
    assert lab.writes() == []
    assert refreshed(lab).state == "success"


def test_only_what_failed_is_tried_again(empty_lab: Lab):
    """OPS-4: a run for each module, limited to those records; what is mended does not stand any more."""
    lab = empty_lab
    made(lab, Account_Name="Acme")
    made(lab, Account_Name="Birch")
    made(lab, "Vendors", Vendor_Name="Mill")
    lab.sandbox.faults([INVALID])
    lab.run()
    lab.run("vendors")
    lab.sandbox.clear_faults()
    made(lab, Account_Name="New")
    customers, vendors = tried_again(lab)
    assert (customers.state, vendors.state) == ("success", "success")
    assert (customers.about, vendors.about) == ("2 customers that failed", "Mill, which failed")
    assert set(lab.customers()) == {"Acme", "Birch", "Mill"}
    assert list_failures(lab.store).items == []


def test_what_fails_again_stands_with_its_number(empty_lab: Lab):
    """OPS-4: the second try counts, one failure of the record is left."""
    lab = empty_lab
    made(lab, Account_Name="Acme")
    lab.sandbox.faults([INVALID])
    lab.run()
    (again,) = tried_again(lab)
    assert again.state == "partial"
    (failure,) = list_failures(lab.store).items
    assert (failure.times, failure.run_id) == (2, again.run_id)


def test_a_contact_that_failed_on_the_sales_side_is_tried_again(empty_lab: Lab):
    """OPS-4: with the customer that it belongs to."""
    lab = empty_lab
    settled(lab, "Acme")
    customer = lab.customers()["Acme"]["contact_id"]
    lab.books.create_contact_person({"contact_id": customer, "first_name": "Ann", "last_name": "Lee"})
    refused = {"match": {"method": "POST", "path": "/crm/v8/Contacts"}, "kind": "status", "status": 400, "times": 1}
    lab.sandbox.faults([{**refused, "body": {"data": [{"code": "INVALID_DATA", "status": "error", "details": {}}]}}])
    lab.run()
    assert [one.name for one in list_failures(lab.store).items] == ["Ann Lee"]
    (again,) = tried_again(lab)
    assert (again.state, [contact["Last_Name"] for contact in lab.contacts()]) == ("success", ["Lee"])


def test_a_deal_is_tried_again(empty_lab: Lab):
    """OPS-4, TRG-5: one that Books refused."""
    trade = switched_on(empty_lab, ESTIMATE)
    lab = trade.lab
    trade.deal(QUOTED)
    refused = {
        "match": {"method": "POST", "path": "/books/v3/estimates"},
        "kind": "status",
        "status": 400,
        "times": 1,
    }
    lab.sandbox.faults([{**refused, "body": {"code": 4, "message": "Invalid value"}}])
    trade.run()
    assert len(list_failures(lab.store).items) == 1
    (again,) = tried_again(lab)
    assert (again.state, len(trade.estimates()), list_failures(lab.store).items) == ("success", 1, [])
