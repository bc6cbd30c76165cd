"""Preflight: what must be right before anything is written (CON-4)."""

import logging
from collections.abc import Mapping
from functools import partial

from zoho.config.mapping import FieldPair
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered
from zoho.engine.job import Job

log = logging.getLogger(__name__)

_TEXT = frozenset(
    {"text", "textarea", "website", "email", "phone", "mediumtext", "autonumber", "picklist", "formula", "date"}
) | {"datetime"}
_NUMBER = frozenset({"integer", "long", "bigint", "double", "percent", "currency", "decimal"})

FITTING: Mapping[str, frozenset[str]] = {
    "text": _TEXT,
    "id": _TEXT | _NUMBER,
    "number": _NUMBER,
    "yes_no": frozenset({"boolean"}),
}
"""Type of a Books field → CRM field types whose values it can hold without a transform."""


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
    organizations = remembered(job, f"books organizations for {wanted}", lambda: _organizations(job))
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
    file = job.configured.mapping_files[job.module.name]
    problems = []
    for section, entity in job.module.mapped_entities().items():
        types = remembered(job, f"sales fields of {entity}", partial(_field_types, job, entity))
        writable, _ = file.model.catalogues[section]
        for place, pair in enumerate(file.model.sections[section]):
            held = writable.get(pair.books or "")
            problem = _check_type(pair, entity, types, held.type if held and not pair.transform else None)
            if problem:
                problems.append(str(file.problem((section, place, "sales"), problem)))
    return problems


def _field_types(job: Job, entity: str) -> dict[str, str]:
    return {str(field["api_name"]): str(field["data_type"]) for field in job.sales.fields(entity)}


def _check_type(pair: FieldPair, entity: str, types: Mapping[str, str], wanted: str | None) -> str | None:
    """Return what is wrong with the sales side of a pair.

    Args:
        pair: the pair.
        entity: the list.
        types: API name → type, of the list's fields.
        wanted: type of the Books field; ``None`` when anything goes, since it is translated.
    """
    if pair.sales is None:
        return None
    if pair.sales not in types:
        return f"{entity} has no field {pair.sales!r} on the sales side; correct the API name or make the field"
    if wanted is not None and types[pair.sales] not in FITTING[wanted]:
        return (
            f"{pair.sales!r} is of type {types[pair.sales]}, which {pair.books} in Books cannot hold; "
            "give it a transform, or take it out"
        )
    return None
