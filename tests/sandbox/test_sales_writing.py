"""Writing CRM records (zoho-api 2.4 to 2.7)."""

import json
from typing import Any

import pytest

from tests.sandbox.client import Zoho


def test_insert_answers_201_with_a_block_per_record(empty: Zoho) -> None:
    """CUS-3: an insert tells id, times and users of each record, in the order of the input."""
    answer = empty.crm("POST", "/Accounts", json={"data": [{"Account_Name": "One"}, {"Account_Name": "Two"}]})
    blocks = answer.json()["data"]
    assert answer.status_code == 201
    assert [block["message"] for block in blocks] == ["record added"] * 2
    assert blocks[0]["details"].keys() == {"Modified_Time", "Modified_By", "Created_Time", "id", "Created_By"}
    assert empty.crm("GET", f"/Accounts/{blocks[1]['details']['id']}").json()["data"][0]["Account_Name"] == "Two"


def test_mixed_and_all_bad(empty: Zoho) -> None:
    """BEY-4: one bad record never stops the others: 207 when mixed, 400 when all are bad."""
    mixed = empty.crm("POST", "/Accounts", json={"data": [{"Phone": "1"}, {"Account_Name": "Good"}]})
    assert mixed.status_code == 207
    assert [block["status"] for block in mixed.json()["data"]] == ["error", "success"]
    bad = empty.crm("POST", "/Accounts", json={"data": [{"Phone": "1"}]})
    assert bad.status_code == 400
    block = bad.json()["data"][0]
    assert block["code"] == "MANDATORY_NOT_FOUND"
    assert block["details"] == {"api_name": "Account_Name", "json_path": "$.data[0].Account_Name"}


@pytest.mark.parametrize(
    ("values", "details"),
    [
        ({"Employees": "many"}, {"expected_data_type": "integer"}),
        ({"Account_Name": "x" * 201}, {"maximum_length": 200}),
        ({"Phone": "1" * 31}, {"maximum_length": 30}),
        ({"Annual_Revenue": "12"}, {"expected_data_type": "double"}),
        ({"Account_Name": 5}, {"expected_data_type": "text"}),
        ({"Parent_Account": "nobody"}, {"expected_data_type": "jsonobject"}),
        ({"Parent_Account": {"id": "42"}}, {}),
    ],
)
def test_values_are_checked_by_type(empty: Zoho, values: dict[str, Any], details: dict[str, Any]) -> None:
    """CUS-6: a value that does not fit its field is INVALID_DATA with what was expected."""
    block = empty.crm("POST", "/Accounts", json={"data": [{"Account_Name": "A", **values}]}).json()["data"][0]
    (name,) = values
    assert block["code"] == "INVALID_DATA"
    assert block["details"] == {**details, "api_name": name, "json_path": f"$.data[0].{name}"}


def test_several_problems_come_together(empty: Zoho) -> None:
    """CUS-6: a record with two problems lists both."""
    record = {"Last_Name": "x" * 81, "Email": "nobody"}
    block = empty.crm("POST", "/Contacts", json={"data": [record]}).json()["data"][0]
    assert block["code"] == "MULTIPLE_OR_MULTI_ERRORS"
    assert [item["details"]["api_name"] for item in block["details"]["errors"]] == ["Last_Name", "Email"]


def test_bodies_without_content_type_and_ids_as_numbers(empty: Zoho) -> None:
    """CON-1: the official SDK sends neither a content type nor ids as text."""
    (account,) = empty.insert("Accounts", {"Account_Name": "A"})
    body = json.dumps({"data": [{"Last_Name": "B", "Account_Name": {"id": int(account)}}]})
    answer = empty.crm("POST", "/Contacts", data=body.encode())
    contact = answer.json()["data"][0]["details"]["id"]
    shown = empty.crm("GET", f"/Contacts/{contact}").json()["data"][0]
    assert shown["Account_Name"] == {"name": "A", "id": account}
    update = empty.crm("PUT", "/Contacts", data=json.dumps({"data": [{"id": int(contact), "Phone": "1"}]}).encode())
    assert update.status_code == 200


def test_update_changes_only_what_is_given_and_moves_modified_time(empty: Zoho) -> None:
    """BEY-2: an update is field by field; null and blank clear; Modified_Time moves."""
    empty.control("POST", "/clock", json={"now": "2026-05-01T10:00:00Z"})
    (account,) = empty.insert("Accounts", {"Account_Name": "A", "Phone": "1", "Fax": "2", "Website": "w"})
    empty.control("POST", "/clock", json={"advance": 5})
    empty.crm("PUT", f"/Accounts/{account}", json={"data": [{"Phone": "9", "Fax": None, "Website": ""}]})
    row = empty.crm("GET", f"/Accounts/{account}").json()["data"][0]
    assert (row["Account_Name"], row["Phone"], row["Fax"], row["Website"]) == ("A", "9", None, None)
    assert row["Created_Time"] == "2026-05-01T03:00:00-07:00"
    assert row["Modified_Time"] == "2026-05-01T03:00:05-07:00"


