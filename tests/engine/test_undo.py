"""A run is taken back from its before-images: planned, shown, carried out (BEY-3)."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.pairs import account, business, contact, green, later, pairs, persons, quiet
from zoho.engine.errors import CannotUndo, PlanGone
from zoho.engine.on_demand.planning import carry_out, plan_undo
from zoho.store import runs as store_runs
from zoho.store.tables import changes


def latest(lab: Lab) -> str:
    """The id of the latest run."""
    return f"{lab.integration}-{lab.runs}"


def undo_planned(lab: Lab, run_id: str) -> str:
    """Plans to take a run back; whatever was made in the second before counts as old."""
    job = later(lab).job()
    return plan_undo(job, f"test:{job.run_id}", run_id)


def undone(lab: Lab, run_id: str) -> str:
    """Takes a run back; returns the run that did."""
    plan_id = undo_planned(lab, run_id)
    job = later(lab).job()
    return carry_out(job, f"test:{job.run_id}", plan_id)


def told(lab: Lab, run_id: str) -> set[tuple[str, str, str]]:
    """Action, name and state of what a run did or would do."""
    with lab.store.connect() as connection:
        rows = connection.execute(select(changes).where(changes.c.run_id == run_id))
        return {(row.action, row.name, row.state) for row in rows}


def why(lab: Lab, run_id: str) -> dict[str, str]:
    """Name → the reason of its last item in a run."""
    with lab.store.connect() as connection:
        rows = connection.execute(select(changes).where(changes.c.run_id == run_id).order_by(changes.c.seq))
        return {row.name: row.reason for row in rows}


def described(lab: Lab, name: str) -> Any:
    """What the sales side says of an account, in the field that goes to Books' notes."""
    return next(one["Description"] for one in lab.accounts() if one["Account_Name"] == name)


def statuses(lab: Lab) -> dict[str, str]:
    """Name → status of the customers of Books."""
    return {name: one["status"] for name, one in lab.customers().items()}


def changed(lab: Lab) -> str:
    """Acme, edited on the sales side, and Birch, edited in Books; returns the run that took both across."""
    acme = account(lab, "Acme", Description="1", Website="https://one.example")
    birch = business(lab, "Birch", notes="1")
    green(lab)
    later(lab)
    lab.crm.update("Accounts", [{"id": acme, "Description": "2", "Website": "https://two.example"}])
    lab.books.update_contact(birch, {"notes": "2"})
    later(lab)
    green(lab)
    return latest(lab)


def test_what_a_run_wrote_goes_back_and_stays_so(two_way: Lab):
    """BEY-3: on either side the old values are back, and the next run takes them neither back nor across."""
    run_id = changed(two_way)
    by = undone(two_way, run_id)
    assert told(two_way, by) == {("update", "Acme", "done"), ("update", "Birch", "done")}
    held = two_way.customers()
    assert (held["Acme"]["notes"], held["Acme"]["website"]) == ("1", "https://one.example")
    assert (held["Birch"]["notes"], described(two_way, "Birch")) == ("2", "1")
    assert described(two_way, "Acme") == "2"
    later(two_way)
    quiet(two_way)
    quiet(two_way)


def test_a_plan_to_undo_writes_nothing(two_way: Lab):
    """BEY-3: it is shown before anything is done."""
    run_id = changed(two_way)
    before = two_way.sandbox.dump()
    plan_id = undo_planned(two_way, run_id)
    assert two_way.sandbox.dump() == before
    assert told(two_way, plan_id) == {("update", "Acme", "planned"), ("update", "Birch", "planned")}


def test_a_field_that_was_edited_since_is_left_and_told(two_way: Lab):
    """BEY-3: field by field, on the side that was written."""
    run_id = changed(two_way)
    acme = two_way.customers()["Acme"]["contact_id"]
    later(two_way).books.update_contact(acme, {"notes": "mine"})
    by = undone(two_way, run_id)
    held = two_way.customers()["Acme"]
    assert (held["notes"], held["website"]) == ("mine", "https://one.example")
    with two_way.store.connect() as connection:
        item = connection.scalar(select(changes.c.item).where(changes.c.run_id == by, changes.c.name == "Acme"))
    assert {one["key"]: one["outcome"] for one in item["fields"]} == {"notes": "drift", "website": "write"}
    later(two_way)
    green(two_way)
    assert described(two_way, "Acme") == "mine"  # which is an edit like any other


