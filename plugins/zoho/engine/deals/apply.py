"""Apply: carry out what was decided about deals, each step safe to repeat (BEY-4).

A create is claimed before it is sent, a change of status is noted before it is asked for, and each is settled
afterwards in one transaction with its outcome. What dies in between is looked up by whoever comes next. Before
anything is done to a document it is read again and decided about anew: it may have been sent meanwhile (TRG-6).
"""

import logging
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from zoho.core.deals import (
    SENT_ON_THE_WAY,
    STATUS_AFTER,
    Content,
    Deal,
    DealRules,
    Decision,
    Document,
    Step,
    decide,
)
from zoho.core.money.limits import MoneyProblem
from zoho.core.plan import Action
from zoho.core.texts import one_line
from zoho.engine import wording
from zoho.engine.control.points import safe_point
from zoho.engine.deals import amounts, documents
from zoho.engine.deals.items import Shown, fields_of, is_rest
from zoho.engine.deals.recover import recover, settle_create, settle_move
from zoho.engine.deals.showing import show_new, warn_unless_shown
from zoho.engine.deals.source import facts_of, rules_of, scope_of
from zoho.engine.deals.work import SILENT, DealWork, read_plan, telling, told
from zoho.engine.job import Job
from zoho.engine.work import history_row
from zoho.store import associations, runs
from zoho.store import deals as deals_store
from zoho.store.runs import ChangeState
from zoho.transport.errors import RecordError, ZohoError

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Applied:
    """How many deals were dealt with, and how many could not be."""

    done: int = 0
    failed: int = 0


def apply_deals(job: Job, path: Any) -> Applied:
    """Carry out a staged plan; what an earlier try has done is not done again.

    Raises:
        Fatal, Retriable: Zoho cannot go on; what is not done yet is done by a repeat, or by the next run.
        Interrupted: somebody wants it to stop; what is not done yet is done by the next run.
    """
    only = _approved(job, path)
    recover(job, writing=True, only=only)
    rules = rules_of(job, facts_of(job))
    states = _record(job, path)
    applied = Applied()
    _note_silent(job, path)
    for work in telling(path):
        if work.left_out:
            continue
        safe_point(job)
        state = states[work.seq]
        if state in (ChangeState.PLANNED, ChangeState.STARTED):
            failed = not _carried_out(job, rules, work, begun=state is ChangeState.STARTED)
        else:
            failed = state is ChangeState.FAILED
        applied.failed += failed
        applied.done += not failed
    show_new(job, only)
    with job.store.begin() as connection:
        runs.note_applied(connection, job.run_id, job.clock())
    return applied


def show_deals(job: Job, path: Any) -> int:
    """Store a plan in the history and log it, without carrying it out; returns how many deals it tells of."""
    rules = rules_of(job, facts_of(job))
    _record(job, path)
    count = 0
    for work in telling(path):
        count += 1
        log.info("%s", told(work, rules))
        for line in wording.details(work.item):
            log.info("    %s", line)
    log.info("Dry run: %d deals planned, nothing written.", count)
    with job.store.begin() as connection:
        runs.note_applied(connection, job.run_id, job.clock())
    return count


def _approved(job: Job, path: Any) -> Set[str] | None:
    """Return the deals of a plan that somebody looked at, for nothing is done about others; ``None``: of all."""
    return None if job.approved is None else {work.deal_id for work in telling(path) if not work.left_out}


def _record(job: Job, path: Any) -> dict[int, ChangeState]:
    with job.store.begin() as connection:
        runs.record_plan(connection, job.run_id, map(history_row, telling(path)))
        return runs.change_states(connection, job.run_id)


def _note_silent(job: Job, path: Any) -> None:
    """Note the deals of which nothing is to be done or told."""
    with job.store.begin() as connection:
        dealt = (work.dealt for work in read_plan(path) if work.seq == SILENT)
        deals_store.note(connection, scope_of(job), dealt)
        _note_presence(job, connection, path)


def _note_presence(job: Job, connection: Any, path: Any) -> None:
    scope = scope_of(job)
    gone = {work.deal_id: work.is_gone for work in read_plan(path) if not work.left_out}
    associations.note_deals(connection, scope.integration, scope.organization_id, gone)


