"""Mend single links: relink, unlink, merge, split; what becomes of them is told before it is done (BEY-7)."""

from contextlib import suppress
from typing import Any

from sqlalchemy import Row

from zoho.core.observation import Observation
from zoho.core.records import Base, Kind
from zoho.engine.errors import NotThere
from zoho.engine.job import Job
from zoho.engine.linkmap.editing import Edit, Ending, Linking
from zoho.engine.linkmap.systems import Systems
from zoho.engine.sides import base_of
from zoho.modules.identity import UNIQUE
from zoho.store import linkmap, links, observations
from zoho.store.linkmap import SPLIT, UNLINKED
from zoho.store.links import NewLink

_THEN = "The next run brings the two in step, but for their names; zoho-sync plan shows what it would write."
_ALONE = "left alone on both sides, and not paired by name either, until somebody links it again"


def relink(job: Job, sales_id: str, books_id: str) -> Edit:
    """Tell what linking two records comes to, which ends the link that the sales-side record has.

    Raises:
        NotThere: there is no such record, or the Books record belongs to another one.
    """
    systems = Systems(job)
    kind, name = _in_sales(systems, sales_id)
    books = _in_books(systems, books_id)
    with job.store.connect() as connection:
        before = links.by_sales_id(connection, job.scope, [sales_id]).get(sales_id)
        held = links.by_books_id(connection, job.scope, "record", books_id)
        homes = [row for row in links.homes(connection, job.scope, [sales_id]) if row.home_sales != sales_id]
    if before is not None and before.books_id == books_id:
        return Edit("relink")
    if held is not None:
        raise NotThere(
            f"{books.name} ({books_id}) of Books is linked with {held.sales_id} of the sales side. Unlink them "
            "first, or make one link of the two: zoho-sync links merge."
        )
    if homes:
        raise NotThere(
            f"{name} ({sales_id}) is a contact person of {homes[0].home_books} in Books. Take it out of its account "
            "on the sales side first."
        )
    told = [f"{name} ({sales_id}) of the sales side is linked with {books.name} ({books_id}) of Books.", _THEN]
    ends = []
    if before is not None:
        _not_told_by(systems, before.books_id, sales_id)
        ends = [_ending(before, name, UNLINKED, f"linked with {books_id} instead")]
        told.insert(1, f"{before.books_id} of Books, which it was linked with, is {_ALONE}.")
    earlier = _earlier(job, sales_id, books_id)
    if earlier is not None:
        told[-1] = "They go on where their link ended: what was edited since is merged by the next run."
        made = Linking(kind, sales_id, books_id, name, "linked again", base_of(earlier), _children(job, earlier))
    else:
        made = Linking(kind, sales_id, books_id, name, "linked", _names(job, kind, sales_id, books))
    return Edit("relink", told, ends, made)


def unlink(job: Job, one_id: str) -> Edit:
    """Tell what ending a link comes to: both records stay, and are left alone.

    Raises:
        NotThere: no link holds a record of this id.
    """
    row = _link_of(job, one_id)
    name = _name(Systems(job), row)
    told = [
        f"{name} ({row.sales_id}) of the sales side and {row.books_id} of Books are not linked any more. Both stay.",
        f"Each is {_ALONE}: zoho-sync links relink.",
    ]
    return Edit("unlink", told, [_ending(row, name, UNLINKED, "unlinked; both are left alone")])


def merge(job: Job, keep_id: str, other_id: str, *, books_of_other: bool = False) -> Edit:
    """Tell what making one link of two comes to, since all four records are one and the same.

    The contact persons that are below the Books record that stays keep their links.

    Args:
        job: of the module.
        keep_id: id of a record of the link whose sales-side record stays linked.
        other_id: id of a record of the other link.
        books_of_other: whether the Books record of the other link is the one that stays linked.

    Raises:
        NotThere: no link holds one of them, or both are of the same link.
    """
    kept, other = _link_of(job, keep_id), _link_of(job, other_id)
    if kept.link_id == other.link_id:
        raise NotThere(f"{keep_id} and {other_id} are of one link already: there is nothing to merge.")
    systems = Systems(job)
    name, other_name = _name(systems, kept), _name(systems, other)
    books_id = other.books_id if books_of_other else kept.books_id
    books = _in_books(systems, books_id)
    with job.store.connect() as connection:
        below = links.children_of(connection, job.scope, [kept.link_id, other.link_id])
    moving = [*below[other.link_id], *(below[kept.link_id] if books_of_other else ())]
    keeps = [child.link_id for child in moving if child.books_id in systems.persons(books)]
    ends = [_ending(other, other_name, UNLINKED, f"merged into {kept.sales_id}")]
    told = [f"{name} ({kept.sales_id}) of the sales side is linked with {books.name} ({books_id}) of Books."]
    if not books_of_other:
        told.append(f"{other_name} ({other.sales_id}) and {other.books_id} of Books are not linked any more.")
        told.append(f"Each is {_ALONE}; delete or merge them in Zoho, if that is not done.")
        return Edit("merge", told, ends, None, keeps, kept.link_id)
    _not_told_by(systems, kept.books_id, kept.sales_id)
    ends.append(_ending(kept, name, UNLINKED, f"merged: linked with {books_id} instead"))
    told.append(
        f"{other_name} ({other.sales_id}) and {kept.books_id} of Books lose their links, and each is {_ALONE}."
    )
    kind, reason = Kind(kept.kind), f"merged with {other.sales_id}"
    made = Linking(kind, kept.sales_id, books_id, name, reason, _names(job, kind, kept.sales_id, books))
    return Edit("merge", [*told, _THEN], ends, made, keeps)


