"""Hold the links that there are against both systems, and tell how the store is mended (BEY-7)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import Row

from zoho.core.names import stem_key
from zoho.core.observation import Observation
from zoho.core.records import Kind, Side
from zoho.engine.job import Job
from zoho.engine.linkmap.systems import Systems
from zoho.modules.identity import NATIVE, UNIQUE, UNTOLD
from zoho.store import linkmap, observations
from zoho.store.observations import Absence


class Repair(StrEnum):
    """What is done to the store about a finding; Zoho is never written."""

    END = "end the link"
    """Nothing of it is there any more."""
    NOTE_DELETED = "note that the record is gone"
    """The next run ends the link, and does what the settings say of deleted records."""
    LOOK_AGAIN = "let the next run look at the pair"
    NOTHING = "nothing"
    """A person has to decide; the finding says what to call."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in which the links and the systems disagree.

    Attributes:
        what: a sentence.
        repair: what mends it.
        advice: what a person may do, where no repair is safe; else empty.
        link_id: the link; ``None`` when it is about records that no link holds.
        kind: what the records are.
        sales_id: on the sales side.
        books_id: in Books.
        name: of the record.
        gone: the sides that do not have the record any more.
    """

    what: str
    repair: Repair
    advice: str = ""
    link_id: int | None = None
    kind: Kind | None = None
    sales_id: str | None = None
    books_id: str | None = None
    name: str = ""
    gone: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at one module found.

    Attributes:
        job: of the module.
        links: how many links of records were looked at.
        persons: how many of contact persons.
        findings: what is wrong.
    """

    job: Job
    links: int
    persons: int
    findings: Sequence[Finding]

    @property
    def repairs(self) -> list[Finding]:
        """The findings that can be mended in the store."""
        return [finding for finding in self.findings if finding.repair is not Repair.NOTHING]


def verify(job: Job) -> Verified:
    """Look whether all that is linked is there on both sides and agrees with what the records tell.

    Nothing is changed. It costs a call for two hundred records of either side, one for each customer with contact
    persons that was edited since it was last read whole, and one for each that Zoho's own integration has marked.

    Raises:
        ZohoError: a system cannot be asked now.
    """
    with job.store.connect() as connection:
        rows = linkmap.active_links(connection, job.scope)
        left_alone = linkmap.left_alone(connection, job.scope)
    looked = _Look(job, rows, left_alone)
    return Verified(job, len(looked.records), len(looked.children), list(looked.findings()))


