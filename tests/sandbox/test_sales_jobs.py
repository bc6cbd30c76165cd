"""Notifications and bulk read (zoho-api 2.10, 2.12)."""

import csv
import io
import json
import zipfile
from typing import Any

from tests.sandbox.client import Zoho
from tests.sandbox.receiver import Receiver


def _watch(zoho: Zoho, receiver: Receiver, **changes: Any) -> Any:
    item = {
        "channel_id": "10000",
        "events": ["Accounts.all"],
        "notify_url": receiver.url,
        "token": "proof",
        **changes,
    }
    return zoho.crm("POST", "/actions/watch", json={"watch": [item]})


def test_writes_are_notified(empty: Zoho, receiver: Receiver) -> None:
    """TXN-5: insert, edit and delete reach the subscriber with token, ids and changed fields."""
    assert _watch(empty, receiver, return_affected_field_values=True).status_code == 201
    (account,) = empty.insert("Accounts", {"Account_Name": "A"})
    made = receiver.next()
    assert (made["operation"], made["ids"], made["token"]) == ("insert", [account], "proof")
    assert (made["module"], made["affected_fields"], made["query_params"]) == ("Accounts", [], {"tenant": "7"})
    empty.crm("PUT", f"/Accounts/{account}", json={"data": [{"Account_Name": "A", "Phone": "1"}]})
    changed = receiver.next()
    assert (changed["operation"], changed["affected_fields"]) == ("update", [{account: ["Phone"]}])
    assert changed["affected_values"] == [{"record_id": account, "values": {"Phone": "1"}}]
    empty.crm("DELETE", f"/Accounts/{account}")
    assert receiver.next()["operation"] == "delete"
    empty.insert("Contacts", {"Last_Name": "not watched"})
    empty.crm("DELETE", "/actions/watch", params={"channel_ids": "10000"})
    empty.insert("Accounts", {"Account_Name": "not watched any more"})
    empty.crm("GET", "/actions/watch")
    assert receiver.received.empty()


def test_granted_expiry(empty: Zoho, receiver: Receiver) -> None:
    """TXN-5: more than a week becomes an hour; what was granted is told; an expired channel is silent."""
    empty.control("POST", "/clock", json={"now": "2026-05-01T10:00:00Z"})
    for asked, granted in (
        (None, "2026-05-01T04:00:00-07:00"),
        ("2026-06-01T00:00:00+00:00", "2026-05-01T04:00:00-07:00"),
        ("2026-05-02T00:00:00+00:00", "2026-05-01T17:00:00-07:00"),
    ):
        answer = _watch(empty, receiver, channel_expiry=asked).json()["watch"][0]
        assert answer["details"]["events"][0]["channel_expiry"] == granted
    assert empty.crm("GET", "/actions/watch").json()["watch"][0]["channel_id"] == "10000"
    empty.control("POST", "/clock", json={"advance": 24 * 3600})
    empty.forget_tokens()
    assert empty.crm("GET", "/actions/watch").status_code == 204


def test_lost_and_repeated_notifications(empty: Zoho, receiver: Receiver) -> None:
    """TXN-5: notifications can be lost, repeated and reversed."""
    _watch(empty, receiver)
    empty.control("PUT", "/settings", json={"notifications_times": 2, "notifications_reversed": True})
    first, second = empty.insert("Accounts", {"Account_Name": "A"}, {"Account_Name": "B"})
    assert [receiver.next()["ids"][0] for _ in range(4)] == [second, second, first, first]
    empty.control("PUT", "/settings", json={"notifications_times": 1, "notifications_lose_every": 1})
    empty.insert("Accounts", {"Account_Name": "C"})
    empty.control("PUT", "/settings", json={"notifications_lose_every": None})
    (last,) = empty.insert("Accounts", {"Account_Name": "D"})
    assert receiver.next()["ids"] == [last]


