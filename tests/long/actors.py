"""The sales person and the accountant together, and how often they do what."""

from tests.long.actors_base import Actors
from tests.long.actors_books import Accountant
from tests.long.actors_sales import SalesPerson
from tests.long.oracle_world import MAPPINGS


class People(SalesPerson, Accountant):
    """Both at once, to disagree."""

    def both_edit(self) -> str | None:
        """One field of one thing on both sides, mostly to different values."""
        by_mark = self.world.sales_by_mark()
        both = [one for one in self.kept(*MAPPINGS) if one.mark in by_mark]
        if not (record := self.pick(both)):
            return None
        sales = by_mark[record.mark][0]
        key = self.random.choice(list(MAPPINGS[record.kind]))
        mine, theirs = self.value(key), self.value(key)
        if self.random.random() < 0.2:
            theirs = mine
        first = self.random.random() < 0.5
        if first:
            self.update(sales, **{key: mine})
        self.books_later()
        done = self.change(record, {key: theirs})
        if not first:
            self.books_later()
            self.update(sales, **{key: mine})
        order = "first the sales person" if first else "first the accountant"
        tail = "" if done else " (in vain)"
        return f"both edit {key} of {record.kind} {record.name!r}: CRM {mine!r}, Books {theirs!r}{tail}, {order}"

    def books_later(self) -> None:
        """Some seconds pass; set by whoever holds the clock."""


CUSTOMER_ACTIONS: dict[str, int] = {
    "SalesPerson.new_account": 6,
    "SalesPerson.edit_account": 4,
    "SalesPerson.rename_account": 2,
    "SalesPerson.hand_over_account": 2,
    "SalesPerson.delete_account": 1,
    "SalesPerson.merge_accounts": 1,
    "SalesPerson.new_contact": 3,
    "SalesPerson.edit_contact": 4,
    "SalesPerson.move_contact": 2,
    "SalesPerson.unlink_contact": 1,
    "SalesPerson.delete_contact": 1,
    "Accountant.new_customer": 4,
    "Accountant.new_individual": 2,
    "Accountant.edit": 4,
    "Accountant.rename": 2,
    "Accountant.delete": 1,
    "Accountant.rest": 1,
    "Accountant.add_person": 2,
    "Accountant.edit_person": 3,
    "Accountant.delete_person": 1,
    "People.both_edit": 5,
}
VENDOR_ACTIONS: dict[str, int] = {
    "SalesPerson.new_vendor": 5,
    "SalesPerson.edit_thing": 4,
    "SalesPerson.rename_thing": 2,
    "SalesPerson.delete_thing": 1,
    "Accountant.new_vendor": 4,
    "Accountant.edit": 4,
    "Accountant.rename": 2,
    "Accountant.delete": 1,
    "Accountant.rest": 1,
    "People.both_edit": 5,
}
PRODUCT_ACTIONS: dict[str, int] = {
    **VENDOR_ACTIONS,
    "SalesPerson.new_product": 5,
    "SalesPerson.new_vendor": 0,
    "Accountant.new_item": 4,
    "Accountant.new_vendor": 0,
}
ACTIONS = {"customers": CUSTOMER_ACTIONS, "vendors": VENDOR_ACTIONS, "products": PRODUCT_ACTIONS}


def act(people: People, action: str) -> str | None:
    """Lets one of them do something.

    Returns:
        A sentence that tells it, or None when there was nothing to do it to.
    """
    who, what = action.split(".")
    roles: dict[str, type[Actors]] = {"SalesPerson": SalesPerson, "Accountant": Accountant, "People": People}
    told: str | None = getattr(roles[who], what)(people)
    return told
