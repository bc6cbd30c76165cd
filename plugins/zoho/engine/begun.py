"""Creates that an earlier try sent, and whose answer nobody saw or compared (BEY-4, TXN-6)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection

from zoho.core.money.limits import MoneyProblem
from zoho.core.plan import PlanItem, own_of_each
from zoho.core.records import Base, Record, Value, Values
from zoho.engine.job import Job
from zoho.engine.money_check import check_money, undoing
from zoho.engine.work import Work
from zoho.modules.raw import written
from zoho.modules.shapes import instant
from zoho.store import runs

_ITEM = TypeAdapter(PlanItem)


class LeftAloneError(MoneyProblem):
    """What was found comes to something else, and is not ours to take back."""


def as_sent(job: Job, connection: Connection, work: Work) -> Work:
    """Return the create of a transaction as the latest try before this one sent it.

    Args:
        job: the run.
        connection: to the store, before this try is noted there.
        work: the create as it would be sent now; what it is made of may have been edited meanwhile.
    """
    row = runs.last_create(connection, job.scope, work.item) if job.module.in_detail else None
    if row is None:
        return work
    item = _ITEM.validate_python(row.item)
    then, now = written(item.fields, item.target), written(work.item.fields, item.target)
    edited = {key: then.get(key) for key in then.keys() | now.keys() if then.get(key) != now.get(key)}
    if item.target == "sales":
        return replace(work, item=item, books=_with(work.books, edited))
    return replace(work, item=item, sales=_with(work.sales, edited), body=job.module.create_body(item))


def _with(record: Record | None, values: Values) -> Record | None:
    return replace(record, values={**record.values, **values}) if record else None


def compare_found(job: Job, sent: Work, raw: Mapping[str, Any]) -> None:
    """Compare a transaction that an earlier try made, as that try would have done.

    Args:
        job: the run.
        sent: the create as it was sent.
        raw: the record that was found, whole.

    Raises:
        LeftAloneError: its amounts differ, and it was sent or edited since or may be somebody else's.
        MoneyProblem: its amounts differ; it was taken back, as the try itself would have done.
    """
    if not job.module.in_detail:
        return
    if is_as_made(job, sent, raw):
        with undoing(job, sent, raw):
            check_money(job, sent, raw)
        return
    try:
        check_money(job, sent, raw)
    except MoneyProblem as problem:
        why = "it stays as it is, since it was edited after it was made: let both sides come to the same"
        raise LeftAloneError([*problem.sentences, why]) from problem


def is_as_made(job: Job, sent: Work, raw: Mapping[str, Any]) -> bool:
    """Whether a record is still what a create made of it: nobody sent or edited it since."""
    if sent.item.target == "sales":
        return instant(raw, "Created_Time") == instant(raw, "Modified_Time")
    unmoved = instant(raw, "created_time") == instant(raw, "last_modified_time")
    return unmoved and job.module.is_as_sent(raw, sent.body or {})


def base_of_found(job: Job, sent: Work, raw: Mapping[str, Any], now: Work, name: str) -> Base:
    """Return what is known of the base of a record in Books that an earlier try made.

    The name may differ on purpose. Of transactions, what was sent is known, so an edit of either side since then is
    merged as one.

    Args:
        job: the run.
        sent: the create as it was sent.
        raw: the record that was found, whole.
        now: the create as it would be sent now.
        name: under which it was made.
    """
    if sent.sales is None or now.sales is None:
        raise ValueError(f"item {now.seq} has no sales-side record")
    name_field = job.module.books_list.name_field
    sales: dict[str, Value] = {}
    books: dict[str, Value] = {}
    if name_field in now.sales.values:  # a quote is made under its subject, and that is mapped to no field of Books
        sales[name_field], books[name_field] = now.sales.values[name_field], name
    if job.module.in_detail:
        made = written(sent.item.fields, "books")
        holds = job.module.books_record(now.item.kind, job.module.observe_books(raw, detailed=True).raw).values
        held = holds if is_as_made(job, sent, raw) else made
        for key in made.keys() - {name_field}:
            if now.sales.values.get(key) != holds.get(key):  # what both hold alike needs no base
                sales[key], books[key] = sent.sales.values.get(key), held.get(key)
        rules = job.module.rules(now.item.kind)
        for key, own in own_of_each(rules, now.sales.values, holds, now.base).items():
            if rules.merge.of(key).source == "books":  # as if its creation had been answered
                sales[key], books[key] = own
    return Base(sales, books)
