"""The deals of the sales side: where they are, what is read of them, and what their stages mean (zoho-api 2.14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoho.config.settings import DealsModule, SalesProduct
from zoho.core.deals import LOST, DealRules, Document
from zoho.core.records import fingerprint
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered
from zoho.engine.job import Job
from zoho.store.scope import Scope

MODULE = "deals"
"""The automation's name in the settings, the history and the store."""

_FIELDS = ("Deal_Name", "Stage", "Amount", "Description", "Owner", "Account_Name", "Contact_Name", "Modified_Time")
_CURRENCY = "Currency"
"""The field that a deal has when its organization knows several currencies."""

_DOCUMENTS: Mapping[str, Document] = {"estimate": "estimates", "invoice": "invoices"}


def entity_of(job: Job) -> str:
    """Return the list that deals are in: Bigin's are called pipelines (zoho-api section 4)."""
    return "Pipelines" if job.configured.settings.sales.product is SalesProduct.BIGIN else "Deals"


def scope_of(job: Job, module: str = MODULE) -> Scope:
    """Return whose rows of the store are meant."""
    return Scope(job.configured.name, module, job.configured.settings.books.organization_id)


def settings_of(job: Job) -> DealsModule:
    """Return the settings of deals; the defaults where the integration has none."""
    return job.configured.settings.modules.deals or DealsModule.model_validate({})


@dataclass(frozen=True, slots=True)
class DealFacts:
    """What the sales side says of its deals.

    Attributes:
        probabilities: stage → per cent.
        labels: what the screen calls a stage → what the API calls it.
        has_currency: whether each deal names its currency.
    """

    probabilities: Mapping[str, int]
    labels: Mapping[str, str]
    has_currency: bool

    @property
    def fields(self) -> list[str]:
        """The fields that are read of a deal."""
        return [*_FIELDS, _CURRENCY] if self.has_currency else list(_FIELDS)

    def stage(self, name: Any) -> str:
        """Return a stage as the API calls it, of either of its names."""
        return self.labels.get(name, name) if isinstance(name, str) else ""


def facts_of(job: Job, *, anew: bool = False) -> DealFacts:
    """Return what the sales side says of its deals; a call a day.

    Args:
        job: the run.
        anew: whether to ask whatever is known.
    """
    entity = entity_of(job)
    return DealFacts(**remembered(job, f"stages of {entity}", lambda: _read(job, entity), anew=anew))


def _read(job: Job, entity: str) -> dict[str, Any]:
    fields = {row["api_name"]: row for row in job.sales.fields(entity)}
    choices = (fields.get("Stage") or {}).get("pick_list_values") or ()
    known = [row for row in choices if row.get("probability") is not None]
    return {
        "probabilities": {str(row["actual_value"]): int(row["probability"]) for row in known},
        "labels": {str(row["display_value"]): str(row["actual_value"]) for row in known},
        "has_currency": _CURRENCY in fields,
    }


def rules_of(job: Job, facts: DealFacts) -> DealRules:
    """Return the rules of the automation.

    Raises:
        PreflightError: it is not on, or names a stage that the sales side does not have or that means lost.
    """
    settings = settings_of(job)
    if settings.make is None:
        raise PreflightError(["modules.deals.make is not set, so nothing is made of deals; set it to begin."])
    problems = []
    stages: dict[str, str | None] = {"stage": None, "accepted_stage": None}
    for key in stages:
        name = getattr(settings, key)
        if name is None:
            continue
        stages[key] = facts.stage(name)
        if stages[key] not in facts.probabilities:
            there_are = ", ".join(repr(stage) for stage in facts.probabilities)
            problems.append(f"modules.deals.{key}: deals have no stage {name!r}; there are: {there_are}.")
        elif facts.probabilities[facts.stage(name)] == LOST:
            problems.append(f"modules.deals.{key}: the stage {name!r} means that the deal is lost; name another.")
    if problems:
        raise PreflightError(problems)
    return DealRules(_DOCUMENTS[settings.make], facts.probabilities, **stages)


def mark_of(rules: DealRules) -> str:
    """Return a hash of the rules, to know what was decided by others."""
    content = (rules.document, rules.stage, rules.accepted_stage, dict(rules.probabilities))
    return fingerprint(content)
