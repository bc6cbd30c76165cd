"""Books contacts (zoho-api 3.1, 3.2, 3.8)."""

import json
from typing import Any

import pytest

from sandbox.defaults import BOOKS_ORGANIZATION_ID
from tests.sandbox.client import Zoho


def _codes(answer: Any) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def test_create_answers_201_with_blank_strings(empty: Zoho) -> None:
    """CUS-3: a created contact comes back whole; absent strings are blank, not null."""
    answer = empty.books("POST", "/contacts", json={"contact_name": "Acme"})
    body = answer.json()
    assert (answer.status_code, body["code"], body["message"]) == (201, 0, "The contact has been added.")
    contact = body["contact"]
    assert (contact["contact_name"], contact["company_name"], contact["contact_type"]) == ("Acme", "", "customer")
    assert contact["billing_address"]["city"] == ""
    assert contact["contact_persons"] == []
    assert None not in contact.values()


@pytest.mark.parametrize("name", ["Acme", "ACME", "  acme  "])
def test_display_names_are_unique(empty: Zoho, name: str) -> None:
    """CUS-4: names are compared without case and outer blanks; a second one is 400 with code 3062."""
    empty.customer(contact_name="Acme")
    assert _codes(empty.books("POST", "/contacts", json={"contact_name": name})) == (400, 3062)
    other = empty.customer(contact_name="Other")
    assert _codes(empty.books("PUT", f"/contacts/{other['contact_id']}", json={"contact_name": name})) == (400, 3062)


def test_renaming_to_itself_is_no_duplicate(empty: Zoho) -> None:
    """CUS-4: a contact does not collide with itself."""
    contact = empty.customer(contact_name="Acme")
    answer = empty.books("PUT", f"/contacts/{contact['contact_id']}", json={"contact_name": "ACME"})
    assert answer.json()["contact"]["contact_name"] == "ACME"


def test_deleted_name_is_free_again(empty: Zoho) -> None:
    """OPS-7: a deleted contact's name can be used."""
    contact = empty.customer(contact_name="Acme")
    answer = empty.books("DELETE", f"/contacts/{contact['contact_id']}")
    assert answer.json() == {"code": 0, "message": "The customer has been deleted."}
    assert _codes(empty.books("GET", f"/contacts/{contact['contact_id']}")) == (404, 1002)
    empty.customer(contact_name="Acme")


@pytest.mark.parametrize(
    ("given", "name", "limit"),
    [
        ({"contact_name": "x" * 201}, "contact_name", 200),
        ({"company_name": "x" * 201}, "company_name", 200),
        ({"billing_address": {"zip": "x" * 51}}, "billing_address.zip", 50),
        ({"contact_persons": [{"salutation": "x" * 26}]}, "salutation", 25),
        ({"contact_persons": [{"first_name": "x" * 101}]}, "first_name", 100),
    ],
)
def test_lengths_are_enforced(empty: Zoho, given: dict[str, Any], name: str, limit: int) -> None:
    """OPS-4: a value that is too long is refused with its field and limit, and nothing is written."""
    answer = empty.books("POST", "/contacts", json={"contact_name": "A", **given})
    assert answer.status_code == 400
    assert answer.json()["code"] != 0
    assert name in answer.json()["message"]
    assert str(limit) in answer.json()["message"]
    assert empty.books("GET", "/contacts").json()["contacts"] == []


def test_longest_values_fit(empty: Zoho) -> None:
    """CUS-6: a value of exactly the greatest length is kept whole, in characters, not bytes."""
    contact = empty.customer(contact_name="名" * 200, contact_persons=[{"first_name": "🍋" * 100}])
    assert contact["contact_name"] == "名" * 200
    assert contact["contact_persons"][0]["first_name"] == "🍋" * 100


def test_list_rows_have_no_addresses_and_no_persons(empty: Zoho) -> None:
    """BEY-8: a list row shows the primary person's basics only; the rest costs a call."""
    person = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "phone": "1", "mobile": "2"}
    empty.customer(
        contact_name="A",
        billing_address={"city": "X"},
        contact_persons=[{"first_name": "Z"}, {**person, "is_primary_contact": True}],
    )
    row = empty.books("GET", "/contacts").json()["contacts"][0]
    assert {key: row[key] for key in person} == person
    assert not {"billing_address", "shipping_address", "contact_persons"} & row.keys()


