"""Links as people want them: what is to end and what is to be made, and how that is stored (BEY-7)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from zoho.core.records import Base, Kind
from zoho.engine.control.audit import acting
from zoho.engine.errors import NotThere
from zoho.engine.history.origin import asked_by
from zoho.engine.job import Job
from zoho.engine.linkmap.recording import ended, linked, nobody_else, record
from zoho.store import linkmap, links, proposals
from zoho.store.links import NewLink
from zoho.store.proposals import Decision


@dataclass(frozen=True, slots=True)
class Ending:
    """A link that is to end.

    Attributes:
        link_id: which.
        kind: what the two are.
        sales_id: the one.
        books_id: the other.
        name: as a person would call them.
        why: the word that the link keeps of it.
        reason: why, as a sentence for the history.
    """

    link_id: int
    kind: Kind
    sales_id: str
    books_id: str
    name: str
    why: str
    reason: str


@dataclass(frozen=True, slots=True)
class Linking:
    """Two records that are to be linked; the next run brings them in step like two that meet for the first time.

    Attributes:
        kind: what the two are.
        sales_id: the one.
        books_id: the other.
        name: as a person would call them.
        reason: why, as a sentence for the history.
        base: what is known of what both held: all of it if they were linked before; else only that their names
            differ, which stay as they are, since a person knows better, and Books may have the other one already.
        children: links of contact persons that come back with it.
    """

    kind: Kind
    sales_id: str
    books_id: str
    name: str
    reason: str
    base: Base
    children: Sequence[NewLink] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person wants of links, as it would be done now.

    Attributes:
        deed: relink, unlink, merge or split.
        told: what becomes of the records, in sentences; empty when there is nothing to do.
        ends: links that end, with those of their contact persons.
        links: records that are linked.
        keeps: links of contact persons that go on below ``below``, or below what is linked.
        below: the link that stays; ``None``: the one that is made.
    """

    deed: str
    told: list[str] = field(default_factory=list)
    ends: list[Ending] = field(default_factory=list)
    links: Linking | None = None
    keeps: list[int] = field(default_factory=list)
    below: int | None = None

    @property
    def is_done(self) -> bool:
        """Whether everything is already as it is wanted."""
        return not self.ends and self.links is None


def carry_out(job: Job, edit: Edit, user: str) -> None:
    """Change the links as told, in one transaction with the history; what a run does meanwhile waits.

    Args:
        job: of the module.
        edit: what is to be done.
        user: who wants it.

    Raises:
        NotThere: the links have changed since it was told.
    """
    if edit.is_done:
        return
    deed, pairs = f"links {edit.deed}", [[one.sales_id, one.books_id] for one in edit.ends]
    made = [edit.links.sales_id, edit.links.books_id] if edit.links else None
    detail: dict[str, Any] = {"ended": pairs, "linked": made, "run_id": job.run_id}
    name = job.configured.name
    with (
        acting(job.store, user, deed, name, job.clock, module=job.module_name, detail=detail),
        nobody_else([job]),
        job.store.begin() as connection,
    ):
        now = job.clock()
        _check_unchanged(job, connection, edit)
        for one in edit.ends:
            linkmap.end(connection, one.link_id, one.why, now, but=edit.keeps)
            proposals.decide(connection, job.scope, (one.sales_id, one.books_id), Decision.DIFFERENT, user, now)
        below = edit.below if edit.links is None else _make(job, connection, edit.links)
        if below is not None:
            linkmap.move_children(connection, edit.keeps, below, job.run_id)
            linkmap.look_again(connection, [below])
        items = [ended(one.kind, one.sales_id, one.books_id, one.name, _by(one.reason, user)) for one in edit.ends]
        if edit.links is not None:
            new = edit.links
            items.append(linked(new.kind, new.sales_id, new.books_id, new.name, _by(new.reason, user)))
        record(job, connection, asked_by("zoho-sync", deed, user), edit.deed, items, now)


def _check_unchanged(job: Job, connection: Connection, edit: Edit) -> None:
    """Make sure that the links are still as they were when it was told what becomes of them.

    Raises:
        NotThere: they are not.
    """
    ends = {one.link_id: one for one in edit.ends}
    holding = links.by_sales_id(connection, job.scope, {one.sales_id for one in edit.ends})
    books_of = {row.link_id: row.books_id for row in holding.values()}
    as_told = all(books_of.get(link_id) == one.books_id for link_id, one in ends.items())
    if edit.links is not None:
        new = edit.links
        taken = links.by_sales_id(connection, job.scope, [new.sales_id]).get(new.sales_id)
        held = links.by_books_id(connection, job.scope, "record", new.books_id)
        as_told &= all(row is None or row.link_id in ends for row in (taken, held))
    if not as_told:
        raise NotThere("These records were linked otherwise meanwhile. Nothing was changed; look at them again.")


def _make(job: Job, connection: Connection, new: Linking) -> int:
    pair = NewLink("record", new.kind, new.sales_id, new.books_id, new.base, "", "")
    return links.save(connection, job.scope, pair, new.children, job.run_id, job.clock())


def _by(reason: str, user: str) -> str:
    return f"{reason} (by {user})"
