"""What gave each field of a record its value, read from what the runs did with it (BEY-9)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.records import Kind, Side
from zoho.engine.explain.subject import Subject
from zoho.engine.explain.told import FieldOrigin
from zoho.engine.history.origin import origin_of
from zoho.engine.job import Job
from zoho.store import traces

Place = tuple[bool, Side, str, str]
"""Whether a contact person is meant, a side, the id there, and a field. A record may be its own contact person."""

MOST_READ = 300
"""Changes of a record that are read, the latest ones; a field that none of them touched has no origin."""

_SOURCE: Mapping[str, Side] = {"books": "sales", "sales": "books"}


def origins(job: Job, connection: Connection, subject: Subject) -> dict[Place, FieldOrigin]:
    """Return where the values of a record came from, each by its :data:`Place`.

    Args:
        job: of the module.
        connection: of the store.
        subject: the record; what was done with a contact person is among what was done with its customer.
    """
    found: dict[Place, FieldOrigin] = {}
    places: list[Mapping[Side, str]] = [subject.ids]
    if subject.main is not None:
        places.append({"sales": subject.main.sales_id, "books": subject.main.books_id})
    sales_ids = {one["sales"] for one in places if "sales" in one}
    books_ids = {one["books"] for one in places if "books" in one}
    rows = traces.done_with(connection, job.scope, sales_ids, books_ids, MOST_READ)
    for row in rows:  # the latest first
        for is_person, sales_id, books_id, fields in _parts(row):
            for field in fields:
                origin = _origin(job, row, field)
                if origin and sales_id:
                    found.setdefault((is_person, "sales", sales_id, field["key"]), origin)
                if origin and books_id:
                    found.setdefault((is_person, "books", books_id, field["key"]), origin)
    return found


def _parts(row: Row[Any]) -> Iterator[tuple[bool, str | None, str | None, Sequence[Mapping[str, Any]]]]:
    yield row.kind == Kind.CONTACT_PERSON, row.sales_id, row.books_id, row.item.get("fields") or ()
    for child in row.item.get("children") or ():
        yield True, child["sales_id"], child["books_id"], child["fields"]


def _origin(job: Job, row: Row[Any], field: Mapping[str, Any]) -> FieldOrigin | None:
    if field["outcome"] not in ("write", "agreed"):
        return None
    set_by = _SOURCE[field["target"]] if field["outcome"] == "write" else None
    return FieldOrigin(
        run_id=row.run_id,
        at=row.finished_at or row.started_at,
        set_by=set_by,
        reason=field.get("reason") or row.reason,
        asked=origin_of(row.origin, job.module_name),
    )
