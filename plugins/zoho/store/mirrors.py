"""Mirrors: transactions of the CRM that were made from documents of Books (CON-7)."""

from typing import Any

from sqlalchemy import Connection, Row, and_, exists, select, update

from zoho.store.tables import changes, links, observations, runs

REMOVAL = "disable:"
"""How the origin of a run begins that removes mirrors."""

DISABLED = "disabled"
"""Why the link of a removed mirror ended."""


def standing(connection: Connection, integration: str, module: str) -> list[Row[Any]]:
    """Return the links of mirrors, each with ``name`` and ``raw``, as the CRM was last seen to hold it.

    Those of every Books organization that the integration was ever pointed at are among them. A transaction that was
    made in the CRM is no mirror, though it is linked as well.

    Args:
        connection: of the store.
        integration: whose.
        module: the kind of transactions.
    """
    made_of_books = exists().where(
        changes.c.sales_id == links.c.sales_id,
        changes.c.books_id == links.c.books_id,
        changes.c.action == "create",
        changes.c.direction == "books_to_sales",
        changes.c.state == "done",
    )
    seen = and_(
        *(observations.c[key] == links.c[key] for key in ("integration", "module", "organization_id")),
        observations.c.side == "sales",
        observations.c.remote_id == links.c.sales_id,
    )
    query = select(links, observations.c.name, observations.c.raw).outerjoin(observations, seen)
    return list(connection.execute(query.where(_mine(integration, module), made_of_books).order_by(links.c.link_id)))


def begun(connection: Connection, integration: str, module: str) -> list[Row[Any]]:
    """Return the links of mirrors whose removal began and whose outcome is not known, with ``seq`` and its run.

    Args:
        connection: of the store.
        integration: whose.
        module: the kind of transactions.
    """
    query = (
        select(links.c.link_id, links.c.sales_id, changes.c.run_id.label("removed_by"), changes.c.seq)
        .join(changes, changes.c.sales_id == links.c.sales_id)
        .join(runs, runs.c.run_id == changes.c.run_id)
        .where(
            _mine(integration, module),
            runs.c.integration == integration,
            runs.c.origin.startswith(REMOVAL, autoescape=True),
            changes.c.state == "started",
        )
    )
    return list(connection.execute(query))


def end(connection: Connection, link_id: int, at: Any) -> None:
    """End the link of a mirror that is removed; its document in Books may be mirrored again."""
    removed = links.c.link_id == link_id
    connection.execute(update(links).where(removed).values(retired_at=at, retired_why=DISABLED))
    whose = select(links).where(removed).subquery()
    seen = and_(
        *(observations.c[key] == whose.c[key] for key in ("integration", "module", "organization_id")),
        observations.c.side == "sales",
        observations.c.remote_id == whose.c.sales_id,
    )
    connection.execute(update(observations).where(seen).values(absent="deleted"))


def _mine(integration: str, module: str) -> Any:
    return and_(
        links.c.integration == integration,
        links.c.module == module,
        links.c.role == "record",
        links.c.retired_at.is_(None),
    )
