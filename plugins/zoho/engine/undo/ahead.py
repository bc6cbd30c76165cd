"""Before an undo is sent, the base says what it will leave: whoever dies then leaves nothing that looks like an edit.

Else the next regular run would take an undone field, of which the outcome was never stored, for an edit of a person,
and carry it to the other side.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.merge import FieldMerge
from zoho.core.records import Kind
from zoho.core.undo import base_after_undo
from zoho.engine.job import Job
from zoho.engine.sides import base_of
from zoho.engine.work import Work
from zoho.modules.raw import written
from zoho.store import links


def note_ahead(job: Job, connection: Connection, work: Work) -> None:
    """Store the base that the update of an undo will leave, of its record and of the contact persons below."""
    stored = _link(job, connection, work)
    if stored is None:
        return
    _move(connection, stored, work, work.item.fields)
    children = links.children_of(connection, job.scope, [stored.link_id])[stored.link_id]
    rows = {row.sales_id: row for row in children}
    for child in work.item.children:
        if child.sales_id in rows:
            _move(connection, rows[child.sales_id], work, child.fields)


def _link(job: Job, connection: Connection, work: Work) -> Row[Any] | None:
    item = work.item
    if item.kind is Kind.CONTACT_PERSON:
        return links.by_books_id(connection, job.scope, "child", str(item.books_id))
    return links.by_sales_id(connection, job.scope, [str(item.sales_id)]).get(str(item.sales_id))


def _move(connection: Connection, stored: Row[Any], work: Work, fields: Sequence[FieldMerge]) -> None:
    base, target = base_of(stored), work.item.target
    known = [one for one in fields if one.writes(target) and one.key in base.sales and one.key in base.books]
    if known:
        coming = base_after_undo(base, known, {}, {}, target, written(known, target))
        links.move_base(connection, stored.link_id, coming)
