"""Hold back what would be created for a name that may be the same as one of the other side (BEY-6)."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from zoho.core.matching.party import Party, Proposal
from zoho.core.pairing import Fate, Pairing
from zoho.core.records import Side
from zoho.engine.focus import Focus
from zoho.engine.job import Job
from zoho.engine.review.look_alikes import OTHER, LookAlikes, look_alikes
from zoho.store import claims, linked, proposals, statistics, tables

log = logging.getLogger(__name__)


def holding(job: Job, pairings: Sequence[Pairing], focus: Focus) -> list[Pairing]:
    """Hold what would be created while a proposal for it stands, decided for later or not at all.

    A create that was begun before is taken up again: it may be its own record that it looks like.

    Args:
        job: the run; one whose module holds nothing back passes all on.
        pairings: of all unlinked records.
        focus: what the run is limited to.

    Returns:
        The pairings in their order. What looks like a record that is linked with another one is not held, since it
        cannot be linked with that; the reason of its creation says so.
    """
    new = [one for one in pairings if one.fate is Fate.NEW and focus.means(one.sales_id, one.books_id)]
    if not job.module.holds_ambiguous or not new:
        return list(pairings)
    with job.store.begin() as connection:
        found = look_alikes(job, connection, pairings)
        proposals.keep(connection, job.scope, found.found(), job.clock())
        begun = {(side, id_) for side in OTHER for id_ in claims.claimed(connection, job.scope, side)}
    statistics.renew(job.store, len(found.proposals), tables.proposals)
    likeliest = _likeliest(found)
    created = [one for one in new if _key(one) not in begun]
    held = {_key(one): _held(one, likeliest[_key(one)], found) for one in created if _key(one) in likeliest}
    told = _beside_linked(job, [one for one in created if _key(one) not in held])
    if held:
        log.info("%d records may be the same as others and are held: zoho-sync review decides.", len(held))
    return [held.get(_key(one)) or told.get(_key(one)) or one for one in pairings]


def _key(pairing: Pairing) -> tuple[Side, str]:
    return pairing.source, pairing.source_id


def _likeliest(found: LookAlikes) -> dict[tuple[Side, str], Proposal]:
    """Return side and id → the best proposal of every record that has one."""
    best: dict[tuple[Side, str], Proposal] = {}
    for one in found.proposals:
        best.setdefault(("sales", one.left), one)
        best.setdefault(("books", one.right), one)
    return best


def _held(pairing: Pairing, proposal: Proposal, found: LookAlikes) -> Pairing:
    other = OTHER[pairing.source]
    name = found.names[other][proposal.right if other == "books" else proposal.left]
    reason = f"may be the same as {name} ({proposal.score}%): decide in review"
    return replace(pairing, fate=Fate.HOLD, reason=reason)


def _beside_linked(job: Job, created: Collection[Pairing]) -> dict[tuple[Side, str], Pairing]:
    """Return what is created although its name looks like that of a linked record, with a reason that says so."""
    from zoho.core.matching.propose import propose  # late: numpy would cost every DAG file its time

    told: dict[tuple[Side, str], Pairing] = {}
    for source, other in OTHER.items():
        mine = {one.source_id: one for one in created if one.source == source}
        if not mine:
            continue
        entities = [job.module.books_list.entity] if other == "books" else list(job.module.sales_lists())
        with job.store.connect() as connection:
            names = linked.named(connection, job.scope, other, entities)
        new = [Party(id_, one.target_name) for id_, one in mine.items()]
        for proposal in propose(new, [Party(id_, name) for id_, name in names.items()]):
            one = mine[proposal.left]
            reason = f"{one.reason}; may be the same as {names[proposal.right]} ({proposal.score}%), which is linked"
            told.setdefault(_key(one), replace(one, reason=reason))
    return told
