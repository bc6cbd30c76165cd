"""Runs for just the records that events tell of (TXN-5): few calls, unmoved cursors, nothing else touched."""

from typing import Any

from sqlalchemy import Row, select

from tests.support.lab import Lab
from zoho.engine import inbox, lifecycle
from zoho.engine.apply import apply
from zoho.engine.job import Job
from zoho.engine.preflight import preflight
from zoho.engine.report import RunReport
from zoho.store import events
from zoho.store.events import Event, Told
from zoho.store.tables import cursors, observations

ACCOUNTS, CONTACTS, CUSTOMERS = ("sales", "Accounts"), ("sales", "Contacts"), ("books", "contacts")


def play(lab: Lab, job: Job) -> RunReport:
    lifecycle.begin(job, f"test:{job.run_id}", False)
    preflight(job)
    apply(job, lab.plan(job))
    return lab.close(job)


def run_only(lab: Lab, told: Told, module: str = "customers") -> RunReport:
    lab.sandbox.clear_calls()
    job = lab.job(module=module)
    job.only = told
    return play(lab, job)


def settled(lab: Lab, *names: str) -> dict[str, str]:
    """Two-way customers of such names, in step; name → id of the account."""
    lab.settings_add("direction: two_way")
    lab.crm.insert("Accounts", [{"Account_Name": name} for name in names])
    for _ in range(2):
        lab.run()
        lab.sandbox.clock(advance=600)
    return {account["Account_Name"]: account["id"] for account in lab.accounts()}


def positions(lab: Lab) -> list[tuple[object, ...]]:
    with lab.store.connect() as connection:
        return [tuple(row) for row in connection.execute(select(cursors).order_by(cursors.c.side, cursors.c.entity))]


def calls(lab: Lab) -> list[tuple[str, str]]:
    return [
        (call["method"], call["path"].split("/", 3)[3])
        for call in lab.sandbox.calls()
        if call["product"] != "accounts"
    ]


def test_an_account_that_changed_costs_three_calls(empty_lab: Lab):
    """TXN-5: to read it, to see whether its customer was edited, to write to Books; what no event told of waits."""
    ids = settled(empty_lab, "Acme", "Birch", "Cedar")
    empty_lab.crm.update("Accounts", [{"id": ids[name], "Website": "a.example"} for name in ("Acme", "Birch")])
    before = positions(empty_lab)
    books_id = empty_lab.customers()["Acme"]["contact_id"]

    report = run_only(empty_lab, {ACCOUNTS: frozenset({ids["Acme"]})})

    assert report.state == "success"
    assert calls(empty_lab) == [
        ("GET", "Accounts"),
        ("GET", "contacts"),
        ("PUT", f"contacts/{books_id}"),
    ]
    customers = empty_lab.customers()
    assert customers["Acme"]["website"] == "a.example"
    assert not customers["Birch"]["website"]
    assert positions(empty_lab) == before
    empty_lab.run()
    assert empty_lab.customers()["Birch"]["website"] == "a.example"


def test_a_customer_that_changed_in_books_costs_four_calls(empty_lab: Lab):
    """TXN-5: to read it, to see whether its account was edited, to write to that, and to read it back."""
    ids = settled(empty_lab, "Acme", "Birch")
    books_id = empty_lab.customers()["Acme"]["contact_id"]
    empty_lab.books.update_contact(books_id, {"notes": "pays late"})
    before = positions(empty_lab)

    run_only(empty_lab, {CUSTOMERS: frozenset({books_id})})

    assert calls(empty_lab) == [
        ("GET", f"contacts/{books_id}"),
        ("GET", "Accounts"),
        ("PUT", "Accounts"),
        ("GET", "Accounts"),
    ]
    described = {account["id"]: account["Description"] for account in empty_lab.accounts()}
    assert described[ids["Acme"]] == "pays late"
    assert positions(empty_lab) == before
    assert [row.absent for row in known(empty_lab, "books")] == [None, None]


def test_a_new_record_is_made_on_the_other_side(empty_lab: Lab):
    """TXN-5: with its contact, each told by an event of its own."""
    settled(empty_lab)
    account, *_ = empty_lab.crm.insert("Accounts", [{"Account_Name": "New"}])
    contact, *_ = empty_lab.crm.insert("Contacts", [{"Last_Name": "Lee", "Account_Name": {"id": account.id}}])
    run_only(empty_lab, {ACCOUNTS: frozenset({str(account.id)}), CONTACTS: frozenset({str(contact.id)})})
    assert [person["last_name"] for person in empty_lab.customers()["New"]["contact_persons"]] == ["Lee"]


