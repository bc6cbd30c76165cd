"""The deals of the sales side: where they are, what is read of them, and what their stages mean (zoho-api 2.14)."""

from collections.abc import Mapping

from zoho.config.settings import DealsModule
from zoho.core.deals import DealRules, Document
from zoho.core.records import fingerprint
from zoho.engine.deals.stages import DealFacts, read_facts, stages_fact, wrong_stages
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered
from zoho.engine.job import Job
from zoho.modules.watched import DEAL_LISTS
from zoho.store.scope import Scope

MODULE = "deals"
"""The automation's name in the settings, the history and the store."""

_DOCUMENTS: Mapping[str, Document] = {"estimate": "estimates", "invoice": "invoices"}


def entity_of(job: Job) -> str:
    """Return the list that deals are in: Bigin's are called pipelines (zoho-api section 4)."""
    return DEAL_LISTS[job.configured.settings.sales.product]


def scope_of(job: Job, module: str = MODULE) -> Scope:
    """Return whose rows of the store are meant."""
    return Scope(job.configured.name, module, job.configured.settings.books.organization_id)


def settings_of(job: Job) -> DealsModule:
    """Return the settings of deals; the defaults where the integration has none."""
    return job.configured.settings.modules.deals or DealsModule.model_validate({})


def facts_of(job: Job, *, anew: bool = False) -> DealFacts:
    """Return what the sales side says of its deals; a call a day.

    Args:
        job: the run.
        anew: whether to ask whatever is known.
    """
    entity = entity_of(job)
    return DealFacts(**remembered(job, stages_fact(entity), lambda: read_facts(job.sales, entity), anew=anew))


def rules_of(job: Job, facts: DealFacts) -> DealRules:
    """Return the rules of the automation.

    Raises:
        PreflightError: it is not on, or names a stage that the sales side does not have or that means lost.
    """
    settings = settings_of(job)
    if settings.make is None:
        raise PreflightError(["modules.deals.make is not set, so nothing is made of deals; set it to begin."])
    if problems := list(wrong_stages(settings, facts)):
        raise PreflightError([f"modules.{MODULE}.{key}: {text}." for key, text in problems])
    stage, accepted_stage = (
        None if name is None else facts.stage(name) for name in (settings.stage, settings.accepted_stage)
    )
    return DealRules(_DOCUMENTS[settings.make], facts.probabilities, stage, accepted_stage)


def mark_of(rules: DealRules) -> str:
    """Return a hash of the rules, to know what was decided by others."""
    content = (rules.document, rules.stage, rules.accepted_stage, dict(rules.probabilities))
    return fingerprint(content)
