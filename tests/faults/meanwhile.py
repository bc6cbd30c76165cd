"""People who go on working while a run reads its lists, whose pages shift under its hands."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.long.oracle_world import World
from tests.long.stateful import QuickLab
from zoho.api import books_walk, sales
from zoho.transport.exchange import Call

ROWS = 4
"""On a page, so that a few records are several pages; of a page of Books at most half is read again."""

_THINGS = {"SalesPerson.edit_thing": 4, "SalesPerson.delete_thing": 1, "Accountant.edit": 4, "Accountant.delete": 1}
ACTIONS: Mapping[str, Mapping[str, int]] = {
    "customers": {
        "SalesPerson.new_account": 3,
        "SalesPerson.edit_account": 4,
        "SalesPerson.new_contact": 2,
        "SalesPerson.edit_contact": 4,
        "SalesPerson.delete_contact": 2,
        "Accountant.new_customer": 3,
        "Accountant.new_individual": 1,
        "Accountant.edit": 4,
        "Accountant.delete": 2,
        "Accountant.add_person": 2,
        "Accountant.edit_person": 4,
    },
    "vendors": {**_THINGS, "SalesPerson.new_vendor": 3, "Accountant.new_vendor": 3},
    "products": {**_THINGS, "SalesPerson.new_product": 3, "Accountant.new_item": 3},
}
"""Module → what people do to records that are at rest, and how often."""

EDITS = {
    module: {name: weight for name, weight in actions.items() if "edit" in name or name == "Accountant.add_person"}
    for module, actions in ACTIONS.items()
}
"""Of these, those that leave every record where it is."""

MADE = {
    "customers": ("SalesPerson.new_account", "Accountant.new_customer"),
    "vendors": ("SalesPerson.new_vendor", "Accountant.new_vendor"),
    "products": ("SalesPerson.new_product", "Accountant.new_item"),
}
"""Module → what makes its lists longer."""


@contextmanager
def short_pages() -> Iterator[None]:
    """Has lists read in pages of a few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sales, "PER_PAGE", ROWS)
        patch.setattr(books_walk, "PER_PAGE", ROWS)
        patch.setattr(books_walk, "_SMALLEST", ROWS // 2)
        yield


@contextmanager
def working(lab: QuickLab, work: Callable[[], None], pages: frozenset[int], struck: Counter[str]) -> Iterator[None]:
    """Lets people do something after some pages of lists; those between two pages of one list are counted."""
    read, worked_in = 0, ""

    def after_call(call: Call) -> None:
        nonlocal read, worked_in
        if call.method != "GET" or call.path.rsplit("/", 1)[-1].isdigit():
            return
        struck["shifted page"] += call.path == worked_in
        read, worked_in = read + 1, ""
        if read in pages:
            worked_in = call.path
            work()

    lab.on_call = after_call
    try:
        yield
    finally:
        lab.on_call = None


def changed(before: World, after: World) -> set[str]:
    """The ids of the records that are other in two worlds, or in one of them only."""
    sides = (before.sales, after.sales), (before.books, after.books)
    return {one for then, now in sides for one in then.keys() | now.keys() if then.get(one) != now.get(one)}


def with_changes(world: World, before: World, after: World) -> World:
    """A world in which people did already what they did in another one."""
    sales_side, books_side = dict(world.sales), dict(world.books)
    for now, then, held in ((after.sales, before.sales, sales_side), (after.books, before.books, books_side)):
        for one in then.keys() - now.keys():
            held.pop(one, None)
        held.update({one: record for one, record in now.items() if then.get(one) != record})  # type: ignore[misc]
    return World(sales_side, books_side)
