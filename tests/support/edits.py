"""Three customers on both sides, and people who edit them at random."""

from collections.abc import Iterable
from typing import Any, Literal

from hypothesis import strategies as st

from tests.support.lab import Lab
from tests.support.pairs import account, business, contact, green, later

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
