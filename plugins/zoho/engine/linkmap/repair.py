"""Mend the store by what a look at both systems found; Zoho is never written (BEY-7)."""

from sqlalchemy import Connection

from zoho.core.records import Kind
from zoho.engine.control.audit import acting
from zoho.engine.history.origin import asked_by
from zoho.engine.linkmap.recording import ended, nobody_else, record
from zoho.engine.linkmap.verify import Finding, Repair, Verified
from zoho.store import linkmap, observations

_DEED = "links verify"


def repair(verified: Verified, user: str) -> int:
    """Mend what can be mended, in one transaction with the history; a repeat finds nothing left.

    Args:
        verified: what was found.
        user: who wants it.

    Returns:
        How many findings were mended.
    """
    job, repairs = verified.job, verified.repairs
    if not repairs:
        return 0
    told = [[one.repair.name.lower(), one.sales_id, one.books_id] for one in repairs]
    detail = {"repairs": told, "run_id": job.run_id}
    name, module = job.configured.name, job.module_name
    with (
        acting(job.store, user, _DEED, name, job.clock, module=module, detail=detail),
        nobody_else([job]),
        job.store.begin() as connection,
    ):
        for one in repairs:
            _mend(verified, connection, one)
        items = [
            ended(one.kind, str(one.sales_id), str(one.books_id), one.name, f"{one.what} (by {user})")
            for one in repairs
            if one.repair is Repair.END and one.kind is not None
        ]
        record(job, connection, asked_by("zoho-sync", _DEED, user), "repair of the identity map", items, job.clock())
    return len(repairs)


def _mend(verified: Verified, connection: Connection, one: Finding) -> None:
    job = verified.job
    if one.link_id is None or one.kind is None:
        return
    if one.repair is Repair.END:
        linkmap.end(connection, one.link_id, one.gone[0] if one.gone else "sales", job.clock())
    elif one.repair is Repair.LOOK_AGAIN:
        linkmap.look_again_above(connection, one.link_id)
    elif one.gone == ("books",):
        entity = job.module.books_list.entity
        observations.note_deleted(connection, job.scope, "books", entity, {str(one.books_id): one.name})
    else:
        entity = job.module.entity_of(Kind(one.kind))
        observations.note_deleted(connection, job.scope, "sales", entity, {str(one.sales_id): one.name})
