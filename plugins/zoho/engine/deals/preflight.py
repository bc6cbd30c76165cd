"""Preflight of the automation: what must be right before anything is made of a deal (CON-4)."""

import logging

from zoho.core.deals import NOUNS
from zoho.engine.deals.source import facts_of, rules_of, settings_of
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered
from zoho.engine.job import Job
from zoho.transport.errors import Fatal, RecordError

log = logging.getLogger(__name__)


def preflight_deals(job: Job) -> None:
    """Check the stages of the settings against those of the sales side, and the custom fields against Books'.

    Raises:
        PreflightError: something must be set right; each sentence says what to change.
    """
    facts = facts_of(job)
    try:
        rules = rules_of(job, facts)
    except PreflightError:
        rules = rules_of(job, facts_of(job, anew=True))
    settings = settings_of(job)
    wanted = [name for name in (settings.unique_field, settings.shown_in.books) if name]
    missing = _missing(job, NOUNS[rules.document], wanted)
    if missing := missing and _missing(job, NOUNS[rules.document], wanted, anew=True):
        lacking = (
            f"Books has no such custom field for {rules.document}; add it there, of type text, or correct the name"
        )
        raise PreflightError([f"modules.deals: {name}: {lacking}." for name in missing])
    won_or_lost = [f"{stage} {probability}" for stage, probability in rules.probabilities.items()]
    log.info("Stages of the deals, in per cent: %s.", ", ".join(won_or_lost))


def _missing(job: Job, noun: str, wanted: list[str], *, anew: bool = False) -> list[str]:
    """Return which custom fields a kind of documents lacks; none where Books does not tell (zoho-api 3.8)."""

    def ask() -> list[str] | None:
        try:
            return [str(row["api_name"]) for row in job.books.custom_fields(noun)]
        except (Fatal, RecordError):
            return None

    known = remembered(job, f"names of books custom fields of {noun}", ask, anew=anew) if wanted else wanted
    return [name for name in wanted if known is not None and name not in known]
