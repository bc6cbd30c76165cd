"""Bulk write and composite requests (zoho-api 2.11, 2.14)."""

import csv
import io
import zipfile
from typing import Any

import pytest

from sandbox.defaults import CRM_CLIENT
from tests.sandbox.client import Zoho


def _packed(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rows.csv", text)
    return packed.getvalue()


def _uploaded(zoho: Zoho, content: bytes, **headers: str) -> Any:
    org = zoho.crm("GET", "/org").json()["org"][0]["zgid"]
    told = {"feature": "bulk-write", "X-CRM-ORG": org, **headers}
    return zoho.crm("POST", "/upload", files={"file": ("rows.zip", content, "application/zip")}, headers=told)


def _file(zoho: Zoho, text: str) -> str:
    answer = _uploaded(zoho, _packed(text))
    assert (answer.status_code, answer.json()["code"]) == (200, "FILE_UPLOAD_SUCCESS")
    return str(answer.json()["details"]["file_id"])


def _write(zoho: Zoho, method: str, path: str = "", **options: Any) -> Any:
    return zoho.crm(method, f"/write{path}", version="bulk/v8", **options)


def _result(zoho: Zoho, url: str) -> list[dict[str, str]]:
    headers = {"Authorization": f"Zoho-oauthtoken {zoho.token(CRM_CLIENT)}"}
    with zipfile.ZipFile(io.BytesIO(zoho.http.get(f"{zoho.base}/{url}", headers=headers).content)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(archive.namelist()[0]).decode("utf-8"))))


def _order(zoho: Zoho, operation: str, text: str, names: list[str], **resource: Any) -> dict[str, Any]:
    mappings = [{"api_name": name, "index": at} for at, name in enumerate(names)]
    found = {"type": "data", "module": {"api_name": "Accounts"}, "file_id": _file(zoho, text)}
    return {"operation": operation, "resource": [{**found, "field_mappings": mappings, **resource}]}


def test_insert_in_bulk(empty: Zoho) -> None:
    """BEY-8: good rows are added, bad ones skipped, and the result tells which is which."""
    text = 'Name,Staff,Town\nÅkerlund,5,"Malmö, väst"\n,7,x\nBjörk,many,y\n'
    made = _write(empty, "POST", json=_order(empty, "insert", text, ["Account_Name", "Employees", "Billing_City"]))
    assert made.status_code == 201
    job = made.json()["details"]["id"]
    assert _write(empty, "GET", f"/{job}").json()["status"] == "INPROGRESS"
    done = _write(empty, "GET", f"/{job}").json()
    file = done["resource"][0]["file"]
    assert (done["status"], file["added_count"], file["skipped_count"], file["total_count"]) == ("COMPLETED", 1, 2, 3)
    rows = _result(empty, done["result"]["download_url"])
    assert [row["STATUS"] for row in rows] == ["ADDED", "SKIPPED", "SKIPPED"]
    assert [row["ERRORS"] for row in rows] == ["", "MANDATORY_NOT_FOUND-Name", "INVALID_DATA-Staff"]
    record = empty.crm("GET", f"/Accounts/{rows[0]['RECORD_ID']}").json()["data"][0]
    assert (record["Account_Name"], record["Employees"], record["Billing_City"]) == ("Åkerlund", 5, "Malmö, väst")


@pytest.mark.parametrize(("ignore_empty", "phone"), [(True, "1"), (False, None)])
def test_upsert_in_bulk(empty: Zoho, ignore_empty: bool, phone: str | None) -> None:
    """BEY-4: upsert finds its record by a field; a blank cell clears a value unless blanks are ignored."""
    (known,) = empty.insert("Accounts", {"Account_Name": "A", "Phone": "1"})
    order = _order(empty, "upsert", "Name,Phone\nA,\nB,2\n", ["Account_Name", "Phone"], find_by="Account_Name")
    job = _write(empty, "POST", json={**order, "ignore_empty": ignore_empty}).json()["details"]["id"]
    empty.control("PUT", "/settings", json={"bulk_polls": 0})
    done = _write(empty, "GET", f"/{job}").json()
    assert [row["STATUS"] for row in _result(empty, done["result"]["download_url"])] == ["UPDATED", "ADDED"]
    assert empty.crm("GET", f"/Accounts/{known}").json()["data"][0]["Phone"] == phone


