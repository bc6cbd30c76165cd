"""What the sales side has outside the view that limits a list: never read, and in the way of a namesake (CUS-5)."""

from collections.abc import Sequence
from dataclasses import replace

from zoho.core.names import name_key
from zoho.core.pairing import DuplicatePolicy, Fate, Pairing
from zoho.engine.job import Job
from zoho.modules.module import Source
from zoho.store import claims, observations

_REASON = "The sales side has a record of this name outside the view"


def mind_namesakes(job: Job, source: Source, pairings: Sequence[Pairing]) -> list[Pairing]:
    """Leave a Books record alone when the sales side has one of its name that the view does not show.

    It cannot be paired with what is not synchronized, and a second record of the name would be a duplicate, unless
    the policy is to clone. A create that was begun before is taken up again whatever there is: it may be its own.

    Args:
        job: the run.
        source: where the records belong on the sales side.
        pairings: of unlinked records of this source.

    Returns:
        The pairings in their order. Looking names up costs a call for 50 of them, and none without a view.
    """
    policy = job.module.settings.duplicates
    if not job.module.is_limited(source.entity) or policy is DuplicatePolicy.CLONE:
        return list(pairings)
    with job.store.connect() as connection:
        begun = claims.claimed(connection, job.scope, "books")
    new = {
        pairing.source_id: name_key(pairing.target_name)
        for pairing in pairings
        if pairing.fate is Fate.NEW and pairing.source == "books" and pairing.source_id not in begun
    }
    names = [pairing.target_name for pairing in pairings if pairing.source_id in new]
    hidden = _hidden(job, source.entity, names)
    reason = f"{_REASON} (policy: skip)" if policy is DuplicatePolicy.SKIP else _REASON
    return [
        replace(pairing, fate=Fate.SKIP, reason=reason) if new.get(pairing.source_id) in hidden else pairing
        for pairing in pairings
    ]


def _hidden(job: Job, entity: str, names: Sequence[str]) -> set[str]:
    """Return the name keys of the records of a list that have one of these names and are not in the view."""
    found = dict(job.sales_side.namesakes(entity, names))
    with job.store.connect() as connection:
        seen = observations.by_id(connection, job.scope, "sales", entity, list(found))
    shown = {sales_id for sales_id, row in seen.items() if row.absent is None}
    return {name_key(name) for sales_id, name in found.items() if sales_id not in shown}