def test_an_edit_that_has_not_travelled_yet_is_not_lost(two_way: Lab):
    """BEY-3: what somebody edited on the other side meanwhile still goes across after the undo."""
    run_id = changed(two_way)
    acme = next(one["id"] for one in two_way.accounts() if one["Account_Name"] == "Acme")
    later(two_way).crm.update("Accounts", [{"id": acme, "Description": "3"}])
    undone(two_way, run_id)
    held = two_way.customers()["Acme"]
    assert (held["notes"], held["website"]) == ("1", "https://one.example")
    later(two_way)
    green(two_way)
    held = two_way.customers()["Acme"]
    assert (held["notes"], held["website"]) == ("3", "https://one.example")


def test_undoing_the_undo_gives_the_state_back(two_way: Lab):
    """BEY-3: by the same rules, from the rows of the undo."""
    run_id = changed(two_way)
    before = {name: one["notes"] for name, one in two_way.customers().items()}, described(two_way, "Birch")
    undone(two_way, undone(two_way, run_id))
    after = {name: one["notes"] for name, one in two_way.customers().items()}, described(two_way, "Birch")
    assert after == before
    later(two_way)
    quiet(two_way)


def test_contact_persons_go_back_too(two_way: Lab):
    """BEY-3: one that was edited holds the old values, one that was added is taken out and does not come again."""
    acme = account(two_way, "Acme")
    ann = contact(two_way, "Lee", acme, First_Name="Ann", Phone="1")
    green(two_way)
    later(two_way).crm.update("Contacts", [{"id": ann, "Phone": "2"}])
    contact(two_way, "Ray", acme, First_Name="Bob")
    later(two_way)
    green(two_way)
    undone(two_way, latest(two_way))
    assert persons(two_way) == {"Acme": ["Lee"]}
    assert two_way.customers()["Acme"]["contact_persons"][0]["phone"] == "1"
    later(two_way)
    quiet(two_way)


def test_a_contact_of_the_sales_side_goes_back_too(two_way: Lab):
    """BEY-3: below an account that stays, one that was edited is put back and one that was made is deleted."""
    customer = business(two_way, "Acme", contact_persons=[{"first_name": "Ann", "last_name": "Lee", "phone": "1"}])
    green(two_way)
    ann = {**two_way.books.contact(customer)["contact_persons"][0], "phone": "2"}  # type: ignore[index]
    more = [{**ann}, {"first_name": "Bob", "last_name": "Ray"}]
    later(two_way).books.update_contact(customer, {"contact_persons": more})
    later(two_way)
    green(two_way)
    assert len(two_way.contacts()) == 2
    by = undone(two_way, latest(two_way))
    assert [(one["Last_Name"], one["Phone"]) for one in two_way.contacts()] == [("Lee", "1")], why(two_way, by)
    later(two_way)
    quiet(two_way)


def test_what_a_run_made_is_taken_away_and_does_not_come_again(two_way: Lab):
    """BEY-3: a customer becomes inactive, an account goes to the recycle bin with the contacts made for it."""
    acme = account(two_way, "Acme")
    contact(two_way, "Lee", acme)
    business(two_way, "Birch", contact_persons=[{"first_name": "Bob", "last_name": "Ray"}])
    green(two_way)
    by = undone(two_way, latest(two_way))
    assert {state for _, _, state in told(two_way, by)} == {"done"}, why(two_way, by)
    assert statuses(two_way) == {"Acme": "inactive", "Birch": "active"}
    assert [one["Account_Name"] for one in two_way.accounts()] == ["Acme"]
    assert [one["Last_Name"] for one in two_way.contacts()] == ["Lee"]
    assert pairs(two_way) == set()
    later(two_way)
    quiet(two_way)
    two_way.run(full_scan=True)
    assert two_way.customers().keys() == {"Acme", "Birch"}
    assert [one["Account_Name"] for one in two_way.accounts()] == ["Acme"]


def test_what_was_made_inactive_comes_back(two_way: Lab):
    """BEY-3: undoing the undo makes the customer active and links it as it was, so that edits travel again."""
    acme = account(two_way, "Acme", Description="1")
    green(two_way)
    linked = pairs(two_way)
    by = undone(two_way, latest(two_way))
    again = undone(two_way, by)
    assert told(two_way, again) == {("restore", "Acme", "done")}
    assert two_way.customers()["Acme"]["status"] == "active"
    assert pairs(two_way) == linked
    later(two_way)
    quiet(two_way)
    two_way.crm.update("Accounts", [{"id": acme, "Description": "2"}])
    green(two_way)
    assert two_way.customers()["Acme"]["notes"] == "2"
    third = undone(two_way, again)
    assert told(two_way, third) == {("drift", "Acme", "done")}  # it was edited since


