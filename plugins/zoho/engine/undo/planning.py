"""Plan what takes a run back: field by field, record by record, and whatever stays with the reason (BEY-3)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from zoho.core.plan import Action
from zoho.core.records import Kind
from zoho.core.undo import Undoing
from zoho.engine.job import Job
from zoho.engine.undo.asked import undone_run
from zoho.engine.undo.done import Done, done_by
from zoho.engine.undo.fields import left_alone, put_back
from zoho.engine.undo.pairs import Pair, pairs_of
from zoho.engine.undo.records import IN_BIN, bring_back, take_away
from zoho.engine.work import Work

_MAKES = frozenset({Action.CREATE, Action.RESTORE})
_UNSURE = "the run ended in the middle of it, and nobody knows whether it was written; left as it is"


def undo_works(job: Job, run_id: str) -> Iterator[Work]:
    """Yield what takes a run back, as both sides are now; what belongs to one pair comes together.

    Args:
        job: the run that undoes, or plans to; both sides have been scanned.
        run_id: the run to take back.
    """
    for pair in pairs_of(job, done_by(job, run_id)):
        works = list(_told_once(_of_pair(job, pair, _reason(run_id))))
        for work in works:
            yield replace(work, more=work is not works[-1])


def undo_again(job: Job, work: Work) -> Work:
    """Return what is to be written of an update that an earlier try may have written; sending it twice does no harm.

    Raises:
        ValueError: somebody edited it since.
    """
    run_id = undone_run(job)
    item = work.item
    key = (item.target, item.kind, item.sales_id, item.books_id)
    done = [one for one in done_by(job, run_id, item.sales_id) if one.key == key] if run_id else []
    for pair in pairs_of(job, done):
        for again in put_back(job, pair, done[0], Undoing(item.target, item.reason, again=True)):
            if again.item.action is Action.UPDATE:
                return replace(again, seq=work.seq, more=work.more)
    raise ValueError("It was edited at the moment it was undone; look at it on both sides.")


def _of_pair(job: Job, pair: Pair, reason: str) -> Iterator[Work]:
    yield from (left_alone(one.item, _UNSURE) for one in pair.done if one.unsure)
    sure = [one for one in pair.done if not one.unsure]
    for done in sorted((one for one in sure if one.item.action is Action.UPDATE), key=_place):
        yield from put_back(job, pair, done, Undoing(done.item.target, reason))
    yield from take_away(job, pair, [one for one in sure if one.item.action in _MAKES], reason)
    for done in sure:
        work = _back(job, pair, done, reason) if done.item.action is Action.RETIRE else None
        if work is not None:
            yield work


def _told_once(works: Iterable[Work]) -> Iterator[Work]:
    """Pass works on; of a record of which several things stay, the first one is told."""
    told = set()
    for work in works:
        item = work.item
        key = (item.action, item.direction, item.kind, item.sales_id, item.books_id)
        if key not in told:
            yield work
        told.add(key)


def _back(job: Job, pair: Pair, done: Done, reason: str) -> Work | None:
    if done.item.kind is Kind.CONTACT_PERSON:
        gone = pair.sales is None or str(done.item.sales_id) not in pair.sales.raw
        return left_alone(done.item, IN_BIN) if gone else None
    return bring_back(job, pair, done, reason)


def _place(done: Done) -> tuple[bool, bool]:
    """Books' record first, then the sales-side one, then its contacts."""
    return done.item.target == "sales", done.item.kind is Kind.CONTACT_PERSON


def _reason(run_id: str) -> str:
    return f"undoes the run {run_id}"
