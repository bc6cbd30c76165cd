"""Whatever a run wrote and whoever edited since: an undo puts back just what nobody edited (BEY-3).

``ZOHO_LONG_UNDOS`` tells how many histories to play.
"""

import os
from collections.abc import Iterable
from typing import Any, Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.test_undo import latest, undone
from tests.support.lab import Lab
from tests.support.pairs import account, business, contact, green, later

HISTORIES = int(os.environ.get("ZOHO_LONG_UNDOS", "3"))
NAMES = ("Acme", "Birch", "Cedar")
FIELDS = {"notes": "Description", "city": "Billing_City", "phone": "Phone"}
"""Field of Books → field of the sales side; the phone is that of the only contact person."""

Spot = tuple[str, str, str]
Edit = tuple[Literal["sales", "books"], str, str, str]
Held = dict[Spot, str]

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["sales", "books"]),
        st.sampled_from(NAMES),
        st.sampled_from(sorted(FIELDS)),
        st.sampled_from(["", "1", "2", "3"]),
    ),
    max_size=8,
)


def held(lab: Lab) -> Held:
    """(Side, name, field) → what is there."""
    found: Held = {}
    for name, one in lab.customers().items():
        found["books", name, "notes"] = one["notes"]
        found["books", name, "city"] = one["billing_address"].get("city", "")
        found["books", name, "phone"] = one["contact_persons"][0]["phone"]
    for one in lab.accounts():
        found["sales", one["Account_Name"], "notes"] = one["Description"] or ""
        found["sales", one["Account_Name"], "city"] = one["Billing_City"] or ""
    for one in lab.contacts():
        found["sales", one["Account_Name"]["name"], "phone"] = one["Phone"] or ""
    return found


def edit(lab: Lab, edits: Iterable[Edit]) -> None:
    """Lets people edit, a field at a time."""
    accounts = {one["Account_Name"]: str(one["id"]) for one in lab.accounts()}
    contacts = {one["Account_Name"]["name"]: str(one["id"]) for one in lab.contacts()}
    customers = lab.customers()
    for side, name, field, value in edits:
        if side == "sales":
            entity, ids = ("Contacts", contacts) if field == "phone" else ("Accounts", accounts)
            lab.crm.update(entity, [{"id": ids[name], FIELDS[field]: value or None}])
        else:
            lab.books.update_contact(customers[name]["contact_id"], _in_books(customers[name], field, value))


def _in_books(customer: dict[str, Any], field: str, value: str) -> dict[str, Any]:
    if field == "notes":
        return {"notes": value}
    if field == "city":
        return {"billing_address": {"city": value}}
    (person,) = customer["contact_persons"]
    kept = {key: person[key] for key in ("contact_person_id", "first_name", "last_name", "email")}
    return {"contact_persons": [{**kept, "phone": value}]}


def set_up(lab: Lab) -> None:
    """Three customers on both sides, in step."""
    lab.start_over()
    for name in NAMES[:2]:
        contact(lab, "Lee", account(lab, name, Description="1", Billing_City="1"), Phone="1")
    business(lab, NAMES[2], notes="1", contact_persons=[{"last_name": "Lee", "phone": "1"}])
    green(lab)
    green(later(lab))
    later(lab)


@settings(
    max_examples=HISTORIES, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=EDITS, since=EDITS, synced=st.booleans())
def test_an_undo_puts_back_what_nobody_edited(two_way: Lab, before: list[Edit], since: list[Edit], synced: bool):
    """BEY-3: on either side, fields and contact persons; nothing else moves; the next run takes no undo across."""
    set_up(two_way)
    edit(two_way, before)
    at_first = held(two_way)
    green(later(two_way))
    run_id, by_run = latest(two_way), held(two_way)
    edit(later(two_way), since)
    if synced:
        green(later(two_way))
    now = held(two_way)

    by = undone(later(two_way), run_id)
    after = held(two_way)
    expected = {
        spot: at_first[spot] if at_first[spot] != value == now[spot] else now[spot] for spot, value in by_run.items()
    }
    assert after == expected

    if synced or not since:
        two_way.sandbox.clear_calls()
        green(later(two_way))
        assert two_way.writes() == []
        undone(two_way, by)
        assert held(two_way) == now
        two_way.sandbox.clear_calls()
        green(later(two_way))
        assert two_way.writes() == []
    else:  # edits since that had not gone across yet go across now, and no undone field does
        green(later(two_way))
        edited = {(name, field) for _, name, field, _ in since}
        quiet = {spot: value for spot, value in after.items() if spot[1:] not in edited}
        assert {spot: value for spot, value in held(two_way).items() if spot in quiet} == quiet
