"""Preflight of the automation: what must be right before anything is made of a deal (CON-4)."""

import logging

from zoho.engine.checks.deals import check_deals
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.scopes import check_scopes
from zoho.engine.deals.source import facts_of, rules_of
from zoho.engine.job import Job
from zoho.engine.preflight import Memory, clients_of, stop_for

log = logging.getLogger(__name__)


def preflight_deals(job: Job) -> None:
    """Check the stages of the settings against those of the sales side, and the custom fields against Books'.

    Raises:
        PreflightError: something must be set right; each sentence says what to change.
    """
    memory = Memory(job)
    found = _found(job, memory)
    if any(finding.blocks for finding in found):
        memory.distrust()
        found = _found(job, memory)
    stop_for([finding for finding in found if finding.blocks])
    rules = rules_of(job, facts_of(job))
    for warning in found:
        log.warning("%s", warning)
    won_or_lost = [f"{stage} {probability}" for stage, probability in rules.probabilities.items()]
    log.info("Stages of the deals, in per cent: %s.", ", ".join(won_or_lost))


def _found(job: Job, memory: Memory) -> list[Finding]:
    clients = clients_of(job)
    return [*check_deals(job.configured, clients, memory), *check_scopes(job.configured, clients, memory)]
