"""One record on demand: fetched, or picked from a search and imported, by the road of every run (OPS-3, SRCH-3)."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from sandbox import defaults
from tests.engine.test_only import positions
from tests.support.lab import Lab
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.errors import NotThere
from zoho.engine.history.changes import list_changes
from zoho.engine.history.runs import list_runs, one_run
from zoho.engine.on_demand.bring import Brought, bring
from zoho.engine.on_demand.fetch import by_hit, by_id, by_name, find
from zoho.engine.on_demand.search import search
from zoho.engine.pair import pair, take_in
from zoho.engine.plan import plan
from zoho.engine.preflight import preflight
from zoho.engine.scan import scan_books, scan_sales
from zoho.store.tables import links
from zoho.store.turns import turn

PATIENCE = 600
"""Tenths of a second."""


def brought(lab: Lab, found: Callable[..., Any], module: str = "customers", **how: Any) -> Brought:
    lab.sandbox.clear_calls()
    job = lab.job(module=module)
    return bring(job, f"test:{job.run_id}", found, **how)


def made(lab: Lab, entity: str = "Accounts", **values: Any) -> str:
    (done,) = lab.sales.insert(entity, [values])
    assert done.id
    return done.id


def settled(lab: Lab, *names: str) -> dict[str, str]:
    """Two-way customers of such names, in step; name → id of the account."""
    lab.settings_add("direction: two_way")
    ids = {name: made(lab, Account_Name=name) for name in names}
    for _ in range(2):
        lab.run()
        lab.sandbox.clock(advance=600)
    return ids


def number_of_calls(lab: Lab) -> int:
    return len([call for call in lab.sandbox.calls() if call["product"] != "accounts"])


def test_fetching_a_customer_touches_nothing_else(empty_lab: Lab):
    """OPS-3: the edit arrives with the contacts; what else is out of step, and the cursors, stay as they are."""
    lab = empty_lab
    ids = settled(lab, "Acme", "Birch")
    made(lab, "Contacts", Last_Name="Lee", Account_Name={"id": ids["Acme"]})
    lab.crm.update("Accounts", [{"id": ids[name], "Website": "a.example"} for name in ids])
    before = positions(lab)

    result = brought(lab, by_id(ids["Acme"]))

    assert (result.state, result.calls) == ("success", number_of_calls(lab))
    customers = lab.customers()
    assert result.books_id == customers["Acme"]["contact_id"]
    assert customers["Acme"]["website"] == "a.example"
    assert [person["last_name"] for person in customers["Acme"]["contact_persons"]] == ["Lee"]
    assert not customers["Birch"]["website"]
    assert positions(lab) == before
    (entry, *_) = list_runs(lab.store).items
    assert (entry.run_id, entry.about) == (result.run_id, f"account Acme ({ids['Acme']})")
    assert [change.name for change in list_changes(lab.store, result.run_id).items] == ["Acme"]
    lab.run()
    assert lab.customers()["Birch"]["website"] == "a.example"


def test_what_was_fetched_during_a_long_scan_stays(empty_lab: Lab):
    """OPS-3: the scan tells of the customer as it was before; that does not take the edit back on both sides."""
    lab = empty_lab
    acme = settled(lab, "Acme")["Acme"]
    job = lab.job(full_scan=True)
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    preflight(job)
    told = scan_sales(job), scan_books(job)
    lab.sandbox.clock(advance=60)
    lab.crm.update("Accounts", [{"id": acme, "Website": "a.example"}])
    brought(lab, by_id(acme))

    take_in(job, *told)
    apply(job, plan(job, pair(job)[0])[0])

    lab.close(job)
    assert not list_changes(lab.store, job.run_id).items
    assert lab.customers()["Acme"]["website"] == "a.example"


def test_what_failed_before_is_left_to_the_next_run(empty_lab: Lab):
    """OPS-3: a fetch does the record that was asked for, and no other that waits."""
    lab = empty_lab
    acme, birch = made(lab, Account_Name="Acme"), made(lab, Account_Name="Birch")
    refused = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "times": 2}
    lab.sandbox.faults([{**refused, "status": 400, "body": {"code": 4, "message": "Invalid value"}}])
    lab.run()
    assert lab.customers() == {}
    result = brought(lab, by_id(birch))
    assert [one.name for one in result.done] == ["Birch"]
    assert set(lab.customers()) == {"Birch"}
    assert acme not in result.books_ids


def test_changed_settings_reach_all_with_the_next_whole_run(empty_lab: Lab):
    """OPS-3, OPS-6: a fetch under new settings does not count as the run that applied them."""
    lab = empty_lab
    ids = settled(lab, "Acme", "Birch")
    lab.crm.update("Accounts", [{"id": ids[name], "Website": "a.example"} for name in ids])
    lab.run()
    lab.map_field("Website", "billing_address.attention")
    result = brought(lab, by_id(ids["Acme"]))
    assert [one.name for one in result.done] == ["Acme"]
    assert not lab.customers()["Birch"]["billing_address"]["attention"]
    lab.run()
    assert lab.customers()["Birch"]["billing_address"]["attention"] == "a.example"


def test_an_edit_in_books_survives_a_fetch(empty_lab: Lab):
    """OPS-3, BEY-2: both sides are read, and merged as ever."""
    lab = empty_lab
    ids = settled(lab, "Acme")
    books_id = lab.customers()["Acme"]["contact_id"]
    lab.crm.update("Accounts", [{"id": ids["Acme"], "Website": "a.example"}])
    lab.books.update_contact(books_id, {"notes": "pays late"})
    result = brought(lab, by_id(books_id, side="books"))
    assert sorted((one.direction, one.state) for one in result.done) == [
        ("books_to_sales", "done"),
        ("sales_to_books", "done"),
    ]
    customer, (account,) = lab.customers()["Acme"], lab.accounts()
    assert (customer["website"], account["Description"]) == ("a.example", "pays late")


def test_one_that_is_in_step_costs_a_look_and_writes_nothing(empty_lab: Lab):
    """OPS-3: three calls of looking up and reading the account and its customer, none that writes."""
    lab = empty_lab
    ids = settled(lab, "Acme")
    result = brought(lab, by_id(ids["Acme"]))
    assert (result.done, lab.writes(), result.calls) == ([], [], 4)


def test_a_vendor_and_a_product(empty_lab: Lab):
    """OPS-3: by id and by name."""
    lab = empty_lab
    mill = made(lab, "Vendors", Vendor_Name="Mill")
    tea = made(lab, "Products", Product_Name="Tea", Unit_Price=4)
    vendor = brought(lab, by_id(mill), "vendors")
    product = brought(lab, by_name("tea"), "products")
    assert vendor.books_id == next(iter(lab.customers().values()))["contact_id"]
    assert product.books_ids == {tea: lab.items()["Tea"]["item_id"]}


def test_a_picked_hit_is_imported_before_any_run(empty_lab: Lab):
    """SRCH-3: into empty Books, with its link and its contacts; the first regular run finds it there."""
    lab = empty_lab
    acme = made(lab, Account_Name="Acme")
    made(lab, "Contacts", Last_Name="Lee", Account_Name={"id": acme})
    made(lab, Account_Name="Birch")
    (hit,) = search(lab.job(), "acm").hits
    result = brought(lab, by_hit(hit))
    assert result.calls == number_of_calls(lab)
    customers = lab.customers()
    assert (set(customers), result.books_id) == ({"Acme"}, customers["Acme"]["contact_id"])
    with lab.store.connect() as connection:
        linked = {row.sales_id: row.books_id for row in connection.execute(select(links)) if row.role == "record"}
    assert linked == {acme: result.books_id}
    report = lab.run()
    assert (report.directions[0].added, len(lab.customers())) == (1, 2)


def test_a_namesake_that_no_run_has_seen_is_paired(empty_lab: Lab):
    """SRCH-3, CUS-4: Books is asked for the name, so that the policy for duplicates holds as in any run."""
    lab = empty_lab
    lab.run()
    acme = made(lab, Account_Name="Acme", Website="a.example")
    books_id = lab.books.create_contact({"contact_name": "ACME"})["contact_id"]
    result = brought(lab, by_id(acme))
    assert result.books_ids == {acme: books_id}
    assert lab.books.contact(books_id)["website"] == "a.example"  # type: ignore[index]


def test_a_contact_is_imported_with_its_account(empty_lab: Lab):
    """SRCH-3: below the customer that the account becomes; the account's other contacts were not asked for."""
    lab = empty_lab
    acme = made(lab, Account_Name="Acme")
    lee = made(lab, "Contacts", Last_Name="Lee", Account_Name={"id": acme})
    made(lab, "Contacts", Last_Name="Moor", Account_Name={"id": acme})
    result = brought(lab, by_id(lee))
    customer = lab.customers()["Acme"]
    assert result.books_ids == {acme: customer["contact_id"]}
    assert [person["last_name"] for person in customer["contact_persons"]] == ["Lee"]


