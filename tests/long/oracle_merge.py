"""The merge of one field as requirement BEY-2 tells it: written for the oracle, from the requirements alone."""

import re
from dataclasses import dataclass
from typing import Literal

from tests.long.oracle_world import SalesRecord, World

Side = Literal["sales", "books"]


@dataclass
class Policy:
    """The settings of a module that people change.

    Attributes:
        two_way: the direction; without it Books only receives.
        duplicates: clone, overwrite or skip.
        conflicts: sales, books or newest.
        unassociated: whether contacts without an account are individual customers.
        my_accounts: whether only the accounts of the view *My Accounts* are sent.
        deactivates: whether a deletion in the CRM makes the record inactive in Books.
        books_first: whether duplicates are found on the sales side in two-way (products).
    """

    two_way: bool = True
    duplicates: str = "overwrite"
    conflicts: str = "sales"
    unassociated: bool = True
    my_accounts: bool = False
    deactivates: bool = False
    books_first: bool = False

    def in_scope(self, record: SalesRecord, world: World) -> bool:
        """CUS-2, CUS-5: whether a record of the CRM is synchronized."""
        if record.module == "Accounts":
            return record.mine or not self.my_accounts
        if record.module == "Contacts" and record.parent:
            return self.in_scope(world.sales[record.parent], world)
        return record.module != "Contacts" or self.unassociated


@dataclass(frozen=True)
class Rule:
    """How one field travels.

    Attributes:
        field: the sales side's API name; with ``>`` behind it when it has another line that goes both ways.
        is_name: Books may put a suffix behind it, and its length of letters does not matter.
        to_books_only: it never comes back.
    """

    field: str
    is_name: bool = False
    to_books_only: bool = False

    def equal(self, one: str, other: str) -> bool:
        """Whether a value is the wanted one."""
        return one == other or (self.is_name and same_name(one, other))


@dataclass(frozen=True)
class Outcome:
    """What both sides may hold after a run, and the value that must be in the history then."""

    sales: str
    books: str
    lost: str | None = None


_SUFFIX = re.compile(r"(?: \(\d+\))+$")


def same_name(one: str, other: str) -> bool:
    """CUS-4: names are compared without case; a clone has a suffix, and one of a name that has one has two."""
    return _SUFFIX.sub("", one).casefold() == _SUFFIX.sub("", other).casefold()


def correspond(rule: Rule, sales: str, books: str) -> bool:
    """Whether the two sides are in step."""
    return rule.equal(sales, books)


def merged(
    rule: Rule, base: tuple[str, str] | None, sales: str | None, books: str | None, policy: Policy, newer: str
) -> list[Outcome]:
    """What both sides may hold after a run; that nothing happened yet is judged elsewhere.

    Args:
        rule: of the field.
        base: what both held when last in step.
        sales: the value of the CRM before the run, None for a record that was not there.
        books: the same of Books.
        policy: the settings in force.
        newer: which record was edited last, or ``either``.
    """
    both_ways = policy.two_way and not rule.to_books_only
    if sales is None:
        return [Outcome(books or "", books or "")]
    if books is None:
        return [Outcome(sales, sales)]
    if base is None:
        return _first_meeting(rule, sales, books, policy, both_ways)
    sales_moved, books_moved = sales != base[0], books != base[1]
    if correspond(rule, sales, books) or not (sales_moved or books_moved):
        return [Outcome(sales, books)]
    if not both_ways:
        kept = [Outcome(sales, books)] if not sales_moved or (books_moved and policy.conflicts != "sales") else []
        return kept + [Outcome(sales, sales)] * sales_moved
    if not books_moved:
        return [Outcome(sales, sales)]
    if not sales_moved:
        return [Outcome(books, books)]
    winners = {policy.conflicts} if policy.conflicts != "newest" else {newer}
    if winners == {"either"}:
        winners = {"sales", "books"}
    told = {"sales": Outcome(sales, sales, lost=books), "books": Outcome(books, books, lost=sales)}
    return [told[winner] for winner in sorted(winners)]


def _first_meeting(rule: Rule, sales: str, books: str, policy: Policy, both_ways: bool) -> list[Outcome]:
    """CUS-4 overwrite: what is blank is filled, what is unequal is the sales side's (products: Books' in two-way)."""
    if not sales:
        return [Outcome(books, books) if both_ways else Outcome(sales, books)]
    if books and both_ways and policy.books_first:
        return [Outcome(books, books)]
    return [Outcome(sales, sales)]
