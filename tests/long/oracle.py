"""An oracle for two-way synchronization: what may and what must be so after a run, from the requirements alone.

It shares no code with the engine. It watches what people type, keeps a base of its own for each pair of records, and
judges each run by comparing both organizations before and after it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from copy import deepcopy
from dataclasses import dataclass, field

from tests.long.oracle_merge import Policy, Rule, correspond, merged, same_name
from tests.long.oracle_world import MAPPINGS, TO_BOOKS_ONLY, BooksRecord, SalesRecord, World
from zoho.engine.report import Failure

Pair = tuple[str, str, str]


class Wrong(AssertionError):
    """Something that no requirement allows."""


@dataclass(frozen=True)
class Memory:
    """What both sides held, and their bases, when the store was backed up."""

    world: World
    bases: Mapping[Pair, Mapping[str, tuple[str, str]]]


@dataclass
class Oracle:
    """Judges runs.

    Attributes:
        holds_lost: tells whether the history keeps a value as one that lost a conflict (BEY-2).
        bases: per pair (id of the sales record, kind of the Books record, its mark) what each side held when in step.
        gone: what people deleted: side and mark, with the group on the side of Books.
        once_gone: marks of what people ever deleted in the CRM, made anew since or not.
        touched: ids of the records that people edited since they were in step.
        one_way_once: whether any run was one way: what only Books held when two records met in it stays there.
    """

    holds_lost: Callable[[str], bool]
    bases: dict[Pair, dict[str, tuple[str, str]]] = field(default_factory=dict)
    gone: set[tuple[str, ...]] = field(default_factory=set)
    once_gone: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    one_way_once: bool = False

    def people_did(self, before: World, after: World) -> None:
        """Takes in one step of a person."""
        self.gone |= {("sales", before.sales[one].mark) for one in before.sales.keys() - after.sales.keys()}
        self.once_gone |= {before.sales[one].mark for one in before.sales.keys() - after.sales.keys()}
        self.gone |= {("books", *before.books[one].group) for one in before.books.keys() - after.books.keys()}
        edited = [one for one in after.sales.keys() & before.sales.keys() if after.sales[one] != before.sales[one]]
        edited += [one for one in after.books.keys() & before.books.keys() if after.books[one] != before.books[one]]
        self.touched |= set(edited)

    def at_rest(self, world: World, policy: Policy) -> World:
        """The records that no run has any work with, nor with what belongs to them: pairs in step since the last."""
        pairs = list(_pairs(world))
        often = Counter(one.id for pair in pairs for one in pair)
        rest = {
            one.id
            for sales, books in pairs
            if often[sales.id] == often[books.id] == 1 and self._rests(sales, books, world, policy)
            for one in (sales, books)
        }
        for side in (world.sales, world.books):
            restless = {one.parent for one in side.values() if one.id not in rest}
            rest -= restless | {one.id for one in side.values() if one.parent and one.parent in restless}
        counterparts = [(sales.id, books.id) for sales, books in pairs]
        rest -= {one for pair in counterparts if not rest.issuperset(pair) for one in pair}
        for side in (world.sales, world.books):
            rest -= {one.id for one in side.values() if one.parent and one.parent not in rest}
        return World(
            {one: record for one, record in world.sales.items() if one in rest},
            {one: record for one, record in world.books.items() if one in rest},
        )

    def _rests(self, sales: SalesRecord, books: BooksRecord, world: World, policy: Policy) -> bool:
        if not policy.in_scope(sales, world) or self._kept(books, world) or self.touched & {sales.id, books.id}:
            return False
        held = {rule.field: (sales.value(rule.field), books.fields[rule.field]) for rule in _rules(books.kind)}
        in_step = all(correspond(rule, *held[rule.field]) for rule in _rules(books.kind))
        return in_step and books.active and self.bases.get((sales.id, books.kind, books.mark)) == held

    def remember(self, world: World) -> Memory:
        """What a backup of the store that is made now will know."""
        return Memory(world, deepcopy(self.bases))

    def store_restored(self, memory: Memory, now: World, mapped: bool) -> None:
        """Goes by the bases of a backup that was put back; of the pairs made since, only a map tells the bases.

        To the store all that changed since the backup is an edit: of who, it cannot know. So a record that people
        deleted since may be made anew from the other one, if that changed, was made or was paired since the backup;
        all else is judged as ever.

        Args:
            memory: what the backup knows.
            now: what both sides hold.
            mapped: whether an identity map that knows all pairs of today was taken in.
        """
        then = memory.world
        self.bases = {**(self.bases if mapped else {}), **{key: dict(base) for key, base in memory.bases.items()}}
        self.touched |= {one for one, record in now.sales.items() if then.sales.get(one) != record}
        self.touched |= {one for one, record in now.books.items() if then.books.get(one) != record}
        self.touched |= now.sales.keys() - {sales_id for sales_id, _, _ in memory.bases}
        marks = {mark for _, _, mark in memory.bases}
        self.touched |= {one for one, record in now.books.items() if record.mark not in marks}

    def judge_run(self, before: World, after: World, policy: Policy, failures: Sequence[Failure]) -> None:
        """Judges what a run did.

        Raises:
            Wrong: it did what it must not.
        """
        self.one_way_once |= not policy.two_way
        for failure in failures:
            if not self._may_fail(failure, after):
                raise Wrong(f"failed without need: {failure}")
        self._judge_sales_records(before, after, policy)
        self._judge_books_records(before, after, policy)
        # Who was edited in Books waits with the old customer until the new one has the person with that edit.
        self._judge_doubles(after, self.touched)
        paired = set()
        for sales, books in _pairs(after):
            paired |= {sales.id, books.id}
            self._judge_pair(before, after, sales, books, policy)
        for one in (after.sales.keys() & before.sales.keys()) - paired:
            if self._still_waits(after.sales[one]):
                continue
            _unchanged(before.sales[one].fields, after.sales[one].fields, f"unpaired {after.sales[one]}")
        for one in (after.books.keys() & before.books.keys()) - paired:
            _unchanged(before.books[one].fields, after.books[one].fields, f"unpaired {after.books[one]}")

    def _still_waits(self, sales: SalesRecord) -> bool:
        """Whether an edit in Books was on its way here when the record was deleted there, which no run knows yet."""
        return sales.id in self.touched and any(gone[0] == "books" and sales.mark in gone for gone in self.gone)

    def _may_fail(self, failure: Failure, world: World) -> bool:
        """A name that is taken; a record that people deleted in Books, which tells nobody until all of it is read."""
        if "no such record" in failure.reason:
            return any(gone[0] == "books" for gone in self.gone)
        return any(_collides(name, world) for name in _names(world) if name and name in failure.record)

    def _judge_sales_records(self, before: World, after: World, policy: Policy) -> None:
        """OPS-7: no deletion crosses over; CUS-3: what is new comes from Books, in two-way only."""
        for one in before.sales.values():
            if one.id not in after.sales:
                raise Wrong(f"OPS-7: a run deleted in the CRM {one}")
            now = after.sales[one.id]
            if now.mine != one.mine or (now.parent != one.parent and not self._rejoined(one, now, before, after)):
                raise Wrong(f"a run moved {one} to {now}")
        for one in (after.sales[new] for new in after.sales.keys() - before.sales.keys()):
            origins = [book for book in before.books.values() if book.mark == one.mark]
            if not origins or not policy.two_way:
                raise Wrong(f"CUS-3: a run made in the CRM {one}, from {origins}")
            if ("sales", one.mark) in self.gone and not self._edited(origins, before):
                raise Wrong(f"OPS-7: deleted by a person, made again though nobody edited it in Books: {one}")
            self.gone.discard(("sales", one.mark))

    def _rejoined(self, old: SalesRecord, now: SalesRecord, before: World, after: World) -> bool:
        """CUS-8: a contact that lost its account when that was deleted gets the one that is made anew."""
        if old.parent or not now.parent or now.parent in before.sales:
            return False
        account = after.sales[now.parent]
        persons = [one for one in before.books.values() if one.kind == "person" and one.mark == old.mark]
        return any(before.books[person.parent or ""].mark == account.mark for person in persons)

    def _judge_books_records(self, before: World, after: World, policy: Policy) -> None:
        """OPS-7 in Books; CUS-5: only what is in view is sent; CUS-8: persons follow their contact."""
        sales = before.sales_by_mark()
        for one in before.books.values():
            now = after.books.get(one.id)
            if now is None:
                if not self._may_leave(one, before):
                    raise Wrong(f"OPS-7: a run deleted in Books {one}")
                continue
            rests = before.books[one.parent].mark if one.parent else one.mark  # a person rests with its customer
            may_rest = policy.deactivates and ("sales", rests) in self.gone
            if (now.kind, now.parent) != (one.kind, one.parent) or (now.active != one.active and not may_rest):
                raise Wrong(f"a run changed {one} to {now}")
            if now.mark != one.mark and now.kind != "person":
                self._judge_adoption(one, now, policy)
        for one in (after.books[new] for new in after.books.keys() - before.books.keys()):
            origins = sales.get(one.mark, [])
            if not any(policy.in_scope(origin, before) for origin in origins):
                raise Wrong(f"CUS-5: a run made in Books {one}, from {origins}")
            followed = any(other.group == one.group for other in before.books.values())
            if ("books", *one.group) in self.gone and not followed and not self._edited(origins, before):
                raise Wrong(f"OPS-7: deleted by a person, made again though nobody edited it in the CRM: {one}")
            self.gone.discard(("books", *one.group))

    def _judge_adoption(self, old: BooksRecord, now: BooksRecord, policy: Policy) -> None:
        """CUS-4: a record of Books takes the values of a sales record of its name by policy ``overwrite`` only."""
        if policy.duplicates != "overwrite" or old.name.casefold() != now.name.casefold():
            raise Wrong(f"CUS-4: a run replaced {old} by {now}")

    def _may_leave(self, person: BooksRecord, world: World) -> bool:
        """CUS-8: a person leaves the customer that is not its contact's account any more."""
        if person.kind != "person":
            return False
        contacts = world.sales_by_mark().get(person.mark, [])
        account = world.books[person.parent or ""].mark
        return any(not contact.parent or world.sales[contact.parent].mark != account for contact in contacts)

    def _edited(self, records: Sequence[SalesRecord | BooksRecord], world: World) -> bool:
        ids = {one.id for one in records} | {one.parent for one in records}
        ids |= {person.id for one in records for person in world.persons_of(one.id)}
        return bool(ids & self.touched)

    def _judge_doubles(self, after: World, waiting: Set[str]) -> None:
        """BEY-4: nothing is there twice, but for a person that waits."""
        for mark, twins in after.sales_by_mark().items():
            if mark and len(twins) > 1:
                raise Wrong(f"BEY-4: twice in the CRM: {twins}")
        for (_, mark), books in after.books_by_group().items():
            alive = [one for one in books if not self._stayed(one, after) and one.id not in waiting]
            if mark and len(alive) > 1:
                raise Wrong(f"BEY-4: twice in Books: {books}")

    def _kept(self, person: BooksRecord, world: World) -> bool:
        """Whether a person is of a customer whose account was deleted: what is there is kept (OPS-7)."""
        return bool(person.parent) and ("sales", world.books[person.parent or ""].mark) in self.gone

    def _stayed(self, person: BooksRecord, world: World) -> bool:
        """Whether a person may have stayed behind when its account was deleted, and its contact went elsewhere."""
        return bool(person.parent) and world.books[person.parent or ""].mark in self.once_gone

    def _judge_pair(
        self, before: World, after: World, sales: SalesRecord, books: BooksRecord, policy: Policy
    ) -> None:
        """BEY-2: every field of a pair is as the merge of what people typed."""
        key = (sales.id, books.kind, books.mark)
        base = self.bases.setdefault(key, {})
        sales_before = before.sales.get(sales.id)
        sources = [before.books[books.id]] if books.id in before.books else self._sources(books, before)
        in_scope = policy.in_scope(sales, after) and not self._kept(books, after)
        for rule in _rules(books.kind):
            left = sales_before.value(rule.field) if sales_before else None
            rights = [source.fields[rule.field] if source else None for source in sources]
            result = (sales.value(rule.field), books.fields[rule.field])
            lefts = [left]
            if rule.to_books_only:
                lefts, left = [left or "", result[0]], result[0]
            allowed = [
                outcome
                for source, right in zip(sources, rights, strict=True)
                for one in lefts
                for outcome in merged(rule, base.get(rule.field), one, right, policy, _newer(sales_before, source))
                if in_scope
            ]
            here = f"{rule.field} of {sales.name or books.name}: base {base.get(rule.field)}, "
            here += f"was {(left, *rights)}, is {result}"
            for outcome in allowed:
                if (rule.to_books_only or rule.equal(outcome.sales, result[0])) and rule.equal(
                    outcome.books, result[1]
                ):
                    if outcome.lost and not self.holds_lost(outcome.lost):
                        raise Wrong(f"BEY-2: the history does not keep what lost, {outcome.lost!r}: {here}")
                    break
            else:
                if result not in [(left, right) for right in rights]:
                    wanted = [(one.sales, one.books) for one in allowed]
                    raise Wrong(f"BEY-2: {here}, should be one of {wanted}" if in_scope else f"out of scope: {here}")
            if correspond(rule, *result) and in_scope:
                base[rule.field] = result
        held = {rule.field: (sales.value(rule.field), books.fields[rule.field]) for rule in _rules(books.kind)}
        if in_scope and base == held:
            self.touched -= {sales.id, books.id}

    def _sources(self, made: BooksRecord, world: World) -> list[BooksRecord | None]:
        """What a new record was made from beside the sales side: a person who moved, from that at the old customer.

        One whose account was deleted by then may have stayed behind, with its edits.
        """
        twins = [one for one in world.books.values() if one.group == made.group and made.kind == "person"]
        here = next((one for one in twins if not self._stayed(one, world)), None)
        return [here] if here else [None, *twins]

    def judge_quiet(self, world: World, policy: Policy, failures: Sequence[Failure]) -> None:
        """Judges both sides when no run finds work any more.

        Raises:
            Wrong: they are not in step, and nothing allows that.
        """
        self._judge_doubles(world, frozenset())
        failed = [failure.record for failure in failures]
        for sales, books in _pairs(world):
            if policy.in_scope(sales, world) and not self._kept(books, world):
                self._judge_in_step(world, sales, books, policy, failed)
        paired = {one.id for pair in _pairs(world) for one in pair}
        for sales in world.sales.values():
            if sales.id not in paired and self._must_be_in_books(sales, world, policy, failed):
                raise Wrong(f"never sent to Books: {sales}; failed: {failed}")
        for books in world.books.values():
            if books.id not in paired and self._must_be_in_crm(books, world, policy):
                raise Wrong(f"never sent to the CRM: {books}; failed: {failed}")

    def _judge_in_step(
        self, world: World, sales: SalesRecord, books: BooksRecord, policy: Policy, failed: Sequence[str]
    ) -> None:
        names = {sales.name, books.name, world.books[books.parent].name if books.parent else books.name}
        if any(name in record for name in names for record in failed):
            return
        account = world.sales.get(sales.parent or "")
        customer = world.books.get(books.parent or "")
        if books.kind == "person" and account and customer and customer.mark != account.mark:
            # One that is a customer of its own stays that, whatever account it is put under.
            if self._stayed(books, world):
                return
            if customer.kind != "individual" and self._has_customer(account, world):
                raise Wrong(f"CUS-8: {sales} is still a person of {customer}")
            return
        if books.kind == "person" and not account and world.books[books.parent or ""].kind == "business":
            if customer and self._left_view(customer, world, policy):
                return
            raise Wrong(f"CUS-2: without an account, but still a person of one: {sales}, {books}")
        base = self.bases.get((sales.id, books.kind, books.mark), {})
        for rule in _rules(books.kind):
            values = (sales.value(rule.field), books.fields[rule.field])
            before = base.get(rule.field)
            one_way = rule.to_books_only or not policy.two_way
            drift = one_way and before and (values[0] == before[0] or policy.conflicts != "sales")
            only_in_books = (self.one_way_once and not before) or not policy.two_way
            drift = drift or (only_in_books and not values[0]) or (rule.to_books_only and not before)
            if not correspond(rule, *values) and not drift:
                raise Wrong(f"not in step: {rule.field} of {sales.name}: {values}, base {before}; failed: {failed}")

    def _left_view(self, customer: BooksRecord, world: World, policy: Policy) -> bool:
        """CUS-5: a customer whose account is outside the view is left as it is, with all its persons."""
        accounts = [one for one in world.sales.values() if one.mark == customer.mark]
        return any(not policy.in_scope(account, world) for account in accounts)

    def _has_customer(self, account: SalesRecord, world: World) -> bool:
        return any(one.mark == account.mark and one.kind == "business" for one in world.books.values())

    def _must_be_in_books(self, sales: SalesRecord, world: World, policy: Policy, failed: Sequence[str]) -> bool:
        if not policy.in_scope(sales, world):
            return False
        if any(("books", group, sales.mark) in self.gone for group in ("record", "person")):
            return False
        if sales.parent:
            account = world.sales[sales.parent]
            return self._has_customer(account, world) and not any(account.name in record for record in failed)
        return policy.duplicates != "skip" or not _collides(sales.name, world)

    def _must_be_in_crm(self, books: BooksRecord, world: World, policy: Policy) -> bool:
        if not policy.two_way or ("sales", books.mark) in self.gone or not books.active or not books.mark:
            return False
        if books.parent:
            customer = world.books[books.parent]
            accounts = [one for one in world.sales.values() if one.mark == customer.mark]
            return any(policy.in_scope(account, world) for account in accounts)
        if books.kind == "individual" and not policy.unassociated:
            return False
        return policy.duplicates != "skip" or not _collides(books.name, world)


