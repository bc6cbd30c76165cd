"""Two sides and the links between them, in memory: plans are carried out here as the engine carries them out.

Every pair is planned in every run, so that what the plans say is tried, and not what the engine chooses to look at.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from zoho.core.children import ChildAction, ChildPlan, Former, Gone, edited_in_books, still_unsent
from zoho.core.merge import FieldMerge, Outcome
from zoho.core.names import name_key
from zoho.core.pairing import DuplicatePolicy, Fate, Named, OtherSide, Pairing, pair_by_name
from zoho.core.plan import (
    Action,
    PlanItem,
    RecordRules,
    base_after,
    base_of_new,
    plan_create_in_books,
    plan_create_in_sales,
    plan_pair,
)
from zoho.core.records import Base, Kind, Link, Record, Side, Value, Values

NAME = "contact_name"
OTHER: Mapping[Side, Side] = {"sales": "books", "books": "sales"}


@dataclass
class Child:
    """A contact or contact person: under which record it is, what it holds, and which human being it stands for."""

    parent: str | None
    values: dict[str, Value]
    soul: str


@dataclass
class Place:
    """What one side holds."""

    records: dict[str, dict[str, Value]] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)

    def below(self, record_id: str) -> dict[str, Child]:
        """Return the children of a record, in the side's order."""
        return {key: child for key, child in self.children.items() if child.parent == record_id}

    def held(self, remote_id: str, child: bool) -> dict[str, Value]:
        """Return the values of a record or of a child."""
        return self.children[remote_id].values if child else self.records[remote_id]


@dataclass(frozen=True)
class Spot:
    """One field of a record or child on one side."""

    side: Side
    id: str
    child: bool
    key: str


@dataclass(frozen=True)
class Overwritten:
    """A value that a run replaced, and how it was accounted for."""

    spot: Spot
    old: Value
    merge: FieldMerge


@dataclass(frozen=True)
class Job:
    """A planned item with both records as they were when it was planned."""

    item: PlanItem
    sales: Record | None = None
    books: Record | None = None
    parent: str | None = None


@dataclass(frozen=True)
class Ways:
    """How a world behaves: its rules, and how each side stores what it is given."""

    rules: RecordRules
    duplicates: DuplicatePolicy = DuplicatePolicy.CLONE
    lead: Side = "sales"
    stored: Callable[[Side, Value], Value] = lambda _, value: value

    @property
    def two_way(self) -> bool:
        return self.rules.merge.direction.allows("sales")

    @property
    def has_people(self) -> bool:
        """Whether records have children: where Books leads, as with products, they have none."""
        return self.lead == "sales"

    @property
    def kind(self) -> Kind:
        return Kind.INDIVIDUAL if self.rules.own_child else Kind.BUSINESS


