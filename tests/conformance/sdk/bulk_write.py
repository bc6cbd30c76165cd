"""Bulk write: a ZIP, a job, its state, what became of each row."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zohocrmsdk.src.com.zoho.crm.api.bulk_write import (
    BulkWriteOperations,
    FieldMapping,
    FileBodyWrapper,
    RequestWrapper,
    Resource,
    UploadFileHeader,
)
from zohocrmsdk.src.com.zoho.crm.api.modules import MinifiedModule
from zohocrmsdk.src.com.zoho.crm.api.org import OrgOperations
from zohocrmsdk.src.com.zoho.crm.api.record import RecordOperations, SearchRecordsParam
from zohocrmsdk.src.com.zoho.crm.api.util import Choice, StreamWrapper

from tests.conformance.sdk.session import answered, headers, log_in, parameters

_ROWS = [["Last_Name", "Email"], ["Bulkström", "bulk@example.com"], ["Bulkman", "not an address"]]


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    jobs = BulkWriteOperations()
    file_id = _uploaded(jobs, folder)
    yield "upload a ZIP"
    job = answered(jobs.create_bulk_write_job(_order(file_id)), 201).get_details()["id"]
    yield "start a job that inserts"
    early = answered(jobs.get_bulk_write_job_details(str(job)))
    assert _plain(early.get_status()) in {"ADDED", "INPROGRESS", "IN PROGRESS"}
    yield "find it at work"
    done = answered(jobs.get_bulk_write_job_details(str(job)))
    file = done.get_resource()[0].get_file()
    assert _plain(done.get_status()) == "COMPLETED"
    assert (file.get_total_count(), file.get_added_count(), file.get_skipped_count()) == (2, 1, 1)
    yield "find it completed: one row added, one skipped"
    stream = answered(jobs.download_bulk_write_result(done.get_result().get_download_url())).get_file()
    added, skipped = _rows(stream)
    assert (added["STATUS"], skipped["STATUS"]) == ("ADDED", "SKIPPED")
    assert added["RECORD_ID"].isdigit()
    assert skipped["ERRORS"]
    yield "read what became of each row"
    found = RecordOperations("Contacts").search_records(parameters({SearchRecordsParam.email: "bulk@example.com"}))
    (contact,) = answered(found).get_data()
    assert (str(contact.get_id()), contact.get_key_value("Last_Name")) == (added["RECORD_ID"], "Bulkström")
    yield "find the record that the row became"


def _uploaded(jobs: BulkWriteOperations, folder: Path) -> str:
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows(_ROWS)
    packed = folder / "Contacts.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Contacts.csv", lines.getvalue())
    (org,) = answered(OrgOperations().get_organization()).get_org()
    about = headers({UploadFileHeader.feature: "bulk-write", UploadFileHeader.x_crm_org: org.get_zgid()})
    wrapper = FileBodyWrapper()
    wrapper.set_file(StreamWrapper(file_path=str(packed)))
    return str(answered(jobs.upload_file(wrapper, about)).get_details()["file_id"])


def _order(file_id: str) -> RequestWrapper:
    mappings = []
    for index, name in enumerate(_ROWS[0]):
        mapping = FieldMapping()
        mapping.set_api_name(name)
        mapping.set_index(index)
        mappings.append(mapping)
    module = MinifiedModule()
    module.set_api_name("Contacts")
    resource = Resource()
    resource.set_type(Choice("data"))
    resource.set_module(module)
    resource.set_file_id(file_id)
    resource.set_field_mappings(mappings)
    order = RequestWrapper()
    order.set_operation(Choice("insert"))
    order.set_resource([resource])
    return order


def _plain(value: Any) -> Any:
    # The SDK wraps a value in a choice only when its own list of choices has it.
    return value.get_value() if isinstance(value, Choice) else value


def _rows(file: Any) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(file.get_stream().content)) as archive:
        (name,) = archive.namelist()
        return list(csv.DictReader(io.StringIO(archive.read(name).decode())))