def test_update_of_unknown_id_and_of_mandatory_blank(empty: Zoho) -> None:
    """BEY-4: an id that is gone and a cleared mandatory field are errors of that record."""
    (account,) = empty.insert("Accounts", {"Account_Name": "A"})
    data = [{"id": "42", "Phone": "1"}, {"id": account, "Account_Name": None}, {"Phone": "1"}]
    answer = empty.crm("PUT", "/Accounts", json={"data": data})
    assert answer.status_code == 400
    assert [block["code"] for block in answer.json()["data"]] == [
        "INVALID_DATA", "MANDATORY_NOT_FOUND", "MANDATORY_NOT_FOUND",
    ]  # fmt: skip


def test_if_unmodified_since(empty: Zoho) -> None:
    """BEY-1: a write can be made to stop when the record has changed."""
    (account,) = empty.insert("Accounts", {"Account_Name": "A"})
    headers = {"If-Unmodified-Since": "2020-01-01T00:00:00+00:00"}
    answer = empty.crm("PUT", f"/Accounts/{account}", json={"data": [{"Phone": "1"}]}, headers=headers)
    assert (answer.status_code, answer.json()["data"][0]["code"]) == (412, "ALREADY_MODIFIED")


def test_upsert_is_always_200_and_names_the_action(empty: Zoho) -> None:
    """BEY-4: upsert finds by the check field without case, and says what it did."""
    empty.insert("Accounts", {"Account_Name": "Acme"})
    body = {"data": [{"Account_Name": "ACME", "Phone": "1"}, {"Account_Name": "New"}],
            "duplicate_check_fields": ["Account_Name"]}  # fmt: skip
    answer = empty.crm("POST", "/Accounts/upsert", json=body)
    assert answer.status_code == 200
    assert [(block["action"], block["duplicate_field"]) for block in answer.json()["data"]] == [
        ("update", "Account_Name"), ("insert", None),
    ]  # fmt: skip
    assert empty.crm("GET", "/Accounts/actions/count").json() == {"count": 2}
    wrong = empty.crm("POST", "/Accounts/upsert", json={**body, "duplicate_check_fields": ["Phone"]})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "INVALID_DATA")


def test_upsert_by_unique_custom_field(empty: Zoho) -> None:
    """BEY-4: a unique custom field is a check field, and refuses duplicates on insert."""
    order = {"product": "crm", "module": "Accounts", "label": "Books ID", "api_name": "Books_ID", "unique": True}
    empty.control("POST", "/custom_fields", json=order)
    empty.insert("Accounts", {"Account_Name": "A", "Books_ID": "7"})
    body = {"data": [{"Account_Name": "B", "Books_ID": "7"}], "duplicate_check_fields": ["Books_ID"]}
    assert empty.crm("POST", "/Accounts/upsert", json=body).json()["data"][0]["action"] == "update"
    block = empty.crm("POST", "/Accounts", json={"data": [{"Account_Name": "C", "Books_ID": "7"}]}).json()["data"][0]
    assert block["code"] == "DUPLICATE_DATA"
    assert block["details"]["duplicate_record"]["id"] == block["details"]["id"]


def test_delete_and_deleted_list(empty: Zoho) -> None:
    """OPS-7: a deleted record is gone, is on the deleted list, and its contacts stay without account."""
    first, second = empty.insert("Accounts", {"Account_Name": "A"}, {"Account_Name": "B"})
    (contact,) = empty.insert("Contacts", {"Last_Name": "C", "Account_Name": first})
    answer = empty.crm("DELETE", "/Accounts", params={"ids": f"{first},42"})
    assert answer.status_code == 207
    assert [block["message"] for block in answer.json()["data"]] == [
        "record deleted", "the id given seems to be invalid",
    ]  # fmt: skip
    assert empty.crm("GET", f"/Accounts/{first}").status_code == 204
    assert empty.crm("GET", f"/Contacts/{contact}").json()["data"][0]["Account_Name"] is None
    deleted = empty.crm("GET", "/Accounts/deleted").json()["data"]
    assert [(row["id"], row["display_name"], row["type"]) for row in deleted] == [(first, "A", "recycle")]
    assert empty.crm("GET", "/Accounts/deleted", params={"type": "nope"}).json()["code"] == "PATTERN_NOT_MATCHED"
    assert empty.crm("DELETE", f"/Accounts/{second}").status_code == 200


def test_whole_call_is_refused_when_it_carries_too_much_or_nothing(empty: Zoho) -> None:
    """BEY-8: at most 100 records go in one call."""
    many = empty.crm("POST", "/Accounts", json={"data": [{"Account_Name": "A"}] * 101})
    assert (many.status_code, many.json()["code"]) == (400, "LIMIT_EXCEEDED")
    assert empty.crm("POST", "/Accounts", json={}).json()["code"] == "MANDATORY_NOT_FOUND"
    assert empty.crm("POST", "/Accounts", data=b"{oops").json()["code"] == "INVALID_DATA"
    assert empty.crm("GET", "/Accounts", params={"fields": "id"}).status_code == 204


def test_read_only_and_unknown_names_are_passed_over(empty: Zoho) -> None:
    """CUS-6: Zoho does not complain about names it does not know."""
    (contact,) = empty.insert("Contacts", {"Last_Name": "A", "Full_Name": "X Y", "Nonsense": 1})
    row = empty.crm("GET", f"/Contacts/{contact}").json()["data"][0]
    assert row["Full_Name"] == "A"
    assert "Nonsense" not in row
