"""Disable, enable, remove: what becomes of runs, mirrors and links (CON-7, CON-8)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.engine.test_transactions import bill, in_books, in_crm, items, line, made_in_crm, settle
from tests.support.deaths import Died, dying_at
from tests.support.lab import Lab
from zoho.engine.control import mirrors, removal, state
from zoho.engine.control.mirrors import Removed, remove_mirrors, settle_removals
from zoho.engine.control.state import ControlError
from zoho.engine.errors import NotNow
from zoho.store.tables import changes, links

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def disable(lab: Lab) -> Removed:
    state.disable(lab.store, lab.integration, "anna", "", NOON)
    return remove_mirrors(lambda module: lab.job(module=module))


def enable(lab: Lab) -> None:
    settle_removals(lambda module: lab.job(module=module))
    state.enable(lab.store, lab.integration, "anna", NOON + timedelta(days=1))


@pytest.fixture
def trading(firm: Lab) -> Lab:
    """Two invoices of Books with their mirrors, and one made in the CRM with its document in Books."""
    tea = items(firm)["Tea"]
    for number in range(2):
        bill(firm, line(tea, "10"), reference_number=f"R{number}")
    made_in_crm(firm, "Invoices")
    settle(firm)
    assert len(in_crm(firm)) == len(in_books(firm)) == 3
    return firm


def retired(lab: Lab) -> list[str | None]:
    with lab.store.connect() as connection:
        query = select(links.c.retired_why).where(links.c.module == "invoices", links.c.retired_at.is_not(None))
        return list(connection.scalars(query))


def test_no_sync_runs_while_disabled(empty_lab: Lab):
    """CON-7: nothing begins, a pause has nothing to add; enabled, it goes on with its links."""
    empty_lab.crm.insert("Accounts", [{"Account_Name": "Acme", "Phone": "1"}])
    empty_lab.run()
    (before,) = empty_lab.customers().values()
    disable(empty_lab)
    with pytest.raises(
        NotNow, match=r"demo is disabled since 2026-11-22 12:00 UTC by anna\. .*zoho-sync enable demo"
    ):
        empty_lab.run()
    with pytest.raises(ControlError, match="disabled"):
        state.pause(empty_lab.store, "demo", state.Pause.DRAIN, "anna", "", NOON)
    with pytest.raises(ControlError, match="zoho-sync enable demo"):
        state.resume(empty_lab.store, "demo", "anna", NOON)
    empty_lab.crm.update("Accounts", [{"id": empty_lab.accounts()[0]["id"], "Phone": "2"}])

    enable(empty_lab)
    report = empty_lab.run()

    assert (report.directions[0].added, report.directions[0].updated) == (0, 1)
    (after,) = empty_lab.customers().values()
    assert (after["contact_id"], after["billing_address"]["phone"]) == (before["contact_id"], "2")


def test_mirrors_leave_the_crm_and_come_again(trading: Lab):
    """CON-7: only what was mirrored is removed; Books is untouched; the history keeps it; enabled, it is mirrored."""
    documents = in_books(trading)
    trading.sandbox.clear_calls()

    assert disable(trading) == Removed(removed=2)

    assert [one["Subject"] for one in in_crm(trading)] == ["Offer"]
    assert [call["method"] for call in trading.writes()] == ["DELETE"]
    assert in_books(trading) == documents
    assert retired(trading) == ["disabled", "disabled"]
    with trading.store.connect() as connection:
        rows = connection.execute(select(changes).where(changes.c.reason == mirrors.REASON)).all()
    assert [(row.action, row.state, bool(row.before)) for row in rows] == [("retire", "done", True)] * 2
    assert disable(trading) == Removed()

    enable(trading)
    settle(trading)

    assert len(in_crm(trading)) == len(in_books(trading)) == 3
    assert {one["invoice_id"] for one in in_books(trading)} == {one["invoice_id"] for one in documents}


def test_it_may_die_anywhere(trading: Lab):
    """CON-7, BEY-4: killed after each effect in turn and enabled, every document has a mirror."""
    for effect in range(1, 20):
        with dying_at(trading, effect):
            try:
                disable(trading)
            except Died:
                died = True
            else:
                died = False
        if not died:
            break
        enable(trading)
        settle(trading)
        assert len(in_crm(trading)) == len(in_books(trading)) == 3, effect
        assert "sales" not in retired(trading), effect
    assert effect > 5
    assert disable(trading).failed == 0
    assert len(in_crm(trading)) == 1


def test_one_that_a_person_deleted_already(trading: Lab):
    """CON-7: what is gone is removed, whoever did it."""
    mirror = next(one for one in in_crm(trading) if one["Subject"] != "Offer")
    trading.crm.delete("Invoices", [str(mirror["id"])])
    assert disable(trading) == Removed(removed=2)
    enable(trading)
    settle(trading)
    assert len(in_crm(trading)) == 3


def test_what_the_crm_does_not_give_up_is_told(trading: Lab):
    """CON-7: a refused record stays linked and is named in the history; a repeat tries it again."""
    refused = {"data": [{"status": "error", "code": "RECORD_LOCKED", "message": "record is locked", "details": {}}]}
    answer = {"kind": "status", "status": 200, "body": {"data": refused["data"] * 2}, "times": 1}
    trading.sandbox.faults([{"match": {"product": "crm", "method": "DELETE"}, **answer}])
    assert disable(trading) == Removed(failed=2)
    assert len(in_crm(trading)) == 3
    assert disable(trading) == Removed(removed=2)


def test_removed_settings_leave_everything_else(empty_lab: Lab):
    """CON-8: the settings go, records stay in both systems, and the identity map is kept for whoever comes back."""
    empty_lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    empty_lab.run()
    kept = empty_lab.settings_file.read_text()
    file = removal.settings_file("demo", empty_lab.include)

    state.mark_removed(empty_lab.store, "demo", "anna", "", NOON)
    assert removal.delete_settings(file)

    assert not file.exists()
    file.write_text(kept)  # the same integration once more
    assert (len(empty_lab.accounts()), list(empty_lab.customers())) == (1, ["Acme"])
    with pytest.raises(NotNow, match=r"demo is removed .* zoho-sync enable demo"):
        empty_lab.run()
    enable(empty_lab)
    report = empty_lab.run()
    assert (report.directions[0].added, report.directions[0].unchanged) == (0, 1)


def test_settings_that_cannot_be_deleted(empty_lab: Lab, monkeypatch: pytest.MonkeyPatch):
    """CON-8: where the folder is read-only nothing is deleted, and the caller is told."""

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refuse)
    assert not removal.delete_settings(empty_lab.settings_file)
    with pytest.raises(ControlError, match="no file that defines the integration 'nowhere'"):
        removal.settings_file("nowhere", empty_lab.include)
