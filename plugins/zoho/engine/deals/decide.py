"""Decide: what is to be done about every deal that is not dealt with yet (TRG-1 to TRG-7)."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from pydantic import TypeAdapter
from sqlalchemy import Row

from zoho.config.settings import Feed
from zoho.core.deals import NOUNS, Deal, DealRules, Decision, Made, Step, decide
from zoho.core.merge import FieldMerge
from zoho.core.plan import PlanItem
from zoho.engine.approved import only_approved
from zoho.engine.checks.gather import SALES_ORGANIZATION
from zoho.engine.checks.organizations import SalesOrganization
from zoho.engine.deals.documents import as_left, made_of, read_document
from zoho.engine.deals.foot import cost_of, money_of
from zoho.engine.deals.items import Shown, is_rest, item_of
from zoho.engine.deals.recover import recover
from zoho.engine.deals.scan import first_read
from zoho.engine.deals.source import entity_of, facts_of, mark_of, rules_of, scope_of, settings_of
from zoho.engine.deals.stages import DealFacts
from zoho.engine.deals.work import SILENT, DealWork, left_out, write_plan
from zoho.engine.expecting import outlook_of
from zoho.engine.facts import remembered
from zoho.engine.job import Job
from zoho.engine.quota import affordable
from zoho.modules.shapes import a_currency, a_lookup, a_text, an_amount, check, refuse_odd
from zoho.store import associations, links, runs
from zoho.store import deals as deals_store
from zoho.store.deals import DealtWith

log = logging.getLogger(__name__)

_ITEM = TypeAdapter(PlanItem)


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
    works = _placed(job, Decider(job, facts, rules).works(due), due, first)
    told = sum(work.seq != SILENT for work in works)
    skipped = sum(not work.decision.steps and bool(work.decision.reason) for work in works)
    standing = sum(not work.decision.steps and work.made is not None for work in works)
    cost = cost_of(job, works)
    outlook = outlook_of(job, cost, money_of(works))
    with job.store.begin() as connection:
        runs.note_counts(connection, job.run_id, unchanged=standing, skipped=skipped, skipped_in_books=0)
        runs.note_cost(connection, job.run_id, cost.calls, outlook.stored())
    path = job.staging / "plan.parquet"
    write_plan(path, works)
    log.info("%d deals to look at; something is to be done or told about %d.", len(works), told)
    log.info("%s", cost.sentence)
    affordable(job, cost.quota)
    return path, told


def _placed(job: Job, works: Iterable[DealWork], due: Mapping[str, Row[Any]], first: int) -> list[DealWork]:
    """Return what was decided, each with its place in the plan; of a plan that is carried out just what it shows."""
    telling: list[DealWork] = []
    silent: list[DealWork] = []
    for work in works:
        is_silent = work.decision.earlier or not work.decision.reason or _told_before(work, due)
        (silent if is_silent else telling).append(work)
    kept = only_approved(job, telling, left_out, lambda row, work: is_rest(_fields_of(row), work.item.fields))
    return [*(replace(work, seq=seq) for seq, work in enumerate(kept, first)), *silent]


def _fields_of(row: Row[Any]) -> tuple[FieldMerge, ...]:
    """Return the fields of an item of the history."""
    return _ITEM.validate_python(row.item).fields


def _due(job: Job) -> tuple[DealFacts, DealRules, Mapping[str, Row[Any]]]:
    """Return the deals to look at; a stage that nobody knows is asked for once more."""
    entity = entity_of(job)
    for anew in (False, True):
        facts = facts_of(job, anew=anew)
        rules = rules_of(job, facts)
        with job.store.connect() as connection:
            rows = deals_store.due(connection, scope_of(job), entity, mark_of(rules))
        stages = {row.raw.get("Stage") for row in rows if not row.absent and _odd(row.raw) is None}
        if all(facts.stage(stage) in rules.probabilities for stage in stages):
            break
    return facts, rules, {row.remote_id: row for row in rows}


def _told_before(work: DealWork, due: Mapping[str, Row[Any]]) -> bool:
    return not work.decision.steps and due[work.deal_id].verdict == work.decision.reason


@dataclass(frozen=True, slots=True)
class _Party:
    """Who the customer of a deal is on the sales side (TRG-5)."""

    noun: str
    field: str


class Decider:
    """Decides about deals, one after the other; a job that asks nobody takes documents to be as they were left."""

    def __init__(self, job: Job, facts: DealFacts, rules: DealRules) -> None:
        self._job = job
        self._facts = facts
        self._rules = rules
        self._mark = mark_of(rules)
        self._began = first_read(job)
        self._party = party_of(job)
        self._documents: Mapping[str, list[Row[Any]]] = {}
        self._currencies: dict[str, str | None] = {}

    def works(self, due: Mapping[str, Row[Any]]) -> Iterator[DealWork]:
        """Yield what is decided, in the order of the deals."""
        job, scope = self._job, scope_of(self._job)
        sound = [row.raw for row in due.values() if _odd(row.raw) is None]
        parties = [party["id"] for raw in sound if (party := raw.get(self._party.field))]
        with job.store.connect() as connection:
            made = associations.of_triggers(connection, scope.integration, scope.organization_id, list(due))
            self._documents = associations.documents_of(
                connection, scope.integration, scope.organization_id, list(due)
            )
            customers = links.by_sales_id(connection, scope_of(job, "customers"), sorted(set(map(str, parties))))
        ids = {sales_id: str(link.books_id) for sales_id, link in customers.items()}
        for row in due.values():
            yield self._work(row, made.get(row.remote_id), ids)

    def _work(self, row: Row[Any], known: Row[Any] | None, customers: Mapping[str, str]) -> DealWork:
        if known is not None and known.books_id is None:
            known = None  # its draft is taken back before anything else is done
        if not row.absent and (odd := _odd(row.raw)):
            return self._refused(row, known, odd)
        made = None if known is None else _made(self._job, known)
        deal = None if row.absent else self._deal(row.raw, customers)
        earlier = made is None and deal is not None and self._was_there_before(row)
        decision = decide(self._rules, deal, made, earlier=earlier)
        if deal is not None and {Step.CREATE, Step.UPDATE} & {*decision.steps}:
            deal = self._asking_after_the_currency(deal)
            decision = decide(self._rules, deal, made, earlier=earlier)
        named, books_id = (row.remote_id, str(row.raw.get("Deal_Name") or "")), known.books_id if known else None
        item = item_of(self._rules, named, (deal, made), books_id, decision, self._shown(row.remote_id))
        return DealWork(SILENT, item, deal, made, decision, self._dealt(row, decision))

    def _refused(self, row: Row[Any], known: Row[Any] | None, odd: str) -> DealWork:
        """Return that nothing can be done about a deal that is not understood; what was made of it stays."""
        decision = Decision(reason=odd, missing=True, waits=True)
        books_id = known.books_id if known else None
        named = (row.remote_id, row.name)
        item = item_of(self._rules, named, (None, None), books_id, decision, self._shown(row.remote_id))
        return DealWork(SILENT, item, None, None, decision, self._dealt(row, decision))

    def _shown(self, deal_id: str) -> Shown:
        settings = settings_of(self._job)
        documents = [f"{NOUNS[row.document]} {row.number}" for row in self._documents[deal_id]]
        return Shown(settings.shown_in.books, settings.unique_field, settings.shown_in.sales, documents)

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
            amount=None if amount in (None, "") else Decimal(str(amount)),
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

        def ask() -> dict[str, Any]:
            return asdict(SalesOrganization.of(job.sales.organization(), job.clock()))

        return str(remembered(job, SALES_ORGANIZATION, ask)["currency"])

    def _asking_after_the_currency(self, deal: Deal) -> Deal:
        """Return the deal with what Books bills its customer in; one that Books does not have is none."""
        if self._job.offline:
            return deal
        customer_id = str(deal.customer_id)
        if customer_id not in self._currencies:
            customer = self._job.books.contact(customer_id)
            self._currencies[customer_id] = str(customer["currency_code"]) if customer else None
        billed_in = self._currencies[customer_id]
        if billed_in is None:
            return replace(deal, customer_id=None)
        return replace(deal, customer_currency=billed_in)


_SHAPES = {
    **dict.fromkeys(("Account_Name", "Contact_Name", "Owner"), a_lookup),
    **dict.fromkeys(("Stage", "Description"), a_text),
    "Amount": an_amount,
    "Currency": a_currency,
}


def _odd(raw: Mapping[str, Any]) -> str | None:
    """Return why a deal, as it is stored, cannot be understood."""
    try:
        refuse_odd(raw)
        check(raw, _SHAPES)
    except ValueError as error:
        return str(error)
    return None


_LONGEST = 2_000
"""Characters that Books takes as the description of a line."""


def party_of(job: Job) -> _Party:
    """Return what a deal must name to have a customer, as the feed of the customers says (TRG-5)."""
    customers = job.configured.settings.modules.customers
    if customers is not None and customers.feed is Feed.CONTACTS:
        return _Party("contact", "Contact_Name")
    bigin = entity_of(job) == "Pipelines"
    return _Party("company" if bigin else "account", "Account_Name")


def _made(job: Job, known: Row[Any]) -> Made:
    """Return what the automation made of a deal, as Books has it now; a call."""
    return as_left(known) if job.offline else made_of(known, read_document(job, known.document, known.books_id))
