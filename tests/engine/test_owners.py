"""Whose a record is that is made on the sales side (CON-6)."""

from sandbox.defaults import CONNECTED_USER
from tests.support.lab import Lab
from tests.support.pairs import business, green, settled
from tests.support.preflights import map_line


def test_new_records_of_the_sales_side_belong_to_the_connecting_user(two_way: Lab):
    """CON-6: without a mapped owner, what is made on the sales side is the connecting user's."""
    business(two_way, "Acme", contact_persons=[{"first_name": "Ann", "last_name": "Lee"}])
    green(two_way)
    assert owners(two_way) == {"Accounts": {CONNECTED_USER.email}, "Contacts": {CONNECTED_USER.email}}


def test_the_mapping_may_set_the_owner(two_way: Lab):
    """CON-6: with a mapped owner, the record belongs to the user whom Books names."""
    two_way.sandbox.custom_field(product="books", label="Owner", api_name="cf_owner", data_type="string")
    map_line(two_way, "{sales: Owner, books: custom_fields.cf_owner, transform: owner_email}")
    (other,) = [user["email"] for user in two_way.crm.users() if user["email"] != CONNECTED_USER.email][:1]
    business(two_way, "Acme", custom_fields=[{"api_name": "cf_owner", "value": other}])
    business(two_way, "Globex")
    green(two_way)
    assert owners(two_way)["Accounts"] == {other, CONNECTED_USER.email}
    settled(two_way)
    held = {name: one["custom_field_hash"]["cf_owner"] for name, one in two_way.customers().items()}
    assert held == {"Acme": other, "Globex": CONNECTED_USER.email}


def owners(lab: Lab) -> dict[str, set[str]]:
    """List → e-mails of those whom its records belong to."""
    emails = {str(user["id"]): str(user["email"]) for user in lab.crm.users()}
    found = {}
    for entity in ("Accounts", "Contacts"):
        pages = lab.crm.records(entity, fields=["Owner"], purpose="test")
        found[entity] = {emails[str(one["Owner"]["id"])] for page in pages for one in page.records}
    return found
