"""A first login that leaves everything to the SDK."""

from collections.abc import Iterator
from pathlib import Path

from zohocrmsdk.src.com.zoho.crm.api.initializer import Initializer
from zohocrmsdk.src.com.zoho.crm.api.record import GetRecordsParam, RecordOperations

from tests.conformance.sdk.session import answered, log_in, parameters


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    names = parameters({GetRecordsParam.fields: "Last_Name", GetRecordsParam.per_page: 1})
    log_in(base, folder, on_its_own=True)
    one = parameters({GetRecordsParam.fields: "Account_Name,Owner,Parent_Account", GetRecordsParam.per_page: 1})
    assert len(answered(RecordOperations("Accounts").get_records(one)).get_data()) == 1
    yield "list accounts, having fetched the fields of every module"
    assert Initializer.get_initializer().environment.url == base
    yield "stay at the address that the token's api_domain names"
    assert (folder / "token.csv").read_text("utf-8").count("1000.") >= 2
    yield "keep the token it was given"
    assert len(answered(RecordOperations("Contacts").get_records(names)).get_data()) == 1
    yield "list contacts with it"
