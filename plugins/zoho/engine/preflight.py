"""Preflight: what must be right before anything is written (CON-4)."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from zoho.engine.errors import PreflightError
from zoho.engine.job import Job
from zoho.store import facts

log = logging.getLogger(__name__)

FACTS_LAST = timedelta(days=1)
"""How long facts about the organizations are believed before they are read again."""

SCALAR_TYPES = frozenset(
    [
        "text",
        "textarea",
        "website",
        "email",
        "phone",
        "mediumtext",
        "autonumber",
        "picklist",
        "formula",
        "date",
        "datetime",
    ]
)
"""CRM field types that a text field of Books can hold."""


def preflight(job: Job) -> None:
    """Check that the run can do its work.

    Raises:
        PreflightError: it cannot; every problem is named, with what to change.
    """
    problems = [*_check_books(job), *_check_sales_fields(job)]
    if problems:
        raise PreflightError(problems)


def _check_books(job: Job) -> list[str]:
    wanted = job.configured.settings.books.organization_id
    organizations = _fact(job, f"books organizations for {wanted}", lambda: _organizations(job))
    if wanted in organizations:
        log.info("Books organization: %s (%s).", organizations[wanted], wanted)
        return []
    found = ", ".join(f"{key} ({name})" for key, name in organizations.items()) or "none"
    place = job.configured.file.problem(("books", "organization_id"), "")
    return [f"{place}the Books connection has no access to organization {wanted}; it has: {found}"]


def _organizations(job: Job) -> dict[str, str]:
    return {str(row["organization_id"]): str(row["name"]) for row in job.books.organizations()}


def _check_sales_fields(job: Job) -> list[str]:
    """Check that every mapped sales-side field exists and holds what Books can take."""
    file = job.configured.customers_file
    if file is None:
        return []
    problems = []
    for kind, entity in job.module.mapped_entities().items():
        types = _fact(job, f"sales fields of {entity}", lambda entity=entity: _field_types(job, entity))
        for place, pair in enumerate(getattr(file.model, kind)):
            problem = _check_type(pair.sales, entity, types)
            if problem:
                problems.append(str(file.problem((kind, place, "sales"), problem)))
    return problems


def _field_types(job: Job, entity: str) -> dict[str, str]:
    return {str(field["api_name"]): str(field["data_type"]) for field in job.sales.fields(entity)}


def _check_type(name: str, entity: str, types: Mapping[str, str]) -> str | None:
    if name not in types:
        return f"{entity} has no field {name!r} on the sales side; correct the API name or make the field"
    if types[name] not in SCALAR_TYPES:
        return f"{name!r} is of type {types[name]}, which no text field of Books can hold; take it out"
    return None


def _fact(job: Job, name: str, read: Any) -> Any:
    now = job.clock()
    not_before = now if job.full_scan else now - FACTS_LAST
    with job.store.connect() as connection:
        known = facts.read(connection, job.configured.name, name, not_before)
    if known is not None:
        return known
    value = read()
    with job.store.begin() as connection:
        facts.keep(connection, job.configured.name, name, value, now)
    return value
