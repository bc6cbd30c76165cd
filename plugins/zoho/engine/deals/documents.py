"""The estimates and invoices of deals, as Books has them (zoho-api 3.4, 3.5; TRG-4)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from zoho.api.books_documents import Documents
from zoho.core.deals import IN_LINE, LINE_TAKEN_OUT, Content, Deal, Document, Made, plain
from zoho.engine.deals.source import settings_of
from zoho.engine.job import Job

Raw = dict[str, Any]

LINE = "line_item_id"
"""Where the content of a document keeps which of its lines is that of the deal."""


def documents_of(job: Job, document: Document) -> Documents:
    """Return the client of a kind of documents."""
    known: Mapping[Document, Documents] = {
        "estimates": job.books.estimates,
        "sales_orders": job.books.sales_orders,
        "invoices": job.books.invoices,
    }
    return known[document]


def read_document(job: Job, document: Document, books_id: str) -> Raw | None:
    """Return a document whole; ``None`` when it is gone."""
    return documents_of(job, document).get(books_id)


def made_of(known: Row[Any], raw: Mapping[str, Any] | None) -> Made:
    """Return what the automation made of a deal.

    Args:
        known: the association.
        raw: the document as Books has it; ``None`` when it is gone.
    """
    content = known.content or {}
    made = Made(known.document, str(known.number), None, str(known.left_in), content)
    if raw is None:
        return made
    return replace(
        made,
        status=str(raw["status"]),
        held=_held(raw, content.get(LINE)),
        total=Decimal(str(raw["total"])),
        currency=str(raw["currency_code"]),
    )


def as_left(known: Row[Any]) -> Made:
    """Return what the automation made of a deal, as it left it; nobody is asked."""
    content = known.content or {}
    return Made(known.document, str(known.number), str(known.left_in), str(known.left_in), content, content)


def _held(raw: Mapping[str, Any], line_id: str | None) -> dict[str, str]:
    """Return what a document says of its deal."""
    told = {key: str(raw.get(key) or "") for key in ("customer_id", "salesperson_name")}
    line = next((line for line in raw.get("line_items") or () if str(line[LINE]) == line_id), None)
    if line is None:
        return told
    amounts = {key: plain(Decimal(str(line[key]))) for key in ("rate", "quantity")}
    return {**told, **{key: str(line.get(key) or "") for key in ("name", "description")}, **amounts}


def number_of(job: Job, document: Document, raw: Mapping[str, Any]) -> str:
    """Return the number by which people know a document."""
    return str(raw[f"{documents_of(job, document).kind.key}_number"])


def id_of(job: Job, document: Document, raw: Mapping[str, Any]) -> str:
    """Return the id of a document."""
    return str(raw[documents_of(job, document).kind.id_key])


def reference_of(deal_id: str) -> str:
    """Return the reference number that a deal's document bears: by it a create whose answer was lost is found."""
    return f"Deal {deal_id}"


def find_made(job: Job, document: Document, deal_id: str) -> Raw | None:
    """Look for the document that was made of a deal; the oldest, should a person have copied it."""
    reference = reference_of(deal_id)
    documents = documents_of(job, document)
    found = [
        row
        for page in documents.list(reference_number=reference, purpose="recover")
        for row in page.records
        if row.get("reference_number") == reference
    ]
    first = min(found, key=lambda row: str(row["created_time"]), default=None)
    return documents.get(str(first[documents.kind.id_key]), purpose="recover") if first else None


def make(job: Job, document: Document, deal: Deal) -> Raw:
    """Make a draft of what a deal says.

    Books takes the addresses from the customer, which is where those of the account or contact are kept in step.
    """
    content, settings = deal.content, settings_of(job)
    line = {**_line(content), "quantity": 1}
    body = {
        "customer_id": content["customer_id"],
        "reference_number": reference_of(deal.id),
        "salesperson_name": content["salesperson_name"],
        "line_items": [line],
        **shown_as(job, deal.id, deal.name),
    }
    documents = documents_of(job, document)
    if settings.unique_field:
        return documents.upsert(settings.unique_field, deal.id, body)
    return documents.create(body)


def shown_as(job: Job, deal_id: str, name: str) -> Raw:
    """Return the fields that show a deal on a document: Books' own, and a custom one that the settings name."""
    fields: Raw = {"zcrm_potential_id": deal_id, "zcrm_potential_name": name}
    if own := settings_of(job).shown_in.books:
        fields["custom_fields"] = [{"api_name": own, "value": name}]
    return fields


def content_after(deal: Deal, raw: Mapping[str, Any], line_id: str | None = None) -> dict[str, str]:
    """Return the content of a document just written, with the line that is the deal's.

    Args:
        deal: as it was written.
        raw: the document.
        line_id: of the line; ``None`` for the only one of a new document.
    """
    lines = raw.get("line_items") or [{}]
    return {**deal.content, LINE: line_id or str(lines[0].get(LINE) or "")}


def change(job: Job, document: Document, books_id: str, raw: Mapping[str, Any], before: Content, deal: Deal) -> Raw:
    """Write what the deal says now and did not say before; all else in the draft stays as it is.

    Raises:
        ValueError: the line of the deal was taken out of the draft.
    """
    changed = {key: text for key, text in deal.content.items() if before.get(key) != text}
    return _write(job, document, books_id, raw, before, changed)


def change_back(
    job: Job, document: Document, books_id: str, raw: Mapping[str, Any], before: Content, deal: Deal
) -> None:
    """Write what :func:`change` changed as it was in ``raw``.

    What says the same there as the deal was written by a run that died since; it was as in ``before`` then.
    """
    held = _held(raw, before[LINE])
    was = {key: held[key] for key, text in deal.content.items() if before.get(key) != text}
    old = {key: before.get(key, "") if text == deal.content[key] else text for key, text in was.items()}
    _write(job, document, books_id, raw, before, old)


def _write(
    job: Job, document: Document, books_id: str, raw: Mapping[str, Any], before: Content, changed: Content
) -> Raw:
    body: Raw = {key: text for key, text in changed.items() if key not in IN_LINE}
    if any(key in changed for key in IN_LINE):
        body["line_items"] = _lines(raw, before.get(LINE, ""), changed)
    return documents_of(job, document).update(books_id, body)


def _lines(raw: Mapping[str, Any], line_id: str, changed: Content) -> Any:
    """Return the whole list: Books deletes a line that is left out."""
    lines = raw.get("line_items") or []
    if line_id not in [str(line.get(LINE)) for line in lines]:
        raise ValueError(LINE_TAKEN_OUT)
    mine = {key: text for key, text in changed.items() if key in IN_LINE}
    return [{LINE: line[LINE], **(_line(mine) if str(line[LINE]) == line_id else {})} for line in lines]


def _line(content: Content) -> Raw:
    line: Raw = {key: content[key] for key in IN_LINE if key in content}
    return {**line, "rate": Decimal(content["rate"])} if "rate" in content else line
