"""Whatever dies, nothing is lost and nothing is doubled (BEY-4)."""

import pytest
from sqlalchemy import select

from tests.support.deaths import dead_at_every_effect, finish
from tests.support.lab import Lab
from zoho.store.tables import claims, links


def set_up(lab: Lab) -> None:
    """Two new accounts, one of them with two contacts, and one that Books has already."""
    alpha, omega, _ = lab.crm.insert(
        "Accounts",
        [
            {"Account_Name": "Alpha", "Phone": "1"},
            {"Account_Name": "Omega", "Billing_City": "Kobe"},
            {"Account_Name": "Twin", "Billing_City": "Nara"},
        ],
    )
    lab.crm.insert(
        "Contacts",
        [
            {"First_Name": "Ann", "Last_Name": "Lee", "Email": "ann@example.com", "Account_Name": {"id": alpha.id}},
            {"First_Name": "Ann", "Last_Name": "Lee", "Email": "lee@example.com", "Account_Name": {"id": alpha.id}},
            {"Last_Name": "山田", "Account_Name": {"id": omega.id}},
        ],
    )
    lab.books.create_contact({"contact_name": "twin"})


EXPECTED = {
    "Alpha": ("1", "", ["ann@example.com", "lee@example.com"]),
    "Omega": ("", "Kobe", [""]),
    "Twin": ("", "Nara", []),
}


def end_state(lab: Lab) -> dict[str, tuple[str, str, list[str]]]:
    rows = [row for page in lab.books.contacts(purpose="test") for row in page.records]
    assert len(rows) == len({row["contact_name"].casefold() for row in rows})
    return {
        name: (
            one["billing_address"].get("phone", ""),
            one["billing_address"].get("city", ""),
            sorted(person["email"] for person in one["contact_persons"]),
        )
        for name, one in lab.customers().items()
    }


def check(lab: Lab, effect: str) -> None:
    assert end_state(lab) == EXPECTED, effect
    with lab.store.connect() as connection:
        linked = connection.execute(select(links.c.role, links.c.sales_id).where(links.c.retired_at.is_(None))).all()
        assert len([one for one in linked if one.role == "record"]) == 3, effect
        assert len([one for one in linked if one.role == "child"]) == 3, effect
        assert connection.execute(select(claims)).all() == [], effect


def test_killed_after_every_single_effect(empty_lab: Lab, capsys: pytest.CaptureFixture[str]):
    """BEY-4: killed after each API call and each commit in turn, the next run converges; all points, no sample."""
    points = 0
    for where in dead_at_every_effect(empty_lab, set_up):
        points += 1
        finish(empty_lab)
        check(empty_lab, where)
    with capsys.disabled():
        print(f" [{points} points of death]", end="")
    assert points > 20


def test_a_lost_answer_is_looked_up(empty_lab: Lab):
    """BEY-4: Books created the customer, the answer was lost: it is found and linked in the same run."""
    set_up(empty_lab)
    lost = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "commit_then_drop"}
    empty_lab.sandbox.faults([{**lost, "times": 2}])
    report = empty_lab.run()
    assert (report.state, report.failures) == ("success", [])
    check(empty_lab, "lost answers")


def test_a_lost_answer_to_an_update_adds_nobody_twice(empty_lab: Lab):
    """BEY-4: an update with new contact persons whose answer was lost is compared, not repeated."""
    set_up(empty_lab)
    empty_lab.run()
    alpha = next(one for one in empty_lab.accounts() if one["Account_Name"] == "Alpha")
    empty_lab.crm.insert("Contacts", [{"Last_Name": "New", "Email": "new@example.com", "Account_Name": alpha["id"]}])
    empty_lab.sandbox.clock(advance=5)
    lost = {"match": {"method": "PUT", "path": "/books/v3/contacts/.*"}, "kind": "commit_then_drop", "times": 1}
    empty_lab.sandbox.faults([lost])
    report = empty_lab.run()
    assert (report.state, report.failures) == ("success", [])
    emails = end_state(empty_lab)["Alpha"][2]
    assert emails == ["ann@example.com", "lee@example.com", "new@example.com"]
    empty_lab.sandbox.clear_calls()
    empty_lab.run()
    assert empty_lab.writes() == []


def test_a_run_that_is_cleared_plans_again(empty_lab: Lab):
    """AIR-2: all tasks of a finished run are repeated in Airflow: new work is done, what was done stays told."""
    set_up(empty_lab)
    refusal = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "times": 1}
    empty_lab.sandbox.faults([{**refusal, "status": 400, "body": {"code": 4, "message": "Invalid value"}}])
    first = empty_lab.run()
    assert (first.state, first.directions[0].added, first.directions[0].failed) == ("partial", 1, 1)
    again = empty_lab.run(repeat=True)
    assert (again.state, again.directions[0].added, again.directions[0].failed) == ("success", 2, 0)
    check(empty_lab, "cleared")
