"""A plan is shown before it is carried out, and then just that is carried out (BEY-1)."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.pairs import account, business, later
from zoho.engine.approved import FEW
from zoho.engine.errors import PlanGone
from zoho.engine.on_demand.planning import carry_out, make_plan
from zoho.store.tables import changes

Change = tuple[str, str]


def planned(lab: Lab) -> str:
    """Makes a plan; whatever was made in the second before counts as old."""
    job = later(lab).job()
    return make_plan(job, f"test:{job.run_id}")


def carried_out(lab: Lab, plan_id: str) -> str:
    """Carries a plan out; returns the run."""
    job = later(lab).job()
    return carry_out(job, f"test:{job.run_id}", plan_id)


def states(lab: Lab, run_id: str) -> dict[str, str]:
    """Name → what became of it."""
    with lab.store.connect() as connection:
        rows = connection.execute(select(changes.c.name, changes.c.state).where(changes.c.run_id == run_id))
        return {row.name: row.state for row in rows}


def held(lab: Lab) -> dict[tuple[str, str], Any]:
    """(Side, name) → a record of it, with all that it holds but the times."""
    books = {("books", name): one for name, one in lab.customers().items()}
    sales = {("sales", str(one["Account_Name"])): one for one in lab.accounts()}
    return {
        key: {name: value for name, value in one.items() if "time" not in name.lower()}
        for key, one in (books | sales).items()
    }


def differences(before: dict[tuple[str, str], Any], after: dict[tuple[str, str], Any]) -> dict[Change, set[str]]:
    """(Side, name) → the fields that changed; ``new`` for a record that came."""
    assert before.keys() <= after.keys()
    return {
        key: {name for name in one if one[name] != before[key].get(name)} if key in before else {"new"}
        for key, one in after.items()
        if one != before.get(key)
    }


def test_a_plan_writes_nothing_anywhere(two_way: Lab):
    """BEY-1: both organizations hold the same before and after, and the plan tells what would be done."""
    account(two_way, "Acme", Description="1")
    business(two_way, "Birch")
    before = two_way.sandbox.dump()
    plan_id = planned(two_way)
    assert two_way.sandbox.dump() == before
    assert states(two_way, plan_id) == {"Acme": "planned", "Birch": "planned"}


def test_a_plan_is_carried_out_to_the_letter(two_way: Lab):
    """BEY-1: what it shows and nothing else; what was edited since is left out and named, what is new waits."""
    acme, birch, cedar = (account(two_way, name, Description="1") for name in ("Acme", "Birch", "Cedar"))
    elm = business(two_way, "Elm", notes="old")
    two_way.run()
    later(two_way).run()
    two_way.crm.update("Accounts", [{"id": sales_id, "Description": "2"} for sales_id in (acme, birch)])
    later(two_way).books.update_contact(elm, {"notes": "new"})
    account(two_way, "Dune", Description="4")
    plan_id = planned(two_way)

    two_way.crm.update("Accounts", [{"id": birch, "Description": "3"}])  # in the plan, and edited again since
    two_way.crm.update("Accounts", [{"id": cedar, "Description": "3"}])  # due only since
    account(two_way, "Fir")
    before = held(two_way)
    run_id = carried_out(two_way, plan_id)

    assert states(two_way, run_id) == {"Acme": "done", "Birch": "left_out", "Dune": "done", "Elm": "done"}
    assert differences(before, held(two_way)) == {
        ("books", "Acme"): {"notes"},
        ("books", "Dune"): {"new"},
        ("sales", "Elm"): {"Description"},
    }
    two_way.run()  # what was left out, and what is new, is work of the next run
    notes = {name: one["notes"] for name, one in two_way.customers().items()}
    assert notes == {"Acme": "2", "Birch": "3", "Cedar": "3", "Dune": "4", "Elm": "new", "Fir": ""}


def test_a_customer_and_its_contacts_are_done_together_or_not_at_all(two_way: Lab):
    """BEY-1: a contact that came since the plan was shown keeps its account out of it, too."""
    customer = business(two_way, "Acme", contact_persons=[{"first_name": "Ann", "last_name": "Lee"}])
    plan_id = planned(two_way)
    detail = two_way.books.contact(customer)
    assert detail is not None
    kept = [{"contact_person_id": one["contact_person_id"]} for one in detail["contact_persons"]]
    more = [*kept, {"first_name": "Bob", "last_name": "Ray"}]
    two_way.books.update_contact(customer, {"contact_persons": more})
    run_id = carried_out(two_way, plan_id)
    assert set(states(two_way, run_id).values()) == {"left_out"}
    assert two_way.accounts() == []


def test_a_plan_of_which_much_has_changed_is_not_carried_out(two_way: Lab):
    """BEY-1: more than a few records that changed since stop it before anything is written."""
    made = [account(two_way, f"Customer {number}", Description="1") for number in range(FEW + 5)]
    plan_id = planned(two_way)
    two_way.crm.update("Accounts", [{"id": sales_id, "Description": "2"} for sales_id in made[: FEW + 1]])
    two_way.sandbox.clear_calls()
    with pytest.raises(PlanGone, match=f"{FEW + 1} of the {FEW + 5} records"):
        carried_out(two_way, plan_id)
    assert two_way.writes() == []


def test_a_plan_is_carried_out_once(two_way: Lab):
    """BEY-1: carrying it out again is refused, by the run that has done it."""
    account(two_way, "Acme")
    plan_id = planned(two_way)
    run_id = carried_out(two_way, plan_id)
    with pytest.raises(PlanGone, match=run_id):
        carried_out(two_way, plan_id)
    assert list(two_way.customers()) == ["Acme"]


def test_a_plan_of_other_settings_is_refused(two_way: Lab):
    """BEY-1: by other settings something else would be written."""
    account(two_way, "Acme")
    plan_id = planned(two_way)
    two_way.settings(direction="from_sales")
    with pytest.raises(PlanGone, match="settings or a mapping have changed"):
        carried_out(two_way, plan_id)
    assert two_way.customers() == {}


@pytest.mark.parametrize("plan_id", ["nonsense", "demo-1"])
def test_what_is_no_plan_is_refused(two_way: Lab, plan_id: str):
    """BEY-1: no such run, or one that was no dry run."""
    account(two_way, "Acme")
    two_way.run()
    with pytest.raises(PlanGone, match=plan_id):
        carried_out(two_way, plan_id)


def test_a_plan_passes_the_guards(two_way: Lab):
    """BEY-5: a person saw it, so no guard holds it back."""
    two_way.settings_add("guards: {share: 1, records: 1}")
    made = [account(two_way, f"Customer {number}", Description="1") for number in range(3)]
    two_way.run()
    two_way.crm.update("Accounts", [{"id": sales_id, "Description": "2"} for sales_id in made])
    run_id = carried_out(two_way, planned(two_way))
    assert set(states(two_way, run_id).values()) == {"done"}