def test_update_in_bulk_by_id(empty: Zoho) -> None:
    """BEY-8: an update that finds no record skips the row."""
    (known,) = empty.insert("Accounts", {"Account_Name": "A"})
    order = _order(empty, "update", f"id,Fax\n{known},9\n42,8\n", ["id", "Fax"], find_by="id")
    job = _write(empty, "POST", json=order).json()["details"]["id"]
    empty.control("PUT", "/settings", json={"bulk_polls": 0})
    rows = _result(empty, _write(empty, "GET", f"/{job}").json()["result"]["download_url"])
    assert [(row["STATUS"], row["ERRORS"]) for row in rows] == [("UPDATED", ""), ("SKIPPED", "RECORD_NOT_FOUND-id")]


def test_bulk_write_refusals(empty: Zoho) -> None:
    """BEY-8: a wrong file, header, job, module, field or mapping is refused with Zoho's code."""
    assert _uploaded(empty, b"no zip").json()["code"] == "INVALID_FILE_FORMAT"
    assert "x-error" in _uploaded(empty, _packed("a\n1\n"), feature="other").json()
    assert _write(empty, "GET", "/42").json()["code"] == "RESOURCE_NOT_FOUND"
    good = _order(empty, "insert", "Name\nA\n", ["Account_Name"])
    resource = good["resource"][0]
    field = {"api_name": "Nope", "index": 0}
    for change, code in (
        ({"file_id": "42"}, "INVALID_FILE_ID"),
        ({"module": {"api_name": "Nope"}}, "MODULE_NOT_AVAILABLE"),
        ({"field_mappings": [field]}, "INVALID_FIELD"),
        ({"field_mappings": [{"api_name": "Phone", "index": 0}]}, "MANDATORY_FIELDS_NOT_MAPPED"),
        ({"field_mappings": [{"api_name": "Account_Name"}]}, "COLUMN_INDEX_NOT_FOUND"),
        ({"field_mappings": [{"api_name": "Account_Name", "index": 1}]}, "COLUMN_INDEX_NOT_FOUND"),
    ):
        answer = _write(empty, "POST", json={**good, "resource": [{**resource, **change}]})
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert _write(empty, "POST", json={**good, "operation": "update"}).json()["code"] == "MISSING_REQUIRED_KEY"


def test_composite_requests(empty: Zoho) -> None:
    """BEY-8: several calls go in one; a later one can use what an earlier one answered."""
    account = {"method": "POST", "uri": "/crm/v8/Accounts", "sub_request_id": "a", "headers": {}, "params": {},
               "body": {"data": [{"Account_Name": "A"}]}}  # fmt: skip
    contact = {"method": "POST", "uri": "/crm/v8/Contacts", "sub_request_id": "c", "headers": {}, "params": {},
               "body": {"data": [{"Last_Name": "B", "Account_Name": "@{a:$.data[0].details.id}"}]}}  # fmt: skip
    listed = {"method": "GET", "uri": "/crm/v8/Contacts", "params": {"fields": "Account_Name"}}
    lost = {"method": "GET", "uri": "/crm/v8/Contacts/@{x:$.data[0].id}"}

    def sent(*requests: dict[str, Any]) -> Any:
        return empty.crm("POST", "/__composite_requests", json={"__composite_requests": list(requests)})

    answer = sent(account, contact, listed)
    assert answer.status_code == 200, answer.text
    responses = [item["details"]["response"] for item in answer.json()["__composite_requests"]]
    assert [response["status_code"] for response in responses] == [201, 201, 200]
    assert responses[2]["body"]["data"][0]["Account_Name"]["name"] == "A"
    mixed = sent(listed, lost)
    assert (mixed.status_code, mixed.json()["__composite_requests"][1]["code"]) == (207, "INVALID_REFERENCE")
    assert sent(*[listed] * 6).json()["code"] == "LIMIT_EXCEEDED"
