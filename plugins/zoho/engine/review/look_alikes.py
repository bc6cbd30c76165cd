"""Which unlinked records of a module may be the same as one of the other side (BEY-6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.matching.party import Party, Proposal
from zoho.core.names import name_key
from zoho.core.pairing import Fate, Pairing
from zoho.core.records import Side
from zoho.engine.identity import OfModule
from zoho.engine.review.parties import party_in_books, party_in_sales
from zoho.modules.module import Source
from zoho.store import claims, observations, proposals, unlinked
from zoho.store.proposals import Found

OTHER: Mapping[Side, Side] = {"sales": "books", "books": "sales"}


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """The proposals for a module.

    Attributes:
        proposals: the likeliest first.
        names: side → id → name of the records that were compared.
    """

    proposals: Sequence[Proposal]
    names: Mapping[Side, Mapping[str, str]]

    def found(self) -> Iterable[Found]:
        """Return the proposals as they are stored, each naming what fits one of its records as well."""
        for one in self.proposals:
            reasons = [{"about": part.about, "points": part.points, "words": part.words} for part in one.evidence]
            if one.rivals:
                others = [self._other(one, rival) for rival in one.rivals]
                reasons.append({"about": "rivals", "points": 0, "words": f"as likely: {', '.join(others)}"})
            yield Found(one.left, one.right, one.score, reasons)

    def _other(self, one: Proposal, rival: tuple[str, str]) -> str:
        sales_id, books_id = rival
        if sales_id == one.left:
            return f"{self.names['books'][books_id]} in Books ({books_id})"
        return f"{self.names['sales'][sales_id]} on the sales side ({sales_id})"


def look_alikes(job: OfModule, connection: Connection, pairings: Iterable[Pairing]) -> LookAlikes:
    """Compare all unlinked records of both sides, by what was last seen of them.

    Left out are those that the next run links by itself, and those whose creation has begun: it may be its own
    record that such a one looks like.

    Args:
        job: the run, or the module of one.
        connection: to the store.
        pairings: of its unlinked records.
    """
    from zoho.core.matching.propose import propose  # late: numpy would cost every DAG file its time

    paired = [pairing for pairing in pairings if pairing.fate is Fate.DUPLICATE]
    barred: dict[Side, set[str]] = {
        "sales": {str(pairing.sales_id) for pairing in paired},
        "books": {str(pairing.books_id) for pairing in paired},
    }
    begun: dict[Side, set[str]] = {}
    side: Side
    for side, other in OTHER.items():
        own = claims.claimed(connection, job.scope, side)
        barred[side] |= own.keys()
        begun[other] = {name_key(claim.name) for claim in own.values()}
    sides: dict[Side, list[Party]] = {"sales": _in_sales(job, connection), "books": _in_books(job, connection)}
    for side, parties in sides.items():
        meant = (one for one in parties if one.id not in barred[side])
        sides[side] = [one for one in meant if name_key(one.name) not in begun[side]]
    left, right = sides["sales"], sides["books"]
    found = propose(left, right, apart=proposals.different(connection, job.scope))
    return LookAlikes(found, {"sales": _names(left), "books": _names(right)})


def _names(parties: Iterable[Party]) -> dict[str, str]:
    return {party.id: party.name for party in parties}


def _in_sales(job: OfModule, connection: Connection) -> list[Party]:
    parties = []
    for source in job.module.sources:
        if source.skip_reason is not None:
            continue
        rows = list(unlinked.unlinked(connection, job.scope, "sales", source.entity, top=source.without_parent))
        below = _below(job, connection, source, rows)
        parties += [party_in_sales(job.module, source.kind, row, below.get(row.remote_id, ())) for row in rows]
    return parties


def _below(
    job: OfModule, connection: Connection, source: Source, rows: Sequence[Row[Any]]
) -> Mapping[str, Sequence[Row[Any]]]:
    if source.child_entity is None:
        return {}
    return observations.by_parent(connection, job.scope, source.child_entity, [row.remote_id for row in rows])


def _in_books(job: OfModule, connection: Connection) -> list[Party]:
    rows = unlinked.unlinked(connection, job.scope, "books", job.module.books_list.entity)
    return [party_in_books(row) for row in rows]
