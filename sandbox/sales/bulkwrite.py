"""Bulk write: a job, its state, and a ZIP that tells what became of each row (zoho-api 2.11).

The rows are written when the job is created; how often a job answers ``INPROGRESS`` is a switch.
"""

import csv
import io
import zipfile
from typing import Any

from sandbox.clock import crm_time
from sandbox.defaults import CONNECTED_USER
from sandbox.sales.bulkrows import Mapping, RowWriter
from sandbox.sales.jobs import Upload, WriteJob
from sandbox.sales.reading import json_body, organization
from sandbox.sales.refusals import refuse
from sandbox.sales.rendering import user_brief
from sandbox.sales.store import SalesOrg, Table
from sandbox.wire import Call, Json, Reply

MAX_ROWS = 25_000
_OPERATIONS = ("insert", "update", "upsert")


def create_job(call: Call) -> Reply:
    """Serve ``POST /bulk/{version}/write``."""
    org, body = organization(call), json_body(call)
    operation = body.get("operation")
    if operation not in _OPERATIONS:
        raise _missing_key("operation") if operation is None else _bad("operation", "$.operation")
    callback = body.get("callback")
    if isinstance(callback, dict) and callback.get("method", "post") != "post":
        supported = {"supported_callback_methods": ["post"]}
        raise refuse(400, "INVALID_CALLBACK_METHOD", "callback method is invalid", supported)
    resource = _resource_in(body)
    job = _run(call, org, body, resource)
    org.jobs.writes[job.id] = job
    details: Json = {"id": job.id, "created_by": user_brief(CONNECTED_USER.crm_id)}
    return Reply(201, {"status": "success", "code": "SUCCESS", "message": "success", "details": details})


def get_job(call: Call) -> Reply:
    """Serve ``GET /bulk/{version}/write/{job_id}``."""
    job = _job_of(call)
    job.polls += 1
    done = job.polls > call.world.settings.bulk_polls
    pending = {**job.resource, "status": "IN PROGRESS", "file": {**job.resource["file"], "status": "IN PROGRESS"}}
    shown: Json = {
        "status": "COMPLETED" if done else "INPROGRESS", "character_encoding": "UTF-8",
        "resource": [job.resource if done else pending], "id": job.id,
        "created_by": user_brief(CONNECTED_USER.crm_id), "operation": job.order["operation"],
        "created_time": crm_time(job.created),
    }  # fmt: skip
    if "callback" in job.order:
        shown["callback"] = job.order["callback"]
    if done:
        # Without a leading slash, because clients put one in front (zoho-api 2.11).
        shown["result"] = {"download_url": f"{call.product}/bulk/{call.version}/write/{job.id}/result"}
    return Reply(200, shown)


def get_result(call: Call) -> Reply:
    """Serve ``GET /bulk/{version}/write/{job_id}/result``."""
    job = _job_of(call)
    headers = {"Content-Disposition": f"attachment; filename={job.id}.zip"}
    return Reply(200, job.result, headers, "application/octet-stream")


def _job_of(call: Call) -> WriteJob:
    job: WriteJob | None = organization(call).jobs.writes.get(call.params["job_id"])
    if job is None:
        raise refuse(404, "RESOURCE_NOT_FOUND", "The requested resource doesn't exist.")
    return job


def _resource_in(body: Json) -> Json:
    given = body.get("resource")
    if not isinstance(given, list) or not given:
        raise _missing_key("resource")
    if len(given) > 1 or not isinstance(given[0], dict):
        raise _bad("resource", "$.resource")
    return given[0]


def _run(call: Call, org: SalesOrg, body: Json, resource: Json) -> WriteJob:
    table = _table_of(org, resource)
    upload: Upload | None = org.jobs.uploads.get(str(resource.get("file_id", "")))
    if upload is None:
        raise refuse(400, "INVALID_FILE_ID", "improper file id", {"api_name": "file_id"})
    headers, rows = _rows_of(upload)
    mappings = _mappings(table, resource.get("field_mappings"), headers)
    find_by = _find_by(table, resource, body["operation"], mappings)
    ignore_empty = resource.get("ignore_empty", body.get("ignore_empty", False)) is True
    writer = RowWriter(org, table, mappings, ignore_empty=ignore_empty)
    results = [writer.write(body["operation"], find_by, row) for row in rows]
    statuses = [result.status for result in results]
    file = {
        "status": "COMPLETED", "name": upload.name, "added_count": statuses.count("ADDED"),
        "skipped_count": statuses.count("SKIPPED"), "updated_count": statuses.count("UPDATED"),
        "total_count": len(rows),
    }  # fmt: skip
    shown = {
        "status": "COMPLETED", "code": "SUCCESS", "type": "data", "ignore_empty": ignore_empty, "find_by": find_by,
        "module": {"api_name": table.module.api_name, "id": table.module.id}, "file_id": resource["file_id"],
        "field_mappings": [mapping.shown() for mapping in mappings], "file": file,
    }  # fmt: skip
    job_id = org.new_id()
    told = [[result.status, result.record_id, result.error] for result in results]
    lines = [[*row[:3], *end] for row, end in zip(rows, told, strict=True)]
    packed = _zipped(job_id, [[*headers[:3], "STATUS", "RECORD_ID", "ERRORS"], *lines])
    return WriteJob(job_id, body, call.world.clock.seconds(), shown, packed)