def _rules(kind: str) -> Iterator[Rule]:
    for key in MAPPINGS[kind]:
        yield Rule(key, is_name=key in ("Account_Name", "Vendor_Name", "Product_Name"))
    for key in TO_BOOKS_ONLY.get(kind, {}):
        yield Rule(key, is_name=key != "Phone", to_books_only=True)


def _pairs(world: World) -> Iterator[tuple[SalesRecord, BooksRecord]]:
    sales = world.sales_by_mark()
    for books in world.books.values():
        for one in sales.get(books.mark, []) if books.mark else []:
            yield one, books


def _newer(sales: SalesRecord | None, books: BooksRecord | None) -> str:
    if not sales or not books or sales.modified == books.modified:
        return "either"
    return "sales" if sales.modified > books.modified else "books"


def _names(world: World) -> set[str]:
    return {one.name for one in world.sales.values()} | {one.name for one in world.books.values()}


def _collides(name: str, world: World) -> bool:
    """Whether two records of different marks have a name."""
    sales = {one.mark for one in world.sales.values() if same_name(one.name, name)}
    books = {one.mark for one in world.books.values() if one.kind != "person" and same_name(one.name, name)}
    return len(sales | books) > 1


def _unchanged(before: dict[str, str], after: dict[str, str], what: str) -> None:
    if before != after:
        raise Wrong(f"a run changed {what}: was {before}")