def split(job: Job, one_id: str) -> Edit:
    """Tell what parting two records comes to that are not the same: each gets a counterpart of its own.

    Raises:
        NotThere: no link holds a record of this id, or the two still tell of each other.
    """
    row = _link_of(job, one_id)
    systems = Systems(job)
    name = _name(systems, row)
    _not_told_by(systems, row.books_id, row.sales_id)
    field_name = job.module.identity.unique.sales
    entity = job.module.entity_of(Kind(row.kind))
    raw = systems.in_sales(entity, [row.sales_id]).get(row.sales_id, {})
    if field_name and str(raw.get(field_name) or "") == row.books_id:
        raise NotThere(
            f"{name} ({row.sales_id}) holds {row.books_id} in {field_name}, by which it would be found again. "
            "Empty that field first."
        )
    told = [
        f"{name} ({row.sales_id}) of the sales side and {row.books_id} of Books are not the same; their link ends "
        "for good.",
        "The next run pairs each with another record, or makes one for it, as for a new record; zoho-sync plan shows "
        "which.",
    ]
    return Edit("split", told, [_ending(row, name, SPLIT, "split: the two are not the same")])


def _in_sales(systems: Systems, sales_id: str) -> tuple[Kind, str]:
    found = systems.kind_of(sales_id)
    if found is None:
        lists = ", ".join(source.entity for source in systems.job.module.sources)
        raise NotThere(f"The sales side has no record {sales_id} in {lists}.")
    kind, raw = found
    return kind, systems.sales_name(systems.job.module.entity_of(kind), raw)


def _in_books(systems: Systems, books_id: str) -> Observation:
    found = systems.whole([books_id]).get(books_id)
    if found is None:
        raise NotThere(f"Books has no record {books_id} in {systems.job.module.books_list.entity}.")
    return found


def _link_of(job: Job, one_id: str) -> Row[Any]:
    """Return the link of a record, by its id on either side."""
    with job.store.connect() as connection:
        of_sales = links.by_sales_id(connection, job.scope, [one_id]).get(one_id)
        found = of_sales or links.by_books_id(connection, job.scope, "record", one_id)
    if found is None:
        raise NotThere(f"No link of {job.module_name} holds a record {one_id}, on either side.")
    return found


def _name(systems: Systems, row: Row[Any]) -> str:
    """Return the name of a linked record, as last seen; its id where it was never seen."""
    entity = systems.job.module.entity_of(Kind(row.kind))
    with systems.job.store.connect() as connection:
        seen = observations.by_id(connection, systems.job.scope, "sales", entity, [row.sales_id])
    return str(seen[row.sales_id].name) if row.sales_id in seen else str(row.sales_id)


def _earlier(job: Job, sales_id: str, books_id: str) -> Row[Any] | None:
    """Return the latest link that the two had and that a person ended."""
    with job.store.connect() as connection:
        return linkmap.latest_ended(connection, job.scope, sales_id, books_id)


def _children(job: Job, earlier: Row[Any]) -> list[NewLink]:
    """Return the links of contact persons that ended with a link, but for those that are linked otherwise by now."""
    with job.store.connect() as connection:
        rows = linkmap.ended_with(connection, job.scope, earlier)
    return [NewLink("child", Kind(row.kind), row.sales_id, row.books_id, base_of(row), "", "") for row in rows]


def _names(job: Job, kind: Kind, sales_id: str, books: Observation) -> Base:
    """Return the base of two records of which only the names are known to differ on purpose."""
    entity, field = job.module.entity_of(kind), job.module.books_list.name_field
    raw = job.sales_side.read(entity, [sales_id]).get(sales_id)
    if raw is None:
        return Base()
    seen = job.module.observe_sales(entity, raw)
    with suppress(ValueError):  # a value that cannot be translated is told by the run
        ours = job.module.sales_record(kind, seen.raw, []).values.get(field)
        theirs = job.module.books_record(kind, books.raw).values.get(field)
        if ours != theirs:
            return Base({field: ours}, {field: theirs})
    return Base()


def _ending(row: Row[Any], name: str, why: str, reason: str) -> Ending:
    return Ending(row.link_id, Kind(row.kind), row.sales_id, row.books_id, name, why, reason)


def _not_told_by(systems: Systems, books_id: str, sales_id: str) -> None:
    """Make sure that a Books record does not hold the id of one that it is not linked with any more.

    Its field is unique: Books would refuse that id in another record, and find this one by it.

    Raises:
        NotThere: it does.
    """
    seen = systems.whole([books_id]).get(books_id)
    if seen is not None and seen.raw.get(UNIQUE) == sales_id:
        unique = systems.job.module.identity.unique.books
        raise NotThere(
            f"{seen.name} ({books_id}) of Books holds {sales_id} in {unique}, which no other record may hold then. "
            "Empty that field in Books first."
        )
