"""The page at / (without a browser)."""

from tests.sandbox.client import Zoho


def test_overview_shows_both_sides(zoho: Zoho) -> None:
    """OPS-4: both organizations and the recent calls are on one page; names are escaped."""
    zoho.crm("GET", "/Accounts", params={"fields": "id"})
    page = zoho.http.get(f"{zoho.base}/").text
    assert "150 accounts" in page
    assert "60 customers" in page
    assert "/crm/v8/Accounts" in page
    found = zoho.http.get(f"{zoho.base}/", params={"q": "<brackets>"}).text
    assert "&lt;Brackets&gt; &amp; Sons" in found
    assert "<Brackets>" not in found


def test_edit_and_delete_follow_the_rules_of_the_api(zoho: Zoho) -> None:
    """CUS-3: a person's edit is a write like any other."""
    account = zoho.crm("GET", "/Accounts/search", params={"criteria": "(Account_Name:equals:Kestrel)"}).json()[
        "data"
    ][0]
    form = {"Account_Name": account["Account_Name"], "Phone": "+1 555 0199", "Billing_Street": "1 Road\r\nFloor 2"}
    url = f"{zoho.base}/page/crm/Accounts/{account['id']}"
    assert zoho.http.post(url, data=form).url.startswith(f"{zoho.base}/?done=")
    after = zoho.crm("GET", f"/Accounts/{account['id']}").json()["data"][0]
    assert (after["Phone"], after["Billing_Street"]) == ("+1 555 0199", "1 Road\nFloor 2")
    refused = zoho.http.post(url, data={**form, "Phone": "1" * 40})
    assert refused.status_code == 422
    assert "at most 30 characters" in refused.text
    zoho.http.post(f"{url}/delete")
    assert zoho.crm("GET", f"/Accounts/{account['id']}").status_code == 204


def test_customer_form_keeps_adds_and_removes_persons(empty: Zoho) -> None:
    """CUS-1: the form sends the whole list of contact persons."""
    persons = [{"first_name": "Stays"}, {"first_name": "Goes"}]
    contact = empty.customer(contact_name="A", contact_persons=persons, notes="n")
    ids = [person["contact_person_id"] for person in contact["contact_persons"]]
    form = {
        "contact_name": "A", "notes": "", "primary": "2", "billing.city": "Łódź",
        "person.0.contact_person_id": ids[0], "person.0.first_name": "Stayed",
        "person.1.contact_person_id": ids[1], "person.1.first_name": "Goes", "person.1.remove": "1",
        "person.2.contact_person_id": "", "person.2.last_name": "New",
    }  # fmt: skip
    empty.http.post(f"{empty.base}/page/books/{contact['contact_id']}", data=form)
    after = empty.books("GET", f"/contacts/{contact['contact_id']}").json()["contact"]
    assert [(p["first_name"], p["last_name"], p["is_primary_contact"]) for p in after["contact_persons"]] == [
        ("Stayed", "", False), ("", "New", True),
    ]  # fmt: skip
    assert (after["notes"], after["billing_address"]["city"]) == ("", "Łódź")
    twin = empty.http.post(f"{empty.base}/page/books/new", data={"contact_name": "a"})
    assert twin.status_code == 422
    assert "already exists" in twin.text