class _Look:
    def __init__(self, job: Job, rows: Sequence[Row[Any]], left_alone: Set[str]) -> None:
        self.job, self.systems, self.left_alone = job, Systems(job), left_alone
        self.records = [row for row in rows if row.role == "record"]
        self.children = [row for row in rows if row.role == "child"]
        self.by_id = {row.link_id: row for row in self.records}
        self.sales = {source.entity: self.systems.all_in_sales(source.entity) for source in job.module.sources}
        self.books = self._books()
        self.linked_in_books = {row.books_id: row for row in self.records}
        self.linked_in_sales = {row.sales_id: row for row in self.records}

    def _books(self) -> Mapping[str, Observation]:
        """Return what the Books list shows, each record whole where that is known or needed to tell more."""
        listed = self.systems.listed
        entity = self.job.module.books_list.entity
        with self.job.store.connect() as connection:
            known = observations.by_id(connection, self.job.scope, "books", entity, list(listed))
        fresh = {
            books_id: row.raw
            for books_id, row in known.items()
            if row.detailed_at is not None and row.detailed_at == listed[books_id].modified_at
        }
        above = {self.by_id[row.parent_link_id].books_id for row in self.children if row.parent_link_id in self.by_id}
        wanted = [
            books_id
            for books_id, seen in listed.items()
            if books_id not in fresh and (books_id in above or UNTOLD in seen.raw)
        ]
        whole = self.systems.whole(wanted)
        missing = {row.books_id for row in self.records} - listed.keys()
        self.raw = {**{one: seen.raw for one, seen in listed.items()}, **fresh}
        self.raw |= {one: seen.raw for one, seen in whole.items()}
        self.read_whole = fresh.keys() | whole.keys()
        return {**listed, **self.systems.whole(sorted(missing))}

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is wrong: records, then contact persons, then what may be doubled."""
        for row in self.records:
            yield from self._of_record(row)
        for row in self.children:
            yield from self._of_child(row)
        yield from self._doubled()

    def _of_record(self, row: Row[Any]) -> Iterator[Finding]:
        entity = self.job.module.entity_of(Kind(row.kind))
        gone: list[Side] = []
        if row.sales_id not in self.sales[entity]:
            gone.append("sales")
        if row.books_id not in self.books:
            gone.append("books")
        if gone:
            yield self._gone(row, tuple(gone))
            return
        told = self._told(row.books_id)
        if told and row.sales_id not in told.values():
            by, other = next(iter(told.items()))
            what = f"the record of Books says {by} that it is {other} of the sales side"
            yield self._finding(row, what, Repair.NOTHING, self._advice(other, row.books_id))
        unique = self.job.module.identity.unique.sales
        of_books = str(self.sales[entity][row.sales_id].get(unique) or "") if unique else ""
        if of_books and of_books != row.books_id:
            what = f"the record of the sales side says in {unique} that it is {of_books} of Books"
            yield self._finding(row, what, Repair.NOTHING, self._advice(row.sales_id, of_books))

    def _gone(self, row: Row[Any], gone: tuple[Side, ...]) -> Finding:
        if len(gone) == 2:
            return self._finding(row, "both records are gone", Repair.END, gone=gone)
        place = "on the sales side" if gone == ("sales",) else "in Books"
        return self._finding(row, f"the record {place} is gone", Repair.NOTE_DELETED, gone=gone)

    def _told(self, books_id: str) -> dict[str, str]:
        """Return by what a Books record tells → which record of the sales side it is."""
        raw = self.raw.get(books_id, {})
        unique = self.job.module.identity.unique.books
        found = {f"in {unique}": str(raw[UNIQUE])} if UNIQUE in raw else {}
        native = {str(sales_id) for sales_id in raw.get(NATIVE, {}).values()}
        return found | ({"by Zoho's own integration": min(native)} if native else {})

    def _of_child(self, row: Row[Any]) -> Iterator[Finding]:
        above = self.by_id.get(row.parent_link_id)
        if above is None:
            yield self._finding(row, "the link of its customer has ended", Repair.END)
        elif row.sales_id != above.sales_id and row.sales_id not in self.contacts:
            if row.sales_absent == Absence.DELETED:
                return  # known: the link holds on, so that the person which stays in Books is not sent again (OPS-7)
            what = "the contact on the sales side is gone"
            yield self._finding(row, what, Repair.NOTE_DELETED, gone=("sales",))
        elif above.books_id in self.read_whole and self._may_be_another(row, self._persons(above)):
            what = f"Books has no such contact person below {above.books_name or above.books_id}"
            yield self._finding(row, what, Repair.LOOK_AGAIN)

    def _may_be_another(self, row: Row[Any], persons: Sequence[str]) -> bool:
        """Whether a person is gone, and another one is there that no link holds; if not, it was deleted in Books."""
        return row.books_id not in persons and not self.linked_persons >= set(persons)

    @cached_property
    def linked_persons(self) -> Set[str]:
        """Ids of the contact persons of Books that are linked."""
        return {row.books_id for row in self.children}

    def _persons(self, above: Row[Any]) -> list[str]:
        return self.job.module.person_ids(self.raw[above.books_id])

    @cached_property
    def contacts(self) -> Mapping[str, Any]:
        """Id → contact of the sales side, of those that are linked as contact persons."""
        entities = {source.child_entity for source in self.job.module.sources if source.child_entity}
        found: dict[str, Any] = {}
        for entity in entities:
            there = self.sales.get(entity)
            found |= there or self.systems.in_sales(entity, {row.sales_id for row in self.children})
        return found

    def _doubled(self) -> Iterator[Finding]:
        """Yield records that no link holds and that are, or may be, the same as a linked one."""
        tell: dict[str, list[str]] = defaultdict(list)
        for books_id in self.books:
            for sales_id in set(self._told(books_id).values()):
                tell[sales_id].append(books_id)
        for sales_id, ids in tell.items():
            for books_id in ids if len(ids) > 1 else ():
                if books_id not in self.linked_in_books:
                    others = ", ".join(one for one in ids if one != books_id)
                    what = f"the record of Books says that it is {sales_id} of the sales side, and so does {others}"
                    yield self._loose(what, self.books[books_id].name, None, books_id)
        if self.job.module.pairs_by_name:
            yield from self._namesakes()

    def _namesakes(self) -> Iterator[Finding]:
        by_stem: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in self.records:
            for name in {stem_key(str(name)) for name in (row.sales_name, row.books_name) if name}:
                by_stem[name].append(row)
        for books_id, seen in self.books.items():
            if books_id not in self.linked_in_books and seen.raw.get("status") != self.job.module.inactive_status:
                yield from self._called_alike(by_stem, seen.name, None, books_id)
        for source in self.job.module.sources:
            for sales_id, record in self.sales[source.entity].items() if not source.without_parent else ():
                if sales_id not in self.linked_in_sales:
                    yield from self._called_alike(
                        by_stem, self.systems.sales_name(source.entity, record), sales_id, None
                    )

    def _called_alike(
        self, by_stem: Mapping[str, list[Row[Any]]], name: str, sales_id: str | None, books_id: str | None
    ) -> Iterator[Finding]:
        if {sales_id, books_id} & self.left_alone:
            return  # a person has looked at it
        for row in by_stem.get(stem_key(name), ()):
            place = "the sales side" if sales_id else "Books"
            what = f"it is not linked, and called like {row.sales_id} – {row.books_id}, which are: perhaps a double"
            yield self._loose(f"{what} in {place}" if books_id else f"{what} on {place}", name, sales_id, books_id)
            return

    def _loose(self, what: str, name: str, sales_id: str | None, books_id: str | None) -> Finding:
        place = "Books" if books_id else "the sales side"
        advice = f"if the two are the same, merge them in {place}"
        return Finding(what, Repair.NOTHING, advice, sales_id=sales_id, books_id=books_id, name=name)

    def _advice(self, sales_id: str, books_id: str) -> str:
        job = self.job
        return (
            f"if that is right: zoho-sync links relink {job.configured.name} {job.module.name} {sales_id} {books_id}"
        )

    def _finding(
        self, row: Row[Any], what: str, repair: Repair, advice: str = "", gone: tuple[Side, ...] = ()
    ) -> Finding:
        name = str(row.sales_name or row.books_name or row.sales_id)
        return Finding(what, repair, advice, row.link_id, Kind(row.kind), row.sales_id, row.books_id, name, gone)
