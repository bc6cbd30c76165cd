"""Reading CRM and Bigin: walks, single records, searches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.transport.scripted import NOW, Asked, Connect, Reply, ScriptedZoho
from zoho.api.bigin import BiginClient
from zoho.api.crm import CrmClient
from zoho.api.sales_records import columns, criterion
from zoho.transport import json
from zoho.transport.errors import Fatal, Retriable


def _rows(*ids: int) -> list[dict[str, Any]]:
    return [{"id": str(number)} for number in ids]


def _page(rows: list[dict[str, Any]], token: str | None = None, **info: Any) -> dict[str, Any]:
    return {"data": rows, "info": {"more_records": bool(token), "next_page_token": token, **info}}


def _ids(pages: Any) -> list[list[str]]:
    return [[row["id"] for row in page.records] for page in pages]


@pytest.fixture
def crm(connect: Connect) -> CrmClient:
    """A CRM client."""
    return CrmClient(connect("crm").transport)


@pytest.fixture
def bigin(connect: Connect) -> BiginClient:
    """A Bigin client."""
    return BiginClient(connect("bigin").transport)


def test_a_walk_goes_by_page_token_from_the_first_page_on(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.2: the token is bound to every parameter and excludes page."""
    zoho.say(200, _page(_rows(3, 2), "t1")).say(200, _page(_rows(1), "t2")).say(200, _page(_rows(0)))
    since = datetime(2026, 11, 21, 9, 30, 15, 999999, tzinfo=timezone(timedelta(hours=9)))
    pages = list(crm.records("Accounts", fields=["Account_Name", "Phone"], modified_since=since, view="77"))
    assert _ids(pages) == [["3", "2"], ["1"], ["0"]]
    assert [page.number for page in pages] == [1, 2, 3]
    assert {page.server_time for page in pages} == {NOW}
    common = {"fields": "Account_Name,Phone", "cvid": "77", "per_page": "200"}
    assert [asked.query for asked in zoho.asked] == [
        common,
        {**common, "page_token": "t1"},
        {**common, "page_token": "t2"},
    ]
    assert {asked.path for asked in zoho.asked} == {"/crm/v8/Accounts"}
    assert {asked.headers["if-modified-since"] for asked in zoho.asked} == {"2026-11-21T00:30:15+00:00"}


@pytest.mark.parametrize("status", [204, 304])
def test_nothing_to_read_still_tells_zohos_time(status: int, zoho: ScriptedZoho, crm: CrmClient) -> None:
    """The cursor moves by Zoho's clock also when nothing has changed."""
    zoho.say(status)
    (page,) = crm.records("Accounts", fields=["Phone"], modified_since=NOW)
    assert (page.records, page.number, page.server_time) == ([], 1, NOW)


