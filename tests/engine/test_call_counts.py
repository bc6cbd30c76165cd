"""What a run costs in API calls, exactly as the table of docs/quotas.md tells it (BEY-8).

The numbers of records are small here, but beyond every batch and page. With ``ZOHO_LONG_COUNTS`` in the
environment they are those of the table.
"""

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import pytest

from stack.places import CHECKOUT
from tests.support.call_scenarios import SCENARIOS, Calls, accounts, calls
from tests.support.lab import Lab
from zoho.api.books_walk import calls_for

LONG = bool(os.environ.get("ZOHO_LONG_COUNTS"))

PRODUCTS = {"Zoho CRM": "crm", "Zoho Books": "books"}


@dataclass(frozen=True)
class Row:
    """A row of the table: purpose → formula and, where the row has an ``n``, its value."""

    module: str
    happened: str
    n: int
    crm: Mapping[str, tuple[str, str]]
    books: Mapping[str, tuple[str, str]]

    def calls(self, n: int) -> Calls:
        """The calls that the formulas give."""
        columns = {"crm": self.crm, "books": self.books}
        return {
            product: {purpose: value(formula, n) for purpose, (formula, _) in cells.items()}
            for product, cells in columns.items()
        }


def table() -> list[Row]:
    text = (CHECKOUT / "docs" / "quotas.md").read_text(encoding="utf-8")
    section = text.split("\n## What a run costs\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    rows = []
    for line in lines:
        module, happened, n, crm, books = (cell.strip() for cell in line.strip("|").split("|"))
        rows.append(Row(module, happened, number(n or "1"), cells(crm), cells(books)))
    return rows


def cells(text: str) -> dict[str, tuple[str, str]]:
    """Purpose → formula and figure of ``scan ⌈n/200⌉ + 3 = 8, load 2``."""
    found = {}
    for part in text.split(", "):
        purpose, cost = part.split(" ", 1)
        formula, _, figure = cost.partition(" = ")
        found[purpose] = (formula, figure)
    return found


def number(text: str) -> int:
    return int(text.replace(",", ""))


def value(formula: str, n: int) -> int:
    """The value of a sum such as ``2⌈n/100⌉ + 3``, ``p(n)`` or ``n``."""
    return sum(term(one, n) for one in formula.split(" + "))


def term(text: str, n: int) -> int:
    if text == "n":
        return n
    if text == "p(n)":
        return calls_for(n)
    if batches := re.fullmatch(r"(\d*)⌈n/(\d+)⌉", text):
        return int(batches[1] or 1) * ceil(n / int(batches[2]))
    return number(text)


@pytest.fixture
def two_way(empty_lab: Lab) -> Lab:
    """Two empty organizations, all modules both ways."""
    for module in ("customers", "vendors", "products"):
        empty_lab.module_on(module)
        empty_lab.settings_add("direction: two_way", module)
    return empty_lab


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row.module}: {row.happened}")
def test_a_run_costs_what_the_table_says(two_way: Lab, caplog: pytest.LogCaptureFixture, row: Row) -> None:
    """BEY-8: exactly these calls, purpose by purpose; those that write are the ones that the plan told."""
    scenario = SCENARIOS[row.module, row.happened]
    n = row.n if LONG else scenario.n
    scenario.play(two_way, n)
    caplog.set_level(logging.INFO)
    caplog.clear()
    made = calls(two_way, row.module)
    assert made == row.calls(n)
    assert planned(caplog) == {product: by["load"] for product, by in made.items() if "load" in by}


def test_the_table_is_whole() -> None:
    """BEY-8: each row is played, and its figures are what its formulas give."""
    rows = table()
    assert {(row.module, row.happened) for row in rows} == set(SCENARIOS)
    for row in rows:
        for formula, figure in (*row.crm.values(), *row.books.values()):
            assert ("n" in formula) == bool(figure), row
            assert not figure or value(formula, row.n) == number(figure), row


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row.module}: {row.happened}")
def test_no_run_could_do_with_fewer_calls(row: Row) -> None:
    """BEY-8: what the table says is the least that Zoho's limits leave, however many records there are."""
    least = SCENARIOS[row.module, row.happened].least
    for n in (1, 2, 99, 100, 101, 200, 201, 399, 401, 1_000, 9_999, 10_000):
        assert {product: sum(by.values()) for product, by in row.calls(n).items()} == least(n), n


def test_a_detail_is_read_only_where_it_is_needed(empty_lab: Lab) -> None:
    """BEY-8: one way, of the customers in Books only the one that is joined is read whole, once."""
    for name in ("Account 1", "Somebody else"):
        empty_lab.books.create_contact({"contact_name": name})
    accounts(empty_lab, 2)
    assert calls(empty_lab)["books"] == {"scan": 1, "settings": 2, "detail": 1, "load": 2}


def planned(caplog: pytest.LogCaptureFixture) -> dict[str, int]:
    """Product → calls, as the plan told its cost in the log."""
    (told,) = [line for line in caplog.messages if line.startswith("The plan costs ")]
    return {PRODUCTS[name]: number(n) for n, name in re.findall(r"([\d,]+) calls? to (Zoho \w+)", told)}
