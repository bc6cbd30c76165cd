"""Records that a run made go away again, and what it made inactive comes back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from zoho.core.plan import Action
from zoho.core.records import Kind
from zoho.core.undo import EDITED
from zoho.engine.books_side import BooksDocuments
from zoho.engine.job import Job
from zoho.engine.undo.done import DELETED, Done
from zoho.engine.undo.fields import left_alone
from zoho.engine.undo.pairs import Pair
from zoho.engine.work import Work
from zoho.store import links, observations

IN_BIN = "it was deleted on the sales side: take it out of the recycle bin there"
"""Why a record that an undo deleted does not come back."""

_FOR_GOOD = "the draft was deleted in Books for good"
_ACTIVE = {"status": "active"}
_PASSING = ("status", "last_modified_time")
"""What of a Books record moves without an edit of what it holds."""


def take_away(job: Job, pair: Pair, made: Sequence[Done], reason: str) -> Iterator[Work]:
    """Plan that records which a run made go away, contacts before their account, and tell of those that stay.

    Args:
        job: the run.
        pair: the two records.
        made: what the run made of them and of the contacts below.
        reason: why, for the history.
    """
    going: set[str] = set()
    for done in sorted(made, key=lambda one: one.item.kind is not Kind.CONTACT_PERSON):
        if done.item.target == "books":
            work = _from_books(job, pair, done, reason)
        elif done.item.kind is Kind.CONTACT_PERSON:
            work = _contact(pair, done, reason)
        else:
            work = _from_sales(pair, done, going, reason)
        if work is not None:
            yield work
            if work.item.action is Action.RETIRE:
                going.add(str(work.item.sales_id))


def _from_books(job: Job, pair: Pair, done: Done, reason: str) -> Work | None:
    if pair.books is None or pair.books_gone:
        return None
    if pair.link is None and not _is_left_over(job, pair):
        return left_alone(done.item, f"{pair.lacks}; it stays in Books")
    raw, as_left = pair.books.raw, done.before if done.item.action is Action.RESTORE else done.after
    status = raw.get("status")
    if as_left is None or _held(raw) != _held(as_left):
        return left_alone(done.item, EDITED)
    if not isinstance(job.books_side, BooksDocuments):
        body: Mapping[str, Any] = {"status": job.module.inactive_status}
        return _removal(pair, done, f"{reason}; made {job.module.inactive_status} in Books", body, raw)
    if status != "draft":
        return left_alone(done.item, f"{status} in Books by now: only a draft is deleted")
    return _removal(pair, done, f"{reason}; the draft is deleted", DELETED, raw)


def _is_left_over(job: Job, pair: Pair) -> bool:
    """Whether a Books record belongs to nobody any more, since what it was made for was deleted."""
    with job.store.connect() as connection:
        return pair.sales_gone and links.by_books_id(connection, job.scope, "record", pair.books_id) is None


def _held(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key not in _PASSING}


def _contact(pair: Pair, done: Done, reason: str) -> Work | None:
    """Return the removal of a contact; its link stays, so that the contact person is not taken for a new one."""
    sales_id = str(done.item.sales_id)
    raw = pair.sales.raw.get(sales_id) if pair.sales else None
    if raw is None or sales_id not in pair.children:
        return None if pair.kind is not Kind.CONTACT_PERSON else left_alone(done.item, f"{pair.lacks}; it stays")
    if raw != done.after:
        return left_alone(done.item, EDITED)
    return replace(_removal(pair, done, f"{reason}; deleted on the sales side", DELETED, raw), link_id=None)


def _from_sales(pair: Pair, done: Done, going: set[str], reason: str) -> Work | None:
    if pair.sales is None or pair.sales_gone:
        return None
    if pair.link is None:
        return left_alone(done.item, f"{pair.lacks}; it stays on the sales side")
    raw = pair.sales.raw[pair.sales_id]
    if raw != done.after:
        return left_alone(done.item, EDITED)
    if pair.sales.raw.keys() - going - {pair.sales_id}:
        return left_alone(done.item, "it has contacts that stay, so it stays too")
    return _removal(pair, done, f"{reason}; deleted on the sales side", DELETED, raw)


def _removal(pair: Pair, done: Done, reason: str, body: Mapping[str, Any], raw: Mapping[str, Any]) -> Work:
    item = replace(done.item, action=Action.RETIRE, reason=reason, fields=(), children=())
    link_id = pair.link.link_id if pair.link is not None else None
    return Work(0, item, before=raw, body=body, link_id=link_id, undoes=True)


def bring_back(job: Job, pair: Pair, done: Done, reason: str) -> Work | None:
    """Plan that what a run made inactive is active again and linked as it was, or tell why it is not.

    Args:
        job: the run.
        pair: the two records.
        done: the retirement.
        reason: why, for the history.
    """
    took_out, deleted = (done.after or {}).get("status"), bool((done.after or {}).get("deleted"))
    if not took_out and not deleted:
        return None  # the link ended and nothing was written
    with job.store.connect() as connection:
        ended = links.last_ended(connection, job.scope, pair.sales_id, pair.books_id)
        is_there = observations.is_there(connection, job.scope, "sales", pair.sales_id)
    if deleted and (pair.books_gone or not is_there):
        return left_alone(done.item, IN_BIN if done.item.target == "sales" else _FOR_GOOD)
    if pair.link is not None or pair.books is None or pair.books_gone:
        return None  # it is back already, or there is nothing to bring back
    inactive = bool(took_out) and pair.books.raw.get("status") == took_out
    if inactive and isinstance(job.books_side, BooksDocuments):
        return left_alone(done.item, f"it stays {took_out}: put it back in force in Books if it is wanted")
    link_id = ended.link_id if ended is not None and is_there else None
    told = [*(["made active again"] if inactive else []), *(["linked again"] if link_id else [])]
    if not told:
        return None
    item = replace(
        done.item, action=Action.RESTORE, direction="sales_to_books", reason=f"{reason}; {' and '.join(told)}"
    )
    return Work(0, item, before=pair.books.raw, body=_ACTIVE if inactive else None, link_id=link_id, undoes=True)