def test_partial_unsubscription_and_errors(empty: Zoho, receiver: Receiver) -> None:
    """TXN-5: events can be taken out one by one; wrong subscriptions are refused."""
    _watch(empty, receiver, events=["Accounts.create", "Contacts.all"])
    body = {"watch": [{"channel_id": "10000", "events": ["Accounts.create"], "_delete_events": True}]}
    assert empty.crm("PATCH", "/actions/watch", json=body).status_code == 200
    rows = empty.crm("GET", "/actions/watch").json()["watch"]
    assert [row["resource_name"] for row in rows] == ["Contacts"]
    for change, name in (
        ({"events": ["Nope.all"]}, "events"),
        ({"notify_url": ""}, "notify_url"),
        ({"token": "x" * 51}, "token"),
    ):
        answer = _watch(empty, receiver, **change)
        assert (answer.status_code, answer.json()["watch"][0]["details"]["api_name"]) == (400, name)
    gone = empty.crm("DELETE", "/actions/watch", params={"channel_ids": "42"})
    assert gone.json()["watch"][0]["code"] == "NOT_SUBSCRIBED"


def _bulk(zoho: Zoho, method: str, path: str = "", **options: Any) -> Any:
    return zoho.crm(method, f"/read{path}", version="bulk/v8", **options)


def test_bulk_read(zoho: Zoho) -> None:
    """BEY-8: a job gives a ZIP of one CSV whose lookups are bare ids."""
    query = {
        "module": {"api_name": "Contacts"},
        "fields": ["Last_Name", "Account_Name", "Email_Opt_Out"],
        "criteria": {"group_operator": "and", "group": [
            {"field": {"api_name": "Last_Name"}, "comparator": "starts_with", "value": "佐"},
            {"field": {"api_name": "Account_Name"}, "comparator": "not_equal", "value": "${EMPTY}"},
        ]},
    }  # fmt: skip
    assert _bulk(zoho, "POST", data=json.dumps({"query": query}).encode()).status_code == 415
    made = _bulk(zoho, "POST", json={"query": query})
    assert (made.status_code, made.json()["data"][0]["details"]["state"]) == (201, "ADDED")
    job = made.json()["data"][0]["details"]["id"]
    assert _bulk(zoho, "GET", f"/{job}").json()["data"][0]["state"] == "IN PROGRESS"
    done = _bulk(zoho, "GET", f"/{job}").json()["data"][0]
    assert (done["state"], done["result"]["more_records"]) == ("COMPLETED", False)
    conditions = done["query"]["criteria"]["group"]
    assert [item["field"]["api_name"] for item in conditions] == ["Last_Name", "Account_Name"]
    assert all(item["field"]["id"].isdigit() for item in conditions)
    answer = zoho.crm("GET", done["result"]["download_url"].removeprefix("/crm/bulk/v8"), version="bulk/v8")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"))))
    assert len(rows) == done["result"]["count"] > 2
    assert {row["Last_Name"] for row in rows} == {"佐々木"}
    assert all(row["Id"].isdigit() and row["Account_Name"].isdigit() for row in rows)
    assert {row["Email_Opt_Out"] for row in rows} == {"false"}


def test_bulk_read_errors_and_download_limit(zoho: Zoho) -> None:
    """BEY-8: an unknown job is 404; more than ten downloads a minute are refused."""
    assert _bulk(zoho, "GET", "/42").json()["code"] == "RESOURCE_NOT_FOUND"
    assert _bulk(zoho, "POST", json={"query": {"module": {"api_name": "Nope"}}}).json()["code"] == "INVALID_MODULE"
    zoho.control("PUT", "/settings", json={"bulk_polls": 0})
    made = _bulk(zoho, "POST", json={"query": {"module": {"api_name": "Accounts"}}})
    job = made.json()["data"][0]["details"]["id"]
    assert _bulk(zoho, "GET", f"/{job}").json()["data"][0]["result"]["count"] == 150
    assert [_bulk(zoho, "GET", f"/{job}/result").status_code for _ in range(11)] == [200] * 10 + [429]
