"""Scan: read what changed on both sides into staging."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pyarrow as pa

from zoho.api.paging import Page
from zoho.core.observation import Observation
from zoho.core.records import Side, fingerprint
from zoho.engine.job import Job
from zoho.engine.staging import dump, read_metadata, read_rows, write_rows
from zoho.store import cursors
from zoho.transport import json

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=2)
"""How far a scan reaches back before the last one, for records that Zoho was late to show."""

_SCHEMA = pa.schema([("id", pa.string()), ("raw", pa.string())])


@dataclass(frozen=True, slots=True)
class Extract:
    """A staged list.

    Attributes:
        path: the Parquet file.
        entity: the list.
        rows: how many records it holds.
    """

    path: Any
    entity: str
    rows: int


def scan_sales(job: Job) -> list[Extract]:
    """Stage what changed in the sales-side lists that the module reads."""
    extracts = []
    for entity, fields in job.module.sales_lists().items():
        question = fingerprint({"entity": entity, "fields": fields})
        since = _since(job, "sales", entity, question)
        pages = job.sales.records(entity, fields=fields, modified_since=since, purpose="scan")
        extracts.append(_stage(job, "sales", entity, question, since, pages))
    return extracts


def scan_books(job: Job) -> list[Extract]:
    """Stage what changed in the module's Books list: it has no such filter, so it is read newest first."""
    books_list = job.module.books_list
    question = fingerprint({"entity": books_list.entity, **books_list.filters})
    since = _since(job, "books", books_list.entity, question)
    pages = _newer(job.books_side.newest_first(), since)
    return [_stage(job, "books", books_list.entity, question, since, pages)]


def observations(job: Job, extract: Extract, side: Side) -> Iterator[Observation]:
    """Yield the records of a staged list as observations; one that cannot be understood is logged and left out."""
    for row in read_rows(extract.path):
        raw = json.loads(row["raw"])
        try:
            if side == "sales":
                yield job.module.observe_sales(extract.entity, raw)
            else:
                yield job.module.observe_books(raw, detailed=False)
        except (KeyError, TypeError, ValueError) as error:
            log.error("%s %s cannot be understood and is left out: %r", extract.entity, row["id"], error)


def scan_position(extract: Extract) -> tuple[str, datetime | None]:
    """Return what a staged scan asked for, as a hash, and when it began by Zoho's clock."""
    kept = read_metadata(extract.path)
    began = kept.get("began")
    return kept["question"], datetime.fromisoformat(began) if began else None


def _since(job: Job, side: Side, entity: str, question: str) -> datetime | None:
    if job.full_scan:
        return None
    with job.store.connect() as connection:
        seen_until = cursors.read(connection, job.scope, side, entity, question)
    return seen_until - OVERLAP if seen_until else None


def _newer(pages: Iterable[Page], since: datetime | None) -> Iterator[Page]:
    """Yield pages until the records get older than ``since``; the rest of the list is not asked for."""
    for page in pages:
        yield page
        if since and page.records and _modified(page.records[-1]) < since:
            return


def _modified(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record["last_modified_time"])


def _stage(
    job: Job, side: Side, entity: str, question: str, since: datetime | None, pages: Iterable[Page]
) -> Extract:
    iterator = iter(pages)
    first = next(iterator, None)
    began = first.server_time if first else None
    metadata = {"question": question, **({"began": began.astimezone(UTC).isoformat()} if began else {})}
    path = job.staging / f"{side}-{entity}.parquet"
    id_field = "id" if side == "sales" else job.module.books_list.id_field
    rows = (
        {"id": str(record.get(id_field)), "raw": dump(record)}
        for page in chain([first] if first else [], iterator)
        for record in page.records
    )
    count = write_rows(path, _SCHEMA, rows, metadata)
    place = "the sales side" if side == "sales" else "Books"
    asked = f"changed since {since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if since else "in all"
    log.info("Read %d %s from %s (%s).", count, entity, place, asked)
    return Extract(path, entity, count)
