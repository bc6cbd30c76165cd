"""After a write: whether both sides come to the same, and the way back when they do not (TXN-6)."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from zoho.core.money.limits import MoneyProblem
from zoho.core.plan import Action
from zoho.core.records import Side
from zoho.core.texts import one_line
from zoho.engine import refusals
from zoho.engine.books_side import BooksDocuments
from zoho.engine.job import Job
from zoho.engine.work import Work
from zoho.modules.raw import written
from zoho.store import claims, observations
from zoho.transport.errors import ZohoError

log = logging.getLogger(__name__)


def check_money(job: Job, work: Work, raw: Mapping[str, Any]) -> None:
    """Compare what a write came to with what it had to come to.

    Args:
        job: the run.
        work: what was written.
        raw: the record as the side holds it now.

    Raises:
        MoneyProblem: some figure differs; each is named.
    """
    item = work.item
    record = work.books if item.target == "books" else work.sales
    source = record or (work.sales if item.target == "books" else work.books)
    if source is None:
        return
    wrong = job.module.wrong_money(item, raw, {**source.values, **written(item.fields, item.target)})
    if wrong:
        raise MoneyProblem(wrong)


@contextmanager
def undoing(job: Job, work: Work, raw: Mapping[str, Any]) -> Iterator[None]:
    """Take a write back when it comes to something else than it had to, and keep that, so that it is not repeated.

    An update of the CRM stays: it most likely met the edit of a person who was quicker, which would be lost with it.
    The record is reported, and merged anew by the next run.

    Args:
        job: the run.
        work: what was written.
        raw: the record as the side holds it now.

    Raises:
        MoneyProblem: it was taken back; or could not be, which is told too.
    """
    try:
        yield
    except MoneyProblem as problem:
        if work.item.target == "sales" and work.item.action is not Action.CREATE:
            raise MoneyProblem([*problem.sentences, "the next run looks at both sides again"]) from problem
        try:
            _take_back(job, work, raw)
        except (ZohoError, KeyError, MoneyProblem) as error:
            raise MoneyProblem([*problem.sentences, f"and it could not be taken back: {error}"]) from problem
        taken_back = MoneyProblem([*problem.sentences, "it was taken back"])
        _keep(job, work, raw, str(taken_back))
        raise taken_back from problem


def _take_back(job: Job, work: Work, raw: Mapping[str, Any]) -> None:
    item, side = work.item, job.books_side
    if item.target == "sales":
        job.sales.delete(job.module.entity_of(item.kind), [str(raw["id"])], purpose="load")
    elif item.action is Action.CREATE and isinstance(side, BooksDocuments):
        side.delete(str(raw[job.module.books_list.id_field]))
    elif work.before is not None:
        now = side.update(str(item.books_id), job.module.restoring(work.before), repeatable=True)
        if now["total"] != work.before["total"]:
            raise MoneyProblem([f"its total was {work.before['total']} and is {now['total']}"])
    log.warning("Took back what was written of %s: its amounts came to something else.", one_line(item.name))


def _keep(job: Job, work: Work, raw: Mapping[str, Any], reason: str) -> None:
    """Store that a write was taken back; of a create nothing is left that would have to be looked up."""
    item, books_list = work.item, job.module.books_list
    with job.store.begin() as connection:
        refusals.remember(job, connection, work, reason)
        if item.action is not Action.CREATE:
            return
        if item.target == "sales":
            claims.release(connection, job.scope, "books", str(item.books_id))
            gone: tuple[Side, str, str] = ("sales", job.module.entity_of(item.kind), str(raw["id"]))
        else:
            claims.release(connection, job.scope, "sales", str(item.sales_id))
            gone = ("books", books_list.entity, str(raw[books_list.id_field]))
        side, entity, remote_id = gone
        observations.mark_deleted(connection, job.scope, side, entity, [remote_id])
