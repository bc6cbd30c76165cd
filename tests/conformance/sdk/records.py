"""Records: create, list, get, update, upsert, delete."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from zohocrmsdk.src.com.zoho.crm.api.record import (
    DeleteRecordsParam,
    GetRecordsHeader,
    GetRecordsParam,
    Record,
    RecordOperations,
)
from zohocrmsdk.src.com.zoho.crm.api.util import Choice

from tests.conformance.sdk.session import answered, body, headers, log_in, made, parameters, record

_FAR = datetime(2100, 1, 1, tzinfo=UTC)


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    accounts, deals = RecordOperations("Accounts"), RecordOperations("Deals")
    first, second = made("Accounts", record(Account_Name="Ångström & Söhne"), record(Account_Name="株式会社サンプル"))
    yield "create two accounts"
    parent = Record()
    parent.set_id(first)
    deal = record(
        Deal_Name="Zwölf Tonnen", Stage=Choice("Qualification"), Amount=1200.5, Closing_Date=date(2027, 1, 31),
        Account_Name=parent,
    )  # fmt: skip
    (deal_id,) = made("Deals", deal)
    yield "create a deal with a date, an amount, a stage and a lookup, whose id it sends as a number"

    (found,) = answered(deals.get_record(deal_id)).get_data()
    assert found.get_key_value("Stage").get_value() == "Qualification"
    assert found.get_key_value("Closing_Date") == date(2027, 1, 31)
    assert found.get_key_value("Amount") == 1200.5
    assert found.get_key_value("Account_Name").get_id() == first
    assert found.get_created_time().tzinfo is not None
    yield "get it with every value in its type"
    assert deals.get_record(1).get_status_code() == 204
    yield "get nothing for an unknown id"

    made("Accounts", record(Account_Name="Third"))
    some = {GetRecordsParam.fields: "Account_Name,Modified_Time", GetRecordsParam.per_page: 2}
    page = answered(accounts.get_records(parameters(some)))
    info = page.get_info()
    assert (len(page.get_data()), info.get_count(), info.get_more_records()) == (2, 2, True)
    assert [row.get_key_value("Account_Name") for row in page.get_data()] == ["Third", "株式会社サンプル"]
    yield "list a page"
    more = {**some, GetRecordsParam.page_token: info.get_next_page_token()}
    following = answered(accounts.get_records(parameters(more)))
    assert not {row.get_id() for row in page.get_data()} & {row.get_id() for row in following.get_data()}
    assert following.get_info().get_page() == 2
    yield "list the next page by its token"
    since = headers({GetRecordsHeader.if_modified_since: _FAR})
    assert accounts.get_records(parameters(some), since).get_status_code() == 304
    yield "list nothing new since a time"

    (result,) = answered(accounts.update_record(first, body(record(Phone="+46 8 123")))).get_data()
    assert result.get_details()["id"] == str(first)
    yield "update one account"
    both = body(record(id=first, Phone="1"), record(id=second, Phone="2"))
    assert len(answered(accounts.update_records(both)).get_data()) == 2
    assert [answered(accounts.get_record(item)).get_data()[0].get_key_value("Phone") for item in (first, second)] == [
        "1",
        "2",
    ]
    yield "update two accounts at once"

    upserted = body(record(Account_Name="Ångström & Söhne", Phone="3"), record(Account_Name="New"),
                    check_fields=["Account_Name"])  # fmt: skip
    changed, added = answered(accounts.upsert_records(upserted)).get_data()
    assert (changed.get_action().get_value(), added.get_action().get_value()) == ("update", "insert")
    assert (changed.get_duplicate_field(), int(changed.get_details()["id"])) == ("Account_Name", first)
    yield "upsert one known and one new account"

    (result,) = answered(deals.delete_record(deal_id)).get_data()
    assert result.get_message().get_value() == "record deleted"
    yield "delete a deal"
    ids = parameters({DeleteRecordsParam.ids: f"{first},{second}"})
    assert len(answered(accounts.delete_records(ids)).get_data()) == 2
    assert accounts.get_record(first).get_status_code() == 204
    yield "delete two accounts at once"
