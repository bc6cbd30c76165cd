"""Plan: merge what belongs together, field by field, into what is to be done."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.pairing import Fate
from zoho.core.plan import Action, PlanItem, plan_create, plan_pair, plan_reject, plan_skip
from zoho.core.records import Base, Kind, Link, Record
from zoho.engine.job import Job
from zoho.engine.pair import Candidate, read_pairs
from zoho.engine.retirements import plan_retirements
from zoho.engine.work import Work, write_plan
from zoho.store import links, observations, runs

log = logging.getLogger(__name__)

_CHUNK = 500


def plan(job: Job, pairs_path: Any) -> tuple[Any, int]:
    """Plan everything that is out of step, and stage the plan: creates first, then the rest.

    Returns:
        Path of the staged plan, and the number of its items.
    """
    candidates = read_pairs(pairs_path)
    with job.store.begin() as connection:
        stale = _out_of_step(job, connection)
        first_seq = runs.plan_again(connection, job.run_id)
    _fetch_details(job, candidates, stale)
    path = job.staging / "plan.parquet"
    tally: Counter[Action] = Counter()
    touched: set[str] = set()
    works = _numbered(_works(job, candidates, stale), first_seq, tally, touched)
    count = write_plan(path, works)
    skipped = [candidate for candidate in candidates if candidate.pairing.fate is Fate.SKIP]
    with job.store.begin() as connection:
        linked = set(_linked_ids(job, connection, touched))
        unchanged = links.count(connection, job.scope) - len(linked)
        runs.note_counts(connection, job.run_id, unchanged=unchanged, skipped=len(skipped))
    log.info(
        "Plan: %d to create, %d to update, %d to link without a write, %d to unlink, %d left alone; %d unchanged. "
        "%d calls to Books.",
        tally[Action.CREATE],
        tally[Action.UPDATE],
        tally[Action.LINK],
        tally[Action.RETIRE],
        tally[Action.DRIFT] + len(skipped),
        unchanged,
        tally[Action.CREATE] + tally[Action.UPDATE],
    )
    return path, count


def _out_of_step(job: Job, connection: Connection) -> dict[Kind, list[str]]:
    """Return the sales ids of linked records to be looked at, by kind."""
    found = {}
    for source in job.module.sources:
        entities = (source.entity, job.module.books_list.entity, source.child_entity)
        found[source.kind] = links.out_of_step(connection, job.scope, *entities)
    return found


def _fetch_details(job: Job, candidates: Sequence[Candidate], stale: Mapping[Kind, Sequence[str]]) -> None:
    """Read the Books customers that will be merged and of which only a list row, or an older state, is known."""
    wanted = {c.pairing.books_id for c in candidates if c.pairing.fate is Fate.DUPLICATE and c.pairing.books_id}
    with job.store.connect() as connection:
        for sales_ids in stale.values():
            wanted |= {row.books_id for row in links.by_sales_id(connection, job.scope, sales_ids).values()}
        known = observations.by_id(connection, job.scope, "books", job.module.books_list.entity, sorted(wanted))
    for books_id in sorted(wanted):
        row = known.get(books_id)
        if row is None or row.detailed_at != row.modified_at:
            read_books(job, books_id)


def read_books(job: Job, books_id: str) -> None:
    """Read one Books record whole and store what was seen; one that is gone is left as it was last seen."""
    raw = job.books_side.read(books_id)
    if raw is None:
        log.warning("Books record %s is not there any more.", books_id)
        return
    with job.store.begin() as connection:
        observations.absorb(connection, job.scope, [job.module.observe_books(raw, detailed=True)])


def _numbered(works: Iterator[Work], first: int, tally: Counter[Action], touched: set[str]) -> Iterator[Work]:
    for seq, work in enumerate(works, first):
        tally[work.item.action] += 1
        if work.item.writes:
            touched.add(work.item.sales_id)
        yield replace(work, seq=seq)


def _works(job: Job, candidates: Sequence[Candidate], stale: Mapping[Kind, Sequence[str]]) -> Iterator[Work]:
    joining = {c.pairing.sales_id for c in candidates if c.pairing.fate is not Fate.SKIP}
    for fate in (Fate.NEW, Fate.DUPLICATE):
        chosen = [candidate for candidate in candidates if candidate.pairing.fate is fate]
        for start in range(0, len(chosen), _CHUNK):
            yield from _plan_candidates(job, chosen[start : start + _CHUNK])
    for kind, sales_ids in stale.items():
        for start in range(0, len(sales_ids), _CHUNK):
            yield from plan_linked(job, kind, sales_ids[start : start + _CHUNK], joining)
    yield from plan_retirements(job)
    yield from _plan_skips(job, [c for c in candidates if c.pairing.fate is Fate.SKIP])


def _plan_candidates(job: Job, candidates: Sequence[Candidate]) -> Iterator[Work]:
    with job.store.connect() as connection:
        books_ids = [c.pairing.books_id for c in candidates if c.pairing.books_id]
        books = observations.by_id(connection, job.scope, "books", job.module.books_list.entity, books_ids)
        sides = {
            kind: _sales_side(job, connection, kind, [c.pairing.sales_id for c in candidates if c.kind is kind])
            for kind in {candidate.kind for candidate in candidates}
        }
    name_field = job.module.books_list.name_field
    for candidate in candidates:
        pairing, seen = candidate.pairing, sides[candidate.kind][candidate.pairing.sales_id]
        try:
            if pairing.fate is Fate.NEW:
                keys = job.module.keys(candidate.kind)
                item = plan_create(seen.record, pairing, name_field, keys, job.module.child_keys)
                yield Work(0, item, seen.record, seen.marks, body=job.module.create_body(item))
            else:
                yield _join(job, seen, books[pairing.books_id or ""].raw, None, pairing.reason)
        except ValueError as problem:
            yield Work(0, plan_reject(pairing.sales_id, pairing.books_id, seen.kind, seen.name, str(problem)))


def plan_found(job: Job, kind: Kind, sales_id: str, books_id: str, created_as: str | None) -> Work:
    """Plan to link a record to a Books customer that turned out to be its counterpart.

    Args:
        job: the run.
        kind: what the record is.
        sales_id: the record.
        books_id: the customer, which was just read whole.
        created_as: the display name it was created under, which stands although the record may have another.
    """
    with job.store.connect() as connection:
        seen = _sales_side(job, connection, kind, [sales_id])[sales_id]
        raw = observations.by_id(connection, job.scope, "books", job.module.books_list.entity, [books_id])[
            books_id
        ].raw
    base = None
    if created_as is not None:
        name_field = job.module.books_list.name_field
        base = Base({name_field: seen.record.values[name_field]}, {name_field: created_as})
    return _join(job, seen, raw, base, "created by an earlier try whose answer was lost")


def _join(job: Job, seen: "_Seen", raw: Mapping[str, Any], base: Base | None, reason: str) -> Work:
    """Plan the first merge of two records that belong together."""
    kind = seen.kind
    item = plan_pair(
        seen.record,
        job.module.books_record(kind, raw),
        base,
        {},
        frozenset(),
        job.module.keys(kind),
        job.module.child_keys,
        job.module.rules,
        reason,
    )
    if item is None:
        raise ValueError(f"nothing joins {seen.record.id} to Books: the mapping has no field but the name")
    return _work(job, item, seen, raw, base, {})


def plan_linked(job: Job, kind: Kind, sales_ids: Sequence[str], joining: Set[str] = frozenset()) -> Iterator[Work]:
    """Plan linked records from what the store knows of both sides now.

    Args:
        job: the run.
        kind: what the records are.
        sales_ids: which.
        joining: accounts that get their link in this very run, so that contacts may move to them.
    """
    with job.store.connect() as connection:
        known = links.by_sales_id(connection, job.scope, sales_ids)
        children = links.children_of(connection, job.scope, [row.link_id for row in known.values()])
        sides = _sales_side(job, connection, kind, sales_ids)
        books_ids = [row.books_id for row in known.values()]
        books = observations.by_id(connection, job.scope, "books", job.module.books_list.entity, books_ids)
        moved: set[str] = set()
        child_entity = job.module.source_of(kind).child_entity
        if child_entity is not None:
            moved = _moved_away(job, connection, child_entity, known, children, joining)
    for sales_id in sales_ids:
        link, seen = known[sales_id], sides[sales_id]
        seen_in_books = books[link.books_id]
        if seen_in_books.detailed_at is None:
            continue  # gone from Books before it was ever read whole
        child_links = {row.sales_id: _link(row) for row in children[link.link_id]}
        try:
            item = plan_pair(
                seen.record,
                job.module.books_record(kind, seen_in_books.raw),
                Base(link.base_sales, link.base_books),
                child_links,
                moved,
                job.module.keys(kind),
                job.module.child_keys,
                job.module.rules,
            )
        except ValueError as problem:
            yield Work(0, plan_reject(sales_id, link.books_id, kind, seen.name, str(problem)))
            continue
        if item is None:
            with job.store.begin() as connection:
                links.mark_seen(connection, link.link_id, seen.marks[sales_id], seen_in_books.fingerprint)
        else:
            base = Base(link.base_sales, link.base_books)
            child_bases = {child: child_link.base for child, child_link in child_links.items()}
            yield _work(job, item, seen, seen_in_books.raw, base, child_bases)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A sales-side record as last seen, with the fingerprints of what it was made of.

    It is translated only when asked for, since a value of it may not be translatable.
    """

    kind: Kind
    name: str
    marks: dict[str, str]
    read: Callable[[], Record]

    @property
    def record(self) -> Record:
        """The record in canonical terms.

        Raises:
            ValueError: a value cannot be translated; the text names its field.
        """
        return self.read()