def test_a_walk_doubles_no_record(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """Records that shift between pages are given once."""
    zoho.say(200, _page(_rows(3, 2), "t1")).say(200, _page(_rows(2, 1)))
    assert _ids(crm.records("Accounts", fields=["Phone"])) == [["3", "2"], ["1"]]


@pytest.mark.parametrize("row", [{"Account_Name": "Acme"}, {"id": None}, {"id": []}, "Acme"], ids=str)
def test_a_row_without_an_id_stops_the_walk(zoho: ScriptedZoho, crm: CrmClient, row: Any) -> None:
    """OPS-7: nobody knows which record it is, so none may count as deleted; the error names list, page and row."""
    zoho.say(200, _page([*_rows(3), row]))
    with pytest.raises(Retriable, match=r"/crm/v8/Accounts .* id in each row; page 1 has none in row 2"):
        list(crm.records("Accounts", fields=["Phone"]))
    zoho.say(200, _page([*_rows(3), row]))
    with pytest.raises(Retriable, match=r"/crm/v8/Accounts .* id in each row; one of page 1 has none"):
        list(crm.raw_records("Accounts", fields=["Phone"]))


def test_what_is_only_kept_comes_as_zoho_sent_it(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """TXN-6: byte for byte, each record once, asked for as ever, with Zoho's time."""
    three, two = '{"id": "3", "Rate": 1.500}', '{"id": "2", "Name": "é"}'
    zoho.say(200, f'{{"data": [{three}, {two}], "info": {{"more_records": true, "next_page_token": "t1"}}}}')
    zoho.say(200, _page(_rows(2, 1)))
    pages = list(crm.raw_records("Accounts", fields=["Rate"], modified_since=NOW, view="77"))
    first, second = [("3", three.encode()), ("2", two.encode())], [("1", b'{"id": "1"}')]
    assert [page.rows for page in pages] == [first, second]
    assert {(page.number, page.server_time) for page in pages} == {(1, NOW), (2, NOW)}
    common = {"fields": "Rate", "cvid": "77", "per_page": "200"}
    assert [asked.query for asked in zoho.asked] == [common, {**common, "page_token": "t1"}]


def test_an_empty_list_that_is_only_kept(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """The cursor moves by Zoho's clock also when there is nothing to keep."""
    zoho.say(204)
    (page,) = crm.raw_records("Accounts", fields=["Phone"])
    assert (page.rows, page.number, page.server_time) == ([], 1, NOW)


def test_what_is_kept_has_an_id(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """Nobody could say later what such a row is: the answer is not one of Zoho's."""
    zoho.say(200, {"data": [{"Phone": "1"}]})
    with pytest.raises(Retriable, match="an id in each row"):
        list(crm.raw_records("Accounts", fields=["Phone"]))


def test_a_walk_is_lazy(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-8: pages nobody wants are not paid for."""
    zoho.say(200, _page(_rows(3), "t1"))
    next(crm.records("Accounts", fields=["Phone"]))
    assert len(zoho.asked) == 1


def test_a_token_that_does_not_move_ends_the_walk_with_an_error(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """No endless walk, and no list that looks complete and is not."""
    for _ in range(7):
        zoho.say(200, _page(_rows(1), "same"))
    with pytest.raises(Retriable, match="another page token"):
        list(crm.records("Accounts", fields=["Phone"]))


def test_chosen_records_are_asked_for_in_hundreds(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.2: ids."""
    zoho.answer = lambda asked: Reply(200, _page(_rows(*map(int, asked.query["ids"].split(",")))))
    pages = list(crm.records("Contacts", fields=["Email"], ids=[str(n) for n in range(250)] + ["7"]))
    assert [len(page.records) for page in pages] == [100, 100, 50]
    assert [page.number for page in pages] == [1, 2, 3]


def test_no_chosen_records_cost_no_call(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-8."""
    assert list(crm.records("Contacts", fields=["Email"], ids=[])) == []
    assert zoho.asked == []


def test_a_list_of_nothing_is_told_before_any_call(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """CON-4: zoho-api 2.2 demands fields."""
    with pytest.raises(Fatal, match="asks for 0"):
        list(crm.records("Accounts", fields=[]))
    assert zoho.asked == []


@pytest.mark.parametrize("number", [50, 51, 98, 99, 200])
def test_any_number_of_fields_fits_into_lists_of_fifty(number: int) -> None:
    """CUS-6: every field once; of several lists each tells the state of its records."""
    fields = [f"F{n}" for n in range(number)]
    lists = columns(fields)
    assert [name for names in lists for name in names if name != "Modified_Time"] == fields
    assert all(len(names) <= 50 for names in lists)
    assert len(lists) == 1 or all(names[0] == "Modified_Time" for names in lists)


WIDE = [f"F{n}" for n in range(60)]


def _wide_list(first: dict[str, str], further: dict[str, str], whole: dict[str, Any]) -> Any:
    """Answers a list, its further fields, and single records; the records by id with their Modified_Time."""

    def answer(asked: Asked) -> Reply:
        if asked.path.count("/") > 3:
            found = whole.get(asked.path.rsplit("/", 1)[1])
            return Reply(200, {"data": [found]}) if found else Reply(204)
        given, mark = (further, "later") if "ids" in asked.query else (first, "first")
        names = [name for name in asked.query["fields"].split(",") if name != "Modified_Time"]
        rows = [
            {"id": id_, "Modified_Time": at, **dict.fromkeys(names, mark)}
            for id_, at in given.items()
            if id_ in asked.query.get("ids", id_).split(",")
        ]
        return Reply(200, _page(rows)) if rows else Reply(204)

    return answer


def test_more_than_fifty_fields_are_put_together(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """CUS-6: the further fields of a page are asked for by id, in hundreds."""
    ids = {str(n): "T1" for n in range(150)}
    zoho.answer = _wide_list(ids, ids, {})
    (page,) = crm.records("Accounts", fields=WIDE, modified_since=NOW, view="7")
    assert [row["id"] for row in page.records] == list(ids)
    assert [(row["F0"], row["F48"], row["F49"], row["F59"]) for row in page.records] == [
        ("first", "first", "later", "later")
    ] * 150
    assert page.server_time == NOW
    assert [(asked.query.get("cvid"), asked.query.get("ids", "").count(",")) for asked in zoho.asked] == [
        ("7", 0),
        (None, 99),
        (None, 49),
    ]
    assert all("if-modified-since" not in asked.headers for asked in zoho.asked[1:])


def test_more_than_fifty_fields_are_kept_too(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """CUS-6: what is only kept is put together as what is looked into."""
    zoho.answer = _wide_list({"1": "T1", "2": "T1"}, {"1": "T1", "2": "T1"}, {})
    (page,) = crm.records("Accounts", fields=WIDE)
    (kept,) = crm.raw_records("Accounts", fields=WIDE)
    assert [row_id for row_id, _ in kept.rows] == ["1", "2"]
    assert [json.loads(raw) for _, raw in kept.rows] == page.records
    assert (kept.number, kept.server_time) == (page.number, page.server_time)


def test_no_row_mixes_two_states_of_a_record(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-2: what changes between two calls is read again, whole; what is deleted in between is left out."""
    again = {"id": "2", "Modified_Time": "T2", **dict.fromkeys(WIDE, "again"), "Unasked": "x"}
    zoho.answer = _wide_list({"1": "T1", "2": "T1", "3": "T1"}, {"1": "T1", "2": "T2"}, {"2": again})
    (page,) = crm.records("Accounts", fields=WIDE)
    assert [(row["id"], row["F0"], row["F59"]) for row in page.records] == [
        ("1", "first", "later"),
        ("2", "again", "again"),
    ]
    assert "Unasked" not in page.records[1]


def test_an_empty_wide_list_costs_one_call(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-8: and tells the time."""
    zoho.say(204)
    (page,) = crm.records("Accounts", fields=WIDE)
    assert (page.records, page.server_time) == ([], NOW)


def test_an_older_version_is_walked_by_page_number(zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 2.16: v2 knows no tokens."""
    crm = CrmClient(connect().transport, version="v2")
    zoho.say(200, {"data": _rows(2), "info": {"more_records": True, "page": 1}})
    zoho.say(200, {"data": _rows(1), "info": {"more_records": False, "page": 2}})
    assert _ids(crm.records("Accounts", fields=["Phone"])) == [["2"], ["1"]]
    assert [asked.query.get("page") for asked in zoho.asked] == [None, "2"]
    assert zoho.asked[0].path == "/crm/v2/Accounts"


def test_an_answer_without_rows_is_no_empty_list(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """OPS-7: a list that cannot be read must never look like a list of nothing."""
    for _ in range(5):
        zoho.say(200, {"info": {"more_records": False}})
    with pytest.raises(Retriable, match="a list of data"):
        list(crm.records("Accounts", fields=["Phone"]))


def test_one_record_comes_with_all_its_fields(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """OPS-3."""
    zoho.say(200, {"data": [{"id": "5", "Phone": "1"}]})
    assert crm.record("Accounts", "5") == {"id": "5", "Phone": "1"}
    assert zoho.asked[0].path == "/crm/v8/Accounts/5"
    assert zoho.asked[0].query == {}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(204),
        Reply(400, {"code": "INVALID_DATA", "details": {"id": "5"}, "message": "the id given seems invalid"}),
        Reply(404, {"code": "RESOURCE_NOT_FOUND", "details": {}, "message": "no"}),
    ],
)
def test_a_record_that_is_not_there_is_none(reply: Reply, zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.3: 204, and whatever else Zoho may say."""
    zoho.answer = lambda asked: reply
    assert crm.record("Accounts", "5") is None


def test_an_id_cannot_lead_to_another_address(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """Ids come from webhooks too (TXN-5)."""
    zoho.say(204)
    crm.record("Accounts", "../users?x=1")
    assert zoho.asked[0].path == "/crm/v8/Accounts/..%2Fusers%3Fx%3D1"


def test_related_records_are_walked_like_a_list(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.13."""
    zoho.say(200, _page(_rows(1), "t")).say(204)
    assert _ids(crm.related("Accounts", "9", "Contacts", fields=["Email"])) == [["1"], []]
    assert zoho.asked[1].path == "/crm/v8/Accounts/9/Contacts"
    assert zoho.asked[1].query["page_token"] == "t"


def test_deleted_records_are_walked_by_page_number(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """OPS-7, zoho-api 2.7."""
    zoho.say(200, {"data": [{"id": "1", "type": "recycle"}], "info": {"more_records": True}})
    zoho.say(200, {"data": [{"id": "2", "type": "permanent"}], "info": {"more_records": False}})
    assert _ids(crm.deleted("Accounts", since=NOW)) == [["1"], ["2"]]
    assert [asked.query for asked in zoho.asked] == [
        {"type": "all", "per_page": "200"},
        {"type": "all", "per_page": "200", "page": "2"},
    ]
    assert zoho.asked[0].headers["if-modified-since"] == "2026-11-21T12:00:00+00:00"


def test_nothing_deleted_still_tells_zohos_time(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """OPS-7."""
    zoho.say(204)
    (page,) = crm.deleted("Accounts", since=NOW)
    assert (page.records, page.server_time) == ([], NOW)


def test_a_search_ends_after_two_thousand_records(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """SRCH-2, zoho-api 2.8: there is no page token."""
    zoho.answer = lambda asked: Reply(
        200, {"data": _rows(int(asked.query.get("page", 1))), "info": {"more_records": True}}
    )
    assert len(list(crm.search("Contacts", word="smith", fields=["Email"]))) == 10
    assert zoho.asked[0].query == {"word": "smith", "fields": "Email", "per_page": "200"}


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (("Acme",), "(Account_Name:equals:Acme)"),
        (("Acme (UK), Ltd",), r"(Account_Name:equals:Acme \(UK\)\, Ltd)"),
        (("back\\",), "(Account_Name:equals:back\\\\)"),
        (("a\\b",), "(Account_Name:equals:a\\b)"),
        (("1", "2,3"), r"(Account_Name:equals:1,2\,3)"),
    ],
)
def test_values_of_a_search_are_escaped(values: tuple[str, ...], written: str) -> None:
    """SRCH-2, zoho-api 2.8: names hold parentheses and commas."""
    assert criterion("Account_Name", "equals", *values) == written


def test_counting(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-8: what a run will cost is known beforehand."""
    zoho.say(200, {"count": 127}).say(204).say(200, {"count": "12"})
    assert [crm.count("Accounts", view="7"), crm.count("Accounts"), crm.count("Deals")] == [127, 0, 12]
    assert zoho.asked[0].path == "/crm/v8/Accounts/actions/count"
    assert zoho.asked[0].query == {"cvid": "7"}


def test_a_query_is_walked_by_its_limit(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.9."""

    def answer(asked: Asked) -> Reply:
        first = asked.json["select_query"].endswith(" limit 0, 200")
        rows = _rows(1) if first else _rows(2)
        return Reply(200, {"data": rows, "info": {"count": 1, "more_records": first}})

    zoho.answer = answer
    assert _ids(crm.coql("select id from Contacts where id is not null")) == [["1"], ["2"]]
    assert zoho.asked[1].json == {"select_query": "select id from Contacts where id is not null limit 200, 200"}
    assert zoho.asked[0].path == "/crm/v8/coql"


def test_a_query_is_a_read_and_may_be_repeated(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """BEY-4."""
    zoho.say(500, {"code": "INTERNAL_ERROR", "message": ""}).say(204)
    assert _ids(crm.coql("select id from Contacts where id is not null")) == [[]]


def test_a_query_zoho_does_not_understand_stops_the_run(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.9."""
    details = {"clause": "where"}
    zoho.say(400, {"code": "SYNTAX_ERROR", "details": details, "message": "", "status": "error"})
    with pytest.raises(Fatal, match="does not understand"):
        list(crm.coql("select id from Contacts"))


def test_bigin_is_the_same_engine_at_its_own_address(zoho: ScriptedZoho, bigin: BiginClient) -> None:
    """BIG-1, zoho-api 4."""
    zoho.say(200, _page(_rows(1), "t")).say(200, _page(_rows(2)))
    assert _ids(bigin.team_pipeline("88", fields=["Deal_Name"])) == [["1"], ["2"]]
    assert zoho.asked[0].path == "/bigin/v2/Pipelines"
    assert zoho.asked[1].query == {
        "fields": "Deal_Name",
        "pipeline_id": "88",
        "per_page": "200",
        "page_token": "t",
    }


@pytest.mark.parametrize("absent", ["deleted", "coql", "pipelines", "currencies"])
def test_bigin_has_no_more_than_bigin_has(absent: str) -> None:
    """BIG-1, zoho-api 4: no list of deleted records, no COQL."""
    assert not hasattr(BiginClient, absent)


def test_a_view_is_paid_for_threefold(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-8, zoho-api 2.17."""
    from tests.transport.test_session import Ledger

    budget = Ledger()
    zoho.say(204).say(204)
    crm = CrmClient(connect(budget=budget).transport)
    list(crm.records("Accounts", fields=["Phone"], view="7"))
    list(crm.records("Accounts", fields=["Phone"]))
    assert [cost for product, cost in budget.taken if product == "crm"] == [3, 1]


def test_settings_are_lists(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """CON-4, zoho-api 2.14."""
    asked_for = {
        "/crm/v8/org": {"org": [{"company_name": "Zylker"}]},
        "/crm/v8/settings/modules": {"modules": [{"api_name": "Accounts"}]},
        "/crm/v8/settings/fields": {"fields": [{"api_name": "Phone"}]},
        "/crm/v8/settings/layouts": {"layouts": [{"id": "1"}]},
        "/crm/v8/settings/related_lists": {"related_lists": [{"api_name": "Contacts"}]},
        "/crm/v8/settings/pipeline": {"pipeline": [{"id": "2"}]},
        "/crm/v8/org/currencies": {"currencies": [{"iso_code": "JPY"}]},
        "/crm/v8/settings/custom_views": {"custom_views": [{"id": "3"}], "info": {"more_records": False}},
    }
    users = [
        {"users": [{"id": "1"}], "info": {"more_records": True, "page": 1}},
        {"users": [{"id": "2"}], "info": {"more_records": False, "page": 2}},
    ]
    zoho.answer = lambda asked: Reply(200, asked_for.get(asked.path) or users[int(asked.query.get("page", 1)) - 1])
    assert crm.organization() == {"company_name": "Zylker"}
    assert crm.modules() == [{"api_name": "Accounts"}]
    assert crm.fields("Accounts") == [{"api_name": "Phone"}]
    assert crm.layouts("Deals") == [{"id": "1"}]
    assert crm.related_lists("Accounts") == [{"api_name": "Contacts"}]
    assert crm.pipelines("1") == [{"id": "2"}]
    assert crm.currencies() == [{"iso_code": "JPY"}]
    assert crm.custom_views("Accounts") == [{"id": "3"}]
    assert crm.users() == [{"id": "1"}, {"id": "2"}]
    assert crm.current_user() == {"id": "1"}
    assert zoho.asked[-1].query == {"type": "CurrentUser"}


def test_times_of_another_offset_are_asked_for_in_utc(zoho: ScriptedZoho, crm: CrmClient) -> None:
    """zoho-api 2.8: whole seconds, +00:00, never later than what was asked for."""
    zoho.say(304)
    list(crm.records("Accounts", fields=["Phone"], modified_since=datetime(2026, 1, 1, tzinfo=UTC)))
    assert zoho.asked[0].headers["if-modified-since"] == "2026-01-01T00:00:00+00:00"