class World:
    """Both sides, the links, and what the runs overwrote and took away.

    Attributes:
        places: what each side holds.
        links: sales id → link of the records.
        child_links: contact id → its account's id, and its link.
        former: person id → the contact that it was linked with, before that one got another person.
        overwritten: what the runs replaced.
        echoes: the fields that a run wrote just before it died: by their base they look like edits.
        drifted: the values of either side that a run told it leaves alone, by the field of the item's side.
        taken_out: the contact persons that the runs took out of Books: why, and what each held.
        carries: whether by the latest plan somebody moves with an edit of Books: then the next one has still work.
    """

    def __init__(self, ways: Ways) -> None:
        self.ways = ways
        self.places: dict[Side, Place] = {"sales": Place(), "books": Place()}
        self.links: dict[str, Link] = {}
        self.child_links: dict[str, tuple[str, Link]] = {}
        self.former: dict[str, str] = {}
        self.overwritten: list[Overwritten] = []
        self.echoes: set[Spot] = set()
        self.drifted: set[tuple[Spot, Value]] = set()
        self.taken_out: list[tuple[ChildPlan, Child]] = []
        self.carries = False
        self._numbers = count(1)

    def new_id(self, side: Side) -> str:
        """Return an id that nobody has; one that grows, as Zoho's do."""
        return f"{side[0]}{next(self._numbers):04}"

    def record(self, side: Side, record_id: str) -> Record:
        """Return a record as it is now."""
        place = self.places[side]
        values = dict(place.records[record_id])
        children = tuple(self.child(side, key) for key in place.below(record_id))
        return Record(record_id, self.ways.kind, str(values.get(NAME) or ""), values, children)

    def child(self, side: Side, child_id: str) -> Record:
        """Return a child as it is now."""
        values = dict(self.places[side].children[child_id].values)
        names = [str(values[key]) for key in ("first_name", "last_name") if values.get(key) is not None]
        return Record(child_id, Kind.CONTACT_PERSON, " ".join(names), values)

    def plan(self) -> list[Job]:
        """Plan everything, in the order in which it is carried out."""
        self.carries = False
        jobs = list(self._candidates())
        joining = {job.item.sales_id for job in jobs}
        jobs += [job for sales_id in self.links for job in self._linked(sales_id, joining)]
        phases = ["books", "sales"] if self.ways.lead == "sales" else ["sales", "books"]
        return sorted(jobs, key=lambda job: (phases.index(job.item.target), _is_contact(job.item)))

    def _linked(self, sales_id: str, joining: set[str | None]) -> Iterator[Job]:
        link = self.links[sales_id]
        children = {key: one for key, (parent, one) in self.child_links.items() if parent == sales_id}
        yield from self._pair(sales_id, link.books_id, link.base, children, self._gone(sales_id, children, joining))

    def _gone(self, sales_id: str, linked: Mapping[str, Link], joining: set[str | None]) -> Gone:
        contacts = self.places["sales"].children
        accounts = {key: contacts[key].parent for key in linked if key in contacts}
        homes = (self.links.keys() | joining) - {None, sales_id}
        moved = {key for key, account in accounts.items() if account in homes}
        elsewhere = {key for key, (account, _) in self.child_links.items() if account != sales_id}
        left = {person for person, contact in self.former.items() if contact in elsewhere}
        deleted = {key for key in linked if key not in contacts}
        return Gone(moved, deleted, left, arrived=self._arrived(sales_id))

    def _arrived(self, sales_id: str) -> dict[str, Former]:
        """Return the contacts below an account that are linked below another one, and were edited in Books there."""
        found = {}
        for contact_id in self.places["sales"].below(sales_id):
            account, link = self.child_links.get(contact_id, (sales_id, None))
            linked = link and account != sales_id and account in self.links
            if linked and link.books_id in self.places["books"].children:
                person = self.child("books", link.books_id)
                if edited_in_books(person, link.base, self.ways.rules.children):
                    self.carries = True
                    found[contact_id] = Former(person, link.base)
        return found

    def _pair(
        self, sales_id: str, books_id: str, base: Base | None, links: Mapping[str, Link], gone: Gone
    ) -> Iterator[Job]:
        sales, books = self.record("sales", sales_id), self.record("books", books_id)
        contacts = {one.id: one for one in sales.children}
        persons = {one.id: one for one in books.children}
        for item in plan_pair(sales, books, base, links, gone, self.ways.rules):
            if _is_contact(item):
                contact = contacts.get(item.sales_id or "")
                yield Job(_completed(item), contact, persons[str(item.books_id)], books_id)
            else:
                yield Job(item, sales, books)

    def _candidates(self) -> Iterator[Job]:
        given: set[str | None] = set()
        for side in (self.ways.lead, OTHER[self.ways.lead]):
            if side == "books" and not self.ways.two_way:
                continue
            for pairing in self._paired(side, given):
                given |= {pairing.sales_id, pairing.books_id}
                yield from self._joined(pairing)

    def _paired(self, side: Side, given: set[str | None]) -> list[Pairing]:
        linked = self.linked_ids()
        waiting = [one for one in self._named(side) if one.id not in linked | given]
        free = [one for one in self._named(OTHER[side]) if one.id not in linked | given]
        if side != self.ways.lead:
            free = []
        free_ids = {one.id for one in free}
        taken = {name_key(one.name) for one in self._named(OTHER[side]) if one.id not in free_ids}
        return pair_by_name(side, waiting, OtherSide(free, taken), self.ways.duplicates)

    def linked_ids(self) -> set[str | None]:
        """Return the ids of the records that a link holds, of both sides."""
        return {*self.links, *(link.books_id for link in self.links.values())}

    def _named(self, side: Side) -> list[Named]:
        return [Named(key, str(values.get(NAME) or "")) for key, values in self.places[side].records.items()]

    def _joined(self, pairing: Pairing) -> Iterator[Job]:
        rules = self.ways.rules
        if pairing.fate is Fate.SKIP:
            return
        if pairing.fate is Fate.DUPLICATE:
            gone = Gone(arrived=self._arrived(str(pairing.sales_id)))
            yield from self._pair(str(pairing.sales_id), str(pairing.books_id), None, {}, gone)
        elif pairing.source == "sales":
            sales = self.record("sales", pairing.source_id)
            gone = Gone(arrived=self._arrived(sales.id))
            yield Job(plan_create_in_books(sales, pairing, NAME, rules, gone), sales)
        else:
            books = self.record("books", pairing.source_id)
            persons = {one.id: one for one in books.children}
            for item in plan_create_in_sales(books, pairing, rules):
                person = persons[str(item.books_id)] if _is_contact(item) else books
                yield Job(_completed(item), None, person, books.id if _is_contact(item) else None)

    def carry_out(self, job: Job, settled: bool = True) -> None:
        """Write what a planned item says, and store link and base unless it dies just before (``settled``)."""
        first = len(self.overwritten)
        if _is_contact(job.item):
            self._contact(job, settled)
        elif job.item.target == "books" or not job.item.writes:
            self._for_books(job, settled)
        else:
            self._for_sales(job, settled)
        if not settled:
            self.echoes |= {event.spot for event in self.overwritten[first:]}

    def _for_books(self, job: Job, settled: bool) -> None:
        item, sales = job.item, _there(job.sales)
        books_id = item.books_id or self.new_id("books")
        self.places["books"].records.setdefault(books_id, {})
        self._write("books", books_id, False, item.fields)
        persons = [(child.sales_id, self._person(child, books_id)) for child in item.children]
        partners = {sales_id: person_id for sales_id, person_id in persons if sales_id}
        if not settled:
            return
        rules, answer = self.ways.rules, self.places["books"].records[books_id]
        if item.action is Action.CREATE:
            base = base_of_new(item.fields, rules, sales.values, {}, "books", answer)
        else:
            base = base_after(self._base(sales.id), item.fields, sales.values, _values(job.books), "books", answer)
        self._link(Link(sales.id, books_id, base))
        for child in item.children:
            person_id = partners.get(child.sales_id or "")
            if child.action is ChildAction.LEAVE and self.child_links.get(str(child.sales_id), ("",))[0] == sales.id:
                del self.child_links[str(child.sales_id)]
            elif person_id is not None:
                self._link_child(sales.id, self._child_link(job, child, person_id))

    def _person(self, child: ChildPlan, books_id: str) -> str | None:
        """Do in Books what is planned for one contact person; returns its id while it is there."""
        persons = self.places["books"].children
        if child.action is ChildAction.LEAVE:
            self.taken_out.append((child, persons.pop(str(child.books_id))))
            return None
        person_id = child.books_id
        if child.action is ChildAction.ADD:
            person_id = self.new_id("books")
            soul = self.places["sales"].children[str(child.sales_id)].soul
            persons[person_id] = Child(books_id, {}, soul)
        if person_id is not None:
            self._write("books", person_id, True, child.fields)
        return person_id

    def _child_link(self, job: Job, child: ChildPlan, person_id: str) -> Link:
        sales_id, rules = str(child.sales_id), self.ways.rules.children
        contact = next(one for one in _there(job.sales).children if one.id == sales_id)
        answer = self.places["books"].children[person_id].values
        if child.action is ChildAction.ADD:
            base = base_of_new(child.fields, rules, contact.values, {}, "books", answer)
        else:
            before = next(one for one in _there(job.books).children if one.id == person_id)
            old = self._child_base(sales_id)
            base = base_after(old, child.fields, contact.values, before.values, "books", answer)
        return Link(sales_id, person_id, still_unsent(base, child.unsent))

    def _for_sales(self, job: Job, settled: bool) -> None:
        item, books = job.item, _there(job.books)
        sales_id = item.sales_id or self.new_id("sales")
        place = self.places["sales"]
        place.records.setdefault(sales_id, {})
        self._write("sales", sales_id, False, item.fields)
        for child in item.children:
            soul = self.places["books"].children[str(child.books_id)].soul
            place.children.setdefault(sales_id, Child(sales_id, {}, soul))
            self._write("sales", sales_id, True, child.fields)
        if not settled:
            return
        rules, answer = self.ways.rules, place.records[sales_id]
        if item.action is Action.CREATE:
            base = base_of_new(item.fields, rules, {}, books.values, "sales", answer)
        else:
            base = base_after(self._base(sales_id), item.fields, _values(job.sales), books.values, "sales", answer)
        self._link(Link(sales_id, books.id, base))
        for child in item.children:
            person = next(one for one in books.children if one.id == child.books_id)
            contact = next(iter(job.sales.children), None) if job.sales else None
            base = self._contact_base(item.action, child.fields, contact, person, sales_id)
            self._link_child(sales_id, Link(sales_id, person.id, base))

    def _contact(self, job: Job, settled: bool) -> None:
        """Make or change a contact; one whose account is not linked fails, and is planned again."""
        item, person = job.item, _there(job.books)
        parents = [sales_id for sales_id, link in self.links.items() if link.books_id == job.parent]
        if not parents:
            return
        contacts = self.places["sales"].children
        contact_id = item.sales_id or self.new_id("sales")
        soul = self.places["books"].children[person.id].soul
        contacts.setdefault(contact_id, Child(parents[0], {}, soul))
        self._write("sales", contact_id, True, item.fields)
        if not settled:
            return
        if item.action is Action.CREATE:
            stale = [key for key, (_, link) in self.child_links.items() if link.books_id == person.id]
            for key in stale:
                del self.child_links[key]
        base = self._contact_base(item.action, item.fields, job.sales, person, contact_id)
        self._link_child(parents[0], Link(contact_id, person.id, base))

    def _contact_base(
        self, action: Action, fields: tuple[FieldMerge, ...], before: Record | None, person: Record, contact_id: str
    ) -> Base:
        answer = self.places["sales"].children[contact_id].values
        if action is Action.CREATE:
            return base_of_new(fields, self.ways.rules.children, {}, person.values, "sales", answer)
        old = self._child_base(contact_id)
        return base_after(old, fields, _values(before), person.values, "sales", answer)

    def _write(self, side: Side, remote_id: str, child: bool, fields: tuple[FieldMerge, ...]) -> None:
        held = self.places[side].held(remote_id, child)
        for one in fields:
            spot = Spot(side, remote_id, child, one.key)
            if one.outcome is Outcome.DRIFT:
                self.drifted |= {(spot, held.get(one.key)), (spot, one.new)}
            if one.outcome is Outcome.WRITE and one.target == side:
                self.overwritten.append(Overwritten(spot, held.get(one.key), one))
                held[one.key] = self.ways.stored(side, one.new)

    def _base(self, sales_id: str) -> Base | None:
        return self.links[sales_id].base if sales_id in self.links else None

    def _child_base(self, sales_id: str) -> Base | None:
        return self.child_links[sales_id][1].base if sales_id in self.child_links else None

    def _link(self, link: Link) -> None:
        holders = {one.sales_id for one in self.links.values() if one.books_id == link.books_id}
        assert holders <= {link.sales_id}, "a Books record would be linked twice"
        self.links[link.sales_id] = link

    def _link_child(self, parent: str, link: Link) -> None:
        holders = {key for key, (_, one) in self.child_links.items() if one.books_id == link.books_id}
        assert holders <= {link.sales_id}, "a contact person would be linked twice"
        _, old = self.child_links.get(link.sales_id, (parent, link))
        if old.books_id != link.books_id:
            self.former[old.books_id] = link.sales_id
        self.child_links[link.sales_id] = (parent, link)


def _is_contact(item: PlanItem) -> bool:
    return item.kind is Kind.CONTACT_PERSON


def _there(record: Record | None) -> Record:
    assert record is not None, "the item has no such record"
    return record


def _values(record: Record | None) -> Values:
    return record.values if record else {}


def _completed(item: PlanItem) -> PlanItem:
    """Return a create of a contact with the last name that the sales side asks for, as the modules do it."""
    if item.action is not Action.CREATE:
        return item

    def named(fields: tuple[FieldMerge, ...]) -> tuple[FieldMerge, ...]:
        if any(one.key == "last_name" for one in fields):
            return fields
        return (*fields, FieldMerge("last_name", Outcome.WRITE, "sales", None, item.name or "?"))

    if _is_contact(item):
        return replace(item, fields=named(item.fields))
    return replace(item, children=tuple(replace(child, fields=named(child.fields)) for child in item.children))
