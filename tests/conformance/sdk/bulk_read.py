"""Bulk read: a job, its state, its CSV."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zohocrmsdk.src.com.zoho.crm.api.bulk_read import BodyWrapper, BulkReadOperations, CallBack, Criteria, Query
from zohocrmsdk.src.com.zoho.crm.api.fields import MinifiedField
from zohocrmsdk.src.com.zoho.crm.api.modules import MinifiedModule
from zohocrmsdk.src.com.zoho.crm.api.util import Choice

from tests.conformance.sdk.session import answered, log_in, made, record


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    made("Contacts", record(Last_Name='Zäh, "Quotes"'), record(Last_Name="Zäh\nLine"))
    jobs = BulkReadOperations()
    (result,) = answered(jobs.create_bulk_read_job(_order()), 201).get_data()
    assert result.get_code().get_value() == "ADDED_SUCCESSFULLY"
    assert result.get_details()["state"].get_value() == "ADDED"
    job = int(result.get_details()["id"])
    yield "start a job with criteria"
    early = answered(jobs.get_bulk_read_job_details(job)).get_data()[0]
    assert early.get_state().get_value() in {"ADDED", "QUEUED", "IN PROGRESS"}
    yield "find it at work"
    done = answered(jobs.get_bulk_read_job_details(job)).get_data()[0]
    assert done.get_state().get_value() == "COMPLETED"
    assert (done.get_result().get_count(), done.get_result().get_more_records()) == (2, False)
    assert done.get_query().get_module().get_api_name() == "Contacts"
    yield "find it completed, with the number of rows"
    stream = answered(jobs.download_result(job)).get_file()
    assert sorted(row["Last_Name"] for row in _rows(stream)) == ["Zäh\nLine", 'Zäh, "Quotes"']
    yield "unpack its CSV, with quotes and line breaks intact"
    assert answered(jobs.get_bulk_read_job_details(1), 404).get_code().get_value() == "RESOURCE_NOT_FOUND"
    yield "ask for an unknown job"


def _order() -> BodyWrapper:
    module = MinifiedModule()
    module.set_api_name("Contacts")
    field = MinifiedField()
    field.set_api_name("Last_Name")
    criteria = Criteria()
    criteria.set_field(field)
    criteria.set_comparator(Choice("starts_with"))
    criteria.set_value("Zäh")
    query = Query()
    query.set_module(module)
    query.set_fields(["Last_Name", "Email", "Account_Name"])
    query.set_criteria(criteria)
    callback = CallBack()
    callback.set_url("http://127.0.0.1:1/done")
    callback.set_method(Choice("post"))
    order = BodyWrapper()
    order.set_query(query)
    order.set_callback(callback)
    order.set_file_type("csv")
    return order


def _rows(file: Any) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(file.get_stream().content)) as archive:
        (name,) = archive.namelist()
        return list(csv.DictReader(io.StringIO(archive.read(name).decode())))
