"""Whatever people edit before a plan is made and after: carrying it out does what it shows, and nothing else (BEY-1).

``ZOHO_LONG_PLANS`` tells how many histories to play.
"""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support.dumps import changed
from tests.support.edits import EDITS, FIELDS, NAMES, Edit, edit, set_up
from tests.support.lab import Lab
from tests.support.pairs import account, later
from zoho.engine.on_demand.planning import carry_out, make_plan
from zoho.store.tables import changes

HISTORIES = int(os.environ.get("ZOHO_LONG_PLANS", "3"))

RAW = {("sales", key): {name} for key, name in FIELDS.items()} | {
    ("books", "notes"): {"notes"},
    ("books", "city"): {"city"},
    ("books", "phone"): {"phone"},
}
"""Side and field → what the organization calls it."""


def promised(lab: Lab, run_id: str, state: str) -> dict[str, set[str]]:
    """Id of a record that is written → the raw names of its fields, as a plan or a run has them."""
    with lab.store.connect() as connection:
        query = select(changes.c.item, changes.c.direction, changes.c.sales_id, changes.c.books_id)
        rows = connection.execute(query.where(changes.c.run_id == run_id, changes.c.state == state)).all()
    found: dict[str, set[str]] = {}
    for row in rows:
        side = "books" if row.direction == "sales_to_books" else "sales"
        parts = [(row.sales_id, row.books_id, row.item["fields"])]
        parts += [(one["sales_id"], one["books_id"], one["fields"]) for one in row.item["children"]]
        for sales_id, books_id, fields in parts:
            written = {field["key"].rpartition(".")[2] for field in fields if field["outcome"] == "write"}
            names = {name for key in written for name in RAW[side, key]}
            if names:
                found.setdefault(str(books_id if side == "books" else sales_id), set()).update(names)
    return found


@settings(
    max_examples=HISTORIES, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=EDITS, since=EDITS, more=st.booleans())
def test_carrying_out_does_what_the_plan_shows(two_way: Lab, before: list[Edit], since: list[Edit], more: bool):
    """BEY-1: every value of both organizations is compared, before and after; what was left out is untouched."""
    set_up(two_way)
    edit(two_way, before)
    job = later(two_way).job()
    untouched = two_way.sandbox.dump()
    plan_id = make_plan(job, f"test:{job.run_id}")
    assert changed(untouched, two_way.sandbox.dump()) == set(), "a plan writes nothing"
    shown = promised(two_way, plan_id, "planned")

    edit(later(two_way), since)
    if more:
        account(two_way, f"{NAMES[0]} and more")
    at_last = two_way.sandbox.dump()
    job = later(two_way).job()
    run_id = carry_out(job, f"test:{job.run_id}", plan_id)

    done = promised(two_way, run_id, "done")
    assert all(done[record] == shown[record] for record in done), "nothing that was not shown"
    if not since and not more:
        assert done == shown
    written: dict[str, set[str]] = {}
    for place in changed(at_last, two_way.sandbox.dump()):
        record = next((part for part in reversed(place) if part in done), "/".join(place))
        written.setdefault(record, set()).add(place[-1])
    assert written == done
