"""Contact persons: a keyed set under each customer, merged one by one."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

from zoho.core.merge import FieldMerge, MergeRules, Outcome, merge_fields
from zoho.core.names import name_key
from zoho.core.records import Base, Link, Record, Side, Value, Values


class ChildAction(StrEnum):
    """What is done with one contact person."""

    ADD = "add"
    """Only the sales side has it: it is added in Books."""
    SEND = "send"
    """Only Books has it: it becomes a contact on the sales side."""
    UPDATE = "update"
    """Its fields are written in Books."""
    LINK = "link"
    """Both sides hold it already: paired, nothing written in Books."""
    KEEP = "keep"
    """Nothing to do in Books."""
    LEAVE = "leave"
    """Moved to another account: taken out here, since it is added there (CUS-8)."""


CHANGES_BOOKS = frozenset({ChildAction.ADD, ChildAction.UPDATE, ChildAction.LEAVE})
"""The actions that change a customer's list of contact persons."""


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """The decision for one contact person.

    ``sales_id`` is ``None`` for a person that only Books has, ``books_id`` for one that only the sales side has.

    ``unsent`` are edits in Books that came along with a contact from another customer, and that the sales side has
    still to get: field → what both sides held when last in step, ``None`` where they never were.
    """

    action: ChildAction
    sales_id: str | None
    books_id: str | None
    name: str
    fields: tuple[FieldMerge, ...] = ()
    reason: str = ""
    unsent: Mapping[str, tuple[Value, Value] | None] = field(default_factory=dict)

    def writes(self, target: Side) -> bool:
        """Whether a field of it is to be written on a side."""
        return any(field.writes(target) for field in self.fields)


@dataclass(frozen=True, slots=True)
class ChildRules:
    """How the contact persons of a customer are merged.

    Attributes:
        keys: the mapped fields of a contact person.
        merge: direction and owners.
        send: whether a person that only Books has becomes a contact on the sales side.
        newer: sales id of a contact → the side whose record was modified last; a customer and its persons have one
            time in Books.
    """

    keys: Sequence[str] = ()
    merge: MergeRules = MergeRules()  # noqa: RUF009 - frozen
    send: bool = False
    newer: Mapping[str, Side] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Former:
    """What a contact that moved was linked with until now.

    Attributes:
        person: at the old customer.
        base: of the two.
        newer: the side that was edited last.
    """

    person: Record
    base: Base
    newer: Side = "sales"


@dataclass(frozen=True, slots=True)
class Gone:
    """The linked contacts that are not below their account any more, and those that came from another one.

    Attributes:
        moved: sales ids of those that now belong to another account.
        deleted: sales ids of those that were deleted on the sales side.
        left: Books ids of persons whose contact is a contact person of another customer by now, or one of its own.
        elsewhere: Books ids of persons whose link ended when their account was deleted, and whose contact goes on
            below another account, or as a customer of its own.
        arrived: sales id → what it is linked with at another customer, of contacts that came from there.
    """

    moved: Set[str] = frozenset()
    deleted: Set[str] = frozenset()
    left: Set[str] = frozenset()
    elsewhere: Set[str] = frozenset()
    arrived: Mapping[str, Former] = field(default_factory=dict)


NOBODY = Gone()