def test_a_picked_record_is_sent_whatever_the_view_shows(empty_lab: Lab):
    """SRCH-3, CUS-5: it gets its link; the regular runs then leave it alone, and a fetch renews it."""
    lab = empty_lab
    lab.settings_add("accounts_view: My Accounts")
    acme = made(lab, Account_Name="Acme")
    outside = made(lab, Account_Name="Birch", Owner={"id": defaults.COLLEAGUE.crm_id})
    lab.run()
    assert set(lab.customers()) == {"Acme"}
    result = brought(lab, by_id(outside))
    assert (result.view, result.state) == ("My Accounts", "success")
    assert set(lab.customers()) == {"Acme", "Birch"}
    lab.sandbox.clock(advance=600)
    report = lab.run()
    assert (report.state, report.directions[0].deleted, set(lab.customers())) == ("success", 0, {"Acme", "Birch"})
    lab.crm.update("Accounts", [{"id": outside, "Website": "b.example"}])
    lab.run()
    assert not lab.customers()["Birch"]["website"]
    brought(lab, by_id(outside))
    assert lab.customers()["Birch"]["website"] == "b.example"
    assert acme not in result.books_ids


def test_what_is_not_there_is_told_and_is_in_the_history(empty_lab: Lab):
    """OPS-3: a wrong id, a wrong name, several of a name, an id of Books that is linked with nothing."""
    lab = empty_lab
    made(lab, Account_Name="Acme One")
    made(lab, Account_Name="Acme Two")
    books_id = lab.books.create_contact({"contact_name": "Zed"})["contact_id"]
    asked = {
        by_id("999999999999"): "The sales side has no account nor contact of the id 999999999999.",
        by_name("zzz"): "The sales side has nothing in customers whose name contains 'zzz'.",
        by_name("acme"): "'acme' is not one record but several; name one by its id: Acme One (",
        by_id(books_id, side="books"): "belongs to no record of the sales side",
    }
    for found, told in asked.items():
        with pytest.raises(NotThere) as refusal:
            brought(lab, found)
        assert told in str(refusal.value)
        (entry, *_) = list_runs(lab.store).items
        assert (entry.state, entry.error) == ("failed", str(refusal.value))
    assert lab.writes() == []
    with pytest.raises(NotThere):
        find("  ")


