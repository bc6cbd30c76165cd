"""Records that leave a view or are deleted (CUS-5, OPS-7)."""

from typing import Any

import pytest
from sqlalchemy import select

from sandbox import defaults
from tests.faults.meanwhile import ROWS, short_pages
from tests.support.lab import Lab
from zoho.engine.errors import PreflightError
from zoho.store.tables import changes, links
from zoho.transport.exchange import Call

MINE = {"Owner": {"id": defaults.CONNECTED_USER.crm_id}}
NOT_MINE = {"Owner": {"id": defaults.COLLEAGUE.crm_id}}


def history(lab: Lab, action: str) -> list[tuple[str, str]]:
    with lab.store.connect() as connection:
        query = select(changes.c.name, changes.c.reason).where(changes.c.action == action).order_by(changes.c.name)
        return [(row.name, row.reason) for row in connection.execute(query)]


def linked(lab: Lab) -> set[str]:
    with lab.store.connect() as connection:
        held = links.c.retired_at.is_(None)
        return set(connection.scalars(select(links.c.sales_id).where(held, links.c.role == "record")))


def account(lab: Lab, **values: Any) -> str:
    (made,) = lab.crm.insert("Accounts", [values])
    assert made.id
    return made.id


def test_only_records_of_the_view_are_sent(empty_lab: Lab):
    """CUS-5: a view by its name; a record that leaves it is not sent any more, one that comes back is again."""
    empty_lab.settings_add("accounts_view: My Accounts")
    mine = account(empty_lab, Account_Name="Mine", Phone="1", **MINE)
    account(empty_lab, Account_Name="Not mine", **NOT_MINE)
    empty_lab.run()
    assert set(empty_lab.customers()) == {"Mine"}

    empty_lab.crm.update("Accounts", [{"id": mine, "Phone": "2", **NOT_MINE}])
    empty_lab.run()
    assert empty_lab.customers()["Mine"]["billing_address"]["phone"] == "1"
    assert linked(empty_lab) == {mine}
    assert history(empty_lab, "retire") == []

    empty_lab.crm.update("Accounts", [{"id": mine, **MINE}])
    empty_lab.run()
    assert empty_lab.customers()["Mine"]["billing_address"]["phone"] == "2"


def test_an_unknown_view_is_named(empty_lab: Lab):
    """CUS-5, CON-4: the error names the view and the ones there are."""
    empty_lab.settings_add("accounts_view: Gold Accounts")
    with pytest.raises(PreflightError, match=r"no view 'Gold Accounts'.*My Accounts"):
        empty_lab.run()


def test_a_deletion_does_not_cross_over(empty_lab: Lab):
    """OPS-7: the Books customer stays; the deletion is in the history, the link is retired, once."""
    gone = account(empty_lab, Account_Name="Gone")
    account(empty_lab, Account_Name="Here")
    empty_lab.run()
    before = empty_lab.customers()
    empty_lab.crm.delete("Accounts", [gone])
    report = empty_lab.run()
    assert (report.state, report.directions[0].deleted) == ("success", 1)
    assert empty_lab.customers() == before
    assert history(empty_lab, "retire") == [("Gone", "deleted on the sales side; kept in Books")]
    assert gone not in linked(empty_lab)
    assert empty_lab.run().directions[0].deleted == 0


def test_a_deletion_is_found_by_a_full_run_too(empty_lab: Lab):
    """OPS-7: a full scan shows what is not there any more."""
    gone = account(empty_lab, Account_Name="Gone")
    account(empty_lab, Account_Name="Here")
    empty_lab.run()
    empty_lab.sandbox.clock(advance=5)
    empty_lab.crm.delete("Accounts", [gone])
    assert empty_lab.run(full_scan=True).directions[0].deleted == 1


@pytest.mark.parametrize("view", ["null", "My Accounts"])
@pytest.mark.parametrize("others", [0, 1])
def test_a_full_run_tells_what_is_deleted_from_what_is_not_shown(empty_lab: Lab, others: int, view: str):
    """OPS-7, CUS-5: the last record of a list was deleted, or one of a view: the CRM is asked which it is."""
    empty_lab.settings_add(f"accounts_view: {view}")
    gone, *_ = (account(empty_lab, Account_Name=f"Account {number}", **MINE) for number in range(others + 1))
    empty_lab.run()
    empty_lab.sandbox.clock(advance=5)
    empty_lab.crm.delete("Accounts", [gone])
    assert empty_lab.run(full_scan=True).directions[0].deleted == 1
    assert gone not in linked(empty_lab)