def _carried_out(job: Job, rules: DealRules, work: DealWork, *, begun: bool) -> bool:
    """Deal with one deal; returns whether that worked."""
    tried = _Deal(job, rules, work, begun)
    with _noting(job, work) as failures:
        if work.item.action is Action.REJECT:
            raise _Missing(work.decision.reason)
        tried.carry_out()
    return not failures


class _Missing(ValueError):
    """Something must be set right before anything is made of the deal."""


@contextmanager
def _noting(job: Job, work: DealWork) -> Iterator[list[str]]:
    """Do something about a deal; when that fails for its own reasons, note it and go on."""
    failures: list[str] = []
    dealt = replace(work.dealt, waits=True)
    try:
        yield failures
        return
    except _Missing as error:
        reason, dealt = str(error), work.dealt
    except MoneyProblem as error:  # it would come to the same until the deal, or a setting, is another
        reason, dealt = str(error), replace(work.dealt, waits=False, verdict=str(error))
    except RecordError as error:
        reason = str(error)
    except IntegrityError:
        reason = "Its document belongs to another deal meanwhile; the next run looks at it anew."
    except ValueError as error:
        reason = str(error)
    except (KeyError, TypeError) as error:
        reason = f"Zoho's answer could not be understood: {error!r}"
    failures.append(reason)
    log.error('FAILED: deal "%s" (%s): %s', one_line(work.name), work.deal_id, one_line(reason))
    with job.store.begin() as connection:
        runs.fail_change(connection, job.run_id, work.seq, reason, job.clock())
        deals_store.note(connection, scope_of(job), [dealt])