def test_a_record_that_was_edited_since_stays(two_way: Lab):
    """BEY-3: what a run made is taken away only as it was made."""
    account(two_way, "Acme")
    for name in ("Birch", "Cedar"):
        business(two_way, name)
    green(two_way)
    run_id = latest(two_way)
    later(two_way).books.update_contact(two_way.customers()["Acme"]["contact_id"], {"notes": "mine"})
    ids = {one["Account_Name"]: str(one["id"]) for one in two_way.accounts()}
    contact(two_way, "Ray", ids["Birch"])
    two_way.crm.update("Accounts", [{"id": ids["Cedar"], "Description": "mine"}])
    by = undone(two_way, run_id)
    assert {action for action, _, _ in told(two_way, by)} == {"drift"}
    assert {one["status"] for one in two_way.customers().values()} == {"active"}
    assert len(two_way.accounts()) == 3
    assert "edited since" in why(two_way, by)["Acme"]
    assert "edited since" in why(two_way, by)["Cedar"]
    assert "contacts that stay" in why(two_way, by)["Birch"]


def test_what_a_deletion_made_inactive_is_made_active(two_way: Lab):
    """BEY-3: the customer is in use again, while its account is not there to be linked with."""
    two_way.settings_add("deletes: deactivate")
    acme = account(two_way, "Acme")
    green(two_way)
    later(two_way).crm.delete("Accounts", [acme])
    green(two_way)
    assert two_way.customers()["Acme"]["status"] == "inactive"
    undone(two_way, latest(two_way))
    assert two_way.customers()["Acme"]["status"] == "active"
    assert pairs(two_way) == set()


def test_what_cannot_be_undone_is_refused_with_a_sentence(two_way: Lab):
    """BEY-3: no such run, a dry run, a run that goes on, one of deals."""
    account(two_way, "Acme")
    two_way.run(dry_run=True)
    with pytest.raises(CannotUndo, match="dry run and wrote nothing"):
        undo_planned(two_way, latest(two_way))
    with pytest.raises(CannotUndo, match="no run nonsense"):
        undo_planned(two_way, "nonsense")
    green(two_way)
    run_id = latest(two_way)
    with two_way.store.begin() as connection:
        connection.exec_driver_sql(f"UPDATE runs SET module = 'deals' WHERE run_id = '{run_id}'")
    with pytest.raises(CannotUndo, match="deals"):
        undo_planned(two_way, run_id)
    with two_way.store.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE runs SET module = 'customers', finished_at = NULL WHERE run_id = '{run_id}'"
        )
    with pytest.raises(CannotUndo, match="not ended yet"):
        undo_planned(two_way, run_id)


def test_an_undo_is_carried_out_to_the_letter(two_way: Lab):
    """BEY-3: what was edited between plan and apply is left out, and a plan is carried out once."""
    run_id = changed(two_way)
    plan_id = undo_planned(two_way, run_id)
    later(two_way).books.update_contact(two_way.customers()["Acme"]["contact_id"], {"notes": "mine"})
    job = later(two_way).job()
    by = carry_out(job, f"test:{job.run_id}", plan_id)
    assert told(two_way, by) == {("update", "Acme", "left_out"), ("update", "Birch", "done")}
    job = later(two_way).job()
    with pytest.raises(PlanGone, match="carried out already"):
        carry_out(job, f"test:{job.run_id}", plan_id)


def test_a_plan_to_undo_tells_what_it_takes(two_way: Lab):
    """BEY-3, BEY-8: a call for each record that is put back in Books, two for one that is made inactive."""
    acme = account(two_way, "Acme", Description="1")
    birch = business(two_way, "Birch", notes="1")
    green(two_way)
    later(two_way).crm.update("Accounts", [{"id": acme, "Description": "2"}])
    two_way.books.update_contact(birch, {"notes": "2"})
    account(two_way, "Cedar")
    business(two_way, "Dune")
    green(later(two_way))
    plan_id = undo_planned(two_way, latest(two_way))
    job = two_way.job()
    by = carry_out(job, f"test:{job.run_id}", plan_id)
    with two_way.store.connect() as connection:
        cost = store_runs.get(connection, plan_id).cost
        calls = store_runs.calls(connection, by)
    assert cost == {"books": calls["books"]["load"] + calls["books"]["detail"], "crm": calls["crm"]["load"]}
    assert calls["books"]["load"] == 3
