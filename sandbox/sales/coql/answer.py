"""Answering a query."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sandbox.sales.comparing import comparable
from sandbox.sales.coql.query import Query, Source, read_query
from sandbox.sales.reading import json_body, organization
from sandbox.sales.refusals import refuse
from sandbox.sales.store import Record
from sandbox.wire import Call, Json, Reply

Group = Sequence[Record]
"""The records that one row of the answer stands for: one, unless the query has groups or aggregates."""


def run_query(call: Call) -> Reply:
    """Serve ``POST /coql`` (zoho-api 2.9).

    A row of a query with groups has no id, as in Zoho's samples. An aggregate over no record at all makes one row, as
    in SQL, since Zoho's pages do not say; otherwise the answer to a query that finds nothing is 204.

    Raises:
        Refusal: The body has no query, or one that is refused.
    """
    text = json_body(call).get("select_query")
    if not isinstance(text, str) or not text.strip():
        details = {"api_name": "select_query", "json_path": "$.select_query"}
        raise refuse(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    org = organization(call)
    query = read_query(org, text)
    found = [record for record in org.tables[query.module].records.values() if query.where(record)]
    found.sort(key=lambda record: int(record.id))
    rows = _groups(query, found) if query.grouped else [[record] for record in found]
    for source, descending in reversed(query.order):
        rows.sort(key=partial(_sort_key, source), reverse=descending)
    page = rows[query.offset : query.offset + query.limit]
    if not page:
        return Reply(204)
    more = len(rows) > query.offset + len(page)
    data = [_row(query, group) for group in page]
    return Reply(200, {"data": data, "info": {"count": len(page), "more_records": more}})


def _groups(query: Query, found: Iterable[Record]) -> list[Group]:
    if not query.groups:
        return [list(found)]
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in found:
        # By its writing, so that a list of picked values can be a key and 1 is not true.
        key = tuple(repr(column.plain(record)) for column in query.groups)
        groups.setdefault(key, []).append(record)
    return list(groups.values())


def _row(query: Query, group: Group) -> Json:
    row = {item.label: item.source.of(group) for item in query.selected}
    return row if query.grouped else {**row, "id": group[0].id}


def _sort_key(source: Source, group: Group) -> tuple[bool, str, Any]:
    value = source.of(group)
    value = comparable(value["id"] if isinstance(value, dict) else value)
    return value is not None, type(value).__name__, value if value is not None else 0
