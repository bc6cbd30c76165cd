"""What is wrong with a record."""

from collections.abc import Iterator
from pathlib import Path

from zohocrmsdk.src.com.zoho.crm.api.record import APIException, GetRecordsParam, RecordOperations, SuccessResponse

from tests.conformance.sdk.session import answered, body, log_in, parameters, record


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    contacts = RecordOperations("Contacts")
    good, bad = answered(
        contacts.create_records(body(record(Last_Name="Good"), record(First_Name="Nobody"))), 207
    ).get_data()
    assert isinstance(good, SuccessResponse)
    assert isinstance(bad, APIException)
    assert (bad.get_code().get_value(), bad.get_details()["api_name"]) == ("MANDATORY_NOT_FOUND", "Last_Name")
    yield "one good and one bad contact: 207, each with its own result"
    (bad,) = answered(contacts.create_records(body(record(Last_Name="B", Email="none"))), 400).get_data()
    assert bad.get_code().get_value() == "INVALID_DATA"
    assert bad.get_details()["expected_data_type"] == "email"
    yield "only bad ones: 400, with the type that was expected"
    (bad,) = answered(contacts.delete_record(1), 400).get_data()
    assert bad.get_message().get_value() == "the id given seems to be invalid"
    yield "delete an unknown id"
    whole = answered(contacts.get_records(parameters({GetRecordsParam.per_page: 1})), 400)
    assert isinstance(whole, APIException)
    assert whole.get_code().get_value() == "REQUIRED_PARAM_MISSING"
    assert whole.get_details()["param_name"] == "fields"
    yield "list without fields"
    params = {GetRecordsParam.fields: "Last_Name", GetRecordsParam.page_token: "none"}
    assert answered(contacts.get_records(parameters(params)), 400).get_code().get_value() == "INVALID_DATA"
    yield "list by a page token that nobody gave"
