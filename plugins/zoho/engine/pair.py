"""Pair: take in what was scanned, and decide for every record that is not linked yet where it belongs."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from zoho.core.names import name_key
from zoho.core.pairing import Fate, Named, Pairing, pair_by_name
from zoho.core.records import Kind, Side
from zoho.engine.job import Job
from zoho.engine.scan import Extract, deleted_ids, observations, scan_position, shown_ids
from zoho.engine.staging import read_rows, write_rows
from zoho.store import cursors, links
from zoho.store.observations import Absence, absorb, mark_deleted, mark_missing

log = logging.getLogger(__name__)

_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("entity", "kind", "sales_id", "fate", "books_id", "books_name", "reason")]
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An unlinked sales-side record and where it belongs."""

    entity: str
    kind: Kind
    pairing: Pairing


def take_in(job: Job, sales: Iterable[Extract], books: Iterable[Extract]) -> None:
    """Store what was scanned and move the cursors, all or nothing.

    From here on the store knows what both sides hold, and work is derived from it: a run that dies later loses
    nothing, since the difference is still there for the next one.
    """
    with job.store.begin() as connection:
        for side, extracts in _sides(sales, books):
            for extract in extracts:
                absorb(connection, job.scope, observations(job, extract, side))
                _note_absences(job, connection, side, extract)


def _note_absences(job: Job, connection: Connection, side: Side, extract: Extract) -> None:
    """Note what is gone from a list, and move its cursor."""
    position = scan_position(job, extract, side)
    mark_deleted(connection, job.scope, side, extract.entity, deleted_ids(extract))
    if position.began is None:
        return
    if position.complete and extract.rows:
        absence = Absence.LEFT_VIEW if position.limited else Absence.DELETED
        shown = shown_ids(extract)
        missing = mark_missing(connection, job.scope, side, extract.entity, shown, absence, position.began)
        if missing:
            log.info("%d %s are gone from the list: %s.", missing, extract.entity, absence)
    cursors.move(
        connection,
        job.scope,
        side,
        extract.entity,
        position.question,
        position.began,
        complete=position.complete,
    )


def _sides(sales: Iterable[Extract], books: Iterable[Extract]) -> list[tuple[Side, Iterable[Extract]]]:
    return [("sales", sales), ("books", books)]


def pair(job: Job) -> tuple[Any, int]:
    """Pair every unlinked record by name and stage the result.

    Returns:
        Path of the staged pairs, and their number.
    """
    rows = [
        {
            "entity": candidate.entity,
            "kind": str(candidate.kind),
            "sales_id": candidate.pairing.sales_id,
            "fate": str(candidate.pairing.fate),
            "books_id": candidate.pairing.books_id,
            "books_name": candidate.pairing.books_name,
            "reason": candidate.pairing.reason,
        }
        for candidate in _candidates(job)
    ]
    fates = Counter(row["fate"] for row in rows)
    log.info(
        "%d records are not linked yet: %d are new, %d meet a Books customer of the same name, %d are left alone.",
        len(rows),
        fates[Fate.NEW],
        fates[Fate.DUPLICATE],
        fates[Fate.SKIP],
    )
    path = job.staging / "pairs.parquet"
    return path, write_rows(path, _SCHEMA, rows)


def read_pairs(path: Any) -> list[Candidate]:
    """Return the staged pairs."""
    return [
        Candidate(
            row["entity"],
            Kind(row["kind"]),
            Pairing(row["sales_id"], Fate(row["fate"]), row["books_id"], row["books_name"], row["reason"]),
        )
        for row in read_rows(path)
    ]


def _candidates(job: Job) -> list[Candidate]:
    candidates: list[Candidate] = []
    given: set[str] = set()
    names: set[str] = set()
    with job.store.connect() as connection:
        claims = links.claimed_names(connection, job.scope)
        for source in job.module.sources:
            rows = links.unlinked(connection, job.scope, source.entity, source.without_parent)
            if source.skip_reason is not None:
                pairings = [Pairing(row.remote_id, Fate.SKIP, None, row.name, source.skip_reason) for row in rows]
            else:
                unlinked = [Named(row.remote_id, row.name) for row in rows]
                wanted = [*(record.name for record in unlinked), *claims.values()]
                free, taken = links.free_namesakes(connection, job.scope, job.module.books_list.entity, wanted)
                free = [record for record in free if record.id not in given]
                pairings = pair_by_name(unlinked, free, taken | names, claims, job.module.settings.duplicates)
            given |= {pairing.books_id for pairing in pairings if pairing.books_id}
            names |= {name_key(pairing.books_name) for pairing in pairings if pairing.fate is Fate.NEW}
            candidates += [Candidate(source.entity, source.kind, pairing) for pairing in pairings]
    return candidates
