"""Organization, users and settings of the CRM (zoho-api 2.14)."""

from tests.sandbox.client import Zoho


def test_org_tells_edition_and_currency(empty: Zoho) -> None:
    """CON-4: edition and base currency are read from the organization, and can be switched."""
    org = empty.crm("GET", "/org").json()["org"][0]
    assert (org["license_details"]["paid_type"], org["iso_code"]) == ("enterprise", "USD")
    empty.control("PUT", "/settings", json={"crm_edition": "standard", "crm_base_currency": "JPY"})
    org = empty.crm("GET", "/org").json()["org"][0]
    assert (org["license_details"]["paid_type"], org["iso_code"], org["currency_symbol"]) == ("standard", "JPY", "¥")


def test_current_user_owns_what_it_writes(empty: Zoho) -> None:
    """CON-6: records are owned by the connecting user unless the record says otherwise."""
    users = empty.crm("GET", "/users", params={"type": "CurrentUser"}).json()["users"]
    everybody = empty.crm("GET", "/users", params={"type": "AllUsers"}).json()["users"]
    other = next(user for user in everybody if user["id"] != users[0]["id"])
    mine, theirs = empty.insert(
        "Accounts", {"Account_Name": "A"}, {"Account_Name": "B", "Owner": {"id": other["id"]}}
    )
    assert empty.crm("GET", f"/Accounts/{mine}").json()["data"][0]["Owner"]["id"] == users[0]["id"]
    assert empty.crm("GET", f"/Accounts/{theirs}").json()["data"][0]["Owner"]["email"] == other["email"]


def test_field_metadata_says_what_is_enforced(empty: Zoho) -> None:
    """CUS-6: a field's length, type and being mandatory are what the API enforces."""
    fields = empty.crm("GET", "/settings/fields", params={"module": "Contacts"}).json()["fields"]
    by_name = {field["api_name"]: field for field in fields}
    assert by_name["Last_Name"]["system_mandatory"] is True
    assert (by_name["Email"]["data_type"], by_name["Email"]["length"]) == ("email", 100)
    assert by_name["Account_Name"]["lookup"]["module"]["api_name"] == "Accounts"
    assert [value["display_value"] for value in by_name["Salutation"]["pick_list_values"]][:2] == ["Mr.", "Mrs."]
    assert len({field["id"] for field in fields}) == len(fields)
    assert empty.crm("GET", "/settings/fields").json()["code"] == "REQUIRED_PARAM_MISSING"


def test_custom_field_appears(empty: Zoho) -> None:
    """CUS-6: a field that a person adds is there at once."""
    order = {"product": "crm", "module": "Contacts", "label": "Shoe size", "api_name": "Shoe_size", "length": 3}
    empty.control("POST", "/custom_fields", json=order)
    field = empty.crm("GET", "/settings/fields/Shoe_size", params={"module": "Contacts"}).json()["fields"][0]
    assert (field["custom_field"], field["length"]) == (True, 3)
    answer = empty.crm("POST", "/Contacts", json={"data": [{"Last_Name": "A", "Shoe_size": "1234"}]})
    assert answer.json()["data"][0]["details"]["maximum_length"] == 3


def test_modules_layouts_views_and_related_lists(empty: Zoho) -> None:
    """CUS-5: what can be chosen from is listed."""
    modules = empty.crm("GET", "/settings/modules").json()["modules"]
    assert {"Accounts", "Contacts"} <= {module["api_name"] for module in modules}
    assert empty.crm("GET", "/settings/modules/Accounts").json()["modules"][0]["plural_label"] == "Accounts"
    unchanged = empty.crm("GET", "/settings/modules", headers={"If-Modified-Since": "2030-01-01T00:00:00+00:00"})
    assert unchanged.status_code == 304
    layout = empty.crm("GET", "/settings/layouts", params={"module": "Accounts"}).json()["layouts"][0]
    assert layout["sections"][0]["fields"]
    views = empty.crm("GET", "/settings/custom_views", params={"module": "Accounts"}).json()
    assert {"All Accounts", "My Accounts", "Recently Created Accounts"} <= {v["name"] for v in views["custom_views"]}
    assert views["info"]["default"] == next(view["id"] for view in views["custom_views"] if view["default"])
    related = empty.crm("GET", "/settings/related_lists", params={"module": "Accounts"}).json()["related_lists"]
    assert "Contacts" in {item["api_name"] for item in related}
