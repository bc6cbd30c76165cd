"""Associations: which documents of Books belong to which deal, whoever said so (TRG-7, DEAL)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from zoho.core.deals import Document
from zoho.store.observations import chunked
from zoho.store.tables import associations


class MadeBy(StrEnum):
    """Who said that a document belongs to a deal."""

    TRIGGER = "trigger"
    """The automation made it; a deal has one of these at most (TRG-7)."""
    BOOKS = "books"
    """Books made it of the automation's: the invoice of an accepted estimate (TRG-2)."""
    PERSON = "person"


def claim(connection: Connection, integration: str, organization_id: str, **values: Any) -> bool:
    """Claim the one document that the automation makes of a deal, before it is made (BEY-4).

    Args:
        connection: of the store.
        integration: whose.
        organization_id: of Books.
        values: deal_id, document, content, run_id, made_at.

    Returns:
        Whether the claim is ours; if not, the deal has such a document already, or a create of it has begun.
    """
    row = {"integration": integration, "organization_id": organization_id, "made_by": MadeBy.TRIGGER, **values}
    statement = insert(associations).values(row).on_conflict_do_nothing().returning(associations.c.association_id)
    return connection.execute(statement).first() is not None


def release(connection: Connection, integration: str, organization_id: str, deal_id: str) -> None:
    """Drop a claim: it is certain that nothing was made."""
    unmade = and_(_of_trigger(integration, organization_id), associations.c.books_id.is_(None))
    connection.execute(delete(associations).where(unmade, associations.c.deal_id == deal_id))


def put(connection: Connection, integration: str, organization_id: str, **values: Any) -> None:
    """Store that a document belongs to a deal; repeating it changes nothing.

    Args:
        connection: of the store.
        integration: whose.
        organization_id: of Books.
        values: deal_id, document, books_id, number, made_by, run_id, made_at.
    """
    row = {"integration": integration, "organization_id": organization_id, **values}
    connection.execute(insert(associations).values(row).on_conflict_do_nothing())


def change(connection: Connection, association_id: int, **values: Any) -> None:
    """Change columns of an association."""
    connection.execute(update(associations).where(associations.c.association_id == association_id).values(**values))


def of_triggers(
    connection: Connection, integration: str, organization_id: str, deal_ids: Collection[str]
) -> dict[str, Row[Any]]:
    """Return deal id → what the automation made of it, a create that has begun among them."""
    mine = _of_trigger(integration, organization_id)
    found: dict[str, Row[Any]] = {}
    for chunk in chunked(deal_ids):
        rows = connection.execute(select(associations).where(mine, associations.c.deal_id.in_(chunk)))
        found |= {row.deal_id: row for row in rows}
    return found


def number_made(connection: Connection, integration: str, organization_id: str) -> int:
    """Return how many documents the automation has made."""
    mine = and_(_of_trigger(integration, organization_id), associations.c.books_id.is_not(None))
    return int(connection.scalar(select(func.count()).where(mine)) or 0)


def unfinished(connection: Connection, integration: str, organization_id: str) -> list[Row[Any]]:
    """Return the automation's documents of which a create or a change of status has begun and not ended."""
    begun = or_(associations.c.books_id.is_(None), associations.c.moving_to.is_not(None))
    return list(connection.execute(select(associations).where(_of_trigger(integration, organization_id), begun)))


def unshown(
    connection: Connection, integration: str, organization_id: str, deal_ids: Collection[str] | None
) -> list[Row[Any]]:
    """Return the associations that do not show on both sides yet: those of some deals, or all."""
    columns = associations.c
    hidden = and_(~columns.shown, ~columns.deal_gone, columns.books_id.is_not(None))
    query = select(associations).where(_live(integration, organization_id), hidden)
    rows = connection.execute(query.order_by(columns.association_id))
    return [row for row in rows if deal_ids is None or row.deal_id in deal_ids]


def deals_of(
    connection: Connection, integration: str, organization_id: str, document: Document, books_ids: Collection[str]
) -> dict[str, str]:
    """Return Books id → id of its deal, of the documents that belong to one that is there."""
    mine = and_(_live(integration, organization_id), associations.c.document == document, ~associations.c.deal_gone)
    found: dict[str, str] = {}
    for chunk in chunked(books_ids):
        query = select(associations.c.books_id, associations.c.deal_id)
        rows = connection.execute(query.where(mine, associations.c.books_id.in_(chunk)))
        found |= {row.books_id: row.deal_id for row in rows}
    return found


def documents_of(
    connection: Connection, integration: str, organization_id: str, deal_ids: Collection[str]
) -> dict[str, list[Row[Any]]]:
    """Return deal id → its documents, the oldest first."""
    found: dict[str, list[Row[Any]]] = {deal_id: [] for deal_id in deal_ids}
    mine = and_(_live(integration, organization_id), associations.c.books_id.is_not(None))
    for chunk in chunked(deal_ids):
        query = select(associations).where(mine, associations.c.deal_id.in_(chunk))
        for row in connection.execute(query.order_by(associations.c.association_id)):
            found[row.deal_id].append(row)
    return found


def every_one_of(connection: Connection, integration: str, organization_id: str, deal_id: str) -> list[Row[Any]]:
    """Return the associations of a deal, the oldest first, a create that has begun among them."""
    query = select(associations).where(_live(integration, organization_id), associations.c.deal_id == deal_id)
    return list(connection.execute(query.order_by(associations.c.association_id)))


def of_document(
    connection: Connection, integration: str, organization_id: str, document: Document, books_id: str
) -> Row[Any] | None:
    """Return the association of a document, if it belongs to a deal."""
    mine = and_(_live(integration, organization_id), associations.c.document == document)
    return connection.execute(select(associations).where(mine, associations.c.books_id == books_id)).first()


def note_deals(connection: Connection, integration: str, organization_id: str, gone: Mapping[str, bool]) -> None:
    """Note which deals are gone, deal id → whether it is; one that was restored is there again."""
    for flag in (True, False):
        for chunk in chunked(deal_id for deal_id, is_gone in gone.items() if is_gone is flag):
            theirs = and_(_live(integration, organization_id), associations.c.deal_id.in_(chunk))
            connection.execute(update(associations).where(theirs).values(deal_gone=flag))


def end(connection: Connection, association_id: int, at: datetime) -> None:
    """End an association; it stays in the table."""
    change(connection, association_id, ended_at=at)


def _live(integration: str, organization_id: str) -> ColumnElement[bool]:
    columns = associations.c
    return and_(
        columns.integration == integration, columns.organization_id == organization_id, columns.ended_at.is_(None)
    )


def _of_trigger(integration: str, organization_id: str) -> ColumnElement[bool]:
    return and_(_live(integration, organization_id), associations.c.made_by == MadeBy.TRIGGER)