def test_given_contact_persons_are_the_whole_list(empty: Zoho) -> None:
    """CUS-1: persons left out are deleted, those with an id changed, those without added."""
    contact = empty.customer(
        contact_name="A", contact_persons=[{"first_name": "Stays", "phone": "1"}, {"first_name": "Goes"}]
    )
    stays = contact["contact_persons"][0]["contact_person_id"]
    persons = [{"contact_person_id": stays, "email": "s@example.com"}, {"last_name": "New"}]
    after = empty.books("PUT", f"/contacts/{contact['contact_id']}", json={"contact_persons": persons}).json()[
        "contact"
    ]
    assert [(p["first_name"], p["last_name"], p["phone"], p["email"]) for p in after["contact_persons"]] == [
        ("Stays", "", "1", "s@example.com"), ("", "New", "", ""),
    ]  # fmt: skip
    assert after["primary_contact_id"] == stays
    untouched = empty.books("PUT", f"/contacts/{contact['contact_id']}", json={"notes": "n"}).json()["contact"]
    assert len(untouched["contact_persons"]) == 2
    foreign = [{"contact_person_id": "42", "first_name": "X"}]
    refused = empty.books("PUT", f"/contacts/{contact['contact_id']}", json={"contact_persons": foreign})
    assert refused.status_code == 400


def test_first_person_becomes_primary_and_there_is_only_one(empty: Zoho) -> None:
    """CUS-1: exactly one contact person is primary."""
    first = empty.customer(contact_name="A", contact_persons=[{"first_name": "1"}, {"first_name": "2"}])
    assert [p["is_primary_contact"] for p in first["contact_persons"]] == [True, False]
    marked = [{"first_name": "1", "is_primary_contact": True}, {"first_name": "2", "is_primary_contact": True}]
    second = empty.customer(contact_name="B", contact_persons=marked)
    assert [p["is_primary_contact"] for p in second["contact_persons"]] == [False, True]


def test_given_address_keys_replace_only_themselves(empty: Zoho) -> None:
    """CUS-6: an address is changed key by key."""
    contact = empty.customer(contact_name="A", billing_address={"city": "X", "zip": "1"})
    after = empty.books("PUT", f"/contacts/{contact['contact_id']}", json={"billing_address": {"city": "Y"}})
    address = after.json()["contact"]["billing_address"]
    assert (address["city"], address["zip"]) == ("Y", "1")
    assert address["address_id"] == contact["billing_address"]["address_id"]


def test_refused_update_changes_nothing(empty: Zoho) -> None:
    """BEY-4: a write is all or nothing."""
    contact = empty.customer(contact_name="A", notes="before")
    bad = {"notes": "after", "contact_persons": [{"first_name": "x", "email": "nobody"}]}
    assert empty.books("PUT", f"/contacts/{contact['contact_id']}", json=bad).status_code == 400
    after = empty.books("GET", f"/contacts/{contact['contact_id']}").json()["contact"]
    assert after == contact


def test_unique_identifier_upsert(empty: Zoho) -> None:
    """BEY-4: a repeated create with a unique custom field makes one contact."""
    headers = {"X-Unique-Identifier-Key": "cf_crm_id", "X-Unique-Identifier-Value": "77", "X-Upsert": "true"}
    made = empty.books("PUT", "/contacts", json={"contact_name": "A"}, headers=headers)
    again = empty.books("PUT", "/contacts", json={"contact_name": "A", "notes": "n"}, headers=headers)
    assert again.json()["contact"]["contact_id"] == made.json()["contact"]["contact_id"]
    assert again.json()["contact"]["custom_field_hash"]["cf_crm_id"] == "77"
    without = {key: value for key, value in headers.items() if key != "X-Upsert"}
    missing = empty.books(
        "PUT", "/contacts", json={"notes": "n"}, headers={**without, "X-Unique-Identifier-Value": "78"}
    )
    assert missing.status_code == 404
    not_unique = empty.books("PUT", "/contacts", json={}, headers={**headers, "X-Unique-Identifier-Key": "cf_region"})
    assert not_unique.status_code == 400
    clash = {"contact_name": "B", "custom_fields": [{"api_name": "cf_crm_id", "value": "77"}]}
    assert empty.books("POST", "/contacts", json=clash).status_code == 400


