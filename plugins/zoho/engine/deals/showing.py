"""Show on both sides which deal a document belongs to (DEAL-3, TRG-7)."""

import logging
from collections.abc import Mapping, Set
from typing import Any

from sqlalchemy import Row

from zoho.api.results import RecordResult
from zoho.core.deals import NOUNS, Document
from zoho.engine.deals.documents import documents_of, number_of, read_document, shown_as
from zoho.engine.deals.source import entity_of, scope_of, settings_of
from zoho.engine.job import Job
from zoho.store import associations, links
from zoho.store.associations import MadeBy
from zoho.transport.errors import RecordError

log = logging.getLogger(__name__)

MIRRORED: Mapping[Document, str] = {"estimates": "Quotes", "sales_orders": "Sales_Orders", "invoices": "Invoices"}
"""The list of the CRM that shows a kind of documents (TXN-2). Bigin has none of them (zoho-api section 4)."""


def show_new(job: Job, only: Set[str] | None = None) -> None:
    """Show the associations that do not show yet; one that Zoho refuses to show is tried again in the next run.

    Args:
        job: the run.
        only: the deals whose associations these are; ``None``: all.
    """
    scope = scope_of(job)
    with job.store.connect() as connection:
        rows = associations.unshown(connection, scope.integration, scope.organization_id, only)
    for row in rows:
        try:
            show(job, row)
        except RecordError as error:
            log.error("The deal of %s %s could not be shown: %s", NOUNS[row.document], row.number, error)
            continue
        with job.store.begin() as connection:
            associations.change(connection, row.association_id, shown=True)


def show(job: Job, row: Row[Any]) -> list[str]:
    """Show an association on both sides.

    Returns:
        Where it does not show, as sentences.

    Raises:
        RecordError: Zoho refuses.
    """
    lacking = []
    if row.made_by != MadeBy.TRIGGER:  # which wrote its deal into what it made
        raw = _show_in_books(job, row, row.deal_id)
        lacking += warn_unless_shown(job, row.document, raw, row.deal_id)
    if not show_in_sales(job, row.document, row.books_id, row.deal_id, row.deal_id):
        lacking.append(_nowhere(job))
        log.info("%s", lacking[-1])
    return lacking


def warn_unless_shown(job: Job, document: Document, raw: Mapping[str, Any], deal_id: str) -> list[str]:
    """Log, and return as sentences, that Books does not show the deal of a document, where it does not."""
    if str(raw.get("zcrm_potential_id") or "") == deal_id or settings_of(job).shown_in.books is not None:
        return []
    number = f"{NOUNS[document]} {number_of(job, document, raw)}"
    sentence = (
        f"Books itself shows no deal with {number}; name a custom field in modules.deals.shown_in.books to have it "
        "shown there."
    )
    log.warning("%s", sentence)
    return [sentence]


def _nowhere(job: Job) -> str:
    if entity_of(job) == "Pipelines":
        return (
            "Bigin has no estimates, orders or invoices to show with a deal; name a text field of the deals in "
            "modules.deals.shown_in.sales to have their numbers there."
        )
    return (
        "The CRM shows it with the deal as soon as it shows the document itself, which needs that module switched on."
    )


def _show_in_books(job: Job, row: Row[Any], deal_id: str) -> Mapping[str, Any]:
    """Show a deal on a document of Books and return that."""
    deal = job.sales.record(entity_of(job), deal_id, purpose="load") or {}
    raw = _write_to_books(job, row.document, row.books_id, deal_id, str(deal.get("Deal_Name") or deal_id))
    if row.made_by == MadeBy.BOOKS:
        with job.store.begin() as connection:
            associations.change(connection, row.association_id, number=number_of(job, row.document, raw))
    return raw


def _write_to_books(job: Job, document: Document, books_id: str, deal_id: str, name: str) -> Mapping[str, Any]:
    """Write the deal into a document and return it; not if it is there already, since sent ones are better left."""
    raw = read_document(job, document, books_id) or {}
    fields = shown_as(job, deal_id, name)
    custom = fields.pop("custom_fields", [])
    missing = {key: value for key, value in fields.items() if (raw.get(key) or "") != value}
    if custom and (raw.get("custom_field_hash") or {}).get(custom[0]["api_name"], "") != custom[0]["value"]:
        missing["custom_fields"] = custom
    return documents_of(job, document).update(books_id, missing) if missing else raw


def hide_in_books(job: Job, row: Row[Any]) -> None:
    """Take the deal out of a document of Books.

    Raises:
        RecordError: Books refuses.
    """
    _write_to_books(job, row.document, row.books_id, "", "")


def show_in_sales(job: Job, document: Document, books_id: str, deal_id: str, shown_deal: str | None) -> bool:
    """Show the documents of a deal on the sales side, as far as it has a place for that.

    Args:
        job: the run.
        document: the kind of the document that was associated, or is no more.
        books_id: of it.
        deal_id: of the deal.
        shown_deal: the deal that the document belongs to now; ``None`` for none.

    Returns:
        Whether there is such a place.

    Raises:
        RecordError: the sales side refuses.
    """
    mirrored = _mirrored(job, document, books_id)
    if mirrored:
        lookup = {"id": shown_deal} if shown_deal else None
        _check(job.sales.update(MIRRORED[document], [{"id": mirrored, "Deal_Name": lookup}]))
    field = settings_of(job).shown_in.sales
    if field:
        _check(
            job.sales.update(entity_of(job), [{"id": deal_id, field: _numbers(job, deal_id, books_id, shown_deal)}])
        )
    return bool(mirrored or field)


def _mirrored(job: Job, document: Document, books_id: str) -> str | None:
    """Return the id of the CRM's record that shows a document, if there is one."""
    if entity_of(job) == "Pipelines":
        return None
    with job.store.connect() as connection:
        link = links.by_books_id(connection, scope_of(job, document), "record", books_id)
    return str(link.sales_id) if link else None


def _numbers(job: Job, deal_id: str, books_id: str, shown_deal: str | None) -> str | None:
    """Return the numbers of a deal's documents, without one that is about to leave it."""
    scope = scope_of(job)
    with job.store.connect() as connection:
        found = associations.documents_of(connection, scope.integration, scope.organization_id, [deal_id])
    rows = [row for row in found[deal_id] if shown_deal or row.books_id != books_id]
    return ", ".join(f"{NOUNS[row.document]} {row.number}" for row in rows) or None


def _check(results: list[RecordResult]) -> None:
    for result in results:
        if result.error:
            raise result.error