def test_two_way_a_record_of_books_alone_is_made_on_the_sales_side(empty_lab: Lab):
    """OPS-3, CUS-3: by its Books id."""
    lab = empty_lab
    lab.settings_add("direction: two_way")
    books_id = lab.books.create_contact({"contact_name": "Zed"})["contact_id"]
    result = brought(lab, by_id(books_id, side="books"))
    (account,) = lab.accounts()
    assert result.books_ids == {account["id"]: books_id}


def test_one_that_was_deleted_is_unlinked(empty_lab: Lab):
    """OPS-3, OPS-7: a fetch finds it out as a run does."""
    lab = empty_lab
    ids = settled(lab, "Acme")
    lab.crm.delete("Accounts", [ids["Acme"]])
    result = brought(lab, by_id(ids["Acme"]))
    assert [(one.action, one.state) for one in result.done] == [("retire", "done")]
    assert result.books_ids == {}


def test_a_refusal_of_books_is_the_result(empty_lab: Lab):
    """OPS-3, OPS-4: the run failed in part, and says why."""
    lab = empty_lab
    acme = made(lab, Account_Name="Acme")
    refused = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "times": 1}
    lab.sandbox.faults([{**refused, "status": 400, "body": {"code": 4, "message": "Invalid value"}}])
    result = brought(lab, by_id(acme))
    assert (result.state, result.books_id) == ("partial", None)
    assert "Invalid value" in result.done[0].reason
    assert one_run(lab.store, result.run_id).entry.total.failed == 1


def test_a_dry_run_shows_what_would_be_done(empty_lab: Lab):
    """OPS-3, BEY-1: and writes nothing."""
    lab = empty_lab
    acme = made(lab, Account_Name="Acme")
    result = brought(lab, by_id(acme), dry_run=True)
    assert [(one.action, one.state, one.name) for one in result.done] == [("create", "planned", "Acme")]
    assert lab.writes() == []


def test_a_run_that_planned_before_makes_no_second_record(empty_lab: Lab):
    """SRCH-3, BEY-4: what was imported between its plan and its writes is there once on either side; no failure."""
    lab = empty_lab
    lab.settings_add("direction: two_way")
    acme = made(lab, Account_Name="Acme")
    zed = lab.books.create_contact({"contact_name": "Zed"})["contact_id"]
    lab.books.create_contact_person({"contact_id": zed, "first_name": "Ann", "last_name": "Lee"})
    regular = lab.job()
    lifecycle.begin(regular, f"test:{regular.run_id}", dry_run=False)
    preflight(regular)
    planned = lab.plan(regular)
    brought(lab, by_id(acme))
    brought(lab, by_id(zed, side="books"))

    apply(regular, planned)
    report = lab.close(regular)

    assert (report.state, report.failures) == ("success", [])
    assert sorted(account["Account_Name"] for account in lab.accounts()) == ["Acme", "Zed"]
    assert [contact["Last_Name"] for contact in lab.contacts()] == ["Lee"]
    assert sorted(lab.customers()) == ["Acme", "Zed"]


def test_two_runs_do_not_write_at_once(empty_lab: Lab):
    """SRCH-3, BEY-4: the later one waits until the other has carried out its plan."""
    lab = empty_lab
    acme = made(lab, Account_Name="Acme")
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with turn(lab.store, lab.job().scope), lab.store.connect() as connection:
            later = pool.submit(brought, lab, by_id(acme))
            for _ in range(PATIENCE):
                if connection.scalar(waiting) or later.done():
                    break
                connection.rollback()
                time.sleep(0.1)
            assert (later.done(), lab.customers()) == (False, {})
        assert later.result().state == "success"
