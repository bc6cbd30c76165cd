"""Create records in Books, some at once: claimed together, sent side by side, settled together (BEY-4).

Books takes one customer a call and answers in its own time, so a writer that waits for each answer stays far below
what the quota allows. Whatever dies in between leaves claims, as a single create does, and each is looked up before
it is tried again.
"""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy.exc import IntegrityError

from zoho.engine.control.points import safe_point
from zoho.engine.errors import Interrupted
from zoho.engine.job import Job
from zoho.engine.outcome import Try, noting
from zoho.engine.settle import settle_books, settle_creates
from zoho.engine.side_by_side import CALLS_AT_ONCE
from zoho.engine.work import Work
from zoho.store import claims, cursors, links, runs
from zoho.store.claims import Claim
from zoho.transport.errors import RecordError, ZohoError

AT_ONCE = 25
"""Creates that are claimed together: so many are looked up, at most, after a crash."""


@dataclass
class _Sent:
    """What became of creates that were sent.

    Attributes:
        made: those that Books answered, each with the record.
        refused: those that Books refused, or whose answer could not be understood, each with the error.
        unsure: those that may have been carried out, each with the error.
        unsent: those that were not sent any more.
        stop: why no more are to be sent: Books takes no more calls, or the run is to stop.
    """

    made: list[tuple[Try, dict[str, Any]]] = field(default_factory=list)
    refused: list[tuple[Try, Exception]] = field(default_factory=list)
    unsure: list[tuple[Try, ZohoError]] = field(default_factory=list)
    unsent: list[Try] = field(default_factory=list)
    stop: Exception | None = None


@dataclass
class Left:
    """What is left to be done one by one.

    Attributes:
        begun: creates that an earlier run has begun.
        unsure: creates of this run that may have been carried out, each with the error.
        stop: why the run cannot go on, once those are looked up.
    """

    begun: list[Try]
    unsure: list[tuple[Try, ZohoError]]
    stop: Exception | None


def create_together(job: Job, tries: Sequence[Try]) -> Left:
    """Create records that no try of this run has begun; each that fails is noted.

    Args:
        job: the run; its module's records are no documents, whose amounts are looked at one by one.
        tries: the creates.
    """
    fresh, begun = _claim(job, tries)
    sent = _send(job, fresh)
    _settle(job, sent.made)
    never = [one for one, error in sent.refused if isinstance(error, RecordError)] + sent.unsent
    if never:
        with job.store.begin() as connection:  # nothing was created
            claims.release(connection, job.scope, "sales", *(str(one.work.item.sales_id) for one in never))
            runs.plan_still(connection, job.run_id, [one.work.seq for one in sent.unsent])
    for one, error in sent.refused:
        with noting(job, one):
            raise error
    return Left(begun, sent.unsure, sent.stop)


def _claim(job: Job, tries: Sequence[Try]) -> tuple[list[Try], list[Try]]:
    """Claim what no other run has made; returns what is to be sent, and what an earlier run has begun."""
    name_field = job.module.books_list.name_field
    by_id = {str(one.work.item.sales_id): one for one in tries}
    with job.store.begin() as connection:
        for sales_id in links.by_sales_id(connection, job.scope, list(by_id)):
            runs.drop_change(connection, job.run_id, by_id.pop(sales_id).work.seq, job.clock())
        read_at = cursors.seen_until(connection, job.scope, "books", job.module.books_list.entity) or job.clock()
        wanted = [
            Claim("sales", sales_id, str((one.work.body or {})[name_field]), read_at)
            for sales_id, one in by_id.items()
        ]
        begun = claims.claim_many(connection, job.scope, wanted, job.run_id)
        fresh = [one for sales_id, one in by_id.items() if sales_id not in begun]
        runs.start_creates(connection, job.run_id, [one.work.seq for one in fresh], job.clock())
    return fresh, [by_id[sales_id] for sales_id in sorted(begun)]


def _send(job: Job, tries: Sequence[Try]) -> _Sent:
    """Send creates side by side; once one of them cannot be sent, or the run is to stop, none is begun any more."""
    sent, side, waiting = _Sent(), job.books_side, iter(tries)
    running: dict[Future[dict[str, Any]], Try] = {}
    with ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="books") as pool:
        while True:
            for one in islice(waiting, CALLS_AT_ONCE - len(running) if sent.stop is None else 0):
                running[pool.submit(side.create, one.work.body or {}, str(one.work.item.sales_id))] = one
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                _note(sent, running.pop(future), future.exception(), future)
            sent.stop = sent.stop or _wish_to_stop(job)
    sent.unsent += waiting
    sent.made.sort(key=lambda one: one[0].work.seq)  # links come in the plan's order, whoever answered first
    return sent


def _note(sent: _Sent, one: Try, error: BaseException | None, answer: "Future[dict[str, Any]]") -> None:
    if error is None:
        sent.made.append((one, answer.result()))
    elif isinstance(error, ZohoError) and error.outcome_unknown:
        sent.unsure.append((one, error))
    elif isinstance(error, RecordError | ValueError | KeyError | TypeError):
        sent.refused.append((one, error))
    elif isinstance(error, Exception):
        sent.stop = error
        sent.unsent.append(one)
    else:
        raise error


def _wish_to_stop(job: Job) -> Interrupted | None:
    try:
        safe_point(job)
    except Interrupted as stop:
        return stop
    return None


def _settle(job: Job, made: Sequence[tuple[Try, dict[str, Any]]]) -> None:
    """Store what was created: all together, or else one by one, so that one that cannot be stored spoils no other."""
    if not made:
        return
    done: list[tuple[Work, dict[str, Any]]] = [(one.work, raw) for one, raw in made]
    try:
        settle_creates(job, done)
    except (IntegrityError, ValueError, KeyError, TypeError):
        for one, raw in made:
            with noting(job, one):
                settle_books(job, one.work, raw)
