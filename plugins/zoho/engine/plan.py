"""Plan: merge what belongs together, field by field, into what is to be done."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.children import Gone
from zoho.core.names import is_told_apart
from zoho.core.pairing import LEFT_ALONE, PLANNED, Fate, Pairing
from zoho.core.plan import (
    Action,
    PlanDirection,
    PlanItem,
    plan_create_in_books,
    plan_create_in_sales,
    plan_pair,
    plan_reject,
    plan_rejoin,
    plan_skip,
)
from zoho.core.records import Base, Kind, Record, Side
from zoho.engine.approved import only_approved
from zoho.engine.cost import cost_of
from zoho.engine.expecting import MoneyMoved, outlook_of
from zoho.engine.focus import Focus, focus_of
from zoho.engine.job import Job, is_dry
from zoho.engine.linked import linked_pairs
from zoho.engine.pair import Candidate, Pairs
from zoho.engine.quota import affordable
from zoho.engine.refusals import sparing
from zoho.engine.retirements import plan_retirements
from zoho.engine.sides import (
    SalesSeen,
    arrived_contacts,
    base_of,
    books_seen,
    former_contacts,
    read_books,
    rules_of,
    sales_seen,
)
from zoho.engine.undo.asked import undone_run
from zoho.engine.undo.planning import undo_works
from zoho.engine.work import Phase, Work, write_plan
from zoho.modules.shapes import NOT_UNDERSTOOD
from zoho.store import links, observations, runs, unlinked, worklist
from zoho.store.observations import chunked

log = logging.getLogger(__name__)

_CHUNK = 500
_PARTS = ("mappings", "transforms")


def plan(job: Job, pairs_path: Any) -> tuple[Any, int]:
    """Plan everything that is out of step, and stage the plan.

    Returns:
        Path of the staged plan, and the number of its items.
    """
    undoes = undone_run(job)
    pairs = Pairs(None if undoes else pairs_path)
    with job.store.begin() as connection:
        focus = focus_of(job, connection)
        first_seq = runs.plan_again(connection, job.run_id)
    due = undo_works(job, undoes) if undoes else sparing(job, focus.works(_due(job, pairs, focus)))
    path = job.staging / "plan.parquet"
    tally = Tally(MoneyMoved(job.module))
    works = only_approved(job, due, lambda item: Work(0, item, left_out=True))
    count = write_plan(path, tally.counting(works, first_seq))
    skipped = Counter(candidate.pairing.source for candidate in pairs.of(*LEFT_ALONE))
    with job.store.begin() as connection:
        linked = links.by_sales_id(connection, job.scope, sorted(tally.touched))
        unchanged = focus.number_linked(connection) - len(linked)
        runs.note_counts(connection, job.run_id, unchanged, skipped["sales"], skipped["books"])
    for side, place in (("books", "In Books"), ("sales", "On the sales side")):
        numbers = tally.actions[side]
        if side == "books" or numbers:
            log.info("%s: %d to create, %d to update.", place, numbers[Action.CREATE], numbers[Action.UPDATE])
    log.info(
        "%d to link without a write, %d to unlink, %d left alone; %d unchanged.",
        tally.quiet[Action.LINK],
        tally.quiet[Action.RETIRE],
        tally.quiet[Action.DRIFT] + skipped.total(),
        unchanged,
    )
    cost = cost_of(job, tally.actions_by_kind)
    log.info("%s", cost.sentence)
    outlook = outlook_of(job, cost, tally.money.sums)
    with job.store.begin() as connection:
        runs.note_cost(connection, job.run_id, cost.calls, outlook.stored())
    affordable(job, cost.quota)
    return path, count


class Tally:
    """Counts the items of a plan while they pass.

    Attributes:
        actions: target → action → number of items that write.
        actions_by_kind: (kind of the sales-side record, or ``None`` for Books, action) → the same.
        quiet: action → number of items that write nothing.
        touched: sales ids of the records that are written, those that are new to Books aside.
        left_out: number of items that have changed since the plan was shown that is carried out.
        money: what they move.
    """

    def __init__(self, money: MoneyMoved) -> None:
        self.money = money
        self.actions: dict[str, Counter[Action]] = {"books": Counter(), "sales": Counter()}
        self.actions_by_kind: Counter[tuple[Kind | None, Action]] = Counter()
        self.quiet: Counter[Action] = Counter()
        self.touched: set[str] = set()
        self.left_out = 0

    def counting(self, works: Iterator[Work], first_seq: int) -> Iterator[Work]:
        """Pass works on, numbered from ``first_seq``."""
        for seq, work in enumerate(works, first_seq):
            item = work.item
            if work.left_out:
                self.left_out += 1
                yield replace(work, seq=seq)
                continue
            self.money.add(work)
            if item.writes:
                self.actions[item.target][item.action] += 1
                self.actions_by_kind[item.kind if item.target == "sales" else None, item.action] += 1
                if item.sales_id and (item.target, item.action) != ("books", Action.CREATE):
                    self.touched.add(item.sales_id)
            else:
                self.quiet[item.action] += 1
                if work.body:  # a record that is made inactive or active, or that is deleted again
                    deletes = work.undoes and item.target == "sales"
                    read_too = work.phase is Phase.REMOVALS and not deletes
                    self.actions_by_kind[item.kind if deletes else None, item.action] += 1 + read_too
            yield replace(work, seq=seq)


def _out_of_step(job: Job, connection: Connection) -> dict[Kind, list[str]]:
    """Return the sales ids of linked records to be looked at, by kind; all of them under changed settings."""
    last = runs.last_applied(connection, job.scope)
    everything = last is not None and _rules(job, last.settings) != _rules(job, job.configured.snapshot)
    if everything:
        log.info("The settings or the mapping have changed since the last run: every linked record is looked at.")
    found = {}
    for source in job.module.sources:
        entities = (source.entity, job.module.books_list.entity, source.child_entity)
        below = source.skip_reason is not None  # without an account it is left alone, linked or not (CUS-2)
        moved = worklist.out_of_step(connection, job.scope, *entities, everything=everything, below=below)
        found[source.kind] = moved
    return found


def _rules(job: Job, snapshot: Mapping[str, Any]) -> list[Any]:
    """Return the part of a run's settings that decides how the module's records merge."""
    module = job.module.name
    return [snapshot["integration"]["modules"].get(module), *(snapshot[part].get(module) for part in _PARTS)]


def _fetch_details(job: Job, pairs: Pairs, stale: Mapping[Kind, Sequence[str]]) -> None:
    """Read the Books records that will be merged and of which only a list row, or an older state, is known."""
    wanted = {one.pairing.books_id for one in pairs.of(*PLANNED) if one.pairing.books_id}
    missing: list[str] = []
    with job.store.connect() as connection:
        for some in chain.from_iterable(chunked(sales_ids) for sales_ids in stale.values()):
            wanted |= {row.books_id for row in links.by_sales_id(connection, job.scope, some).values()}
        for books_ids in chunked(sorted(wanted)):
            known = books_seen(job, connection, books_ids)
            missing += (
                books_id
                for books_id in books_ids
                if books_id not in known or known[books_id].detailed_at != known[books_id].modified_at
            )
    read_books(job, missing)


def _due(job: Job, pairs: Pairs, focus: Focus) -> Iterator[Work]:
    """Yield what is to be done for the records that are not linked yet, and for those that are out of step."""
    with job.store.connect() as connection:
        stale = {kind: focus.linked(ids) for kind, ids in _out_of_step(job, connection).items()}
    _fetch_details(job, pairs, stale)
    yield from _works(job, pairs, stale)


def _works(job: Job, pairs: Pairs, stale: Mapping[Kind, Sequence[str]]) -> Iterator[Work]:
    for fate in PLANNED:
        for some in chunked(pairs.of(fate), _CHUNK):
            yield from _plan_candidates(job, some)
    yield from plan_retirements(job)  # before the contacts of a deleted account are linked below another one
    linked = any(stale.values())
    joining = {str(one.pairing.sales_id) for one in pairs.of(*PLANNED) if one.pairing.sales_id} if linked else set()
    for kind, sales_ids in stale.items():
        for ids in chunked(sales_ids, _CHUNK):
            yield from plan_linked(job, kind, ids, joining)
    for some in chunked(pairs.of(*LEFT_ALONE), _CHUNK):
        yield from _plan_skips(job, some)


def _plan_candidates(job: Job, candidates: Sequence[Candidate]) -> Iterator[Work]:
    with job.store.connect() as connection:
        books = books_seen(job, connection, [c.pairing.books_id for c in candidates if c.pairing.books_id])
        sales: dict[str, SalesSeen] = {}
        for kind in {candidate.kind for candidate in candidates}:
            ids = [c.pairing.sales_id for c in candidates if c.kind is kind and c.pairing.sales_id]
            sales |= sales_seen(job, connection, kind, ids)
        gone = Gone(arrived=arrived_contacts(job, connection, sales.values()))
        marks = {books_id: row.fingerprint for books_id, row in books.items()}
        buried = unlinked.buried(connection, job.scope, "books", marks)
        new = [c.pairing.sales_id for c in candidates if c.pairing.sales_id and not c.pairing.books_id]
        former = {key: base_of(row) for key, row in links.former(connection, job.scope, new).items()}
    for candidate in candidates:
        pairing, kind = candidate.pairing, candidate.kind
        seen, row = sales.get(pairing.sales_id or ""), books.get(pairing.books_id or "")
        name = seen.name if seen else pairing.target_name
        try:
            if row is None and seen is not None:
                yield replace(_create_in_books(job, pairing, seen, gone), base=former.get(seen.sales_id))
            elif seen is None and row is not None:
                place = job.module.place_of(row.raw)  # the list row that it was paired by may have been older
                if isinstance(place, str):
                    yield Work(0, plan_skip(replace(pairing, reason=place), kind, name))
                elif row.detailed_at is not None and pairing.source_id not in buried:
                    yield from _create_in_sales(job, pairing, kind, row)
            elif seen is not None and row is not None:
                yield from _join(job, seen, row, _told_apart(job, seen, row), pairing.reason, gone)
        except ValueError as problem:
            yield Work(0, _rejected(pairing, kind, name, str(problem)))


def _rejected(pairing: Pairing, kind: Kind, name: str, why: str) -> PlanItem:
    direction: PlanDirection = "sales_to_books" if pairing.source == "sales" else "books_to_sales"
    return plan_reject(direction, pairing.sales_id, pairing.books_id, kind, name, why)


def _told_apart(job: Job, seen: SalesSeen, row: Row[Any]) -> Base | None:
    """Return the base of names that differ on purpose: in Books by a suffix, since another one has the name there."""
    name_field = job.module.books_list.name_field
    ours = seen.record.values.get(name_field)
    theirs = job.module.books_record(seen.kind, row.raw).values.get(name_field)
    if isinstance(ours, str) and isinstance(theirs, str) and is_told_apart(theirs, ours):
        return Base({name_field: ours}, {name_field: theirs})
    return None


def _create_in_books(job: Job, pairing: Pairing, seen: SalesSeen, gone: Gone) -> Work:
    rules = job.module.rules(seen.kind)
    planned = plan_create_in_books(seen.record, pairing, job.module.books_list.name_field, rules, gone)
    item = job.module.explained(planned, {})
    return Work(0, item, seen.record, seen=seen.marks, body=job.module.create_body(item))


def _create_in_sales(job: Job, pairing: Pairing, kind: Kind, row: Row[Any]) -> Iterator[Work]:
    books = job.module.books_record(kind, row.raw)
    filled = replace(books, values=job.module.maps[kind].filled(books.values, "sales"))
    persons = {person.id: person for person in books.children}
    with job.store.connect() as connection:
        left, elsewhere = former_contacts(job, connection, kind, persons)
    planned = plan_create_in_sales(filled, pairing, job.module.rules(kind), Gone(elsewhere=elsewhere))
    items = [job.module.explained(job.module.completed(item), row.raw) for item in planned]
    for item in items:
        more = item is not items[-1]
        if item.kind is not Kind.CONTACT_PERSON:
            yield Work(0, item, books=books, more=more)
        elif item.books_id in left:
            yield replace(_rejoin(job, kind, books, persons[item.books_id], left[item.books_id]), more=more)
        else:
            yield Work(0, item, books=persons[str(item.books_id)], parent_id=books.id, more=more)


def _rejoin(job: Job, kind: Kind, books: Record, person: Record, left: Row[Any]) -> Work:
    """Plan that a contact which lost its account when that was deleted gets the new one (CUS-8)."""
    contact = job.module.sales_record(Kind.CONTACT_PERSON, left.raw, [])
    base = base_of(left)
    item = plan_rejoin(contact, person, base, books.name, job.module.rules(kind).children)
    return Work(0, item, contact, person, base=base, before=left.raw, parent_id=books.id, rejoins=True)


def plan_found(job: Job, kind: Kind, sales_id: str, books_id: str, base: Base | None, reason: str) -> list[Work]:
    """Plan to link two records that turned out to be counterparts; both were just seen whole.

    Args:
        job: the run.
        kind: what the records are.
        sales_id: the one.
        books_id: the other.
        base: what is known of the fields that differ on purpose: a display name that had to be another.
        reason: why they belong together.
    """
    with job.store.connect() as connection:
        seen = sales_seen(job, connection, kind, [sales_id])[sales_id]
        row = books_seen(job, connection, [books_id])[books_id]
        gone = Gone(arrived=arrived_contacts(job, connection, [seen]))
    return list(_join(job, seen, row, base, reason, gone))


def _join(job: Job, seen: SalesSeen, row: Row[Any], base: Base | None, reason: str, gone: Gone) -> Iterator[Work]:
    """Plan the first merge of two records that belong together."""
    rules = rules_of(job, seen.kind, row, seen)
    sales, books = seen.record, job.module.books_record(seen.kind, row.raw)
    items = plan_pair(sales, books, base, {}, gone, rules, reason)
    yield from _works_of(job, items, seen, sales, books, row, base)


def plan_linked(job: Job, kind: Kind, sales_ids: Sequence[str], joining: Set[str] = frozenset()) -> Iterator[Work]:
    """Plan linked records from what the store knows of both sides now.

    Args:
        job: the run.
        kind: what the records are.
        sales_ids: which.
        joining: records that get their link in this very run, see :func:`~zoho.engine.sides.gone_contacts`.
    """
    in_step: list[links.Seen] = []
    for pair in linked_pairs(job, kind, sales_ids, joining):
        link, seen, row = pair.link, pair.seen, pair.row
        try:
            sales, in_books, items = pair.merged(job)
            works = list(_works_of(job, items, seen, sales, in_books, row, None))
        except ValueError as problem:
            item = plan_reject("sales_to_books", seen.sales_id, link.books_id, kind, seen.name, str(problem))
            yield Work(0, item)
            continue
        if not works:
            in_step.append(links.Seen(link.link_id, seen.marks[seen.sales_id], row.fingerprint))
        yield from works
    with job.store.begin() as connection:
        links.mark_seen(connection, in_step)


def _works_of(
    job: Job,
    items: Sequence[PlanItem],
    seen: SalesSeen,
    sales: Record,
    books: Record,
    row: Row[Any],
    base: Base | None,
) -> Iterator[Work]:
    """Give the items of a pair what carrying them out needs."""
    contacts = {contact.id: contact for contact in sales.children}
    persons = {person.id: person for person in books.children}
    for planned in items:
        more, item = planned is not items[-1], job.module.explained(planned, row.raw)
        if item.target == "books" or not item.writes:
            body = job.module.update_body(item, row.raw) if item.writes else None
            yield Work(0, item, sales, books, seen.marks, base, row.raw, body, more=more)
            continue
        before = seen.raw.get(item.sales_id or "")
        if item.kind is not Kind.CONTACT_PERSON:
            job.module.sales_body(item, None, before or {})  # what that side cannot hold is refused before any write
            yield Work(0, item, sales, books, seen.marks, base, before, more=more)
            continue
        contact, person = contacts.get(item.sales_id or ""), persons[str(item.books_id)]
        whole = job.module.completed(item) if item.action is Action.CREATE else item
        yield Work(0, whole, contact, person, seen.marks, None, before, parent_id=books.id, more=more)


def _plan_skips(job: Job, candidates: Sequence[Candidate]) -> Iterator[Work]:
    """Plan only the skips that are news: the same verdict is not repeated in the history every two hours.

    What a person asked for, a plan or some records, tells of all that is held: that is for them to decide (BEY-6).
    """
    shown = job.focused or job.approved is not None or is_dry(job)
    for side, entity in sorted({list_of(job, candidate) for candidate in candidates}):
        mine = [candidate for candidate in candidates if list_of(job, candidate) == (side, entity)]
        with job.store.connect() as connection:
            ids = [candidate.pairing.source_id for candidate in mine]
            known = observations.by_id(connection, job.scope, side, entity, ids)
        for candidate in mine:
            row = known[candidate.pairing.source_id]
            if NOT_UNDERSTOOD in row.raw:
                yield Work(0, _rejected(candidate.pairing, candidate.kind, row.name, row.raw[NOT_UNDERSTOOD]))
                continue
            held = candidate.pairing.fate is Fate.HOLD
            if row.verdict != candidate.pairing.reason or (held and shown):
                yield Work(0, plan_skip(candidate.pairing, candidate.kind, row.name))


def list_of(job: Job, candidate: Candidate) -> tuple[Side, str]:
    """Return the side and the list that an unlinked record is in."""
    side = candidate.pairing.source
    return side, candidate.entity if side == "sales" else job.module.books_list.entity
