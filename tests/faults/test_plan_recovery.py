"""Carrying a plan out dies half way, and is begun again (BEY-1, BEY-4)."""

from contextlib import suppress

import pytest

from tests.support.deaths import dead_at_every_effect
from tests.support.lab import Lab
from tests.support.pairs import account, business, later, use_unique_ids
from zoho.engine import approved
from zoho.engine.errors import PlanGone
from zoho.engine.on_demand.planning import carry_out, make_plan


@pytest.mark.parametrize("unique_ids", [True, False])
def test_a_plan_that_was_cut_short_is_carried_out_to_its_end(
    empty_lab: Lab, monkeypatch: pytest.MonkeyPatch, unique_ids: bool
):
    """BEY-1, BEY-4: what a try did before it died has not "changed since": the next one does just the rest."""
    monkeypatch.setattr(approved, "FEW", 0)
    empty_lab.settings(direction="two_way")
    plans: list[str] = []

    def set_up(lab: Lab) -> None:
        if unique_ids:
            use_unique_ids(lab)
        old = account(lab, "Old", Description="1")
        lab.run()
        later(lab).run()
        lab.crm.update("Accounts", [{"id": old, "Description": "2"}])
        account(lab, "Made in the CRM")
        business(lab, "Made in Books")
        job = later(lab).job()
        plans.append(make_plan(job, f"test:{job.run_id}"))

    def act(lab: Lab) -> None:
        job = later(lab).job()
        carry_out(job, f"test:{job.run_id}", plans[-1])

    for where in dead_at_every_effect(empty_lab, set_up, act):
        with suppress(PlanGone):  # it was carried out, and died in its last steps
            act(empty_lab)
        notes = {name: one["notes"] for name, one in empty_lab.customers().items()}
        assert notes == {"Old": "2", "Made in the CRM": "", "Made in Books": ""}, where
        assert sorted(one["Account_Name"] for one in empty_lab.accounts()) == sorted(notes), where
