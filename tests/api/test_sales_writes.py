"""Writing CRM and Bigin: batches, outcomes per record, channels, fields, bulk read."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.transport.scripted import NOW, Asked, Connect, Line, Reply, ScriptedZoho
from zoho.api.bigin import BiginClient
from zoho.api.crm import CrmClient
from zoho.api.sales_bulk import MOST_ROWS, bulk_query
from zoho.transport.errors import Action, Fatal, NotFound, RecordError, Retriable


@pytest.fixture
def line(connect: Connect) -> Line:
    """The way to the CRM."""
    return connect("crm")


@pytest.fixture
def crm(line: Line) -> CrmClient:
    """A CRM client."""
    return CrmClient(line.transport)


def _done(identity: Any, **more: Any) -> dict[str, Any]:
    details = {"id": str(identity), "Modified_Time": "2026-11-21T12:00:00+00:00"}
    return {"code": "SUCCESS", "details": details, "message": "record added", "status": "success", **more}


def _bad(code: str = "INVALID_DATA", **details: Any) -> dict[str, Any]:
    return {"code": code, "details": details, "message": "invalid data", "status": "error"}


def _insert_all(asked: Asked) -> Reply:
    return Reply(201, {"data": [_done(record["n"]) for record in asked.json["data"]]})


def test_records_are_inserted_in_hundreds_with_results_in_order(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """CUS-1, zoho-api 2.4."""
    zoho.answer = _insert_all
    results = crm.insert("Accounts", [{"n": n} for n in range(250)], trigger=[])
    assert [result.id for result in results] == [str(n) for n in range(250)]
    assert all(result.ok and result.action == "insert" and result.error is None for result in results)
    assert [len(asked.json["data"]) for asked in zoho.asked] == [100, 100, 50]
    assert zoho.asked[0].json["trigger"] == []
    assert (zoho.asked[0].method, zoho.asked[0].path) == ("POST", "/crm/v8/Accounts")


def test_no_trigger_means_all_of_them(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.4: absent is not the same as empty."""
    zoho.answer = _insert_all
    crm.insert("Accounts", [{"n": 1}])
    assert "trigger" not in zoho.asked[0].json


@pytest.mark.parametrize("status", [201, 207, 400, 202])
def test_each_record_has_its_own_outcome(status: int, zoho: ScriptedZoho, crm: CrmClient) -> None:
    """One bad record never stops the others; zoho-api 2.4 for the statuses."""
    zoho.say(status, {"data": [_done(1), _bad(api_name="Email", json_path="$.data[1].Email"), _done(3)]})
    first, second, third = crm.insert("Contacts", [{}, {}, {}])
    assert (first.ok, second.ok, third.ok) == (True, False, True)
    assert isinstance(second.error, RecordError)
    assert (second.id, second.code, second.error.api_name) == (None, "INVALID_DATA", "Email")
    assert first.details["Modified_Time"] == "2026-11-21T12:00:00+00:00"


