"""Carry out the items for Books, and those that write nowhere: new records some at once, others one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from zoho.core.names import name_key
from zoho.core.plan import Action
from zoho.core.records import Base
from zoho.engine.begun import LeftAloneError, as_sent, base_of_found, compare_found
from zoho.engine.books_side import BooksDocuments
from zoho.engine.control.points import safe_point
from zoho.engine.create_books import AT_ONCE, create_together
from zoho.engine.edited_since import EditedSince
from zoho.engine.job import Job
from zoho.engine.money_check import check_money, undoing
from zoho.engine.outcome import Try, leave_out, noting
from zoho.engine.plan import plan_found, plan_linked
from zoho.engine.retirements import retire
from zoho.engine.settle import settle_books, settle_skip
from zoho.engine.sides import read_books
from zoho.engine.undo.ahead import note_ahead
from zoho.engine.undo.carry_out import restore, tell
from zoho.engine.undo.planning import undo_again
from zoho.engine.work import Work, history_row
from zoho.modules.raw import text
from zoho.modules.shapes import made_since
from zoho.store import claims, cursors, links, observations, runs
from zoho.store.claims import Claim
from zoho.transport.errors import NotFound, RecordError, ZohoError

_FOUND = "created by an earlier try whose answer was lost"


def apply_books(job: Job, tries: Iterable[Try]) -> Iterator[bool]:
    """Carry out items; yields for each whether it is done.

    Raises:
        Fatal, Retriable: Zoho cannot go on.
        Interrupted: the run is to stop.
    """
    edited = EditedSince(job)
    for some in _together(job, tries):
        safe_point(job)
        if len(some) > 1:
            _create_some(job, some)
        else:
            with noting(job, some[0]):
                _carry_out(job, some[0].work, some[0].begun, edited)
        yield from (not one.failed for one in some)


def _together(job: Job, tries: Iterable[Try]) -> Iterator[list[Try]]:
    """Yield what is carried out together: creates in a row that no try has begun; anything else is alone."""
    alone = isinstance(job.books_side, BooksDocuments)  # whose amounts are looked at before the next one is sent
    waiting: list[Try] = []
    for one in tries:
        new = one.work.item.action is Action.CREATE and not one.begun and not alone
        if waiting and (not new or len(waiting) == AT_ONCE):
            yield waiting
            waiting = []
        if new:
            waiting.append(one)
        else:
            yield [one]
    if waiting:
        yield waiting


def _create_some(job: Job, tries: Sequence[Try]) -> None:
    """Create records together; what an earlier try may have done is looked up one by one."""
    left = create_together(job, tries)
    for one, error in left.unsure:
        with noting(job, one):
            _look_up(job, one.work, error)
    for one in left.begun:
        with noting(job, one):
            _create(job, one.work)
    if left.stop is not None:
        raise left.stop


def _look_up(job: Job, work: Work, error: ZohoError) -> None:
    """Find a record of which nobody knows whether it was created."""
    with job.store.connect() as connection:
        claim = claims.claimed(connection, job.scope, "sales")[str(work.item.sales_id)]
    if not _adopt(job, work, work, claim.name, claim.claimed_at):
        raise error


def _carry_out(job: Job, work: Work, begun: bool, edited: EditedSince) -> None:
    match work.item.action:
        case Action.RESTORE:
            restore(job, work, begun)
        case Action.DRIFT if work.undoes:
            tell(job, work)
        case Action.SKIP | Action.HOLD:
            settle_skip(job, work)
        case Action.CREATE:
            _create(job, work)
        case Action.UPDATE if begun:
            _update_again(job, work, sent=True)
        case Action.UPDATE if edited.in_books(str(work.item.books_id)):
            if leave_out(job, work):
                return
            _update_again(job, work, sent=False)
        case Action.UPDATE:
            _update(job, work)
        case Action.REJECT:
            raise ValueError(work.item.reason)
        case Action.RETIRE:
            retire(job, work, begun)
        case Action.LINK | Action.DRIFT:
            settle_books(job, work, work.before or {})


def _create(job: Job, work: Work) -> None:
    """Create a Books record once, however often this is called and wherever it died before.

    Books refuses a second record of the same display name, so even a look-up that comes too early cannot lead
    to a double: the create is refused, the claim stays, and the next run finds the record.
    """
    body = work.body or {}
    name = str(body[job.module.books_list.name_field])
    sales_id = str(work.item.sales_id)
    with job.store.begin() as connection:
        if sales_id in links.by_sales_id(connection, job.scope, [sales_id]):
            runs.drop_change(connection, job.run_id, work.seq, job.clock())
            return
        read_at = cursors.seen_until(connection, job.scope, "books", job.module.books_list.entity) or job.clock()
        older = claims.claim(connection, job.scope, Claim("sales", sales_id, name, read_at), job.run_id)
        sent = as_sent(job, connection, work) if older else work
        runs.start_change(connection, job.run_id, work.seq, None, job.clock())
    since = older.claimed_at if older else read_at
    if older and _adopt(job, work, sent, older.name, since):
        return
    try:
        raw = job.books_side.create(body, sales_id)
    except ZohoError as error:
        if error.outcome_unknown and _adopt(job, work, work, name, since):
            return
        if isinstance(error, RecordError) and older is None:
            with job.store.begin() as connection:  # refused at the first try: nothing was created
                claims.release(connection, job.scope, "sales", sales_id)
        raise
    with undoing(job, work, raw):
        check_money(job, work, raw)
    settle_books(job, work, raw)


def _adopt(job: Job, work: Work, sent: Work, name: str, since: datetime) -> bool:
    """Look up a record whose creation was begun; compare, link and complete it when it is there.

    Args:
        job: the run.
        work: the create.
        sent: the create as it was begun.
        name: the display name it claimed.
        since: when Books was known not to have it, by Zoho's clock.

    Raises:
        MoneyProblem: it is there and comes to something else (TXN-6).
    """
    left: LeftAloneError | None = None
    for raw in _made_since(job, name, since):
        try:
            compare_found(job, sent, raw)
        except LeftAloneError as problem:
            left = problem
            continue
        _join_found(job, work, raw, base_of_found(job, sent, raw, work, name))
        return True
    if left:
        raise left
    return False


def _made_since(job: Job, name: str, since: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a name, whole, that were made since a time and are not linked."""
    books_list = job.module.books_list
    for page in job.books_side.named(name):
        for row in page.records:
            same_name = name_key(text(row.get(books_list.name_field))) == name_key(name)
            books_id = str(row[books_list.id_field])
            is_new = same_name and made_since(row, "created_time", since)
            if is_new and not _is_linked(job, books_id) and (raw := job.books_side.read(books_id)):
                yield raw