def _sales_side(job: Job, connection: Connection, kind: Kind, sales_ids: Sequence[str]) -> dict[str, _Seen]:
    source = job.module.source_of(kind)
    rows = observations.by_id(connection, job.scope, "sales", source.entity, sales_ids)
    contacts: Mapping[str, Sequence[Row[Any]]] = {}
    if source.child_entity is not None:
        contacts = observations.by_parent(connection, job.scope, source.child_entity, sales_ids)
        own = links.by_sales_id(connection, job.scope, [c.remote_id for group in contacts.values() for c in group])
        contacts = {
            parent: [contact for contact in group if contact.remote_id not in own]
            for parent, group in contacts.items()
        }
    sides = {}
    for sales_id, row in rows.items():
        below = contacts.get(sales_id, ())
        marks = {sales_id: row.fingerprint, **{contact.remote_id: contact.fingerprint for contact in below}}
        read = partial(job.module.sales_record, kind, row.raw, [contact.raw for contact in below])
        sides[sales_id] = _Seen(kind, row.name, marks, read)
    return sides


def _moved_away(
    job: Job,
    connection: Connection,
    child_entity: str,
    known: Mapping[str, Row[Any]],
    children: Mapping[int, Sequence[Row[Any]]],
    joining: Set[str],
) -> set[str]:
    """Return the linked contacts that now belong to another account which Books has too, or gets in this run."""
    parent_of = {row.link_id: sales_id for sales_id, row in known.items()}
    child_ids = [child.sales_id for group in children.values() for child in group]
    contacts = observations.by_id(connection, job.scope, "sales", child_entity, child_ids)
    elsewhere = {
        child.sales_id: contacts[child.sales_id].parent_id
        for group in children.values()
        for child in group
        if child.sales_id in contacts
        and contacts[child.sales_id].parent_id not in (None, parent_of[child.parent_link_id])
    }
    linked = links.by_sales_id(connection, job.scope, sorted(set(elsewhere.values())))
    return {child for child, account in elsewhere.items() if account in linked or account in joining}


