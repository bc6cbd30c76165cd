"""Scan: read the deals that changed, and take them in as observations."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pyarrow as pa

from zoho.api.crm import CrmClient
from zoho.api.paging import Page
from zoho.core.observation import Observation
from zoho.core.records import fingerprint
from zoho.engine.control.points import heeding
from zoho.engine.deals.source import entity_of, facts_of, scope_of
from zoho.engine.job import Job
from zoho.engine.sales_list import Asked, list_pages, looked_into
from zoho.engine.scan import COMPLETE_EVERY, OVERLAP
from zoho.engine.staging import dump, read_metadata, read_rows, write_rows
from zoho.engine.told import told_ids
from zoho.modules.raw import observe_sales
from zoho.modules.shapes import not_understood
from zoho.store import cursors, facts
from zoho.store.cursors import Cursor
from zoho.store.observations import absorb, mark_deleted, missing
from zoho.transport import json

log = logging.getLogger(__name__)

_SCHEMA = pa.schema([("id", pa.string()), ("raw", pa.string())])
_BEGAN = "deals first read"
_NAME = "Deal_Name"


def scan_deals(job: Job) -> Any:
    """Stage the deals that changed since the cursor, or only those that events tell of.

    What was deleted is in the same file: rows without content. The CRM tells; Bigin does not, so there the list is
    read to its end once a day (zoho-api sections 2.7 and 4).

    Returns:
        The staged file.
    """
    entity, fields = entity_of(job), facts_of(job).fields
    told = told_ids(job, "sales", entity)
    question = fingerprint({"entity": entity, "fields": fields})
    path = job.staging / f"sales-{entity}.parquet"
    if job.only is not None:
        pages: Iterable[Page] = job.sales.records(entity, fields=fields, ids=told, purpose="scan")
        return _staged(path, {"complete": "no"}, pages, missing_of=told)
    with job.store.connect() as connection:
        last = cursors.read(connection, scope_of(job), "sales", entity, question)
    since = _since(job, last)
    listed = list_pages(job, Asked(entity, question, tuple(fields), since, names=True))
    pages = heeding(job, map(looked_into, listed))
    first = next(pages, None)
    metadata = {"question": question, "complete": "no" if since else "yes"}
    if first and first.server_time:
        metadata["began"] = first.server_time.astimezone(UTC).isoformat()
    gone = _told(job.sales, entity, since) if isinstance(job.sales, CrmClient) and since else iter(())
    return _staged(path, metadata, chain([first] if first else [], pages), gone)


def _since(job: Job, last: Cursor | None) -> datetime | None:
    if last is None or job.full_scan:
        return None
    complete = last.complete_at is not None and job.clock() - last.complete_at < COMPLETE_EVERY
    return last.seen_until - OVERLAP if complete or isinstance(job.sales, CrmClient) else None


def _told(crm: CrmClient, entity: str, since: datetime) -> Iterator[str]:
    for page in crm.deleted(entity, since=since, purpose="scan"):
        yield from (str(row["id"]) for row in page.records)


def _staged(
    path: Any,
    metadata: dict[str, str],
    pages: Iterable[Page],
    gone: Iterable[str] = (),
    missing_of: Iterable[str] = (),
) -> Any:
    shown: set[str] = set()

    def rows() -> Iterator[dict[str, Any]]:
        for page in pages:
            for record in page.records:
                shown.add(str(record["id"]))
                yield {"id": str(record["id"]), "raw": dump(record)}
        yield from ({"id": deal_id, "raw": None} for deal_id in chain(gone, missing_of) if deal_id not in shown)

    log.info("Read %d deals from the sales side.", write_rows(path, _SCHEMA, rows(), metadata))
    return path


@dataclass(frozen=True, slots=True)
class _Position:
    question: str | None
    began: datetime | None
    complete: bool


def take_in(job: Job, path: Any) -> None:
    """Store the deals that were staged and move the cursor, all or nothing."""
    kept = read_metadata(path)
    began = datetime.fromisoformat(kept["began"]) if "began" in kept else None
    position = _Position(kept.get("question"), began, kept["complete"] == "yes")
    entity, scope = entity_of(job), scope_of(job)
    with job.store.begin() as connection:
        absorb(connection, scope, _observations(entity, path))
        mark_deleted(connection, scope, "sales", entity, (row["id"] for row in read_rows(path) if row["raw"] is None))
        if position.began is None or position.question is None:
            return
        if position.complete and any(True for _ in read_rows(path)):
            shown = (row["id"] for row in read_rows(path))
            gone = missing(connection, scope, "sales", entity, shown, position.began)
            mark_deleted(connection, scope, "sales", entity, sorted(set(gone) - _there(job, entity, gone)))
        if facts.read(connection, job.configured.name, _began_name(job), datetime.min.replace(tzinfo=UTC)) is None:
            facts.keep(connection, job.configured.name, _began_name(job), position.began.isoformat(), job.clock())
        cursors.move(
            connection, scope, "sales", entity, position.question, position.began, complete=position.complete
        )


def _there(job: Job, entity: str, deal_ids: Sequence[str]) -> set[str]:
    """Return which of some deals are there, although the list did not show them: it moved while it was read."""
    pages = job.sales.records(entity, fields=["id"], ids=deal_ids, purpose="scan") if deal_ids else ()
    return {str(record["id"]) for page in pages for record in page.records}


def first_read(job: Job) -> datetime | None:
    """Return when the deals were read for the first time, by Zoho's clock: the automation knows none before."""
    with job.store.connect() as connection:
        told = facts.read(connection, job.configured.name, _began_name(job), datetime.min.replace(tzinfo=UTC))
    return datetime.fromisoformat(told) if told else None


def _began_name(job: Job) -> str:
    return f"{_BEGAN} for {job.configured.settings.books.organization_id}"


def _observations(entity: str, path: Any) -> Iterator[Observation]:
    for row in read_rows(path):
        if row["raw"] is None:
            continue
        raw = json.loads(row["raw"])
        try:
            yield observe_sales(entity, raw, _NAME)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            yield not_understood("sales", entity, raw, "id", _NAME, error)
