"""Records that are marked as Zoho's own integration marks them (zoho-api 3.9)."""

import pytest

from tests.sandbox.client import Zoho


@pytest.mark.parametrize(
    ("kind", "field"),
    [("customer", "zcrm_account_id"), ("customer", "zcrm_contact_id"), ("vendor", "zcrm_vendor_id")],
)
def test_a_contact_is_marked(empty: Zoho, kind: str, field: str) -> None:
    """zoho-api 3.9: the list row says that there is a link, the detail which one; the list can be asked by it."""
    marked = empty.customer(contact_name="Acme", contact_type=kind)["contact_id"]
    other = empty.customer(contact_name="Globex", contact_type=kind)["contact_id"]
    empty.control("POST", "/crm_links", json={"books_id": marked, "field": field, "crm_id": "711"})
    rows = {row["contact_id"]: row for row in empty.books("GET", "/contacts").json()["contacts"]}
    assert (rows[marked]["is_linked_with_zohocrm"], rows[other]["is_linked_with_zohocrm"]) == (True, False)
    assert empty.books("GET", f"/contacts/{marked}").json()["contact"][field] == "711"
    asked = empty.books("GET", "/contacts", params={field: "711"}).json()["contacts"]
    assert [row["contact_id"] for row in asked] == [marked]


def test_an_item_is_marked(empty: Zoho) -> None:
    """zoho-api 3.9: its list row has the id itself."""
    item = empty.books("POST", "/items", json={"name": "Chai", "rate": 18}).json()["item"]["item_id"]
    empty.control("POST", "/crm_links", json={"books_id": item, "field": "zcrm_product_id", "crm_id": "712"})
    (row,) = empty.books("GET", "/items").json()["items"]
    assert (row["zcrm_product_id"], row["is_linked_with_zohocrm"]) == ("712", True)


def test_nothing_else_of_the_record_changes(empty: Zoho) -> None:
    """CUS-4: what is known of a marked record stays, so that tests can tell adopting from rewriting."""
    before = empty.customer(contact_name="Acme", notes="old")
    empty.control(
        "POST", "/crm_links", json={"books_id": before["contact_id"], "field": "zcrm_account_id", "crm_id": "711"}
    )
    after = empty.books("GET", f"/contacts/{before['contact_id']}").json()["contact"]
    assert (after["contact_name"], after["notes"]) == ("Acme", "old")


@pytest.mark.parametrize(("field", "status"), [("zcrm_account_id", 422), ("zcrm_product_id", 422), ("zcrm_id", 422)])
def test_what_is_not_there_is_refused(empty: Zoho, field: str, status: int) -> None:
    """A test that names a wrong record or field is told so."""
    order = {"books_id": "1", "field": field, "crm_id": "711"}
    answer = empty.http.post(f"{empty.base}/_sandbox/crm_links", json=order)
    assert answer.status_code == status