def test_what_is_not_there_any_more_was_deleted(empty_lab: Lab):
    """TXN-5, OPS-7: on either side; an id that nobody knows does nothing."""
    empty_lab.settings_add("deletes: deactivate")
    ids = settled(empty_lab, "Acme", "Birch")
    empty_lab.crm.delete("Accounts", [ids["Acme"]])
    run_only(empty_lab, {ACCOUNTS: frozenset({ids["Acme"], "4000000000000000999"})})
    customers = empty_lab.customers()
    assert {name: customer["status"] for name, customer in customers.items()} == {
        "Acme": "inactive",
        "Birch": "active",
    }

    birch = customers["Birch"]["contact_id"]
    empty_lab.books.delete_contact(birch)
    run_only(empty_lab, {CUSTOMERS: frozenset({birch, "999"})})
    assert {row.remote_id for row in known(empty_lab, "books") if row.absent} == {birch}


def test_a_vendor_told_as_a_customer_is_left_alone(empty_lab: Lab):
    """TXN-5: Books calls both contacts."""
    settled(empty_lab)
    vendor = empty_lab.books.create_contact({"contact_name": "Mill", "contact_type": "vendor"})
    report = run_only(empty_lab, {CUSTOMERS: frozenset({vendor["contact_id"]})})
    assert report.state == "success"
    assert known(empty_lab, "books") == []
    assert empty_lab.accounts() == []


def test_a_list_of_a_view_is_read_whole(empty_lab: Lab):
    """TXN-5, CUS-5: whether a record is in a view, the record does not tell."""
    empty_lab.settings_add("accounts_view: My Accounts")
    ids = settled(empty_lab, "Acme")
    empty_lab.crm.update("Accounts", [{"id": ids["Acme"], "Website": "a.example"}])
    run_only(empty_lab, {ACCOUNTS: frozenset(ids.values())})
    assert empty_lab.customers()["Acme"]["website"] == "a.example"
    assert "cvid" in next(call for call in empty_lab.sandbox.calls() if call["path"].endswith("/Accounts"))["query"]


def test_a_books_view_holds_for_told_records_too(empty_lab: Lab):
    """TXN-5, CUS-5: what the view does not show is not sent, and what it shows stays shown."""
    empty_lab.settings_add("books_view: Status.Active")
    ids = settled(empty_lab, "Acme")
    hidden = empty_lab.books.create_contact({"contact_name": "Hidden", "contact_type": "customer"})
    empty_lab.books.set_contact_active(hidden["contact_id"], False)
    run_only(empty_lab, {CUSTOMERS: frozenset({hidden["contact_id"]})})
    assert [account["Account_Name"] for account in empty_lab.accounts()] == ["Acme"]
    run_only(empty_lab, {ACCOUNTS: frozenset(ids.values())})
    assert {row.name: row.in_view for row in known(empty_lab, "books")} == {"Acme": True, "Hidden": False}


def test_a_regular_run_looks_at_told_records_besides(empty_lab: Lab):
    """TXN-5: a list of Books tells of no deletion, an event does; cursors move as ever."""
    settled(empty_lab, "Acme")
    books_id = empty_lab.customers()["Acme"]["contact_id"]
    empty_lab.books.delete_contact(books_id)
    tell(empty_lab, Event(*CUSTOMERS, books_id, "delete"))
    before = positions(empty_lab)
    job = empty_lab.job()
    job.also = inbox.take(job)
    play(empty_lab, job)
    inbox.finish(job)
    assert [row.absent for row in known(empty_lab, "books")] == ["deleted"]
    assert positions(empty_lab) != before
    assert inbox.waiting(job) == 0


def test_the_inbox_serves_a_run(empty_lab: Lab):
    """TXN-5: its tasks find what it took; what it had not looked at is for the next run, of the same module only."""
    ids = settled(empty_lab, "Acme", "Birch")
    tell(empty_lab, Event(*ACCOUNTS, ids["Acme"], "update"), Event("sales", "Products", "1", "update"))
    job = empty_lab.job()
    assert inbox.waiting(job) == 1
    assert inbox.take(job) == inbox.only_of(job) == {ACCOUNTS: {ids["Acme"]}}
    tell(empty_lab, Event(*ACCOUNTS, ids["Birch"], "update"))
    assert inbox.only_of(job) == {ACCOUNTS: {ids["Acme"]}}
    inbox.give_back(job)
    following = empty_lab.job()
    assert inbox.take(following) == {ACCOUNTS: {ids["Acme"], ids["Birch"]}}
    inbox.finish(following)
    assert inbox.take(empty_lab.job()) == {}


def tell(lab: Lab, *told: Event) -> None:
    with lab.store.begin() as connection:
        events.record(connection, "demo", told)


def known(lab: Lab, side: str) -> list[Row[Any]]:
    with lab.store.connect() as connection:
        return list(connection.execute(select(observations).filter_by(side=side).order_by(observations.c.name)))
