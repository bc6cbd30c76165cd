"""A list that is too long to be walked is read by bulk read jobs, as if it had been walked (zoho-api 2.10)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from sandbox.defaults import CRM_CLIENT
from tests.support.deals import ESTIMATE, QUOTED, switched_on
from tests.support.lab import Lab
from zoho.api.sales_bulk import as_listed, bulk_query, types_of
from zoho.engine import sales_list
from zoho.engine.scan import Extract, scan_sales
from zoho.engine.staging import read_rows
from zoho.store.tables import facts
from zoho.transport import json
from zoho.transport.errors import Action, Fatal, Retriable

NUMBER = 450
DEAL = {"Stage": "Qualification", "Amount": 5}
JOBS = {"path": "/crm/bulk/v8/read$", "method": "POST"}


@pytest.fixture
def large(empty_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """More accounts than are walked: the jobs begin after two pages."""
    monkeypatch.setattr(sales_list, "PAGES", 1)
    for start in range(0, NUMBER, 90):
        rows = [{"Account_Name": f"Acme {one}", "Phone": f"{one}"} for one in range(start, start + 90)]
        empty_lab.crm.insert("Accounts", rows)
    empty_lab.sandbox.clock(advance=600)  # no run looks back so far
    return empty_lab


def staged(extracts: list[Extract], entity: str = "Accounts") -> dict[str, Mapping[str, Any]]:
    """Id → record of a staged list, each of which stands there once."""
    (extract,) = (one for one in extracts if one.entity == entity)
    rows = [(row["id"], json.loads(row["raw"])) for row in read_rows(extract.path) if row["raw"] is not None]
    assert len(dict(rows)) == len(rows) == extract.rows
    return dict(rows)


def calls(lab: Lab, *, path: str, method: str = "GET") -> int:
    return sum(call["path"].endswith(path) and call["method"] == method for call in lab.sandbox.calls())


def jobs_kept(lab: Lab) -> list[Any]:
    with lab.store.connect() as connection:
        return list(connection.scalars(select(facts.c.value).where(facts.c.name.startswith("bulk read"))))


def test_what_is_too_long_to_walk_is_read_in_bulk(large: Lab):
    """BEY-4: every record once, one job for what two pages have begun, and nothing is left to do after that."""
    large.sandbox.clear_calls()
    assert large.run().state == "success"
    assert sorted(large.customers()) == sorted(f"Acme {one}" for one in range(NUMBER))
    assert calls(large, path="/v8/Accounts") == 2
    assert calls(large, path="/bulk/v8/read", method="POST") == 1
    assert jobs_kept(large) == []
    large.sandbox.clock(advance=600)
    large.sandbox.clear_calls()
    assert large.run().state == "success"
    assert large.writes() == []


def test_a_record_is_the_same_however_it_is_read(empty_lab: Lab, monkeypatch: pytest.MonkeyPatch):
    """BEY-4: numbers to the last digit, texts with line breaks, lists, dates, ticks, lookups and blanks."""
    lab = empty_lab
    values = {
        "text": 'a "quoted", 株式会社', "double": Decimal("12.5"), "currency": Decimal("1234.56"),
        "integer": -7, "boolean": True,
        "date": "2026-02-28", "datetime": "2026-02-28T10:00:00+00:00", "textarea": "two\nlines",
    }  # fmt: skip
    for kind in values:
        lab.sandbox.custom_field(product="crm", module="Accounts", label=kind, api_name=f"C_{kind}", data_type=kind)
    full = {f"C_{kind}": value for kind, value in values.items()}
    lab.crm.insert("Accounts", [{"Account_Name": "Full", **full}, {"Account_Name": "Blank"}])
    (parent,) = (row["id"] for row in lab.accounts() if row["Account_Name"] == "Full")
    lab.crm.insert("Accounts", [{"Account_Name": "Child", "Parent_Account": {"id": parent}}])
    fields = ("Account_Name", "Parent_Account", "Owner", "Modified_Time", *full)
    job = lab.job()
    monkeypatch.setattr(type(job.module), "sales_lists", lambda _: {"Accounts": fields})
    walked = staged(scan_sales(job))
    rows = lab.crm.bulk_read([lab.crm.start_bulk_read(bulk_query("Accounts", fields=fields))])
    types = types_of(lab.crm.fields("Accounts"))
    read = {row["Id"]: as_listed(row, types) for row in rows}
    assert read.keys() == walked.keys()
    for record_id, record in walked.items():
        assert {name: told(record.get(name)) for name in fields} == {name: read[record_id][name] for name in fields}


def told(value: Any) -> Any:
    """What a job tells of a value of a list: of another record its id alone."""
    return {"id": value["id"]} if isinstance(value, dict) else value


def test_a_task_that_waits_goes_on_with_the_same_job(large: Lab):
    """BEY-8: a job that takes long holds no worker; it is not begun again, however often somebody comes back."""
    large.sandbox.settings(bulk_polls=15)
    large.sandbox.clear_calls()
    job = large.job()
    for _ in range(3):
        with pytest.raises(Retriable) as caught:
            scan_sales(job)
        assert (caught.value.action, caught.value.retry_after) == (Action.WAIT, 60)
        assert len(jobs_kept(large)[0]["jobs"]) == 1
    records = staged(scan_sales(job))
    assert len(records) == NUMBER
    assert calls(large, path="/bulk/v8/read", method="POST") == 1
    assert calls(large, path="/v8/Accounts") == 2
    assert jobs_kept(large) == []


def test_another_run_begins_a_job_of_its_own(large: Lab):
    """BEY-4: what a job of an earlier run has found is old by now, and would take edits back."""
    large.sandbox.settings(bulk_polls=10)
    with pytest.raises(Retriable):
        scan_sales(large.job())
    large.sandbox.settings(bulk_polls=1)
    edited = large.accounts()[-1]["id"]
    large.crm.update("Accounts", [{"id": edited, "Phone": "new"}])
    assert staged(scan_sales(large.job()))[edited]["Phone"] == "new"


def test_a_job_that_zoho_forgot_is_begun_anew(large: Lab):
    """BEY-4: it fails once, and whoever tries again is not stuck with it."""
    large.sandbox.settings(bulk_polls=10)
    job = large.job()
    with pytest.raises(Retriable):
        scan_sales(job)
    gone = {"match": {"path": "/bulk/v8/read/"}, "kind": "status", "status": 404, "times": 1}
    large.sandbox.faults([{**gone, "body": {"code": "RESOURCE_NOT_FOUND", "message": "no", "status": "error"}}])
    with pytest.raises(Fatal):
        scan_sales(job)
    large.sandbox.settings(bulk_polls=1)
    assert len(staged(scan_sales(job))) == NUMBER


def test_what_changed_since_is_read_in_bulk_too(large: Lab):
    """BEY-8: a mass update of more records than can be walked; those that did not change are not read again."""
    assert large.run().state == "success"
    large.sandbox.clock(advance=600)
    edited = [row["id"] for row in large.accounts()][: NUMBER - 20]
    for start in range(0, len(edited), 100):
        large.crm.update("Accounts", [{"id": one, "Phone": "new"} for one in edited[start : start + 100]])
    large.sandbox.clear_calls()
    assert staged(scan_sales(large.job())).keys() == set(edited)
    assert calls(large, path="/bulk/v8/read", method="POST") == 1


def test_names_of_other_records_are_read_with_the_records(large: Lab):
    """CUS-2: a job tells only the ids of what a record points at, so records are read by their ids instead."""
    large.sandbox.custom_field(
        product="books", module="contacts", label="Parent", api_name="cf_parent", data_type="string"
    )
    parent = large.accounts()[0]
    large.crm.insert("Accounts", [{"Account_Name": "Zulu", "Parent_Account": {"id": parent["id"]}}])
    large.map_field("Phone", "custom_fields.cf_parent, transform: lookup_name, direction: to_books")
    mapping = large.include / "mappings" / "customers.yaml"
    mapping.write_text(
        mapping.read_text().replace("sales: Phone, books: custom", "sales: Parent_Account, books: custom")
    )
    records = staged(scan_sales(large.job()))
    assert len(records) == NUMBER + 1
    (zulu,) = (record for record in records.values() if record["Account_Name"] == "Zulu")
    assert zulu["Parent_Account"]["name"] == parent["Account_Name"]


def test_without_the_scope_a_list_is_walked_on(large: Lab, caplog: pytest.LogCaptureFixture):
    """BEY-4: what a list can show is read all the same, and somebody is told what is missing."""
    large.grants["crm"] = large.sandbox.grant(CRM_CLIENT, *(one for one in CRM_CLIENT.scopes if "bulk" not in one))
    assert len(staged(scan_sales(large.job()))) == NUMBER
    assert "lacks the scope ZohoCRM.bulk.READ" in caplog.text


def test_deals_too_are_read_in_bulk(empty_lab: Lab, monkeypatch: pytest.MonkeyPatch):
    """TRG-4: with the names of their owners, whose estimates they become; a list of deals may be long as well."""
    trade = switched_on(empty_lab, ESTIMATE)
    monkeypatch.setattr(sales_list, "PAGES", 0)  # the first page is walked, and the rest comes by a job
    deals = [{**DEAL, "Deal_Name": f"Deal {one}", "Account_Name": {"id": trade.account}} for one in range(201)]
    for start in range(0, len(deals), 100):
        empty_lab.crm.insert("Deals", deals[start : start + 100])
    last = trade.deal(QUOTED)
    empty_lab.sandbox.clear_calls()
    assert trade.run().directions[0].added == 1
    assert calls(empty_lab, path="/bulk/v8/read", method="POST") == 1
    assert trade.estimate["reference_number"] == f"Deal {last}"
    assert trade.estimate["salesperson_name"] == empty_lab.sales.record("Deals", last)["Owner"]["name"]
