"""Bulk read: a job, its state, and its result as a ZIP of one CSV (zoho-api 2.10)."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

from sandbox.clock import crm_time
from sandbox.defaults import CONNECTED_USER
from sandbox.sales.comparing import comparable, compare
from sandbox.sales.jobs import Job
from sandbox.sales.reading import json_body, organization
from sandbox.sales.refusals import refuse
from sandbox.sales.rendering import View, user_brief
from sandbox.sales.schema import Module
from sandbox.sales.store import Record, SalesOrg, Table, folded
from sandbox.sales.views import views_of
from sandbox.wire import Call, Json, Reply

MAX_ROWS = 200_000
MAX_CONDITIONS = 25
_DOWNLOADS_PER_MINUTE = 10

Test = Callable[[Record], bool]


def create_job(call: Call) -> Reply:
    """Serve ``POST /bulk/{version}/read``, the one call that insists on its content type."""
    if not call.headers.get("content-type", "").startswith("application/json"):
        raise refuse(415, "MEDIA_TYPE_NOT_SUPPORTED", "Media type is not supported", {})
    org, body = organization(call), json_body(call)
    query = body.get("query")
    if not isinstance(query, dict):
        raise _missing("query", "$.query")
    if body.get("file_type", "csv") != "csv":
        raise refuse(400, "INVALID_DATA", "invalid data", {"api_name": "file_type", "json_path": "$.file_type"})
    query, page = _resumed(org, query)
    job = _run(call, org, query, page)
    org.jobs.by_id[job.id] = job
    details = {"id": job.id, "operation": "read", "state": "ADDED", "created_by": user_brief(CONNECTED_USER.crm_id),
               "created_time": crm_time(job.created)}  # fmt: skip
    block = {"status": "success", "code": "ADDED_SUCCESSFULLY", "message": "Added successfully.", "details": details}
    return Reply(201, {"data": [block], "info": {}}, code="ADDED_SUCCESSFULLY")


def get_job(call: Call) -> Reply:
    """Serve ``GET /bulk/{version}/read/{job_id}``."""
    job = _job_of(call)
    job.polls += 1
    done = job.polls > call.world.settings.bulk_polls
    shown: Json = {
        "id": job.id, "operation": "read", "state": "COMPLETED" if done else "IN PROGRESS", "query": job.query,
        "created_by": user_brief(CONNECTED_USER.crm_id), "created_time": crm_time(job.created), "file_type": "csv",
    }  # fmt: skip
    if done:
        path = f"/crm/bulk/{call.version}/read/{job.id}/result"
        shown["result"] = {"page": job.page, "per_page": MAX_ROWS, "count": job.count, "download_url": path,
                           "more_records": job.more}  # fmt: skip
        if job.more:
            shown["result"]["next_page_token"] = f"{job.id}.{job.page + 1}"
    return Reply(200, {"data": [shown]})


def get_result(call: Call) -> Reply:
    """Serve ``GET /bulk/{version}/read/{job_id}/result``, at most ten times a minute."""
    job, jobs, now = _job_of(call), organization(call).jobs, call.world.clock.now()
    if job.polls <= call.world.settings.bulk_polls:
        raise refuse(400, "INVALID_REQUEST", "The job is not completed", {"id": job.id})
    while jobs.downloads and jobs.downloads[0] <= now - 60:
        jobs.downloads.popleft()
    if len(jobs.downloads) >= _DOWNLOADS_PER_MINUTE:
        raise refuse(429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later.", {})
    jobs.downloads.append(now)
    headers = {"Content-Disposition": f"attachment; filename={job.id}.zip"}
    return Reply(200, job.result, headers, "application/x-download")


def _job_of(call: Call) -> Job:
    job: Job | None = organization(call).jobs.by_id.get(call.params["job_id"])
    if job is None:
        raise refuse(
            404, "RESOURCE_NOT_FOUND", "The requested resource does not exist", {"resource": call.params["job_id"]}
        )
    return job


def _resumed(org: SalesOrg, query: Json) -> tuple[Json, int]:
    """Return the query to run and its page; a page token stands for those of an earlier job."""
    if "page_token" not in query:
        page = query.get("page", 1)
        return query, page if isinstance(page, int) and page > 0 else 1
    job_id, _, number = str(query["page_token"]).partition(".")
    job: Job | None = org.jobs.by_id.get(job_id)
    if job is None or not number.isdigit():
        raise refuse(
            400, "INVALID_DATA", "invalid data", {"api_name": "page_token", "json_path": "$.query.page_token"}
        )
    return job.query, int(number)


def _run(call: Call, org: SalesOrg, query: Json, page: int) -> Job:
    name = (query.get("module") or {}).get("api_name") if isinstance(query.get("module"), dict) else None
    table = org.tables.get(str(name))
    if table is None:
        raise refuse(400, "INVALID_MODULE", "the module name given seems to be invalid", {"api_name": "module"})
    tests = [_in_view(call, table, query["cvid"])] if query.get("cvid") else []
    if query.get("criteria"):
        tests.append(_criteria(org, table, query["criteria"], [0]))
    rows = [record for _, record in table.ordered("id", descending=False) if all(test(record) for test in tests)]
    start = (page - 1) * MAX_ROWS
    shown = rows[start : start + MAX_ROWS]
    job_id = org.new_id()
    names = [field for field in query.get("fields") or _all_fields(table) if field in _all_fields(table)]
    result = _zipped(job_id, org, table, names, shown)
    more = len(rows) > start + len(shown)
    query = {**query, "module": {"api_name": table.module.api_name, "id": table.module.id}, "page": page}
    if query.get("criteria"):
        query["criteria"] = _criteria_shown(table.module, query["criteria"])
    return Job(job_id, query, call.world.clock.seconds(), result, len(shown), more, page)


def _criteria_shown(module: Module, given: Json) -> Json:
    """Return criteria as a job shows them: as ordered, but each field with its id."""
    if given.get("group"):
        return {**given, "group": [_criteria_shown(module, item) for item in given["group"]]}
    name = given["field"]["api_name"]
    return {**given, "field": {**given["field"], "id": module.field_id(name)}}


def _all_fields(table: Table) -> list[str]:
    return [
        item.api_name for item in table.module.shown_fields() if item.data_type not in {"profileimage", "subform"}
    ]


def _zipped(job_id: str, org: SalesOrg, table: Table, names: list[str], records: list[Record]) -> bytes:
    view = View(org, table.module.api_name, names)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["Id", *names])
    for record in records:
        row = view(record)
        writer.writerow([record.id, *(_cell(row[name]) for name in names)])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{job_id}.csv", lines.getvalue())
    return packed.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value["id"])
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _in_view(call: Call, table: Table, view_id: Any) -> Test:
    view = views_of(table.module).get(str(view_id))
    if view is None:
        raise refuse(400, "INVALID_DATA", "invalid data", {"api_name": "cvid", "json_path": "$.query.cvid"})
    now = call.world.clock.seconds()
    return lambda record: view.holds(record, now)


def _criteria(org: SalesOrg, table: Table, given: Any, count: list[int]) -> Test:
    """Return the test of a criteria object: one comparison, or a group of them."""
    if not isinstance(given, dict):
        raise _missing("criteria", "$.query.criteria")
    if given.get("group"):
        tests = [_criteria(org, table, item, count) for item in given["group"]]
        choose = any if given.get("group_operator", "and").lower() == "or" else all
        return lambda record: choose(test(record) for test in tests)
    count[0] += 1
    name = given.get("field", {}).get("api_name", "") if isinstance(given.get("field"), dict) else ""
    if name not in table.module.fields or count[0] > MAX_CONDITIONS:
        details = {"api_name": name or "field", "json_path": "$.query.criteria"}
        raise refuse(400, "INVALID_DATA", "invalid data", details)
    return _comparison(View(org, table.module.api_name, [name]), name, given.get("comparator"), given.get("value"))


def _comparison(view: View, name: str, comparator: Any, wanted: Any) -> Test:
    operands = [_plain(item) for item in (wanted if isinstance(wanted, list) else [wanted])]
    negated = str(comparator).startswith("not_")
    base = str(comparator).removeprefix("not_")

    def holds(record: Record) -> bool:
        value = _plain(view(record)[name])
        if operands == ["${empty}"]:
            return (value is None) is not negated
        return _relation(base, value, operands) is not negated

    return holds


def _plain(value: Any) -> Any:
    found = comparable(value.get("id") if isinstance(value, dict) else value)
    return folded(found) if isinstance(found, str) else found


def _relation(base: str, value: Any, operands: list[Any]) -> bool:
    texts = {"contains": str.__contains__, "starts_with": str.startswith, "ends_with": str.endswith}
    if base in texts:
        return isinstance(value, str) and texts[base](value, str(operands[0]))
    if value is None or any(type(item) is not type(value) for item in operands):
        return False
    return compare({"equal": "equals"}.get(base, base), value, operands)


def _missing(name: str, path: str) -> Exception:
    return refuse(400, "MANDATORY_NOT_FOUND", "required field not found", {"api_name": name, "json_path": path})
