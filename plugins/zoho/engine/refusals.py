"""A write that was taken back is not tried again until something about it changed (TXN-6)."""

from collections.abc import Iterable, Iterator

from pydantic import TypeAdapter
from sqlalchemy import Connection

from zoho.core.plan import plan_reject
from zoho.core.records import Side, Value, fingerprint
from zoho.engine.job import Job
from zoho.engine.staging import dump
from zoho.engine.work import Work
from zoho.modules.raw import written
from zoho.store import refusals
from zoho.store.refusals import Refusal
from zoho.transport import json

_TOLD = "not tried again until a record, the mapping or the settings change, or in a full run"
_VALUES = TypeAdapter(dict[str, Value])


def remember(job: Job, connection: Connection, work: Work, reason: str) -> None:
    """Keep that a write was taken back.

    Args:
        job: the run.
        connection: to the store.
        work: what was written.
        reason: what was off.
    """
    source, source_id = _source(work)
    refusal = Refusal(source, source_id, _mark(job, work), reason)
    refusals.remember(connection, job.scope, refusal, job.run_id, job.clock())


def sparing(job: Job, works: Iterable[Work]) -> Iterator[Work]:
    """Pass planned items on; in place of one that was taken back before, the same as it was, comes a rejection.

    It is told as a failure in every run, as other lasting ones are. A full run tries it once more, since the cause
    may be elsewhere: in a tax, say, or in the currency of the customer.
    """
    with job.store.connect() as connection:
        known = {} if job.full_scan else refusals.remembered(connection, job.scope)
    for work in works:
        item = work.item
        refusal = known.get(_source(work)) if item.writes else None
        if refusal is None or refusal.mark != _mark(job, work):
            yield work
            continue
        reason = f"{refusal.reason}; {_TOLD}"
        yield Work(0, plan_reject(item.direction, item.sales_id, item.books_id, item.kind, item.name, reason))


def _source(work: Work) -> tuple[Side, str]:
    item = work.item
    return ("sales", str(item.sales_id)) if item.target == "books" else ("books", str(item.books_id))


def _mark(job: Job, work: Work) -> str:
    """Return a hash of what is written, of the records that it is made from, and of the module's settings."""
    item, snapshot, module = work.item, job.configured.snapshot, job.module.name
    content = {
        "action": item.action,
        "written": _VALUES.dump_python(written(item.fields, item.target)),
        "body": work.body,
        "sales": work.seen,
        "books": _VALUES.dump_python(dict(work.books.values)) if work.books else None,
        "settings": [snapshot["integration"]["modules"].get(module), snapshot["mappings"].get(module)],
    }
    return fingerprint(json.loads(dump(content)))
