"""Decide: what is to be done about every deal that is not dealt with yet (TRG-1 to TRG-7)."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import Row

from zoho.config.settings import Feed
from zoho.core.deals import Deal, DealRules, Decision, Made, Step, decide
from zoho.engine.checks.gather import sales_organization
from zoho.engine.deals.documents import read_document
from zoho.engine.deals.recover import recover
from zoho.engine.deals.scan import first_read
from zoho.engine.deals.source import entity_of, facts_of, mark_of, rules_of, scope_of, settings_of
from zoho.engine.deals.stages import DealFacts
from zoho.engine.deals.work import SILENT, DealWork, write_plan
from zoho.engine.facts import remembered
from zoho.engine.job import Job
from zoho.store import associations, links, runs
from zoho.store import deals as deals_store
from zoho.store.deals import DealtWith

log = logging.getLogger(__name__)


def decide_deals(job: Job) -> tuple[Any, int]:
    """Decide about the deals that were edited, or that wait for something, and stage the plan.

    Nothing is written to Zoho. What an earlier run left half done is looked up first.

    Returns:
        Path of the staged plan, and how many of its deals are told of in the history.
    """
    recover(job)
    facts, rules, due = _due(job)
    with job.store.begin() as connection:
        first = runs.plan_again(connection, job.run_id)
    works, told = [], first
    for work in _Decider(job, facts, rules).works(due):
        silent = work.decision.earlier or not work.decision.reason or _told_before(work, due)
        works.append(replace(work, seq=SILENT if silent else told))
        told += not silent
    skipped = sum(not work.decision.steps and bool(work.decision.reason) for work in works)
    standing = sum(not work.decision.steps and work.made is not None for work in works)
    with job.store.begin() as connection:
        runs.note_counts(connection, job.run_id, unchanged=standing, skipped=skipped, skipped_in_books=0)
    path = job.staging / "plan.parquet"
    write_plan(path, works)
    log.info("%d deals to look at; something is to be done or told about %d.", len(works), told - first)
    return path, told - first


def _due(job: Job) -> tuple[DealFacts, DealRules, Mapping[str, Row[Any]]]:
    """Return the deals to look at; a stage that nobody knows is asked for once more."""
    entity = entity_of(job)
    for anew in (False, True):
        facts = facts_of(job, anew=anew)
        rules = rules_of(job, facts)
        with job.store.connect() as connection:
            rows = deals_store.due(connection, scope_of(job), entity, mark_of(rules))
        if all(row.absent or facts.stage(row.raw.get("Stage")) in rules.probabilities for row in rows):
            break
    return facts, rules, {row.remote_id: row for row in rows}


def _told_before(work: DealWork, due: Mapping[str, Row[Any]]) -> bool:
    return not work.decision.steps and due[work.deal_id].verdict == work.decision.reason


@dataclass(frozen=True, slots=True)
class _Party:
    """Who the customer of a deal is on the sales side (TRG-5)."""

    noun: str
    field: str


class _Decider:
    """Decides about deals, one after the other."""

    def __init__(self, job: Job, facts: DealFacts, rules: DealRules) -> None:
        self._job = job
        self._facts = facts
        self._rules = rules
        self._mark = mark_of(rules)
        self._began = first_read(job)
        self._party = party_of(job)
        self._currencies: dict[str, str | None] = {}

    def works(self, due: Mapping[str, Row[Any]]) -> Iterator[DealWork]:
        """Yield what is decided, in the order of the deals."""
        job, scope = self._job, scope_of(self._job)
        parties = [party["id"] for row in due.values() if (party := row.raw.get(self._party.field))]
        with job.store.connect() as connection:
            made = associations.of_triggers(connection, scope.integration, scope.organization_id, list(due))
            customers = links.by_sales_id(connection, scope_of(job, "customers"), sorted(set(map(str, parties))))
        ids = {sales_id: str(link.books_id) for sales_id, link in customers.items()}
        for row in due.values():
            yield self._work(row, made.get(row.remote_id), ids)

    def _work(self, row: Row[Any], known: Row[Any] | None, customers: Mapping[str, str]) -> DealWork:
        if known is not None and known.books_id is None:
            known = None  # its draft is taken back before anything else is done
        made = None if known is None else made_of(self._job, known)
        deal = None if row.absent else self._deal(row.raw, customers)
        earlier = made is None and deal is not None and self._was_there_before(row)
        decision = decide(self._rules, deal, made, earlier=earlier)
        if deal is not None and {Step.CREATE, Step.UPDATE} & {*decision.steps}:
            deal = self._asking_after_the_currency(deal)
            decision = decide(self._rules, deal, made, earlier=earlier)
        return DealWork(
            seq=SILENT,
            deal_id=row.remote_id,
            name=str(row.raw.get("Deal_Name") or ""),
            deal=deal,
            made=made,
            books_id=known.books_id if known else None,
            association_id=known.association_id if known else None,
            decision=decision,
            dealt=self._dealt(row, decision),
        )

    def _dealt(self, row: Row[Any], decision: Decision) -> DealtWith:
        verdict = None if decision.steps else decision.reason or None
        return DealtWith(row.remote_id, row.mark, self._mark, decision.earlier, decision.waits, verdict)

    def _was_there_before(self, row: Row[Any]) -> bool:
        """Whether a deal has been as it is since before these rules held: they are for deals that move."""
        if settings_of(self._job).existing:
            return False
        if row.seen is None:
            return self._began is not None and row.modified_at < self._began
        judged_anew = row.rules != self._mark and row.seen == row.mark and row.verdict is None
        return bool(row.earlier or judged_anew)

    def _deal(self, raw: Mapping[str, Any], customers: Mapping[str, str]) -> Deal:
        party = raw.get(self._party.field) or {}
        amount, currency = raw.get("Amount"), str(raw.get("Currency") or self._currency)
        return Deal(
            id=str(raw["id"]),
            name=str(raw.get("Deal_Name") or ""),
            stage=self._facts.stage(raw.get("Stage")),
            amount=None if amount is None else Decimal(str(amount)),
            currency=currency,
            places=get_currency_precision(currency),
            description=str(raw.get("Description") or "")[:_LONGEST],
            owner=str((raw.get("Owner") or {}).get("name") or ""),
            party=self._party.noun,
            party_name=str(party.get("name") or party["id"]) if party else None,
            customer_id=customers.get(str(party.get("id"))),
        )

    @property
    def _currency(self) -> str:
        """What amounts are in where a deal does not say."""
        job = self._job
        return sales_organization(job.sales, partial(remembered, job), job.clock()).currency

    def _asking_after_the_currency(self, deal: Deal) -> Deal:
        """Return the deal with what Books bills its customer in; one that Books does not have is none."""
        customer_id = str(deal.customer_id)
        if customer_id not in self._currencies:
            customer = self._job.books.contact(customer_id)
            self._currencies[customer_id] = str(customer["currency_code"]) if customer else None
        billed_in = self._currencies[customer_id]
        if billed_in is None:
            return replace(deal, customer_id=None)
        return replace(deal, customer_currency=billed_in)


_LONGEST = 2_000
"""Characters that Books takes as the description of a line."""


def party_of(job: Job) -> _Party:
    """Return what a deal must name to have a customer, as the feed of the customers says (TRG-5)."""
    customers = job.configured.settings.modules.customers
    if customers is not None and customers.feed is Feed.CONTACTS:
        return _Party("contact", "Contact_Name")
    bigin = entity_of(job) == "Pipelines"
    return _Party("company" if bigin else "account", "Account_Name")


def made_of(job: Job, known: Row[Any]) -> Made:
    """Return what the automation made of a deal, as Books has it now; a call."""
    raw = read_document(job, known.document, known.books_id)
    status = None if raw is None else str(raw["status"])
    return Made(known.document, str(known.number), status, str(known.left_in), known.content or {})
