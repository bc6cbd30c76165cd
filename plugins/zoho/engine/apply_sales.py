"""Carry out the items for the sales side, in hundreds: every record has an outcome of its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from zoho.api.results import RecordResult
from zoho.core.plan import Action
from zoho.core.records import Kind
from zoho.engine.begun import as_sent, compare_found
from zoho.engine.control.points import safe_point
from zoho.engine.edited_since import EditedSince
from zoho.engine.job import Job
from zoho.engine.money_check import check_money, undoing
from zoho.engine.outcome import Try, leave_out, noting
from zoho.engine.plan import plan_linked
from zoho.engine.sales_side import BATCH
from zoho.engine.settle import settle_sales
from zoho.engine.undo.ahead import note_ahead
from zoho.engine.undo.planning import undo_again
from zoho.engine.work import Work, history_row
from zoho.modules.shapes import instant, made_since
from zoho.store import claims, cursors, links, observations, runs
from zoho.store.claims import Claim
from zoho.store.links import Role
from zoho.transport.errors import ZohoError


@dataclass(slots=True)
class _Ready:
    """An item that is about to be sent; ``sent`` is the same as an earlier try sent it."""

    one: Try
    body: Mapping[str, Any]
    claim: Claim | None = None
    older: Claim | None = None
    sent: Work | None = None


def apply_sales(job: Job, tries: Iterable[Try]) -> Iterator[bool]:
    """Carry out items of one phase; yields for each whether it is done.

    Raises:
        Fatal, Retriable: Zoho cannot go on.
        Interrupted: the run is to stop.
    """
    edited = EditedSince(job)
    for entity, some in _batched(job, tries):
        safe_point(job)
        _apply_batch(job, entity, some, edited)
        yield from (not one.failed for one in some)


def _batched(job: Job, tries: Iterable[Try]) -> Iterator[tuple[str, list[Try]]]:
    """Yield list and items, as many as one call takes; of a million items no more are held than wait for a call."""
    by_list: dict[str, list[Try]] = defaultdict(list)
    for one in tries:
        waiting = by_list[job.module.entity_of(one.work.item.kind)]
        waiting.append(one)
        if len(waiting) == BATCH:
            yield job.module.entity_of(one.work.item.kind), waiting.copy()
            waiting.clear()
    yield from ((entity, waiting) for entity, waiting in by_list.items() if waiting)


def _apply_batch(job: Job, entity: str, tries: Sequence[Try], edited: EditedSince) -> None:
    creates = [one for one in tries if one.work.item.action is Action.CREATE]
    updates = [one for one in tries if one.work.item.action is Action.UPDATE]
    if creates:
        _create(job, entity, creates)
    if updates:
        new = {str(one.work.item.sales_id): one for one in updates if not one.begun}
        stale = edited.in_sales(entity, new)
        _plan_again(job, entity, [one for one in updates if one.begun], sent=True)
        _plan_again(job, entity, [new[key] for key in sorted(stale) if not leave_out(job, new[key].work)], sent=False)
        _update(job, entity, [one for key, one in new.items() if key not in stale])


def _bodies(job: Job, tries: Sequence[Try]) -> Iterator[tuple[Try, dict[str, Any]]]:
    """Yield what is sent for each item; one whose account could not be made fails here."""
    for one in tries:
        with noting(job, one):
            yield one, _body(job, one.work)


def _body(job: Job, work: Work) -> dict[str, Any]:
    item = work.item
    named = {"id": item.sales_id} if item.action is Action.UPDATE else {}
    if work.parent_id is None or (named and not work.rejoins):
        return {**job.module.sales_body(item, None, work.before), **named}
    with job.store.connect() as connection:
        parent = links.by_books_id(connection, job.scope, "record", work.parent_id)
    if parent is None:
        raise ValueError("the account that it belongs to is not there; it is sent as soon as that is")
    return {**job.module.sales_body(item, str(parent.sales_id), work.before), **named}


def _create(job: Job, entity: str, tries: Sequence[Try]) -> None:
    """Create records once, however often this is called and wherever it died before.

    The sales side takes two records of the same name, so a create that was begun before is looked for in the
    list itself, which shows a record at once, unlike the search. With a unique id it refuses the second one itself.
    """
    ready = [_Ready(one, body) for one, body in _bodies(job, _not_linked(job, tries))]
    with job.store.begin() as connection:
        read_at = cursors.seen_until(connection, job.scope, "sales", entity) or job.clock()
        for item in ready:
            work = item.one.work
            item.claim = Claim("books", str(work.item.books_id), job.module.told(entity, item.body), read_at)
            item.older = claims.claim(connection, job.scope, item.claim, job.run_id)
            item.sent = as_sent(job, connection, work) if item.older else work
            runs.start_change(connection, job.run_id, work.seq, None, job.clock())
    begun = [item for item in ready if item.older]
    found = _adopt(job, entity, begun)
    left = [item for item in ready if id(item) not in found]
    if not left:
        return
    try:
        results = job.sales_side.create(entity, [item.body for item in left], _unique(job, left))
    except ZohoError as error:
        if not error.outcome_unknown:
            raise
        found = _adopt(job, entity, left)
        if len(found) < len(left):
            raise
        return
    for item, result in zip(left, results, strict=True):
        if not result.ok and item.older is None:
            with job.store.begin() as connection:  # refused at the first try: nothing was created
                claims.release(connection, job.scope, "books", str(item.one.work.item.books_id))
    _read_back(job, entity, [(item.one, result) for item, result in zip(left, results, strict=True)])


def _not_linked(job: Job, tries: Sequence[Try]) -> list[Try]:
    """Return the creates whose Books record, or contact person, no other run has linked since they were planned.

    A contact person stays linked when its contact is deleted, until it gets a new one.
    """
    waiting = []
    with job.store.begin() as connection:
        for one in tries:
            item = one.work.item
            role: Role = "child" if item.kind is Kind.CONTACT_PERSON else "record"
            link = links.by_books_id(connection, job.scope, role, str(item.books_id))
            if link is None or not observations.is_there(connection, job.scope, "sales", link.sales_id):
                waiting.append(one)
            else:
                runs.drop_change(connection, job.run_id, one.work.seq, job.clock())
    return waiting


def _unique(job: Job, ready: Sequence[_Ready]) -> str | None:
    """Return the unique field that these records are made by, if they all hold it; contact persons have none."""
    field = job.module.identity.unique.sales
    return field if field and all(item.body.get(field) for item in ready) else None


def _adopt(job: Job, entity: str, begun: Sequence[_Ready]) -> set[int]:
    """Look for records whose creation was begun; link those that are there.

    Returns:
        ``id()`` of the items that were found.
    """
    if not begun:
        return set()
    since = min((item.older or item.claim).claimed_at for item in begun)  # type: ignore[union-attr]
    candidates: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for raw in job.sales_side.changed_since(entity, since):
        if made_since(raw, "Created_Time", since.replace(microsecond=0)):
            candidates[_recognised(job, entity, raw)].append(raw)
    ids = [str(raw["id"]) for raws in candidates.values() for raw in raws]
    with job.store.connect() as connection:
        taken = links.linked_sales_ids(connection, job.scope, ids)
    found = set()
    for item in begun:
        raws = [raw for raw in candidates[_recognised(job, entity, item.body)] if str(raw["id"]) not in taken]
        if raws:
            taken.add(str(raws[0]["id"]))
            found.add(id(item))
            with noting(job, item.one):
                work = item.sent or item.one.work
                compare_found(job, work, raws[0])
                settle_sales(job, replace(work, seq=item.one.work.seq), raws[0], None)
    return found


def _recognised(job: Job, entity: str, fields: Mapping[str, Any]) -> str:
    """Return by what a new record is told from others: its unique id, or its name and the account it belongs to."""
    unique = fields.get(job.module.identity.unique.sales or "")
    if unique:
        return f"unique id {unique}"
    account = fields.get("Account_Name")
    above = account.get("id") if isinstance(account, Mapping) else None
    return f"{job.module.told(entity, fields)} {above or ''}"


def _update(job: Job, entity: str, tries: Sequence[Try], *, anew: bool = False, last: bool = False) -> None:
    """Send updates, and store what became of them.

    Args:
        job: the run.
        entity: their list.
        tries: the updates.
        anew: whether the history tells another plan so far.
        last: whether to stop when nobody knows whether they arrived; if not, what is there tells.
    """
    ready = list(_bodies(job, tries))
    if not ready:
        return
    with job.store.begin() as connection:
        for one, _ in ready:
            runs.start_change(connection, job.run_id, one.work.seq, one.work.before, job.clock())
            if anew:
                runs.change_plan(connection, job.run_id, history_row(one.work))
            if one.work.undoes:
                note_ahead(job, connection, one.work)
    try:
        results = job.sales_side.update(entity, [body for _, body in ready])
    except ZohoError as error:
        if not error.outcome_unknown or last:
            raise
        _plan_again(job, entity, [one for one, _ in ready], sent=True, last=True)
        return
    _read_back(job, entity, [(one, result) for (one, _), result in zip(ready, results, strict=True)])


def _plan_again(job: Job, entity: str, tries: Sequence[Try], *, sent: bool, last: bool = False) -> None:
    """Finish updates that must be planned anew: see what is there, and send what is missing.

    Args:
        job: the run.
        entity: their list.
        tries: the updates.
        sent: whether they may have arrived, which nobody knows; if not, somebody edited them since they were read.
        last: see :func:`_update`.
    """
    if not tries:
        return
    now = job.sales_side.read(entity, [str(one.work.item.sales_id) for one in tries])
    with job.store.begin() as connection:
        seen = [job.module.seen("sales", entity, raw) for raw in now.values()]
        observations.absorb(connection, job.scope, seen)
    again = []
    for one in tries:
        if one.work.undoes:
            with noting(job, one):
                one.work = undo_again(job, one.work)
                again.append(one)
            continue
        missing = _missing(job, one.work)
        if missing is None:
            with job.store.begin() as connection:
                done = runs.finish_change if sent else runs.drop_change
                done(connection, job.run_id, one.work.seq, job.clock())
        else:
            one.work = replace(missing, seq=one.work.seq)
            again.append(one)
    _update(job, entity, again, anew=not sent, last=last)


def _missing(job: Job, work: Work) -> Work | None:
    """Return what an update of the sales side has still to write, from what both sides hold now."""
    item = work.item
    kind, sales_id = item.kind, str(item.sales_id)
    if kind is Kind.CONTACT_PERSON:
        with job.store.connect() as connection:
            parent = links.by_books_id(connection, job.scope, "record", str(work.parent_id))
        if parent is None:
            return None
        kind, sales_id = Kind(parent.kind), str(parent.sales_id)
    same = (Action.UPDATE, "sales", item.kind, item.sales_id)
    for planned in plan_linked(job, kind, [sales_id]):
        other = planned.item
        if (other.action, other.target, other.kind, other.sales_id) == same:
            return planned
    return None


def _read_back(job: Job, entity: str, outcomes: Sequence[tuple[Try, RecordResult]]) -> None:
    """Read what was written, since an answer does not show it, and store it with its links."""
    written = [result.id for _, result in outcomes if result.ok and result.id]
    now = job.sales_side.read(entity, written)
    with job.store.connect() as connection:
        taken = links.linked_sales_ids(connection, job.scope, written)
    for one, result in outcomes:
        with noting(job, one):
            if result.error is not None:
                raise result.error
            if result.id not in now:
                raise ValueError("it was deleted on the sales side at the moment it was written")
            if one.work.item.action is Action.CREATE and str(result.id) in taken:
                raise ValueError(f"the sales side took it for the record {result.id}, which belongs to another one")
            with undoing(job, one.work, now[result.id]):
                check_money(job, one.work, now[result.id])
            settle_sales(job, one.work, now[result.id], _written_at(result))


def _written_at(result: RecordResult) -> datetime | None:
    return instant(result.details, "Modified_Time") if result.details.get("Modified_Time") else None
