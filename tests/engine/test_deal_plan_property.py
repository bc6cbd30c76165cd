"""Whatever people do with deals and documents before a plan is made and after: carrying it out does what it shows.

``ZOHO_LONG_PLANS`` tells how many histories to play (BEY-1).
"""

import os
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support.deals import ACCEPTED, ESTIMATE, INVOICE, LOST, QUOTED, WON, Trade
from tests.support.dumps import changed, leaves
from tests.support.lab import Lab
from zoho.store.tables import changes
from zoho.transport.errors import RecordError

HISTORIES = int(os.environ.get("ZOHO_LONG_PLANS", "3"))
NAMES = ("Alpha", "Beta", "Gamma")
STAGES = ("Qualification", QUOTED, ACCEPTED, WON, LOST)
SHOWN = "shown_in: {books: cf_deal, sales: Books_Documents}"

Edit = tuple[str, str, Any]

EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("Stage"), st.sampled_from(NAMES), st.sampled_from(STAGES)),
        st.tuples(st.just("Amount"), st.sampled_from(NAMES), st.sampled_from([None, 0, 10, 2500])),
        st.tuples(st.just("Description"), st.sampled_from(NAMES), st.sampled_from([None, "more"])),
        st.tuples(st.just("Account"), st.sampled_from(NAMES), st.sampled_from(["Acme", "Birch", None])),
        st.tuples(st.just("rate"), st.sampled_from(NAMES), st.sampled_from([10, 99])),
        st.tuples(st.just("mark"), st.sampled_from(NAMES), st.sampled_from(["sent", "void", "accepted"])),
        st.tuples(st.just("delete"), st.sampled_from(NAMES), st.none()),
    ),
    max_size=8,
)

RAW = {
    "customer_id": "party_id",
    "name": "name",
    "description": "description",
    "rate": "rate",
    "salesperson_name": "salesperson_name",
    "status": "status",
}
"""Field of a plan → what the organization calls it."""

Shown = dict[tuple[str, str], list[tuple[str, str, str | None, str | None]]]


class World:
    """Two accounts, three deals, and what people do with them."""

    def __init__(self, lab: Lab, make: str) -> None:
        lab.start_over()
        text = lab.settings_file.read_text().split("  deals:\n")[0].rstrip("\n")
        lab.settings_file.write_text(f"{text}\n  deals:\n    {make}\n    {SHOWN}\n")
        lab.sales.create_fields("Deals", [{"field_label": "Books_Documents", "data_type": "text", "length": 200}])
        for module in ("estimate", "invoice"):
            field = {"module": module, "label": "Deal", "api_name": "cf_deal", "data_type": "string"}
            lab.sandbox.custom_field(product="books", **field)
        self.trade = Trade(lab)
        self.lab = lab
        self.accounts = {"Birch": self.trade.make("Accounts", Account_Name="Birch")}
        self.trade.begin()
        self.accounts["Acme"] = self.trade.account
        first = QUOTED if make == ESTIMATE else WON
        self.deals = {
            name: self.trade.deal(stage, 10, Deal_Name=name)
            for name, stage in zip(NAMES[:2], (first,) * 2, strict=True)
        }
        self.trade.run()
        self.deals["Gamma"] = self.trade.deal("Qualification", 10, Deal_Name="Gamma")

    def edit(self, edits: Iterable[Edit]) -> None:
        """Lets people edit; what Books refuses them does not happen."""
        for key, name, value in edits:
            if key == "Account":
                account = {"id": self.accounts[value]} if value else None
                self.trade.edit(self.deals[name], Account_Name=account)
            elif key[0].isupper():
                self.trade.edit(self.deals[name], **{key: value})
            else:
                self._in_books(key, name, value)

    def _in_books(self, key: str, name: str, value: Any) -> None:
        self.lab.sandbox.clock(advance=1)
        for kind in ("estimates", "invoices"):
            client = getattr(self.lab.books, kind)
            for document in self.trade.of_deal(name, kind):
                books_id = document[client.kind.id_key]
                try:
                    if key == "rate":
                        line = {"line_item_id": document["line_items"][0]["line_item_id"], "rate": value}
                        client.update(books_id, {"line_items": [line]})
                    elif key == "delete":
                        client.delete(books_id)
                    elif value in client.statuses:
                        client.mark(books_id, value)
                except RecordError:
                    continue