def _work(
    job: Job,
    item: PlanItem,
    seen: _Seen,
    raw: Mapping[str, Any],
    base: Base | None,
    child_bases: Mapping[str, Base],
) -> Work:
    body = job.module.update_body(item, raw) if item.writes else None
    return Work(0, item, seen.record, seen.marks, base, child_bases, raw, body)


def _plan_skips(job: Job, candidates: Sequence[Candidate]) -> Iterator[Work]:
    """Plan only the skips that are news: the same verdict is not repeated in the history every two hours."""
    for start in range(0, len(candidates), _CHUNK):
        chunk = candidates[start : start + _CHUNK]
        for entity in sorted({candidate.entity for candidate in chunk}):
            mine = [candidate for candidate in chunk if candidate.entity == entity]
            with job.store.connect() as connection:
                ids = [candidate.pairing.sales_id for candidate in mine]
                known = observations.by_id(connection, job.scope, "sales", entity, ids)
            for candidate in mine:
                row, reason = known[candidate.pairing.sales_id], candidate.pairing.reason
                if row.verdict != reason:
                    yield Work(0, plan_skip(row.remote_id, candidate.kind, row.name, reason))


def _linked_ids(job: Job, connection: Connection, sales_ids: set[str]) -> list[str]:
    return list(links.by_sales_id(connection, job.scope, sorted(sales_ids)))


def _link(row: Row[Any]) -> Link:
    return Link(row.sales_id, row.books_id, Base(row.base_sales, row.base_books))
