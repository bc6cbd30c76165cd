"""Explain a deal from the store alone: its documents, what runs did with it, and why nothing happens (BEY-9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from zoho.config.load import Configured
from zoho.core.deals import NOUNS, Deal, DealRules, Document, plain
from zoho.core.observation import edited_at
from zoho.engine.control.wording import as_it_is
from zoho.engine.deals.decide import Decider
from zoho.engine.deals.source import MODULE, entity_of, facts_of, mark_of, rules_of, scope_of
from zoho.engine.deals.stages import DealFacts
from zoho.engine.deals.work import DealWork, steps_of
from zoho.engine.errors import NeverTold, NotThere, PreflightError
from zoho.engine.explain.offline import offline_job
from zoho.engine.explain.told import HOLDING, Reason, Seen, Standing, Why, standing_of
from zoho.engine.history.changes import ChangeEntry, entry_of
from zoho.engine.history.origin import Origin, origin_of
from zoho.engine.job import Job
from zoho.store import associations, controls, cursors, failures, observations, traces
from zoho.store import deals as deals_store
from zoho.store.failures import FailureFilter

__all__ = ["MODULE", "DealField", "DealTold", "Deed", "DocumentTold", "explain_deal"]

MOST_DEEDS = 50


@dataclass(frozen=True, slots=True)
class DocumentTold:
    """A document of Books that belongs to a deal.

    Attributes:
        document: its kind: ``estimates``, ``sales_orders`` or ``invoices``.
        number: by which people know it; ``None`` while it is being made.
        books_id: its id; ``None`` while it is being made.
        made_by: who said so: ``trigger``, ``books`` (made of the trigger's estimate) or ``person``.
        left_in: the status that the automation gave it last; ``None``: it gave it none.
        run_id: the run that last changed it.
        made_at: since when it belongs to the deal.
    """

    document: Document
    number: str | None
    books_id: str | None
    made_by: str
    left_in: str | None
    run_id: str
    made_at: datetime

    @property
    def noun(self) -> str:
        """Its kind in words."""
        return NOUNS[self.document]


@dataclass(frozen=True, slots=True)
class DealField:
    """What a deal says, and what was last written of it into its document.

    Attributes:
        key: the field of the document.
        deal: as the deal was last seen.
        written: as the automation last wrote it; ``None`` for nothing, or before it wrote anything.
    """

    key: str
    deal: str | None
    written: str | None


@dataclass(frozen=True, slots=True)
class Deed:
    """What a run did with a deal, or tried to do.

    Attributes:
        change: what, with its reason, which names the stage that the deal was in.
        started_at: when the run began.
        asked: what it began from, and who asked for it.
    """

    change: ChangeEntry
    started_at: datetime
    asked: Origin


@dataclass(frozen=True, slots=True)
class DealTold:
    """All that is known of a deal, from the store alone.

    Attributes:
        integration: name.
        name: as a person would call it.
        sales_id: its id.
        standing: how it stands.
        reasons: why, what holds it back first.
        sales: as the sales side was last seen to hold it; ``None``: no run has read it.
        stage: where it stands; empty where that is not known.
        probability: of the stage, in per cent; ``None`` where that is not known.
        amount: what it is worth, with its currency; ``None``: nothing, or not known.
        documents: what belongs to it, the oldest first.
        fields: what the deal says, and what was written of it.
        deeds: what runs did with it, the latest first.
    """

    integration: str
    name: str
    sales_id: str
    standing: Standing
    reasons: Sequence[Reason]
    sales: Seen | None
    stage: str
    probability: int | None
    amount: str | None
    documents: Sequence[DocumentTold]
    fields: Sequence[DealField]
    deeds: Sequence[Deed]
    module: str = MODULE
    kind: str = "deal"


def explain_deal(store: Engine, configured: Configured, deal_id: str) -> DealTold:
    """Return all that is known of a deal.

    Args:
        store: the database.
        configured: the integration.
        deal_id: its id on the sales side.

    Raises:
        NotThere: no run has seen it, and no document belongs to it.
    """
    job = offline_job(store, configured, MODULE)
    scope = scope_of(job)
    keys = (scope.integration, scope.organization_id)
    facts, rules, off = _rules(job)
    with store.connect() as connection:
        row = deals_store.one(connection, scope, entity_of(job), deal_id)
        documents = associations.every_one_of(connection, *keys, deal_id)
        deeds = [_deed(one) for one in traces.deeds_of(connection, scope, deal_id, MOST_DEEDS)]
    if row is None and not documents and not deeds:
        raise NotThere(f"No run has seen a deal of the id {deal_id}.")
    work = _work(job, facts, rules, row)
    deal = work.deal if work else None
    with store.connect() as connection:
        reasons = list(_reasons(job, connection, deal_id, rules, row, work, off))
        seen = _seen(job, connection, deal_id)
    reasons += _begun(documents)
    name = seen.name if seen else next((one.change.name for one in deeds if one.change.name), deal_id)
    return DealTold(
        integration=configured.name,
        name=name,
        sales_id=deal_id,
        standing=standing_of(reasons),
        reasons=sorted(reasons, key=lambda one: one.why not in HOLDING),
        sales=seen,
        stage=deal.stage if deal else str(row.raw.get("Stage") or "") if row else "",
        probability=rules.probabilities.get(deal.stage) if rules and deal else None,
        amount=_amount(deal, row),
        documents=[_document(one) for one in documents],
        fields=list(_fields(work)),
        deeds=deeds,
    )


def _rules(job: Job) -> tuple[DealFacts | None, DealRules | None, str]:
    """Return the rules of the automation; without them why there are none."""
    try:
        facts = facts_of(job)
        return facts, rules_of(job, facts), ""
    except PreflightError as problem:
        return None, None, str(problem)
    except NeverTold as lacking:
        return None, None, f"{lacking}."


def _work(job: Job, facts: DealFacts | None, rules: DealRules | None, row: Row[Any] | None) -> DealWork | None:
    """Return what would be decided about a deal, with its document as the automation left it."""
    if facts is None or rules is None or row is None:
        return None
    try:
        return next(Decider(job, facts, rules).works({row.remote_id: row}))
    except NeverTold:
        return None


def _seen(job: Job, connection: Connection, deal_id: str) -> Seen | None:
    entity, scope = entity_of(job), scope_of(job)
    row = observations.by_id(connection, scope, "sales", entity, [deal_id]).get(deal_id)
    if row is None:
        return None
    read_at = row.read_at or cursors.seen_until(connection, scope, "sales", entity)
    return Seen("sales", entity, deal_id, row.name, edited_at(row.modified_at), read_at, row.absent, whole=True)


def _amount(deal: Deal | None, row: Row[Any] | None) -> str | None:
    if deal is not None:
        return None if deal.amount is None else f"{plain(deal.amount)} {deal.currency}"
    amount = row.raw.get("Amount") if row else None
    return None if amount is None else str(amount)


def _document(row: Row[Any]) -> DocumentTold:
    return DocumentTold(row.document, row.number, row.books_id, row.made_by, row.left_in, row.run_id, row.made_at)


def _deed(row: Row[Any]) -> Deed:
    return Deed(entry_of(row), row.started_at, origin_of(row.origin, MODULE))


def _fields(work: DealWork | None) -> Iterator[DealField]:
    if work is None or work.deal is None:
        return
    written = work.made.content if work.made else {}
    for key, text in work.deal.content.items():
        yield DealField(key, text or None, written.get(key) or None)


def _reasons(
    job: Job,
    connection: Connection,
    deal_id: str,
    rules: DealRules | None,
    row: Row[Any] | None,
    work: DealWork | None,
    off: str,
) -> Iterator[Reason]:
    """Yield why a deal stands as it does."""
    if row is not None and row.absent is not None:
        yield Reason(Why.DELETED, side="sales")
    told = set()
    wanted = FailureFilter([job.configured.name], [MODULE], text=deal_id)
    for failure in failures.standing(connection, wanted, MOST_DEEDS):
        if failure.sales_id == deal_id:
            told.add(failure.error)
            why = Why.LACKING if failure.action == "reject" else Why.FAILED
            yield Reason(why, failure.error or "", run_id=failure.run_id, at=failure.failed_at)
    held = traces.held_back(connection, scope_of(job), deal_id)
    if held is not None:
        yield Reason(Why.GUARDED, held.why, side="books", run_id=held.run_id, at=held.finished_at)
    control = controls.read(connection, job.configured.name)
    if not control.may_run:
        yield Reason(Why.STOPPED, as_it_is(control), at=control.since)
    if off:
        yield Reason(Why.LEFT_ALONE, off)
    if rules is not None and row is not None and work is not None:
        due = deals_store.is_due(connection, scope_of(job), entity_of(job), mark_of(rules), deal_id)
        yield from (one for one in _of_decision(rules, row, work, due=due) if one.detail not in told)


def _of_decision(rules: DealRules, row: Row[Any], work: DealWork, *, due: bool) -> Iterator[Reason]:
    """Yield what the next run does, or why it does nothing."""
    decision, deal = work.decision, work.deal
    if not due and row.verdict:
        yield Reason(Why.EARLIER if row.earlier else Why.LEFT_ALONE, row.verdict)
    elif due and decision.steps:
        yield Reason(Why.TO_WRITE, f"{steps_of(decision)}; {decision.reason}", side="books")
    elif decision.missing:
        yield Reason(Why.LACKING, decision.reason)
    elif decision.earlier:
        yield Reason(Why.EARLIER, decision.reason)
    elif decision.reason and not decision.steps:
        yield Reason(Why.LEFT_ALONE, decision.reason)
    elif deal is not None and work.made is None:
        yield Reason(Why.NOT_IN_STAGE, _not_in_stage(rules, deal))


def _not_in_stage(rules: DealRules, deal: Deal) -> str:
    here = f"it is in {deal.stage!r} ({rules.probabilities.get(deal.stage)} per cent)"
    if rules.document == "estimates":
        return f"{here}; an estimate is made in {rules.stage!r}"
    return f"{here}; an invoice is made when it is won, which is 100 per cent"


def _begun(documents: Sequence[Row[Any]]) -> Iterator[Reason]:
    for row in documents:
        if row.books_id is None:
            yield Reason(Why.BEGUN, side="books", run_id=row.run_id, at=row.made_at)