class _Deal:
    """One deal that something is done about; it may have been begun by an earlier try."""

    def __init__(self, job: Job, rules: DealRules, work: DealWork, begun: bool) -> None:
        self._job = job
        self._rules = rules
        self._work = work
        self._begun = begun

    def carry_out(self) -> None:
        """Take the steps."""
        work = self._work
        if not work.decision.steps:
            log.info("%s", told(work, self._rules))
            self._finish(work.books_id, None, work.decision)
        elif Step.CREATE in work.decision.steps:
            self._create(_given(work.deal))
        else:
            self._change(_given(work.deal))

    def _create(self, deal: Deal) -> None:
        job, scope, document = self._job, scope_of(self._job), self._rules.document
        keys = (scope.integration, scope.organization_id)
        content = {**deal.content, amounts.CURRENCY: deal.currency}
        with job.store.begin() as connection:
            ours = associations.claim(
                connection,
                *keys,
                deal_id=deal.id,
                document=document,
                content=content,
                run_id=job.run_id,
                made_at=job.clock(),
            )
            runs.start_change(connection, job.run_id, self._work.seq, None, job.clock())
        if not ours:  # an earlier try of this task made it; what it says is compared by the next run
            self._finish(self._row().books_id, None, replace(self._work.decision, waits=True))
            return
        raw = self._made(document, deal)
        self._settle(document, content, raw)
        warn_unless_shown(job, document, raw, deal.id)
        self._finish(documents.id_of(job, document, raw), raw, self._work.decision)
        log.info("Made %s %s of deal %s.", self._rules.noun, documents.number_of(job, document, raw), deal.id)

    def _made(self, document: Document, deal: Deal) -> Mapping[str, Any]:
        job, scope = self._job, scope_of(self._job)
        try:
            return documents.make(job, document, deal)
        except ZohoError as error:
            if error.outcome_unknown:
                if found := documents.find_made(job, document, deal.id):
                    return found
            elif isinstance(error, RecordError):  # refused: nothing was made
                with job.store.begin() as connection:
                    associations.release(connection, scope.integration, scope.organization_id, deal.id)
            raise

    def _settle(self, document: Document, content: Content, raw: Mapping[str, Any]) -> None:
        """Store that a draft is the deal's; one that comes to something else than the deal is taken back (TXN-6).

        Raises:
            MoneyProblem: it comes to something else; the sentences say by how much, and what became of it.
        """
        job, scope = self._job, scope_of(self._job)
        wrong = amounts.wrong_draft(content, raw)
        stays = amounts.take_back(job, document, raw) if wrong else None
        with job.store.begin() as connection:
            if wrong and stays is None:
                associations.release(connection, scope.integration, scope.organization_id, self._work.deal_id)
            else:
                settle_create(job, connection, self._row().association_id, document, raw, content)
        if wrong:
            raise MoneyProblem([*wrong, stays or "it was taken back"])

    def _change(self, deal: Deal) -> None:
        """Take steps with a document that is there, as it is there now."""
        job, work = self._job, self._work
        raw, decision, as_shown = self._decided_anew(deal)
        if not as_shown:
            self._leave_out()
            return
        with job.store.begin() as connection:
            runs.start_change(connection, job.run_id, work.seq, raw, job.clock())
        for step in decision.steps:
            raw = self._update(deal, raw or {}) if step is Step.UPDATE else self._move(step, raw or {})
        if decision.missing:
            raise _Missing(decision.reason)
        self._finish(work.books_id, raw, decision)
        log.info("%s", told(replace(work, decision=decision), self._rules))

    def _decided_anew(self, deal: Deal) -> tuple[Mapping[str, Any] | None, Decision, bool]:
        """Return the document, what is to be done by now, and whether that may be done in this run.

        Of a plan that somebody looked at nothing else is done than it shows (BEY-1).
        """
        row, planned = self._row(), self._work.item.fields
        raw = documents.read_document(self._job, row.document, row.books_id)
        made = documents.made_of(row, raw)
        decision = decide(self._rules, deal, made)
        now = fields_of(self._rules, deal, made, decision, Shown())
        as_shown = now == planned or (self._begun and is_rest(planned, now))
        return raw, decision, as_shown or self._job.approved is None

    def _leave_out(self) -> None:
        log.warning("Left out, since it has changed after the plan was made: %s.", one_line(self._work.name))
        with self._job.store.begin() as connection:
            runs.leave_out_change(connection, self._job.run_id, self._work.seq, self._job.clock())

    def _row(self) -> Any:
        scope, deal_id = scope_of(self._job), self._work.deal_id
        with self._job.store.connect() as connection:
            return associations.of_triggers(connection, scope.integration, scope.organization_id, [deal_id])[deal_id]

    def _update(self, deal: Deal, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        job, row = self._job, self._row()
        before = row.content or {}
        after = documents.change(job, row.document, row.books_id, raw, before, deal)
        if before.get("rate") != deal.content["rate"]:
            amounts.check_update(job, row, (raw, after), deal)
        content = documents.content_after(deal, after, before.get(documents.LINE))
        with job.store.begin() as connection:
            associations.change(connection, row.association_id, content=content, run_id=job.run_id)
        return after

    def _move(self, step: Step, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Change the status; a draft that Books wants to be sent first is marked sent on the way, never e-mailed."""
        job, row, status = self._job, self._row(), STATUS_AFTER[step]
        client = documents.documents_of(job, row.document)
        with job.store.begin() as connection:
            associations.change(connection, row.association_id, moving_to=status)
        try:
            client.mark(row.books_id, status)
        except RecordError as error:
            if error.outcome_unknown or raw["status"] != "draft" or step not in (Step.ACCEPT, Step.DECLINE):
                self._look(row)
                raise
            client.mark(row.books_id, SENT_ON_THE_WAY)
            client.mark(row.books_id, status)
            log.info("Books accepts and declines sent estimates only: %s was marked sent on the way.", row.number)
        return self._look(row)

    def _look(self, row: Any) -> Mapping[str, Any]:
        raw = documents.read_document(self._job, row.document, row.books_id)
        with self._job.store.begin() as connection:
            settle_move(self._job, connection, self._row(), raw)
        return raw or {}

    def _finish(self, books_id: str | None, after: Mapping[str, Any] | None, decision: Decision) -> None:
        """Note that the deal is dealt with, in the history and for the next run."""
        job, work = self._job, self._work
        verdict = None if decision.steps else decision.reason or None
        dealt = replace(work.dealt, waits=decision.waits, verdict=verdict)
        at: datetime = job.clock()
        with job.store.begin() as connection:
            runs.finish_change(connection, job.run_id, work.seq, at, books_id=books_id, after=after)
            deals_store.note(connection, scope_of(job), [dealt])


def _given(deal: Deal | None) -> Deal:
    if deal is None:
        raise ValueError("The deal is gone.")
    return deal
