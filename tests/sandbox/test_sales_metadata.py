"""Organization, users and settings of the CRM (zoho-api 2.14)."""

from typing import Any

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


def _settings(zoho: Zoho, kind: str, module: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = zoho.crm("GET", f"/settings/{kind}", params={"module": module}).json()[kind]
    return found


def test_views_tell_who_made_them(empty: Zoho) -> None:
    """CUS-5: nobody made the standard views; a single view also tells its criteria and fields."""
    user = empty.crm("GET", "/users", params={"type": "CurrentUser"}).json()["users"][0]
    views = {view["name"]: view for view in _settings(empty, "custom_views", "Accounts")}
    assert views["All Accounts"]["created_by"] is None
    assert views["Accounts in Japan"]["created_by"] == {"name": user["full_name"], "id": user["id"]}
    assert views["All Accounts"]["module"]["name"] == "Accounts"
    path = f"/settings/custom_views/{views['Accounts in Japan']['id']}"
    answer = empty.crm("GET", path, params={"module": "Accounts"}).json()
    assert answer["custom_views"][0]["criteria"]["field"]["api_name"] == "Billing_Country"
    assert answer["info"]["translation"]["created_by_me"] == "Created By Me"


def test_a_single_module_tells_which_fields_its_lists_show(empty: Zoho) -> None:
    """CUS-5: the default view, lookups and related lists come with a single module; rows of line items have none."""
    module = empty.crm("GET", "/settings/modules/Accounts").json()["modules"][0]
    default = next(view["id"] for view in _settings(empty, "custom_views", "Accounts") if view["default"])
    assert module["custom_view"]["id"] == default
    assert [field["api_name"] for field in module["lookup_field_properties"]["fields"]] == ["Account_Name"]
    assert module["related_list_properties"]["fields"] == ["Account_Name"]
    assert "custom_view" not in empty.crm("GET", "/settings/modules/Quoted_Items").json()["modules"][0]
    assert "custom_view" not in empty.crm("GET", "/settings/modules").json()["modules"][0]


def test_layouts_tell_who_made_them_and_what_is_required(empty: Zoho) -> None:
    """CUS-6: a layout marks the fields that an insert must give."""
    standard, other = _settings(empty, "layouts", "Quotes")
    assert (standard["generated_type"], other["generated_type"]) == ("system", "custom")
    assert (
        standard["created_by"]
        == standard["modified_by"]
        == empty.crm("GET", "/users").json()["users"][0]["created_by"]
    )
    section = standard["sections"][0]
    assert {field["section_id"] for field in section["fields"]} == {section["sequence_number"]}
    assert [field["api_name"] for field in section["fields"] if field["required"]] == [
        field["api_name"] for field in _settings(empty, "fields", "Quotes") if field["system_mandatory"]
    ]


def test_fields_have_only_the_keys_that_apply_to_them(empty: Zoho) -> None:
    """CUS-6: a place in the quick-create form, a size of the text area and a default come where there is one."""
    fields = {field["api_name"]: field for field in _settings(empty, "fields", "Deals")}
    quick = {
        name: field["quick_sequence_number"] for name, field in fields.items() if "quick_sequence_number" in field
    }
    assert list(quick) == [name for name, field in fields.items() if field["view_type"]["quick_create"]]
    assert list(quick.values()) == [str(at + 1) for at in range(len(quick))]
    assert {field["data_type"] for field in fields.values() if "textarea" in field} == {"textarea"}
    assert "default_value" not in fields["Deal_Name"]
    in_layout = _settings(empty, "layouts", "Deals")[0]["sections"][0]["fields"]
    assert all("default_value" in field for field in in_layout)


def test_values_of_a_pick_list_name_their_layouts(empty: Zoho) -> None:
    """CUS-6: every layout has every value."""
    fields = {field["api_name"]: field for field in _settings(empty, "fields", "Quotes")}
    path = f"/settings/fields/{fields['Quote_Stage']['id']}/pick_list_values"
    values = empty.crm("GET", path, params={"module": "Quotes"}).json()["pick_list_values"]
    layouts = [layout["id"] for layout in _settings(empty, "layouts", "Quotes")]
    assert all([layout["id"] for layout in value["layout_associations"]] == layouts for value in values)
    assert all("layout_associations" not in value for value in fields["Quote_Stage"]["pick_list_values"])
