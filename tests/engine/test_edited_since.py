"""What somebody edits after a run has read it, and before the run writes it (BEY-2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.pairs import account, contact, customer_ids, green, later, quiet
from tests.support.spoiler import spoiling
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.on_demand.planning import carry_out, make_plan, plan_undo
from zoho.store.events import Told
from zoho.store.tables import changes

AGES = timedelta(minutes=10)
"""So long may lie between reading and the last write of a large plan."""


def run_around(lab: Lab, edit: Callable[[], Any], wait: timedelta = AGES) -> list[dict[str, Any]]:
    """Plays a run in which somebody edits something when the plan stands; returns what the history keeps of it."""
    later(lab)
    job = lab.job()
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    path = lab.plan(job)
    later(lab)
    edit()
    lab.ahead += wait
    apply(job, path)
    assert lab.close(job).failures == []
    return history(lab, job.run_id)


def history(lab: Lab, run_id: str) -> list[dict[str, Any]]:
    """State and fields of what a run planned."""
    with lab.store.connect() as connection:
        rows = connection.execute(select(changes).where(changes.c.run_id == run_id).order_by(changes.c.seq))
        return [{"state": row.state, "fields": row.item["fields"]} for row in rows]


def lost(told: list[dict[str, Any]]) -> list[Any]:
    """The values that a conflict overruled, as the history keeps them."""
    return [field["lost"] for one in told for field in one["fields"] if field["lost"] is not None]


def in_books(lab: Lab, name: str, **fields: Any) -> Callable[[], Any]:
    """An accountant's edit of a customer."""
    return lambda: lab.books.update_contact(customer_ids(lab)[name], fields)


def in_sales(lab: Lab, sales_id: str, **fields: Any) -> Callable[[], Any]:
    """A sales person's edit of an account."""
    return lambda: lab.crm.update("Accounts", [{"id": sales_id, **fields}])


def described(lab: Lab) -> Any:
    """What the sales side says of its account, in the field that goes to Books' notes."""
    return lab.accounts()[0]["Description"]


def test_a_contact_person_that_was_added_meanwhile_stays(two_way: Lab):
    """CUS-8: Books deletes a person that an update does not name, so an update names those that came since, too."""
    acme = account(two_way, "Acme")
    one = contact(two_way, "One", acme)
    green(two_way)
    later(two_way)
    two_way.crm.update("Contacts", [{"id": one, "Title": "Head"}])

    def add() -> None:
        two_way.books.create_contact_person(
            {"contact_id": customer_ids(two_way)["Acme"], "first_name": "Una", "last_name": "Two"}
        )

    run_around(two_way, add)
    held = two_way.customers()["Acme"]["contact_persons"]
    assert [(person["last_name"], person["designation"]) for person in held] == [("One", "Head"), ("Two", "")]
    later(two_way)
    green(two_way)
    assert sorted(one["Last_Name"] for one in two_way.contacts()) == ["One", "Two"]
    later(two_way)
    quiet(two_way)


@pytest.mark.parametrize("planned", ["sales", "books"])
@pytest.mark.parametrize(("conflicts", "winner", "loser"), [("sales", "ours", "theirs"), ("books", "theirs", "ours")])
def test_both_edited_a_field(two_way: Lab, planned: str, conflicts: str, winner: str, loser: str):
    """CUS-9: the rule for conflicts decides also about an edit that the plan had not seen, and the loser is kept."""
    two_way.settings_add(f"conflicts: {conflicts}")
    acme = account(two_way, "Acme", Description="old")
    green(two_way)
    later(two_way)
    edits = [in_sales(two_way, acme, Description="ours"), in_books(two_way, "Acme", notes="theirs")]
    first, second = edits if planned == "sales" else reversed(edits)
    first()
    told = run_around(two_way, second)
    later(two_way)
    two_way.run()
    told += history(two_way, f"demo-{two_way.runs}")
    assert (two_way.customers()["Acme"]["notes"], described(two_way)) == (winner, winner)
    assert lost(told) == [loser]


def test_what_is_not_needed_any_more_is_not_told_as_done(two_way: Lab):
    """OPS-4: where somebody did by hand what was planned, the history does not say that the run did it."""
    acme = account(two_way, "Acme", Description="old")
    green(two_way)
    later(two_way)
    in_books(two_way, "Acme", notes="new")()
    told = run_around(two_way, in_sales(two_way, acme, Description="new"))
    assert [one["state"] for one in told] == ["superseded"]
    later(two_way)
    quiet(two_way)
    two_way.crm.update("Accounts", [{"id": acme, "Description": "newer"}])
    told = run_around(two_way, in_books(two_way, "Acme", notes="newer"))
    assert [field["outcome"] for one in told for field in one["fields"] if field["outcome"] == "write"] == []
    later(two_way)
    quiet(two_way)


