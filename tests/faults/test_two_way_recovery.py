"""Whatever dies in a two-way run, nothing is lost and nothing is doubled on either side (BEY-4)."""

import pytest
from sqlalchemy import select

from tests.support.deaths import dead_at_every_effect, finish
from tests.support.lab import Lab
from zoho.store.tables import claims, links

PERSON = {"first_name": "Bob", "last_name": "Ray", "email": "bob@example.com", "is_primary_contact": True}


def set_up(lab: Lab) -> None:
    """A run that creates, updates, links and unlinks on both sides, contacts and contact persons included."""
    lab.settings(direction="two_way", include_unassociated_contacts=True)
    both, gone = (
        one.id
        for one in lab.crm.insert(
            "Accounts",
            [{"Account_Name": "Both", "Phone": "1", "Description": "old"}, {"Account_Name": "Gone"}],
        )
    )
    lab.crm.insert("Contacts", [{"First_Name": "Ann", "Last_Name": "Lee", "Account_Name": {"id": both}}])
    lab.run()
    lab.sandbox.clock(advance=5)
    lab.crm.insert("Accounts", [{"Account_Name": "Sales only"}, {"Account_Name": "Twin", "Billing_City": "Nara"}])
    lab.crm.update("Accounts", [{"id": both, "Phone": "2"}])
    lab.crm.delete("Accounts", [gone])
    customer = lab.customers()["Both"]
    person = {**customer["contact_persons"][0], "phone": "3"}
    lab.books.update_contact(customer["contact_id"], {"notes": "new", "contact_persons": [person]})
    lab.books.create_contact({"contact_name": "Books only", "contact_persons": [PERSON], "company_name": "B"})
    lab.books.create_contact({"contact_name": "twin", "website": "twin.example", "contact_persons": [PERSON]})
    lab.books.create_contact({"contact_name": "Ivy", "customer_sub_type": "individual"})


ACCOUNTS = {
    "Both": ("2", None, "new", None, ["Lee 3"]),
    "Sales only": (None, None, None, None, []),
    "Twin": (None, "Nara", None, "twin.example", ["Ray None"]),
    "Books only": (None, None, None, None, ["Ray None"]),
    None: ["Ivy None"],
}
CUSTOMERS = {
    "Both": ("2", "", "new", "", ["Lee 3"]),
    "Gone": ("", "", "", "", []),
    "Sales only": ("", "", "", "", []),
    "Twin": ("", "Nara", "", "twin.example", ["Ray "]),
    "Books only": ("", "", "", "", ["Ray "]),
    "Ivy": ("", "", "", "", ["Ivy "]),
}


def sales_state(lab: Lab) -> dict[str | None, object]:
    people: dict[str | None, list[str]] = {}
    for one in lab.contacts():
        account = one["Account_Name"]
        people.setdefault(account["id"] if account else None, []).append(f"{one['Last_Name']} {one['Phone']}")
    accounts = lab.accounts()
    assert len(accounts) == len({one["Account_Name"] for one in accounts})
    found: dict[str | None, object] = {
        one["Account_Name"]: (
            *(one[field] for field in ("Phone", "Billing_City", "Description", "Website")),
            sorted(people.get(one["id"], [])),
        )
        for one in accounts
    }
    return {**found, None: sorted(people.get(None, []))}


def books_state(lab: Lab) -> dict[str, object]:
    rows = [row for page in lab.books.contacts(purpose="test") for row in page.records]
    assert len(rows) == len({row["contact_name"].casefold() for row in rows})
    return {
        name: (
            one["billing_address"].get("phone", ""),
            one["billing_address"].get("city", ""),
            one["notes"],
            one["website"],
            sorted(f"{person['last_name']} {person['phone']}" for person in one["contact_persons"]),
        )
        for name, one in lab.customers().items()
    }


def check(lab: Lab, effect: str) -> None:
    assert sales_state(lab) == ACCOUNTS, effect
    assert books_state(lab) == CUSTOMERS, effect
    with lab.store.connect() as connection:
        linked = connection.execute(select(links.c.role).where(links.c.retired_at.is_(None))).scalars().all()
        assert (linked.count("record"), linked.count("child")) == (5, 4), effect
        assert connection.execute(select(claims)).all() == [], effect


def test_killed_after_every_single_effect(empty_lab: Lab, capsys: pytest.CaptureFixture[str]):
    """BEY-4: killed after each API call and each commit of a two-way run in turn; all points, no sample."""
    points = 0
    for where in dead_at_every_effect(empty_lab, set_up):
        points += 1
        empty_lab.run()
        finish(empty_lab)
        check(empty_lab, where)
    with capsys.disabled():
        print(f" [{points} points of death]", end="")
    assert points > 40