def test_custom_fields_by_id_label_or_name(empty: Zoho) -> None:
    """CUS-6: a custom field can be named in any of its ways; empty ones are left out of answers."""
    fields = empty.books("GET", "/settings/customfields", params={"entity": "contact"}).json()["customfields"][
        "contact"
    ]
    region = next(field for field in fields if field["api_name"] == "cf_region")
    for at, key in enumerate(("customfield_id", "api_name", "label")):
        contact = empty.customer(contact_name=f"C{at}", custom_fields=[{key: region[key], "value": "north"}])
        assert contact["custom_field_hash"] == {"cf_region": "north", "cf_region_unformatted": "north"}
        assert len(contact["custom_fields"]) == 1


def test_active_and_inactive(empty: Zoho) -> None:
    """OPS-7: a contact can be made inactive; a change to what it is already is refused."""
    contact = empty.customer(contact_name="A")
    path = f"/contacts/{contact['contact_id']}"
    assert empty.books("POST", f"{path}/inactive").json()["code"] == 0
    assert empty.books("POST", f"{path}/inactive").status_code == 400
    assert empty.books("GET", "/contacts", params={"filter_by": "Status.Active"}).json()["contacts"] == []
    assert empty.books("POST", f"{path}/active").json()["code"] == 0


def test_newest_first_list(empty: Zoho) -> None:
    """CUS-3: contacts can be read newest first."""
    empty.control("POST", "/clock", json={"now": "2026-06-09T17:16:32Z"})
    ids = [empty.customer(contact_name=name)["contact_id"] for name in "ABC"]
    empty.control("POST", "/clock", json={"advance": 60})
    empty.books("PUT", f"/contacts/{ids[0]}", json={"notes": "n"})
    page = empty.books("GET", "/contacts", params={"sort_column": "last_modified_time", "sort_order": "D"}).json()
    assert page["contacts"][0]["contact_name"] == "A"
    assert page["contacts"][0]["last_modified_time"] == "2026-06-09T13:17:32-0400"
    assert page["page_context"]["sort_column"] == "last_modified_time"


def test_pages(zoho: Zoho) -> None:
    """CUS-3: pages hold every contact once and say whether more follow."""
    seen: list[str] = []
    for page in (1, 2, 3):
        body = zoho.books("GET", "/contacts", params={"page": page, "per_page": 25}).json()
        seen += [row["contact_id"] for row in body["contacts"]]
        assert body["page_context"]["has_more_page"] is (page < 3)
    assert len(set(seen)) == len(seen) == 66
    beyond = zoho.books("GET", "/contacts", params={"page": 9}).json()
    assert (beyond["code"], beyond["contacts"]) == (0, [])


def test_filters(zoho: Zoho) -> None:
    """SRCH-1: contacts are found by name, e-mail and text."""

    def names(**params: str) -> list[str]:
        return [row["contact_name"] for row in zoho.books("GET", "/contacts", params=params).json()["contacts"]]

    assert names(contact_name="tidewater boat works") == ["Tidewater Boat Works"]
    assert names(contact_name="tidewater") == []
    assert names(contact_name_startswith="tidewater") == ["Tidewater Boat Works"]
    assert names(contact_name_contains="boat") == ["Tidewater Boat Works"]
    assert names(search_text="ironmonger") == ["O'Malley's Ironmongers"]
    assert names(contact_type="vendor", contact_name_contains="tea") == ["Hollybush Tea Importers"]
    assert names(contact_type="customer", contact_name_contains="tea") == []
    assert len(names(filter_by="Status.Inactive")) == 3


