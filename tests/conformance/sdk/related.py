"""Records below another one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from zohocrmsdk.src.com.zoho.crm.api.record import Record
from zohocrmsdk.src.com.zoho.crm.api.related_records import (
    GetRelatedRecordsHeader,
    GetRelatedRecordsParam,
    RelatedRecordsOperations,
)

from tests.conformance.sdk.session import answered, headers, log_in, made, parameters, record


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    account, lonely = made("Accounts", record(Account_Name="Above"), record(Account_Name="Lonely"))
    above = Record()
    above.set_id(account)
    ids = set(made("Contacts", record(Last_Name="A", Account_Name=above), record(Last_Name="B", Account_Name=above)))
    related = RelatedRecordsOperations("Contacts", "Accounts")
    fields = {GetRelatedRecordsParam.fields: "Last_Name,Email,Account_Name"}
    answer = answered(related.get_related_records(account, parameters(fields)))
    assert {item.get_id() for item in answer.get_data()} == ids
    assert all(item.get_key_value("Account_Name").get_id() == account for item in answer.get_data())
    assert (answer.get_info().get_count(), answer.get_info().get_more_records()) == (2, False)
    yield "the contacts of an account"
    one = {**fields, GetRelatedRecordsParam.per_page: 1, GetRelatedRecordsParam.page: 2}
    answer = answered(related.get_related_records(account, parameters(one)))
    assert (len(answer.get_data()), answer.get_info().get_page()) == (1, 2)
    yield "the second page of them"
    assert related.get_related_records(lonely, parameters(fields)).get_status_code() == 204
    yield "none"
    later = headers({GetRelatedRecordsHeader.if_modified_since: datetime(2100, 1, 1, tzinfo=UTC)})
    assert related.get_related_records(account, parameters(fields), later).get_status_code() == 304
    yield "nothing new since a time"
