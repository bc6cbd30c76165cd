"""Searching, counting and querying records."""

from collections.abc import Iterator
from pathlib import Path

from zohocrmsdk.src.com.zoho.crm.api.coql import BodyWrapper as Query
from zohocrmsdk.src.com.zoho.crm.api.coql import CoqlOperations
from zohocrmsdk.src.com.zoho.crm.api.record import Record, RecordCountParam, RecordOperations, SearchRecordsParam

from tests.conformance.sdk.session import answered, log_in, made, parameters, record


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    contacts = RecordOperations("Contacts")
    (account,) = made("Accounts", record(Account_Name="Kvist (Nord), AB", Phone="+46 1"))
    above = Record()
    above.set_id(account)
    (contact,) = made(
        "Contacts", record(Last_Name="Quistberg", Email="q@kvist.example", Phone="77", Account_Name=above)
    )
    for how, value in (
        (SearchRecordsParam.criteria, "((Last_Name:equals:Quistberg)and(Email:starts_with:q@))"),
        (SearchRecordsParam.email, "q@kvist.example"),
        (SearchRecordsParam.phone, "77"),
        (SearchRecordsParam.word, "quistb"),
    ):
        (found,) = answered(contacts.search_records(parameters({how: value}))).get_data()
        assert found.get_id() == contact
        yield f"search by {how.name}"
    bracketed = {SearchRecordsParam.criteria: r"(Account_Name:equals:Kvist \(Nord\)\, AB)"}
    (found,) = answered(RecordOperations("Accounts").search_records(parameters(bracketed))).get_data()
    assert found.get_id() == account
    yield "search for a name with brackets and a comma"
    assert contacts.search_records(parameters({SearchRecordsParam.word: "nobody at all"})).get_status_code() == 204
    yield "find nothing"
    counted = answered(contacts.record_count(parameters({RecordCountParam.email: "q@kvist.example"})))
    assert int(counted.get_count()) == 1
    yield "count by e-mail address"

    query = Query()
    query.set_select_query(
        "select Last_Name, Account_Name.Account_Name, Account_Name from Contacts "
        "where (Last_Name = 'Quistberg' and Email is not null) order by Last_Name limit 0, 10"
    )
    answer = answered(CoqlOperations().get_records(query))
    (found,) = answer.get_data()
    assert found.get_key_value("Account_Name.Account_Name") == "Kvist (Nord), AB"
    assert (answer.get_info().get_count(), answer.get_info().get_more_records()) == (1, False)
    yield "query with a joined column"
    query.set_select_query("select Last_Name from Contacts where Last_Name = 'Nobody'")
    assert CoqlOperations().get_records(query).get_status_code() == 204
    yield "query nothing"
    query.set_select_query("select Last_Name from Contacts")
    refused = answered(CoqlOperations().get_records(query), 400)
    assert refused.get_code().get_value() == "SYNTAX_ERROR"
    yield "query without a condition, which is refused"