def test_tolerated_spellings(empty: Zoho) -> None:
    """CON-1: JSONString forms, trailing slashes, && and the organization header, as older clients send them."""
    form = {"JSONString": json.dumps({"contact_name": "Förm"})}
    made = empty.books("POST", "/contacts/", data=form)
    assert made.status_code == 201
    assert made.json()["contact"]["contact_name"] == "Förm"
    token = {"Authorization": f"Zoho-oauthtoken {empty.token(_books())}"}
    base = f"{empty.base}/books/v3/contacts"
    double = empty.http.get(f"{base}/?organization_id={BOOKS_ORGANIZATION_ID}&&page=1", headers=token)
    assert double.json()["page_context"]["page"] == 1
    header = {**token, "X-com-zoho-books-organizationid": BOOKS_ORGANIZATION_ID}
    assert empty.http.get(base, headers=header).status_code == 200
    assert _codes(empty.http.get(base, headers=token)) == (400, 4)
    assert _codes(empty.http.get(f"{base}?organization_id=1", headers=token)) == (401, 6041)


def _books() -> Any:
    from sandbox.defaults import BOOKS_CLIENT

    return BOOKS_CLIENT


def test_contact_persons_on_their_own(empty: Zoho) -> None:
    """CUS-1: contact persons can be made, changed, marked primary and deleted one by one."""
    contact = empty.customer(contact_name="A")
    path, person = "/contacts/contactpersons", {"contact_id": contact["contact_id"], "first_name": "Ann"}
    assert empty.books("POST", path, json={"contact_id": contact["contact_id"]}).status_code == 400
    made = empty.books("POST", path, json=person)
    assert made.status_code == 201
    first = made.json()["contact_person"][0]
    assert first["is_primary_contact"] is True
    second = empty.books("POST", path, json={**person, "first_name": "Bob"}).json()["contact_person"][0]
    empty.books("PUT", f"{path}/{second['contact_person_id']}", json={**person, "first_name": "Rob", "phone": "1"})
    assert empty.books("POST", f"{path}/{second['contact_person_id']}/primary").json()["code"] == 0
    listed = empty.books("GET", f"/contacts/{contact['contact_id']}/contactpersons").json()["contact_persons"]
    assert [(p["first_name"], p["phone"], p["is_primary_contact"]) for p in listed] == [
        ("Ann", "", False), ("Rob", "1", True),
    ]  # fmt: skip
    empty.books("DELETE", f"{path}/{second['contact_person_id']}")
    after = empty.books("GET", f"/contacts/{contact['contact_id']}").json()["contact"]
    assert [p["is_primary_contact"] for p in after["contact_persons"]] == [True]
    assert _codes(empty.books("GET", f"{path}/{second['contact_person_id']}")) == (404, 1002)


def test_quota_headers(empty: Zoho) -> None:
    """BEY-8: calls for an organization tell the daily quota; /organizations and deletes do not."""
    contact = empty.customer(contact_name="A")
    answer = empty.books("GET", "/contacts")
    assert {"x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"} <= answer.headers.keys()
    for silent in (empty.books("GET", "/organizations"), empty.books("DELETE", f"/contacts/{contact['contact_id']}")):
        assert "x-rate-limit-limit" not in silent.headers


def test_organization_users_currencies_taxes(empty: Zoho) -> None:
    """CON-4, CON-5: what the preflight reads."""
    organization = empty.books("GET", "/organizations").json()["organizations"][0]
    assert (organization["organization_id"], organization["currency_code"]) == (BOOKS_ORGANIZATION_ID, "USD")
    assert empty.books("GET", f"/organizations/{BOOKS_ORGANIZATION_ID}").json()["organization"]["name"]
    assert empty.books("GET", "/users/me").json()["user"]["status"] == "active"
    base = [
        row["currency_code"]
        for row in empty.books("GET", "/settings/currencies").json()["currencies"]
        if row["is_base_currency"]
    ]
    assert base == ["USD"]
    assert empty.books("GET", "/settings/taxes").json()["taxes"]
    assert _codes(empty.books("GET", "/nothing")) == (404, 5)