def test_a_plan_leaves_out_what_was_edited_since(two_way: Lab):
    """BEY-1: a plan that is carried out writes what it shows; a record edited after its last look is left out."""
    acme = account(two_way, "Acme", Description="old")
    green(two_way)
    later(two_way)
    two_way.crm.update("Accounts", [{"id": acme, "Description": "new"}])
    later(two_way)
    plan_id = make_plan(two_way.job(), "test:plan")
    job = two_way.job()
    wait_before_writing(two_way, in_books(two_way, "Acme", notes="theirs"))
    run_id = carry_out(job, "test:apply", plan_id)
    assert [one["state"] for one in history(two_way, run_id)] == ["left_out"]
    assert two_way.customers()["Acme"]["notes"] == "theirs"


def test_an_undo_leaves_what_was_edited_since(two_way: Lab):
    """BEY-3: also what was edited after the undo was begun; all else goes back."""
    acme = account(two_way, "Acme", Description="old", Website="https://old.example")
    green(two_way)
    later(two_way)
    two_way.crm.update("Accounts", [{"id": acme, "Description": "new", "Website": "https://new.example"}])
    later(two_way)
    green(two_way)
    wrong = f"demo-{two_way.runs}"
    later(two_way)
    plan_id = plan_undo(two_way.job(), "test:undo", wrong)
    job = two_way.job()
    wait_before_writing(two_way, in_books(two_way, "Acme", notes="theirs"))
    carry_out(job, "test:back", plan_id)
    held = two_way.customers()["Acme"]
    assert (held["notes"], held["website"]) == ("theirs", "https://old.example")


def wait_before_writing(lab: Lab, edit: Callable[[], Any]) -> None:
    """Lets time pass, and somebody edit, when the lists of the next run are read."""

    def read(call: Any) -> None:
        if call.method == "GET" and call.path.endswith("/contacts"):
            lab.on_call = None
            later(lab)
            edit()
            lab.ahead += AGES

    lab.on_call = read


def test_a_look_is_a_call_in_many_seconds(one_way: Lab):
    """BEY-8: a run that is through soon makes none; one that goes on looks now and then, not at each record."""
    ids = [account(one_way, f"Account {number}", Description="old") for number in range(5)]
    green(one_way)

    def looks(wait: timedelta) -> tuple[int, int]:
        later(one_way)
        one_way.crm.update("Accounts", [{"id": one, "Description": f"new {wait}"} for one in ids])
        one_way.sandbox.clear_calls()
        run_around(one_way, lambda: None, wait)
        with one_way.store.connect() as connection:
            known = lifecycle.runs.calls(connection, f"demo-{one_way.runs}")["books"]
        return known.get("look", 0), known["load"]

    assert looks(timedelta(0)) == (0, 5)
    assert looks(AGES) == (1, 5)


def run_told_of(lab: Lab, told: Told) -> list[dict[str, Any]]:
    """Plays a run at once, of what Zoho told of; returns what the history keeps of it."""
    later(lab)
    job = lab.job()
    job.only = told
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    apply(job, lab.plan(job))
    assert lab.close(job).failures == []
    return history(lab, job.run_id)


@pytest.mark.parametrize("conflicts", ["sales", "books"])
@pytest.mark.parametrize("told_of", ["sales", "books"])
def test_what_nobody_told_of_is_not_overwritten_at_once(two_way: Lab, conflicts: str, told_of: str):
    """TXN-5, CUS-9: both sides edited a field, one message is lost: the rule decides, and the loser is kept."""
    two_way.settings_add(f"conflicts: {conflicts}")
    acme = account(two_way, "Acme", Description="old")
    green(two_way)
    later(two_way)
    in_books(two_way, "Acme", notes="theirs")()
    in_sales(two_way, acme, Description="ours")()
    of = ("sales", "Accounts", acme) if told_of == "sales" else ("books", "contacts", customer_ids(two_way)["Acme"])
    told = run_told_of(two_way, {(of[0], of[1]): frozenset({of[2]})})
    later(two_way)
    two_way.run()
    told += history(two_way, f"demo-{two_way.runs}")
    winner, loser = ("ours", "theirs") if conflicts == "sales" else ("theirs", "ours")
    assert (two_way.customers()["Acme"]["notes"], described(two_way)) == (winner, winner)
    assert lost(told) == [loser]


def test_who_tells_no_time_any_more_stops_no_other(two_way: Lab):
    """OPS-4: a look meets an account without a readable time; the others are updated, the next run names it."""
    ids = {name: account(two_way, name, Description="old") for name in ("Acme", "Birch")}
    green(two_way)
    later(two_way)
    for name in ids:
        in_books(two_way, name, notes="new")()
    later(two_way)
    job = two_way.job()
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    path = two_way.plan(job)
    two_way.ahead += AGES
    job = two_way.job()
    with spoiling(two_way) as spoilt:
        two_way.runs -= 1
        job.run_id, job.staging = f"demo-{two_way.runs}", path.parent
        spoilt[ids["Acme"]] = {"Modified_Time": b'"yesterday"'}
        apply(job, path)
        assert two_way.close(job).state == "success"
        written = {one["Account_Name"]: one["Description"] for one in two_way.accounts()}
        assert written == {"Acme": "old", "Birch": "new"}
        (failure,) = later(two_way).run().failures
        assert "Modified_Time: 'yesterday' is no time" in failure.reason
