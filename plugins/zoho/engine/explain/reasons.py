"""Why a record stands as it does: what holds it back, or what the next run does about it (BEY-9)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from zoho.core.merge import Outcome
from zoho.core.names import name_key
from zoho.core.pairing import Fate, Named, OtherSide, pair_by_name
from zoho.core.plan import Action, PlanItem
from zoho.core.records import Side
from zoho.engine.control.wording import as_it_is
from zoho.engine.explain.subject import Subject
from zoho.engine.explain.told import HOLDING, Reason, Why
from zoho.engine.job import Job
from zoho.modules.module import Source
from zoho.modules.references import Missing
from zoho.store import claims, controls, failures, links, proposals, traces, unlinked
from zoho.store.failures import FailureFilter
from zoho.store.observations import Absence

_ABSENCES: Mapping[str, Why] = {
    Absence.DELETED: Why.DELETED,
    Absence.LEFT_VIEW: Why.LEFT_VIEW,
    Absence.ACCOUNT_OUTSIDE: Why.ACCOUNT_OUTSIDE,
}
_MOST_FAILURES = 50


def reasons_of(
    job: Job, connection: Connection, subject: Subject, items: Sequence[PlanItem], problem: ValueError | None
) -> list[Reason]:
    """Return the reasons for the standing of a record, what holds it back first.

    Args:
        job: of the module.
        connection: of the store.
        subject: the record.
        items: what would bring it in step with the record that it is linked with.
        problem: why a value of it cannot be translated, if that is so.
    """
    found = [*_absences(subject), *_troubles(job, connection, subject)]
    if problem is not None and str(problem) not in {one.detail for one in found}:
        found.append(Reason(Why.MISSING if isinstance(problem, Missing) else Why.UNREADABLE, str(problem)))
    found += _of_link(job, connection, subject)
    found += _of_items(items)
    control = controls.read(connection, job.configured.name)
    if not control.may_run:
        found.append(Reason(Why.STOPPED, as_it_is(control), at=control.since))
    if not subject.holds and not any(one.why in HOLDING for one in found):
        found += _unlinked(job, connection, subject)
    return sorted(found, key=lambda one: one.why not in HOLDING)


def _absences(subject: Subject) -> Iterator[Reason]:
    for side, row in subject.rows.items():
        if row.absent is not None:
            yield Reason(_ABSENCES[row.absent], side=side)
    if subject.books is not None and subject.books.in_view is False:
        yield Reason(Why.NOT_SHOWN, side="books")


def _troubles(job: Job, connection: Connection, subject: Subject) -> Iterator[Reason]:
    """Yield what went wrong with it and has not been mended since."""
    for row in _failures(job, connection, subject):
        yield Reason(Why.FAILED, row.error or "", run_id=row.run_id, at=row.failed_at)
    records = list(subject.ids.items())
    for row in traces.refusals_of(connection, job.scope, records):
        yield Reason(Why.REFUSED, row.reason, side=row.source, run_id=row.run_id, at=row.refused_at)
    for row in traces.claims_of(connection, job.scope, records):
        yield Reason(Why.BEGUN, side=row.source, run_id=row.run_id, at=row.claimed_at)


def _failures(job: Job, connection: Connection, subject: Subject) -> list[Row[Any]]:
    found: dict[tuple[str, int], Row[Any]] = {}
    for one in subject.ids.values():
        wanted = FailureFilter([job.configured.name], [job.module_name], text=one)
        rows = failures.standing(connection, wanted, _MOST_FAILURES)
        found |= {(row.run_id, row.seq): row for row in rows if one in (row.sales_id, row.books_id)}
    return list(found.values())


def _of_link(job: Job, connection: Connection, subject: Subject) -> Iterator[Reason]:
    link = subject.link
    if link is not None and link.retired_at is not None:
        side = link.retired_why if link.retired_why in ("sales", "books") else None
        yield Reason(Why.ENDED, "" if side else str(link.retired_why or ""), side, link.run_id, link.retired_at)
        for row in subject.rows.values():
            if row.absent is None and not subject.is_person and _is_buried(job, connection, row):
                yield Reason(Why.BURIED, side=row.side)
    books = subject.books
    if subject.holds and books is not None and books.absent is None and books.detailed_at != books.modified_at:
        yield Reason(Why.UNREAD, side="books", at=books.modified_at)


def _is_buried(job: Job, connection: Connection, row: Row[Any]) -> bool:
    return bool(unlinked.buried(connection, job.scope, row.side, {row.remote_id: row.fingerprint}))


def _of_items(items: Sequence[PlanItem]) -> Iterator[Reason]:
    """Yield what the next run writes, and what it may not write."""
    for item in items:
        if item.writes or item.action is Action.LINK:
            yield Reason(Why.TO_WRITE, item.reason, side=item.target)
    fields = [field for item in items for field in item.fields]
    fields += [field for item in items for child in item.children for field in child.fields]
    drifted = {field.key: field for field in fields if field.outcome is Outcome.DRIFT}
    if drifted:
        first = next(iter(drifted.values()))
        yield Reason(Why.DRIFT, f"{', '.join(drifted)}: {first.reason}", side=first.target)
    elif any(item.action is Action.DRIFT for item in items):
        yield Reason(Why.DRIFT, items[0].reason)


def _unlinked(job: Job, connection: Connection, subject: Subject) -> Iterator[Reason]:
    """Yield what the next run does with a record that has no counterpart, by what is known now."""
    row = subject.sales if subject.sales is not None else subject.books
    if row is None:
        return
    if row.verdict is not None and proposals.is_in_question(connection, job.scope, row.side, row.remote_id):
        yield Reason(Why.IN_QUESTION, row.verdict, side=row.side)
    elif row.verdict is not None:
        yield Reason(Why.LEFT_ALONE, row.verdict, side=row.side)
    elif subject.is_person:
        yield Reason(Why.TO_WRITE if subject.main is not None else Why.NEW, side="books")
    elif row.side == "books":
        yield from _only_in_books(job, connection, row)
    else:
        source = job.module.source_of(subject.kind)
        others = links.held_by_others(connection, job.scope, [row.remote_id]) if not job.module.pairs_by_name else {}
        if source.skip_reason is not None:
            yield Reason(Why.LEFT_ALONE, source.skip_reason, side="sales")
        elif others:
            yield Reason(Why.ELSEWHERE, others[row.remote_id], side="sales")
        else:
            yield _paired(job, connection, "sales", row, job.module.books_list.entity)


def _only_in_books(job: Job, connection: Connection, row: Row[Any]) -> Iterator[Reason]:
    place = job.module.place_of(row.raw)
    if not job.module.two_way:
        yield Reason(Why.NO_WAY, side="books")
    elif isinstance(place, Source):
        yield _paired(job, connection, "books", row, place.entity, top=place.without_parent)
    else:
        yield Reason(Why.LEFT_ALONE, place, side="books")


def _paired(
    job: Job, connection: Connection, side: Side, row: Row[Any], other_entity: str, *, top: bool = False
) -> Reason:
    """Return what pairing by name makes of a record; the next run may know more, such as a unique id."""
    other: Side = "books" if side == "sales" else "sales"
    if not job.module.pairs_by_name:
        return Reason(Why.NEW, side=other)
    found = unlinked.namesakes(connection, job.scope, other, other_entity, [row.name], top=top)
    begun = claims.claimed(connection, job.scope, side)
    names = {key: claim.name for key, claim in begun.items() if key == row.remote_id}
    known = OtherSide(
        free=[record for record, linked in found if not linked],
        taken={name_key(record.name) for record, linked in found if linked},
        claims=names,
    )
    (pairing,) = pair_by_name(side, [Named(row.remote_id, row.name)], known, job.module.settings.duplicates)
    why = {Fate.NEW: Why.NEW, Fate.DUPLICATE: Why.NAMESAKE, Fate.SKIP: Why.LEFT_ALONE}[pairing.fate]
    return Reason(why, pairing.reason, side=side if pairing.fate is Fate.SKIP else other)