def merge_children(
    sales: Sequence[Record],
    books: Sequence[Record],
    links: Mapping[str, Link],
    gone: Gone,
    rules: ChildRules,
) -> list[ChildPlan]:
    """Merge the contact persons of one customer.

    Args:
        sales: the account's contacts.
        books: the customer's contact persons, in Books' order.
        links: sales id → link of the persons linked under this customer.
        gone: linked contacts that are not among ``sales`` any more.
        rules: how they merge.

    Returns:
        One plan for each person that Books has, in Books' order, then the ones to add in the sales side's.
        A person whose contact was deleted on the sales side is kept: deletions do not cross over (OPS-7).
        Whoever was deleted on one side comes back only when he was edited on the other since. Whoever was edited in
        Books while his contact moved is left with the old customer until the new one has him with that edit.
    """
    carried = {one.id: _carrying(one, gone.arrived[one.id], rules) for one in sales if one.id in gone.arrived}
    sales = [carried[one.id].contact if one.id in carried else one for one in sales]
    contacts = {record.id: record for record in sales}
    linked = {link.books_id: link for link in links.values()}
    present = {person.id for person in books}
    partners = pair_children(
        [record for record in sales if record.id not in links or links[record.id].books_id not in present],
        [record for record in books if record.id not in linked],
    )
    plans: list[ChildPlan] = []
    for person in books:
        link = linked.get(person.id)
        contact = contacts.get(link.sales_id) if link else partners.get(person.id)
        if link and link.sales_id in gone.moved and edited_in_books(person, link.base, rules):
            plans.append(ChildPlan(ChildAction.KEEP, None, person.id, person.name))
        elif (link and link.sales_id in gone.moved) or (contact is None and not link and person.id in gone.left):
            reason = "its contact moved to another account" if link else "its contact is elsewhere by now"
            sales_id = link.sales_id if link else None
            plans.append(ChildPlan(ChildAction.LEAVE, sales_id, person.id, person.name, (), reason))
        elif contact is None:
            plans.append(_without_contact(person, link, gone, rules))
        else:
            plan = _merge_child(contact, person, link, rules)
            plans.append(replace(plan, unsent=carried[contact.id].unsent) if contact.id in carried else plan)
    paired = {contact.id for contact in partners.values()}
    for contact in sales:
        link = links.get(contact.id)
        if contact.id in paired or (link is not None and link.books_id in present):
            continue
        if link is None or _edited(contact, link.base.sales, rules):
            reason = "deleted in Books, edited on the sales side since" if link else "not in Books yet"
            fields, along = _all_fields(contact, "books", reason, rules), carried.get(contact.id)
            plan = ChildPlan(ChildAction.ADD, contact.id, None, contact.name, fields, reason)
            plans.append(replace(plan, fields=along.told(fields), unsent=along.unsent) if along else plan)
    return plans


def _merge_child(contact: Record, person: Record, link: Link | None, rules: ChildRules) -> ChildPlan:
    newer = rules.merge.with_newer(rules.newer.get(contact.id, rules.merge.newer))
    merged = merge_fields(contact.values, person.values, link.base if link else None, rules.keys, newer)
    fields = tuple(field for field in merged if field.outcome is not Outcome.SAME)
    if any(field.writes("books") for field in fields):
        action = ChildAction.UPDATE
    elif link is None or any(field.outcome is Outcome.AGREED for field in fields):
        action = ChildAction.LINK
    else:
        action = ChildAction.KEEP
    return ChildPlan(action, contact.id, person.id, contact.name, fields)


def _without_contact(person: Record, link: Link | None, gone: Gone, rules: ChildRules) -> ChildPlan:
    if not rules.send or not rules.merge.direction.allows("sales") or person.id in gone.elsewhere:
        return ChildPlan(ChildAction.KEEP, None, person.id, person.name)
    if link is None:
        reason = "not on the sales side yet"
    elif link.sales_id in gone.deleted and _edited(person, link.base.books, rules):
        reason = "deleted on the sales side, edited in Books since"
    else:
        return ChildPlan(ChildAction.KEEP, None, person.id, person.name)
    return send_child(person, reason, rules)


@dataclass(frozen=True, slots=True)
class _Carried:
    """A contact on its way to another customer, with what Books edited of its person meanwhile.

    Attributes:
        contact: as if it held those edits already.
        overruled: field → its merge, where the sales side's own edit wins.
        unsent: see :class:`ChildPlan`.
    """

    contact: Record
    overruled: Mapping[str, FieldMerge]
    unsent: Mapping[str, tuple[Value, Value] | None]

    def told(self, fields: Sequence[FieldMerge]) -> tuple[FieldMerge, ...]:
        """Return the fields with which its person is made, with what they overrule."""
        return (*(one for one in fields if one.key not in self.overruled), *self.overruled.values())


