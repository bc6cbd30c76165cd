"""Finish what an earlier run left half done: creates and changes of status whose outcome is unknown (BEY-4)."""

from collections.abc import Mapping, Set
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.deals import SENT_ON_THE_WAY
from zoho.engine.deals.amounts import is_untouched, take_back, wrong_draft
from zoho.engine.deals.documents import LINE, find_made, id_of, number_of, read_document
from zoho.engine.deals.source import scope_of
from zoho.engine.job import Job
from zoho.store import associations
from zoho.store.associations import MadeBy


def recover(job: Job, *, writing: bool = False, only: Set[str] | None = None) -> None:
    """Look up every create and every change of status that has begun and not ended, and store what Books tells.

    A draft that was made and comes to something else than its deal stays claimed until it is taken back (TXN-6).

    Args:
        job: the run.
        writing: whether it may be taken back now; otherwise Books is only asked.
        only: the deals of which it may; ``None``: of all.
    """
    scope = scope_of(job)
    with job.store.connect() as connection:
        begun = associations.unfinished(connection, scope.integration, scope.organization_id)
    for row in begun:
        if row.books_id is None:
            _recover_create(job, row, writing=writing and (only is None or row.deal_id in only))
        else:
            raw = read_document(job, row.document, row.books_id)
            with job.store.begin() as connection:
                settle_move(job, connection, row, raw)


def _recover_create(job: Job, row: Row[Any], *, writing: bool) -> None:
    """Take a document that was made; drop the claim where none was."""
    scope = scope_of(job)
    raw = find_made(job, row.document, row.deal_id)
    if raw is not None and is_untouched(raw) and wrong_draft(row.content, raw):
        if not writing:
            return
        raw = None if take_back(job, row.document, raw) is None else raw
    with job.store.begin() as connection:
        if raw is None:
            associations.release(connection, scope.integration, scope.organization_id, row.deal_id)
        else:
            settle_create(job, connection, row.association_id, row.document, raw, row.content or {})


def settle_create(
    job: Job,
    connection: Connection,
    association_id: int,
    document: Any,
    raw: Mapping[str, Any],
    content: Mapping[str, str],
) -> None:
    """Store which document was made, with the line that is the deal's.

    Args:
        job: the run.
        connection: of the store, in a transaction.
        association_id: of the claim.
        document: its kind.
        raw: the document.
        content: what it was made to say.
    """
    line = str((raw.get("line_items") or [{}])[0].get(LINE) or "")
    associations.change(
        connection,
        association_id,
        books_id=id_of(job, document, raw),
        number=number_of(job, document, raw),
        left_in="draft",
        content={**content, LINE: line},
        run_id=job.run_id,
    )


def settle_move(job: Job, connection: Connection, row: Row[Any], raw: Mapping[str, Any] | None) -> None:
    """Store where a change of status that was begun has come to, and what Books made of it on the way.

    Args:
        job: the run.
        connection: of the store, in a transaction.
        row: the association.
        raw: the document; ``None`` when it is gone.
    """
    status = None if raw is None else str(raw["status"])
    ours = {row.moving_to, SENT_ON_THE_WAY, "invoiced"}
    left_in = status if status in ours else row.left_in
    associations.change(connection, row.association_id, left_in=left_in, moving_to=None, run_id=job.run_id)
    if raw is None or row.document != "estimates":
        return
    scope = scope_of(job)
    for invoice_id in raw.get("invoice_ids") or ():
        associations.put(
            connection,
            scope.integration,
            scope.organization_id,
            deal_id=row.deal_id,
            document="invoices",
            books_id=str(invoice_id),
            number=f"of estimate {row.number}",
            made_by=MadeBy.BOOKS,
            run_id=job.run_id,
            made_at=job.clock(),
        )
