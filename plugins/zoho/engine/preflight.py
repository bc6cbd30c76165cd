"""Preflight: what must be right before anything is written (CON-4)."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from zoho.config.load import survey
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.gather import SALES_ORGANIZATION
from zoho.engine.checks.inspection import Clients, Inspection, inspect
from zoho.engine.checks.joined import check_same_organization
from zoho.engine.checks.missing import missing_fields
from zoho.engine.checks.scopes import check_scopes
from zoho.engine.custom_fields import make_fields
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered, told
from zoho.engine.job import Job, is_dry
from zoho.engine.readiness import ready_for_transactions
from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.store import facts

log = logging.getLogger(__name__)


def preflight(job: Job) -> None:
    """Check that the run can do its work, and make the custom fields that it lacks when the settings ask for it.

    What the organizations told is believed for a day, unless it would stop the run.

    Raises:
        PreflightError: the run cannot do its work; every problem is named, with what to change.
    """
    memory = Memory(job)
    found = _inspect(job, memory)
    if found.errors or missing_fields(found.subject):
        memory.distrust()
        found = _inspect(job, memory)
    stop_for(found.errors)
    ready_for_transactions(job)
    if missing := missing_fields(found.subject):
        make_fields(job.sales, missing, dry_run=is_dry(job))
        memory.forget(*(f"fields of {field.entity}" for field in missing))
        found = _inspect(job, memory)
        stop_for(_without_fields(found))
    _stay_with_the_sales_side(job, found)
    for warning in found.warnings:
        log.warning("%s", warning)
    if found.notes:
        log.info("Notes on the mapping: %d; zoho-sync check %s --notes", len(found.notes), job.configured.name)
    _tell_organizations(found)


_LINKED_WITH = "sales organization of the links"


def _stay_with_the_sales_side(job: Job, found: Inspection) -> None:
    """Check that the connection leads to the organization that records are linked with (CON-9).

    Other credentials may belong to another one, where none of the ids would be found.

    Raises:
        PreflightError: it leads to another.
    """
    sales = found.subject.sales
    if sales is None:
        return
    now, name = str(sales.organization.id), job.configured.name
    with job.store.begin() as connection:
        linked_with = facts.read(connection, name, _LINKED_WITH, datetime.min.replace(tzinfo=UTC))
        if linked_with is None:
            facts.keep(connection, name, _LINKED_WITH, now, job.clock())
        elif linked_with != now:
            text = (
                f"sales.connection: leads to the organization {now}, but the records of {name} are linked with those "
                f"of {linked_with}. Correct the connection; for another organization make an integration of another "
                "name"
            )
            raise PreflightError([text])


class Memory:
    """The facts that a preflight works with: those of the store, until they are distrusted."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._asked: dict[str, Any] = {}
        self._anew = False

    def __call__(self, name: str, read: Callable[[], Any]) -> Any:
        """Return a fact; see ``zoho.engine.checks.gather.Remember``."""
        if name in self._asked:
            return self._asked[name]

        def ask() -> Any:
            self._asked[name] = read()
            return self._asked[name]

        return remembered(self._job, name, ask, anew=self._anew)

    def distrust(self) -> None:
        """Believe no more in what was not asked for just now."""
        self._anew = True

    def forget(self, *names: str) -> None:
        """Ask for some facts once more."""
        for name in names:
            self._asked.pop(name, None)
        self._anew = True


def clients_of(job: Job) -> Clients:
    """Return the way to both organizations of a run."""
    return Clients(lambda: job.sales, lambda: job.books)


def _inspect(job: Job, memory: Memory) -> Inspection:
    clients = clients_of(job)
    found = inspect(job.configured, job.module_name, clients, memory, job.clock())
    same = check_same_organization(found.subject, _earlier_organizations(job)) if found.subject.two_way else ()
    at_once = check_scopes(job.configured, clients, memory) if job.module_name in TRANSACTION_KINDS else ()
    return replace(found, findings=[*found.findings, *same, *at_once])


def _earlier_organizations(job: Job) -> dict[str, str]:
    """Return name → sales-side organization of the integrations before this one, as far as they have ever run."""
    path = job.configured.file.path
    known = {}
    with job.store.connect() as connection:
        for one in survey(path.parent.parent):
            if one.path == path:
                break
            organization = facts.latest(connection, one.name, told(SALES_ORGANIZATION))
            if organization is not None:
                known[one.name] = str(organization["id"])
    return known


def stop_for(findings: list[Finding]) -> None:
    """Stop a run for what was found, if anything was.

    Raises:
        PreflightError: names all of it.
    """
    if findings:
        raise PreflightError([str(finding) for finding in findings])


def _without_fields(found: Inspection) -> list[Finding]:
    """Return what is still missing once the missing fields are made: Zoho gave them other names."""
    still = {field.name for field in missing_fields(found.subject)}
    lacking = [line for line in found.subject.lines() if line.pair.sales in still]
    text = "the field was made, but Zoho calls it otherwise; name it here as the sales side does"
    return [*found.errors, *(line.finding("sales", text) for line in lacking)]


def _tell_organizations(found: Inspection) -> None:
    sales, books = found.subject.sales, found.subject.books
    if sales is None or books is None:
        return
    organization = books.organizations[found.subject.configured.settings.books.organization_id]
    log.info("%s: %s (%s).", sales.product_name, sales.organization.name, sales.organization.id)
    log.info("Books organization: %s (%s).", organization.name, organization.id)