def test_a_deletion_is_not_missed_when_the_view_changes(empty_lab: Lab):
    """OPS-7, CUS-5: the list is asked for another view from now on; what was deleted before has not left it."""
    gone, _ = (account(empty_lab, Account_Name=name, **MINE) for name in ("Gone", "Here"))
    empty_lab.run()
    empty_lab.sandbox.clock(advance=5)
    empty_lab.crm.delete("Accounts", [gone])
    empty_lab.settings_add("accounts_view: My Accounts")
    assert empty_lab.run().directions[0].deleted == 1


def test_deactivate_what_came_from_the_sales_side(empty_lab: Lab):
    """OPS-7 deactivate: made inactive, never deleted; not what was in Books before, nor what was edited there."""
    empty_lab.settings_add("deletes: deactivate")
    empty_lab.books.create_contact({"contact_name": "Twin"})
    gone, twin, edited = (account(empty_lab, Account_Name=name) for name in ("Gone", "Twin", "Edited"))
    empty_lab.run()
    empty_lab.sandbox.clock(advance=5)
    contact = empty_lab.customers()["Edited"]
    empty_lab.books.update_contact(contact["contact_id"], {"notes": "good payer"})
    empty_lab.crm.delete("Accounts", [gone, twin, edited])
    report = empty_lab.run()
    assert (report.state, report.directions[0].deleted) == ("success", 3)
    states = {name: one["status"] for name, one in empty_lab.customers().items()}
    assert states == {"Gone": "inactive", "Twin": "active", "Edited": "active"}
    assert [reason for _, reason in history(empty_lab, "retire")] == [
        "deleted on the sales side, edited in Books since: kept there",
        "deleted on the sales side; made inactive in Books",
        "deleted on the sales side; kept in Books, where it was before",
    ]


def test_deleted_in_books_stays_deleted_until_edited(empty_lab: Lab):
    """OPS-7: deleted against unchanged stays deleted; deleted against edited lives."""
    gone = account(empty_lab, Account_Name="Gone", Phone="1")
    account(empty_lab, Account_Name="Here")
    empty_lab.run()
    empty_lab.sandbox.clock(advance=5)
    empty_lab.books.delete_contact(empty_lab.customers()["Gone"]["contact_id"])
    assert empty_lab.run().directions[0].deleted == 0
    empty_lab.run(full_scan=True)
    assert history(empty_lab, "retire")[0][1].startswith("deleted in Books; kept on the sales side")
    empty_lab.run()
    assert set(empty_lab.customers()) == {"Here"}

    empty_lab.crm.update("Accounts", [{"id": gone, "Phone": "2"}])
    assert empty_lab.run().directions[0].added == 1
    assert empty_lab.customers()["Gone"]["billing_address"]["phone"] == "2"


def test_a_customer_that_is_edited_while_the_list_is_read_is_not_gone(two_way: Lab):
    """OPS-7, BEY-4: it moves to a page that was read; its link holds, and its edit goes across."""
    for number in range(3 * ROWS):
        account(two_way, Account_Name=f"Account {number}")
    two_way.run()
    two_way.sandbox.clock(advance=5)
    before = linked(two_way)
    *_, last = (row for page in two_way.books.contacts(newest_first=True) for row in page.records)

    def edit(call: Call) -> None:
        if call.path == "/books/v3/contacts" and call.purpose == "scan":
            two_way.on_call = None
            two_way.books.update_contact(last["contact_id"], {"notes": "edited"})

    two_way.on_call = edit
    with short_pages():
        two_way.run(full_scan=True)
    two_way.sandbox.clock(advance=5)
    two_way.run()

    assert two_way.on_call is None
    assert (history(two_way, "retire"), linked(two_way)) == ([], before)
    (there,) = (one for one in two_way.accounts() if one["Account_Name"] == last["contact_name"])
    assert there["Description"] == "edited"