def test_a_duplicate_tells_which_record_is_in_the_way(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """CUS-4, zoho-api 2.4."""
    zoho.say(400, {"data": [_bad("DUPLICATE_DATA", api_name="Email", id="77")]})
    (result,) = crm.insert("Contacts", [{}])
    assert (result.ok, result.id, result.code, result.details["id"]) == (False, None, "DUPLICATE_DATA", "77")


def test_a_permission_lacking_for_one_record_is_an_error_of_that_record(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.4: AUTHORIZATION_FAILED stands beside successes."""
    zoho.say(207, {"data": [_bad("AUTHORIZATION_FAILED"), _done(2)]})
    first, second = crm.insert("Contacts", [{}, {}])
    assert isinstance(first.error, RecordError)
    assert second.ok


def test_a_batch_refused_as_a_whole_is_halved_until_the_bad_record_is_alone(
    zoho: ScriptedZoho, crm: CrmClient
) -> None:
    """One malformed record never stops the other 99."""

    def answer(asked: Asked) -> Reply:
        if any(record["n"] == 37 for record in asked.json["data"]):
            return Reply(400, _bad(expected_data_type="jsonobject"))
        return _insert_all(asked)

    zoho.answer = answer
    results = crm.insert("Accounts", [{"n": n} for n in range(100)])
    assert [result.ok for result in results] == [n != 37 for n in range(100)]
    assert [result.id for result in results if result.ok] == [str(n) for n in range(100) if n != 37]
    assert len(zoho.asked) <= 15


def test_a_break_between_batches_keeps_what_was_done(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-4: nothing that was written is forgotten, nothing is sent twice."""
    zoho.answer = lambda asked: (
        Reply(500, {"code": "INTERNAL_ERROR", "message": ""})
        if asked.json["data"][0]["n"] == 100
        else _insert_all(asked)
    )
    with pytest.raises(Retriable) as caught:
        crm.insert("Accounts", [{"n": n} for n in range(300)])
    assert caught.value.outcome_unknown
    assert [result.id for result in caught.value.done] == [str(n) for n in range(100)]
    assert len(zoho.asked) == 2


def test_fewer_results_than_records_is_an_unknown_outcome(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-4: no result is ever attributed to the wrong record."""
    zoho.say(201, {"data": [_done(1)]})
    with pytest.raises(Retriable, match="2 results, not 1") as caught:
        crm.insert("Accounts", [{}, {}])
    assert caught.value.outcome_unknown


def test_an_update_names_records_that_are_gone(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """OPS-7."""
    zoho.say(207, {"data": [_done(1), _bad(api_name="id", json_path="$.data[1].id")]})
    first, second = crm.update("Accounts", [{"id": "1"}, {"id": "2"}], trigger=[])
    assert first.action == "update"
    assert isinstance(second.error, NotFound)
    assert zoho.asked[0].method == "PUT"


@pytest.mark.parametrize("body", [{"data": [_bad("ALREADY_MODIFIED")]}, _bad("ALREADY_MODIFIED")])
def test_an_update_can_be_refused_when_somebody_was_quicker(
    body: dict[str, Any], zoho: ScriptedZoho, crm: CrmClient
) -> None:
    """BEY-1: an apply stops where the world has changed (zoho-api 2.5)."""
    zoho.say(412, body)
    (result,) = crm.update("Accounts", [{"id": "1"}], unmodified_since=NOW)
    assert (result.ok, result.code) == (False, "ALREADY_MODIFIED")
    assert zoho.asked[0].headers["if-unmodified-since"] == "2026-11-21T12:00:00+00:00"


@pytest.mark.parametrize(
    ("row", "again"),
    [({"id": "5", "Quantity": 2}, True), ({"Quantity": 2}, False), ({"id": "5", "_delete": None}, False)],
)
def test_an_update_that_moves_lines_is_not_repeated(
    row: dict[str, Any], again: bool, zoho: ScriptedZoho, crm: CrmClient
) -> None:
    """BEY-4: a line without an id is added each time that it is sent."""
    zoho.say(drop=True).say(200, {"data": [_done(1)]})
    record = {"id": "1", "Subject": "x", "Invoiced_Items": [row]}
    if again:
        assert crm.update("Invoices", [record])[0].ok
    else:
        with pytest.raises(Retriable) as caught:
            crm.update("Invoices", [record])
        assert caught.value.outcome_unknown


def test_an_upsert_tells_what_it_did(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-4, zoho-api 2.6: always 200."""
    blocks = [
        _done(1, action="insert", duplicate_field=None),
        _done(2, action="update", duplicate_field="Email"),
    ]
    zoho.say(200, {"data": blocks})
    results = crm.upsert("Contacts", [{}, {}], check_fields=["Email"])
    assert [result.action for result in results] == ["insert", "update"]
    assert zoho.asked[0].path == "/crm/v8/Contacts/upsert"
    assert zoho.asked[0].json == {"data": [{}, {}], "duplicate_check_fields": ["Email"]}


@pytest.mark.parametrize("repeatable", [True, False])
def test_an_upsert_is_repeated_only_on_demand(repeatable: bool, zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-4: only a check field that is unique makes sending twice harmless."""
    zoho.say(500, {"code": "INTERNAL_ERROR", "message": ""}).say(200, {"data": [_done(1, action="update")]})
    if repeatable:
        assert crm.upsert("Contacts", [{}], repeatable=True)[0].ok
    else:
        with pytest.raises(Retriable):
            crm.upsert("Contacts", [{}])


def test_records_are_deleted_in_hundreds(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.7."""
    zoho.answer = lambda asked: Reply(200, {"data": [_done(i) for i in asked.query["ids"].split(",")]})
    results = crm.delete("Invoices", [str(n) for n in range(101)], workflows=False)
    assert [result.id for result in results] == [str(n) for n in range(101)]
    assert [asked.query["wf_trigger"] for asked in zoho.asked] == ["false", "false"]


def test_deleting_what_is_gone_does_not_stop_the_others(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.7: one unknown id refuses the whole call."""
    zoho.answer = lambda asked: (
        Reply(400, {**_bad(id="2"), "message": "the id given seems to be invalid"})
        if "2" in asked.query["ids"].split(",")
        else Reply(200, {"data": [_done(i) for i in asked.query["ids"].split(",")]})
    )
    results = crm.delete("Accounts", ["1", "2", "3"])
    assert [result.ok for result in results] == [True, False, True]
    assert isinstance(results[1].error, NotFound)


def test_nothing_to_write_costs_nothing(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-8."""
    assert crm.insert("Accounts", []) == crm.update("Accounts", []) == crm.delete("Accounts", []) == []
    assert zoho.asked == []


def test_custom_fields_are_created_five_a_call(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """CUS-6."""
    zoho.answer = lambda asked: Reply(201, {"fields": [_done(f["n"]) for f in asked.json["fields"]]})
    results = crm.create_fields("Accounts", [{"n": n} for n in range(7)])
    assert [result.id for result in results] == [str(n) for n in range(7)]
    assert [asked.query for asked in zoho.asked] == [{"module": "Accounts"}] * 2


CHANNEL = {"channel_id": "10000", "events": ["Contacts.all"], "notify_url": "https://x.example", "token": "t"}
GRANTED = {"events": [{"channel_id": "10000", "channel_expiry": "2026-11-21T13:00:00+00:00"}]}


def test_a_subscription_tells_until_when_it_holds(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """TXN-5, zoho-api 2.12: the granted expiry, not the asked one."""
    zoho.say(201, {"watch": [{"code": "SUCCESS", "details": GRANTED, "message": "", "status": "success"}]})
    (result,) = crm.subscribe([CHANNEL])
    assert result.ok
    assert result.details["events"][0]["channel_expiry"] == "2026-11-21T13:00:00+00:00"
    assert zoho.asked[0].json == {"watch": [CHANNEL]}
    assert (zoho.asked[0].method, zoho.asked[0].path) == ("POST", "/crm/v8/actions/watch")


@pytest.mark.parametrize(("product", "method"), [("crm", "PATCH"), ("bigin", "POST")])
def test_renewing_is_different_in_bigin(product: str, method: str, zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 4: Bigin renews by subscribing again."""
    client = {"crm": CrmClient, "bigin": BiginClient}[product](connect(product).transport)
    zoho.say(200, {"watch": [{"code": "SUCCESS", "details": GRANTED, "message": "", "status": "success"}]})
    assert client.renew([CHANNEL])[0].ok
    assert zoho.asked[0].method == method


def test_channels_can_be_listed_and_removed(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.12."""
    zoho.say(200, {"watch": [{"channel_id": "10000"}], "info": {"more_records": False}}).say(204)
    zoho.say(200, {"watch": [{"code": "SUCCESS", "details": {}, "message": "", "status": "success"}]})
    zoho.say(400, {"watch": [{**_bad("NOT_SUBSCRIBED"), "message": "not subscribed"}]})
    assert crm.channels(module="Deals") == [{"channel_id": "10000"}]
    assert crm.channels() == []
    assert crm.unsubscribe(["10000"])[0].ok
    assert isinstance(crm.unsubscribe(["10000"])[0].error, NotFound)
    assert zoho.asked[2].query == {"channel_ids": "10000"}


# --- bulk read -------------------------------------------------------------------------------------------


def _zip(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.csv", text.getvalue())
    return packed.getvalue()


BROKEN = bytearray(_zip([{"Id": str(number)} for number in range(1_000)]))
BROKEN[60:80] = bytes(20)


def _job(state: str, **result: Any) -> dict[str, Any]:
    return {"data": [{"id": "900", "state": state, "result": result}]}


def _states(*answers: Reply) -> Iterator[Reply]:
    yield from answers


ADDED = {"data": [{"status": "success", "code": "ADDED_SUCCESSFULLY", "message": "", "details": {"id": "900"}}]}


def test_a_module_is_read_in_bulk_job_after_job(zoho: ScriptedZoho, crm: CrmClient, line: Line) -> None:
    """zoho-api 2.10: waits, downloads, goes on by page token beyond 200,000 rows."""
    first = [{"Id": "1", "Account_Name": 'Añb, "x"\ny'}, {"Id": "2", "Account_Name": ""}]
    zoho.say(201, ADDED).say(200, _job("ADDED")).say(200, _job("IN PROGRESS"))
    zoho.say(200, _job("COMPLETED", more_records=True, next_page_token="tok")).say(201, ADDED).say(200, _zip(first))
    zoho.say(200, _job("COMPLETED", more_records=False)).say(200, _zip([{"Id": "3"}]))
    rows = list(crm.bulk_read([crm.start_bulk_read(bulk_query("Accounts", fields=["Account_Name"], view="7"))]))
    assert rows == [*first, {"Id": "3"}]
    assert line.slept == [2.0, 4.0, 8.0, 2.0]
    assert zoho.asked[0].path == "/crm/bulk/v8/read"
    assert zoho.asked[0].headers["content-type"] == "application/json"
    assert zoho.asked[0].json == {
        "query": {"module": {"api_name": "Accounts"}, "fields": ["Account_Name"], "cvid": "7"},
        "file_type": "csv",
    }
    assert zoho.asked[4].json["query"] == {"page_token": "tok"}
    assert zoho.asked[5].path == "/crm/bulk/v8/read/900/result"


def test_a_failed_job_stops_the_run_and_tells_why(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.10: FAILURE with an error message."""
    why = {"status": "error", "code": "INVALID_QUERY", "message": "bad column", "details": {}}
    zoho.say(201, ADDED).say(200, _job("FAILURE", error_message=why))
    with pytest.raises(Fatal, match="bad column"):
        list(crm.bulk_read(["900"]))


def test_a_job_that_goes_on_is_left_to_wait_for(zoho: ScriptedZoho, crm: CrmClient, line: Line) -> None:
    """BEY-8: a worker's slot is not held for longer than any other call holds it."""
    zoho.answer = lambda asked: Reply(201, ADDED) if asked.method == "POST" else Reply(200, _job("QUEUED"))
    with pytest.raises(Retriable, match="still at work") as caught:
        list(crm.bulk_read(["900"]))
    assert (caught.value.action, caught.value.retry_after) == (Action.WAIT, 60)
    assert 60 <= sum(line.slept) < 90


def test_jobs_that_were_begun_are_gone_on_with(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-4: their rows come again, and each job is begun once only."""
    more = _job("COMPLETED", more_records=True, next_page_token="tok")
    zoho.say(200, more).say(200, _zip([{"Id": "1"}]))
    zoho.say(200, more).say(201, ADDED).say(200, _zip([{"Id": "2"}]))
    zoho.say(200, _job("COMPLETED")).say(200, _zip([{"Id": "3"}]))
    begun: list[str] = []
    rows = crm.bulk_read(["700", "800"], note=begun.append)
    assert [row["Id"] for row in rows] == ["1", "2", "3"]
    assert begun == ["900"]
    assert [asked.path.split("/")[5] for asked in zoho.asked if asked.method == "GET"] == [
        "700", "700", "800", "800", "900", "900"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"not a zip", b"PK\x03\x04broken", bytes(BROKEN)], ids=["no zip", "half a zip", "broken within"]
)
def test_a_file_that_is_no_zip_is_told(content: bytes, zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-4."""
    zoho.say(200, content)
    with pytest.raises(Retriable, match="a ZIP with one CSV"):
        list(crm.bulk_rows("900"))


def test_a_null_character_is_mended_in_bulk_too(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-4: as in any answer, so that a record is the same whichever way it comes."""
    zoho.say(200, _zip([{"Id": "1", "Account_Name": "a\0b"}]))
    assert list(crm.bulk_rows("900")) == [{"Id": "1", "Account_Name": "a\ufffdb"}]


def _packed(pieces: Iterator[bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("1.csv", "w") as file:
        for piece in pieces:
            file.write(piece)
    return packed.getvalue()


@pytest.mark.parametrize(
    "pieces",
    [
        lambda: (b"x" * 1_000_000 for _ in range(200)),
        lambda: (b'Id\r\n"' if not number else b"x\n" * 500_000 for number in range(200)),
        lambda: (b"Id\r\n" + b"1\r\n" * MOST_ROWS + b"1\r\n" for _ in range(1)),
    ],
    ids=["a line without end", "a cell without end", "rows without end"],
)
def test_a_zip_that_unpacks_to_more_than_a_job_gives(
    pieces: Callable[[], Iterator[bytes]], zoho: ScriptedZoho, crm: CrmClient
) -> None:
    """BEY-4: it is told, and read as it is unpacked, so that a small file fills neither memory nor disk."""
    zoho.say(200, _packed(pieces()))
    tracemalloc.start()
    with pytest.raises(Retriable, match="a ZIP with one CSV"):
        deque(crm.bulk_rows("900"), maxlen=0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60_000_000, "200 MB were packed"


def test_an_unknown_job_is_no_lost_record(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.10."""
    zoho.say(404, {"code": "RESOURCE_NOT_FOUND", "details": {}, "message": "no", "status": "error"})
    with pytest.raises(Fatal):
        crm.bulk_result("1")