def _join_found(job: Job, work: Work, raw: Mapping[str, Any], base: Base) -> None:
    """Link a create with the record that an earlier try made of it."""
    seen = job.module.observe_books(raw, detailed=True)
    with job.store.begin() as connection:
        observations.absorb(connection, job.scope, [seen])
    found = plan_found(job, work.item.kind, str(work.item.sales_id), seen.remote_id, base, _FOUND)
    _finish_for_books(job, found, work.seq)


def _is_linked(job: Job, books_id: str) -> bool:
    with job.store.connect() as connection:
        return links.by_books_id(connection, job.scope, "record", books_id) is not None


def _finish_for_books(job: Job, planned: Iterable[Work], seq: int, *, sent: bool = True) -> None:
    """Carry out what was planned anew of an item; what is for the sales side is left to the next run.

    Args:
        job: the run.
        planned: what its pair still needs.
        seq: place in the plan.
        sent: whether an earlier try may have sent it; if not, the history tells what is sent in its place.
    """
    for work in planned:
        if work.item.target == "books" or not work.item.writes:
            found = replace(work, seq=seq)
            if not sent:
                with job.store.begin() as connection:
                    runs.change_plan(connection, job.run_id, history_row(found))
            if found.item.action is Action.UPDATE:
                send = _send_update if sent else _update
                send(job, found)
            elif found.item.action is Action.REJECT:
                raise ValueError(found.item.reason)
            else:
                settle_books(job, found, found.before or {})
            return
    with job.store.begin() as connection:
        done = runs.finish_change if sent else runs.drop_change
        done(connection, job.run_id, seq, job.clock())


def _update(job: Job, work: Work) -> None:
    with job.store.begin() as connection:
        runs.start_change(connection, job.run_id, work.seq, work.before, job.clock())
        if work.undoes:
            note_ahead(job, connection, work)
    try:
        _send_update(job, work)
    except ZohoError as error:
        if not error.outcome_unknown:
            raise
        _update_again(job, work, sent=True)


def _update_again(job: Job, work: Work, *, sent: bool) -> None:
    """Finish an update that must be planned anew: see what Books holds, and send what is missing.

    Args:
        job: the run.
        work: the update.
        sent: whether it may have arrived, which nobody knows; if not, somebody edited the record since it was read.
    """
    item = work.item
    if item.books_id is None or item.sales_id is None:
        raise ValueError("an update without a pair")
    read_books(job, [item.books_id])
    with job.store.connect() as connection:
        linked = item.sales_id in links.by_sales_id(connection, job.scope, [item.sales_id])
    if work.undoes:
        planned = [undo_again(job, work)]
    elif linked:
        planned = list(plan_linked(job, item.kind, [item.sales_id]))
    else:
        planned = plan_found(job, item.kind, item.sales_id, item.books_id, work.base, item.reason)
    _finish_for_books(job, planned, work.seq, sent=sent)


def _send_update(job: Job, work: Work) -> None:
    body: Mapping[str, Any] = work.body or {}
    repeatable = not work.item.adds_children
    books_id = str(work.item.books_id)
    try:
        raw = job.books_side.update(books_id, body, repeatable=repeatable)
    except NotFound:
        with job.store.begin() as connection:  # the next run decides what becomes of the pair
            observations.mark_deleted(connection, job.scope, "books", job.module.books_list.entity, [books_id])
        raise
    with undoing(job, work, raw):
        check_money(job, work, raw)
    settle_books(job, work, raw)