def shown(lab: Lab, run_id: str, state: str) -> Shown:
    """Action and deal → fields with their old and new values, as a plan or a run has them."""
    with lab.store.connect() as connection:
        rows = connection.execute(select(changes).where(changes.c.run_id == run_id, changes.c.state == state)).all()
    return {
        (row.action, row.sales_id): [
            (one["target"], one["key"], one["old"], one["new"]) for one in row.item["fields"]
        ]
        for row in rows
    }


def places(lab: Lab, run_id: str) -> set[tuple[str, str]]:
    """Record and raw field of what a run wrote; of a document that it made, any field."""
    with lab.store.connect() as connection:
        query = select(changes).where(changes.c.run_id == run_id, changes.c.state == "done")
        rows = connection.execute(query).all()
    found = set()
    for row in rows:
        for one in row.item["fields"]:
            if one["target"] == "sales":
                found.add((row.sales_id, one["key"]))
            else:
                found.add((row.books_id, "new" if row.action == "create" else RAW[one["key"]]))
    return found


def values(lab: Lab, run_id: str) -> list[tuple[str, str]]:
    """Document and new value of every field that a run wrote in Books."""
    with lab.store.connect() as connection:
        query = select(changes).where(changes.c.run_id == run_id, changes.c.state == "done")
        rows = connection.execute(query).all()
    found = [(row, one) for row in rows for one in row.item["fields"] if one["target"] == "books" and one["new"]]
    return [(row.books_id, one["new"]) for row, one in found]


def held(dump: Any, record: str) -> set[str]:
    """All that a document says."""
    return {str(value) for place, value in leaves(dump).items() if record in place}


@pytest.mark.parametrize("make", [ESTIMATE, INVOICE], ids=["estimates", "invoices"])
@settings(
    max_examples=HISTORIES, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=EDITS, since=EDITS, more=st.booleans())
def test_carrying_out_does_what_the_plan_shows(
    empty_lab: Lab, make: str, before: list[Edit], since: list[Edit], more: bool
):
    """BEY-1: every value of both organizations is compared, before and after; what was left out is untouched."""
    world = World(empty_lab, make)
    due: list[Edit] = [("Amount", "Alpha", 33), ("Stage", "Beta", LOST)]  # one is updated, one declined or made void
    world.edit([*due, *before, ("Stage", "Gamma", QUOTED if make == ESTIMATE else WON)])
    untouched = empty_lab.sandbox.dump()
    plan_id = world.trade.plan()
    assert changed(untouched, empty_lab.sandbox.dump()) == set(), "a plan writes nothing"
    planned = shown(empty_lab, plan_id, "planned")

    world.edit(since)
    if more:
        world.trade.deal(QUOTED if make == ESTIMATE else WON, 7, Deal_Name="Delta")
    at_last = empty_lab.sandbox.dump()
    run_id = world.trade.carry_out(plan_id)

    done = shown(empty_lab, run_id, "done")
    assert done.items() <= planned.items(), "nothing that was not shown"
    if not since:
        failed = shown(empty_lab, run_id, "failed")
        assert done.keys() | failed.keys() == planned.keys()
    books_ids = {record for record, field in places(empty_lab, run_id) if field == "new"}
    after = empty_lab.sandbox.dump()
    assert all(value in held(after, record) for record, value in values(empty_lab, run_id)), "just the values shown"
    written = set()
    for place in changed(at_last, after):
        if "marks" in place:  # the day of a status
            continue
        record = next(part for part in place if part in books_ids or (part.isdigit() and len(part) > 12))
        written.add((record, "new" if record in books_ids else place[-1]))
    assert written == places(empty_lab, run_id)
