"""Explain one record from the store alone (BEY-9)."""

from typing import Any

from sqlalchemy import Connection, Engine, Row

from zoho.config.load import Configured
from zoho.core.observation import edited_at
from zoho.core.records import Kind, Side
from zoho.engine.errors import NeverTold, NotThere
from zoho.engine.explain.fields import fields_of
from zoho.engine.explain.held import Held, held_of
from zoho.engine.explain.offline import offline_job
from zoho.engine.explain.reasons import reasons_of
from zoho.engine.explain.subject import Subject, kind_above, subject_of
from zoho.engine.explain.told import Explanation, LinkTold, Relative, Seen, standing_of
from zoho.engine.job import Job
from zoho.store import cursors, links, observations


def explain(store: Engine, configured: Configured, module: str, record_id: str) -> Explanation:
    """Return all that is known of a record.

    Args:
        store: the database.
        configured: the integration.
        module: name of the module that keeps it in step.
        record_id: its id on either side.

    Raises:
        NotThere: no run has seen it.
        LookupError: the integration has the module not on.
    """
    job = offline_job(store, configured, module)
    try:
        _ = job.module
    except NeverTold as lacking:
        raise NotThere(f"{module} of {configured.name} cannot be explained: {lacking}. The next one does.") from None
    with store.connect() as connection:
        subject = subject_of(job, connection, record_id)
    held = held_of(job, subject)
    with store.connect() as connection:
        below = _below(job, connection, subject, held)
        fields = fields_of(job, connection, subject, held)
        reasons = reasons_of(job, connection, subject, held.items, held.problem)
        sales, books = _seen(job, connection, subject, held)
        above = _above(job, connection, subject)
    return Explanation(
        integration=configured.name,
        module=module,
        kind=str(subject.kind),
        name=_name(subject, held, record_id),
        standing=standing_of(reasons),
        reasons=reasons,
        sales=sales,
        books=books,
        link=_link(subject.link),
        fields=fields,
        above=above,
        below=below,
    )


def _seen(job: Job, connection: Connection, subject: Subject, held: Held) -> tuple[Seen | None, Seen | None]:
    found: dict[Side, Seen] = {}
    for side, row in subject.rows.items():
        own_id = subject.ids.get(side)
        if own_id is None:
            continue
        own = row.remote_id == own_id
        found[side] = Seen(
            side=side,
            entity=row.entity if own else "contact_persons",
            id=own_id,
            name=row.name,
            modified_at=edited_at(row.modified_at),
            read_at=row.read_at or cursors.seen_until(connection, job.scope, side, row.entity),
            absent=row.absent,
            whole=side == "sales" or row.detailed_at == row.modified_at,
            known=side in held.whole or held.on(side) is not None,
        )
    return found.get("sales"), found.get("books")


def _name(subject: Subject, held: Held, record_id: str) -> str:
    if subject.sales is not None:
        return str(subject.sales.name)
    if subject.is_person:
        return held.books.name if held.books else record_id
    return str(subject.books.name) if subject.books is not None else record_id


def _link(row: Row[Any] | None) -> LinkTold | None:
    return LinkTold(row.linked_at, row.run_id, row.retired_at, row.retired_why) if row is not None else None


def _above(job: Job, connection: Connection, subject: Subject) -> Relative | None:
    """Return the customer that a contact person belongs to."""
    if not subject.is_person:
        return None
    main = subject.main
    parent_id = main.sales_id if main is not None else subject.sales.parent_id if subject.sales is not None else None
    if parent_id is None:
        return None
    kind = Kind(main.kind) if main is not None else kind_above(job, subject)
    rows = observations.by_id(connection, job.scope, "sales", job.module.entity_of(kind), [parent_id])
    name = rows[parent_id].name if parent_id in rows else parent_id
    return Relative(str(kind), name, parent_id, main.books_id if main is not None else None, main is not None)


def _below(job: Job, connection: Connection, subject: Subject, held: Held) -> list[Relative]:
    """Return the contact persons of a customer, those of both sides."""
    if subject.is_person:
        return []
    children = {}
    if subject.main is not None:
        link_id = subject.main.link_id
        children = {
            row.sales_id: row.books_id for row in links.children_of(connection, job.scope, [link_id])[link_id]
        }
    sales, books = (held.whole[side].children if side in held.whole else () for side in ("sales", "books"))
    kind, known = str(Kind.CONTACT_PERSON), set(children.values())
    found = [Relative(kind, one.name, one.id, children.get(one.id), one.id in children) for one in sales]
    return [*found, *(Relative(kind, one.name, None, one.id, False) for one in books if one.id not in known)]