def _carrying(contact: Record, former: Former, rules: ChildRules) -> _Carried:
    held, base = former.person.values, former.base
    merged = merge_fields(contact.values, held, base, rules.keys, rules.merge.with_newer(former.newer))
    coming = [one.key for one in merged if one.target == "sales"]
    unsent = {
        key: (base.sales[key], base.books[key]) if key in base.sales and key in base.books else None for key in coming
    }
    values = {**contact.values, **{key: held.get(key) for key in coming}}
    overruled = {one.key: one for one in merged if one.conflict and one.writes("books")}
    return _Carried(replace(contact, values=values), overruled, unsent)


def still_unsent(base: Base, unsent: Mapping[str, tuple[Value, Value] | None]) -> Base:
    """Return the base of a contact that came along with edits which the sales side has still to get."""
    sales = {key: value for key, value in base.sales.items() if key not in unsent}
    books = {key: value for key, value in base.books.items() if key not in unsent}
    for key, held in unsent.items():
        if held is not None:
            sales[key], books[key] = held
    return Base(sales, books)


def edited_in_books(person: Record, base: Base, rules: ChildRules) -> bool:
    """Whether somebody edited a person in Books since it was in step with its contact."""
    return _edited(person, base.books, rules)


def _edited(record: Record, base: Values, rules: ChildRules) -> bool:
    """Whether somebody edited a person since; a field that never was in step says nothing about that."""
    return any(key in base and record.values.get(key) != base[key] for key in rules.keys)


def send_child(person: Record, reason: str, rules: ChildRules) -> ChildPlan:
    """Plan that a contact person of Books becomes a contact on the sales side."""
    return ChildPlan(
        ChildAction.SEND, None, person.id, person.name, _all_fields(person, "sales", reason, rules), reason
    )


def _all_fields(record: Record, target: Side, reason: str, rules: ChildRules) -> tuple[FieldMerge, ...]:
    return fields_of_new(record.values, rules.keys, target, reason, rules.merge)


def fields_of_new(
    values: Values, keys: Sequence[str], target: Side, reason: str, rules: MergeRules
) -> tuple[FieldMerge, ...]:
    """Return the fields with which a record is made on a side: all that are not blank and may go there."""
    return tuple(
        FieldMerge(key, Outcome.WRITE, target, None, values[key], reason=reason)
        for key in keys
        if values.get(key) is not None and rules.of(key).allows(target)
    )


def pair_children(contacts: Sequence[Record], persons: Sequence[Record]) -> dict[str, Record]:
    """Pair unlinked contacts with unlinked contact persons: by e-mail, then by name where no e-mail contradicts.

    Returns:
        Books person id → contact. An e-mail or name that occurs twice on a side pairs nobody by it alone;
        persons equal in both e-mail and name pair in order.
    """
    partners: dict[str, Record] = {}
    for key in (_by_both, _by_email, _by_name):
        free_contacts = [record for record in contacts if record.id not in {c.id for c in partners.values()}]
        free_persons = [record for record in persons if record.id not in partners]
        partners |= _pair_by(key, free_contacts, free_persons, repeated=key is _by_both)
    return partners


Key = Callable[[Record], str | None]


def _pair_by(key: Key, contacts: Sequence[Record], persons: Sequence[Record], repeated: bool) -> dict[str, Record]:
    found: dict[str, Record] = {}
    groups: dict[str, tuple[list[Record], list[Record]]] = {}
    for place, records in enumerate((contacts, persons)):
        for record in records:
            value = key(record)
            if value:
                groups.setdefault(value, ([], []))[place].append(record)
    for group_contacts, group_persons in groups.values():
        if not repeated and (len(group_contacts) > 1 or len(group_persons) > 1):
            continue
        for contact, person in zip(group_contacts, group_persons, strict=False):
            if _emails_agree(contact, person):
                found[person.id] = contact
    return found


def _emails_agree(contact: Record, person: Record) -> bool:
    emails = {_by_email(contact), _by_email(person)} - {None}
    return len(emails) < 2


def _by_email(record: Record) -> str | None:
    email = record.values.get("email")
    return email.strip().casefold() if isinstance(email, str) else None


def _by_name(record: Record) -> str:
    return name_key(record.name)


def _by_both(record: Record) -> str | None:
    email, name = _by_email(record), _by_name(record)
    return f"{email}\n{name}" if name else email
