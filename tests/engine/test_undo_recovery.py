"""An undo that dies anywhere leaves nothing that the next run takes for an edit (BEY-3, BEY-4)."""

from contextlib import suppress

import pytest

from tests.engine.test_undo import latest, undo_planned
from tests.support.deaths import Died, dying_at
from tests.support.lab import Lab
from tests.support.pairs import account, business, contact, green, later, quiet
from zoho.engine.errors import PlanGone
from zoho.engine.on_demand.planning import carry_out


def set_up(lab: Lab) -> str:
    """Writes and creates on either side, and a contact person; returns the plan that takes all of it back."""
    acme = account(lab, "Acme", Description="1")
    ann = contact(lab, "Lee", acme, Phone="1")
    birch = business(lab, "Birch", notes="1")
    green(lab)
    later(lab)
    lab.crm.update("Accounts", [{"id": acme, "Description": "2"}])
    lab.crm.update("Contacts", [{"id": ann, "Phone": "2"}])
    lab.books.update_contact(birch, {"notes": "2"})
    account(lab, "Cedar")
    business(lab, "Dune")
    later(lab)
    green(lab)
    return undo_planned(lab, latest(lab))


def carried_out(lab: Lab, plan_id: str) -> None:
    """Carries the plan out, unless that was done before."""
    job = later(lab).job()
    with suppress(PlanGone):
        carry_out(job, f"test:{job.run_id}", plan_id)


def end_state(lab: Lab) -> tuple[object, ...]:
    """What either side holds."""
    books = {name: (one["notes"], one["status"]) for name, one in lab.customers().items()}
    sales = {one["Account_Name"]: one["Description"] for one in lab.accounts()}
    (person,) = lab.customers()["Acme"]["contact_persons"]
    return books, sales, person["phone"]


UNDONE = (
    {"Acme": ("1", "active"), "Birch": ("2", "active"), "Cedar": ("", "inactive"), "Dune": ("", "active")},
    {"Acme": "2", "Birch": "1", "Cedar": None},
    "1",
)


def effects(lab: Lab) -> tuple[int, int]:
    """Number of the first effect that may write to Zoho, and of the last."""
    plan_id = set_up(lab)
    with dying_at(lab, 0) as seen:
        carried_out(lab, plan_id)
    assert end_state(lab) == UNDONE
    return next(place for place, one in enumerate(seen) if one.startswith(("PUT", "POST", "DELETE"))), len(seen)


def test_killed_after_every_single_effect(two_way: Lab) -> None:
    """BEY-3: killed after each API call and each commit; carried out once more, the state is that of an undo.

    What comes before the first write only reads.
    """
    first, last = effects(two_way)
    assert last - first > 15
    for effect in range(first, last + 1):
        two_way.start_over()
        plan_id = set_up(two_way)
        with dying_at(two_way, effect), pytest.raises(Died):
            carried_out(two_way, plan_id)
        carried_out(two_way, plan_id)
        later(two_way)
        green(two_way)
        quiet(later(two_way))
        assert end_state(two_way) == UNDONE, effect
