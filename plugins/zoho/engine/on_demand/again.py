"""Try records again that failed, and no others (OPS-4)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from zoho.core.records import Kind
from zoho.engine import lifecycle
from zoho.engine.deals.apply import apply_deals
from zoho.engine.deals.decide import decide_deals
from zoho.engine.deals.preflight import preflight_deals
from zoho.engine.deals.scan import scan_deals, take_in
from zoho.engine.deals.source import MODULE as DEALS
from zoho.engine.deals.source import entity_of
from zoho.engine.errors import FailedInPart, NotThere
from zoho.engine.history.failures import FailureEntry
from zoho.engine.job import Job
from zoho.engine.on_demand.bring import Brought, bring, opened, told_of_run
from zoho.engine.on_demand.subject import Subject, many
from zoho.store import linked, observations

Open = Callable[[str, str], Job]
"""Returns a job of an integration and one of its modules."""


def try_again(open_job: Open, origin: str, failed: Sequence[FailureEntry]) -> Iterator[Brought]:
    """Try failed records again, a run for each module of each integration; yields what became of each.

    Of deals, those that wait for something are looked at too, since they may wait for the same.

    Args:
        open_job: makes a job with a staging folder; it is closed here.
        origin: who asks; the history adds the module.
        failed: the failures.
    """

    def whose(one: FailureEntry) -> tuple[str, str]:
        return one.integration, one.module

    for (integration, module), some in groupby(sorted(failed, key=whose), key=whose):
        job = open_job(integration, module)
        try:
            carry_out = _deals if module == DEALS else _records
            yield carry_out(job, f"{origin}:{integration}:{module}", list(some))
        finally:
            job.close()


def _records(job: Job, origin: str, failed: Sequence[FailureEntry]) -> Brought:
    return bring(job, origin, lambda job: _subject(job, failed))


def _subject(job: Job, failed: Sequence[FailureEntry]) -> Subject:
    ids: dict[str, set[str]] = defaultdict(set)
    for one in failed:
        if one.sales_id is not None:
            ids[job.module.entity_of(Kind(one.kind))].add(one.sales_id)
    for source in job.module.sources:
        if source.child_entity is not None:
            with job.store.connect() as connection:
                contacts = observations.by_id(
                    connection, job.scope, "sales", source.child_entity, sorted(ids[source.child_entity])
                )
            ids[source.entity] |= {str(row.parent_id) for row in contacts.values() if row.parent_id}
    number = len(failed)
    title = f"{number} {job.module_name} that failed" if number > 1 else f"{failed[0].name}, which failed"
    subject = many(job, title, ids)
    persons = [one.books_id for one in failed if one.books_id and one.kind == Kind.CONTACT_PERSON]
    with job.store.connect() as connection:
        customers = linked.customers_of(connection, job.scope, job.module.books_list.entity, persons)
    books = frozenset(one.books_id for one in failed if one.books_id is not None) | customers
    told = {**subject.told, ("books", job.module.books_list.entity): books} if books else subject.told
    return replace(subject, told=told, books_ids=tuple(sorted(books)))


def _deals(job: Job, origin: str, failed: Sequence[FailureEntry]) -> Brought:
    ids = frozenset(one.sales_id for one in failed if one.sales_id)
    if not ids:
        raise NotThere("None of these failures names a deal.")
    about = f"{len(ids)} deals that failed" if len(ids) > 1 else f"{failed[0].name}, which failed"
    with opened(job, origin, dry_run=False):
        lifecycle.note_about(job, about)
        preflight_deals(job)
        job.only = {("sales", entity_of(job)): ids}
        take_in(job, scan_deals(job))
        apply_deals(job, decide_deals(job)[0])
        lifecycle.note_calls(job, "on demand")
        try:
            lifecycle.close(job)
        except FailedInPart:
            return told_of_run(job, about, "partial")
        return told_of_run(job, about, "success")
