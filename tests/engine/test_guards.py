"""Guard rails: a run that would change too much is held back before it writes (BEY-5)."""

import pytest

from tests.support.lab import Lab
from zoho.engine.errors import HeldBack


def test_a_run_that_changes_too_much_writes_nothing(empty_lab: Lab):
    """BEY-5: a careless mass edit of the sales side does not reach Books; new records are no change."""
    empty_lab.settings_add("guards: {share: 25, records: 2}")
    made = empty_lab.crm.insert("Accounts", [{"Account_Name": f"Account {n}"} for n in range(12)])
    assert empty_lab.run().directions[0].added == 12
    empty_lab.crm.update("Accounts", [{"id": one.id, "Phone": "0"} for one in made[:4]])
    empty_lab.sandbox.clear_calls()
    with pytest.raises(HeldBack, match=r"change 4 of the 12 records that Books has, and 3 are allowed"):
        empty_lab.run()
    assert empty_lab.writes() == []
    empty_lab.crm.update("Accounts", [{"id": made[0].id, "Phone": None}])
    assert empty_lab.run().directions[0].updated == 3


def test_a_few_records_may_always_change(empty_lab: Lab):
    """BEY-5: small organizations are not held up for two edits."""
    empty_lab.settings_add("guards: {share: 0, records: 2}")
    made = empty_lab.crm.insert("Accounts", [{"Account_Name": f"Account {n}"} for n in range(2)])
    empty_lab.run()
    empty_lab.crm.update("Accounts", [{"id": one.id, "Phone": "0"} for one in made])
    assert empty_lab.run().directions[0].updated == 2