def _table_of(org: SalesOrg, resource: Json) -> Table:
    module = resource.get("module")
    name = module.get("api_name") if isinstance(module, dict) else None
    if name is None:
        raise _missing_key("module")
    table = org.tables.get(str(name))
    if table is None:
        raise refuse(400, "MODULE_NOT_AVAILABLE", f"Requested module '{name}' is not available.")
    return table


def _rows_of(upload: Upload) -> tuple[list[str], list[list[str]]]:
    try:
        lines = [line for line in csv.reader(io.StringIO(upload.text, newline=""), strict=True) if line]
    except csv.Error:
        raise refuse(400, "INVALID_FORMAT", "File not supported for bulk write") from None
    if not lines:
        raise refuse(400, "INVALID_FORMAT", "File not supported for bulk write")
    headers, *rows = lines
    if len(rows) > MAX_ROWS:
        raise refuse(400, "LIMIT_EXCEEDED", "File size too large to process", {"limit": MAX_ROWS})
    return headers, [row + [""] * (len(headers) - len(row)) for row in rows]


def _mappings(table: Table, given: Any, headers: list[str]) -> list[Mapping]:
    """Return what each column holds: as the order says, else by the headers, which then are API names."""
    if given is None:
        given = [{"api_name": header, "index": index} for index, header in enumerate(headers)]
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise _bad("field_mappings", "$.resource[0].field_mappings")
    return [_mapping(table, item, headers) for item in given]


def _mapping(table: Table, given: Json, headers: list[str]) -> Mapping:
    name = given.get("api_name")
    if not isinstance(name, str) or (name != "id" and name not in table.module.fields):
        raise refuse(400, "INVALID_FIELD", f"invalid mapping. invalid api_name {name}.")
    default = given.get("default_value")
    value = default.get("value") if isinstance(default, dict) else None
    index = given.get("index")
    if index is None and value is None:
        message = f"required key index for field {name} is not found in request body."
        raise refuse(400, "COLUMN_INDEX_NOT_FOUND", message)
    if index is not None and (not isinstance(index, int) or not 0 <= index < len(headers)):
        raise refuse(400, "COLUMN_INDEX_NOT_FOUND", "column index is not in the file", {"index": index})
    header = name if index is None else headers[index]
    return Mapping(name, index, header, value, given.get("find_by"), given.get("format"))


def _find_by(table: Table, resource: Json, operation: str, mappings: list[Mapping]) -> str | None:
    """Return the field that finds the record to update."""
    mapped = {mapping.api_name for mapping in mappings}
    wanted = {item.api_name for item in table.module.fields.values() if item.mandatory}
    if operation == "insert":
        if not wanted <= mapped:
            raise _not_mapped(wanted - mapped)
        return None
    find_by = resource.get("find_by")
    if find_by is None:
        raise _missing_key("find_by")
    if find_by not in {"id", table.module.check_field, *table.module.unique_fields()}:
        raise refuse(400, "INVALID_FIELD", f"invalid mapping. invalid api_name {find_by}.", {"api_name": "find_by"})
    if find_by not in mapped or (operation == "upsert" and not wanted <= mapped):
        raise _not_mapped({find_by, *wanted} - mapped)
    return str(find_by)


def _zipped(job_id: str, lines: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{job_id}.csv", text.getvalue())
    return packed.getvalue()


def _missing_key(name: str) -> Exception:
    return refuse(400, "MISSING_REQUIRED_KEY", f"required key {name} is not found in request body.", {"key": name})


def _not_mapped(names: set[str]) -> Exception:
    message = "All mandatory fields are not mapped for the layout"
    return refuse(400, "MANDATORY_FIELDS_NOT_MAPPED", message, {"fields": sorted(names)})


def _bad(name: str, path: str) -> Exception:
    return refuse(400, "INVALID_DATA", "invalid data", {"api_name": name, "json_path": path})
