"""The sync history: what each run did, field by field, what still fails, and all of it as CSV (OPS-4)."""

import csv
import io
from datetime import timedelta

import pendulum
import pytest
from sqlalchemy import select

from tests.support.deals import ESTIMATE, LOST, QUOTED, switched_on
from tests.support.lab import Lab
from zoho.engine.history.changes import ChangeEntry, ChangeFilter, every_change, list_changes
from zoho.engine.history.export import changes_csv, failures_csv, runs_csv
from zoho.engine.history.failures import FailureEntry, FailureFilter, list_failures, numbers_of_failures
from zoho.engine.history.origin import Cause, origin_of
from zoho.engine.history.paging import BadMarkError
from zoho.engine.history.runs import RunFilter, last_runs, latest_runs, list_runs, one_run
from zoho.store.tables import run_counts
from zoho.transport.errors import ZohoError

REFUSED = {
    "match": {"method": "POST", "path": "/books/v3/contacts"},
    "kind": "status",
    "status": 400,
    "body": {"code": 4, "message": "Invalid value"},
}


def made(lab: Lab, *names: str) -> list[str]:
    return [str(done.id) for done in lab.crm.insert("Accounts", [{"Account_Name": name} for name in names])]


def standing(lab: Lab, wanted: FailureFilter | None = None) -> list[FailureEntry]:
    return list(list_failures(lab.store, wanted or FailureFilter()).items)


def changes_of(lab: Lab, run: int, **wanted: object) -> list[ChangeEntry]:
    return list(list_changes(lab.store, f"demo-{run}", ChangeFilter(**wanted)).items)  # type: ignore[arg-type]


def test_runs_with_their_numbers_each_way(empty_lab: Lab):
    """OPS-4: added, updated, deleted, skipped and failed per direction, times, calls by purpose."""
    lab = empty_lab
    lab.settings_add("direction: two_way")
    (acme, _) = made(lab, "Acme", "Birch")
    lab.books.create_contact({"contact_name": "Cedar", "company_name": "Cedar"})
    lab.run()
    lab.sandbox.clock(advance=600)
    lab.crm.update("Accounts", [{"id": acme, "Website": "a.example"}])
    lab.run()

    second, first = list_runs(lab.store).items
    assert [(one.direction, one.added) for one in first.directions] == [("sales_to_books", 2), ("books_to_sales", 1)]
    assert (first.total.added, first.state, first.module, first.about) == (3, "success", "customers", None)
    assert [(one.added, one.updated) for one in second.directions] == [(0, 1)]
    assert first.seconds is not None
    assert first.finished_at == first.started_at + timedelta(seconds=first.seconds)
    detail = one_run(lab.store, first.run_id)
    assert detail.entry == first
    assert detail.report.call_count == first.calls > 0
    assert detail.report.api_calls["books"]["load"] == 2
    assert detail.settings["integration"]["name"] == "demo"
    with pytest.raises(LookupError):
        one_run(lab.store, "nothing")


def test_a_deletion_is_counted(empty_lab: Lab):
    """OPS-4, OPS-7: as the end of its link."""
    lab = empty_lab
    (acme,) = made(lab, "Acme")
    lab.run()
    lab.sandbox.clock(advance=600)
    lab.crm.delete("Accounts", [acme])
    lab.run()
    (last, _) = list_runs(lab.store).items
    assert (last.total.deleted, last.total.updated) == (1, 0)


def test_runs_are_found_by_everything(empty_lab: Lab):
    """OPS-4: by integration, module, state, time, direction, and by name or id of a record."""
    lab = empty_lab
    (acme,) = made(lab, "Acme 100% _ Ltd")
    lab.run()
    middle = pendulum.now("UTC")
    lab.sandbox.faults([REFUSED])
    made(lab, "Birch")
    lab.run()
    lab.run("vendors")
    lab.sandbox.clear_faults()
    books_id = lab.customers()["Acme 100% _ Ltd"]["contact_id"]

    def found(**wanted: object) -> list[str]:
        return [entry.run_id for entry in list_runs(lab.store, RunFilter(**wanted)).items]  # type: ignore[arg-type]

    assert found() == ["demo-3", "demo-2", "demo-1"]
    assert found(modules=["vendors"]) == ["demo-3"]
    assert found(integrations=["demo"], modules=["customers"]) == ["demo-2", "demo-1"]
    assert found(integrations=["other"]) == []
    assert found(states=["partial"]) == ["demo-2"]
    assert found(since=middle) == ["demo-3", "demo-2"]
    assert found(until=middle) == ["demo-1"]
    assert found(direction="sales_to_books") == ["demo-2", "demo-1"]
    assert found(direction="books_to_sales") == []
    assert found(busy=True) == ["demo-2", "demo-1"]
    assert found(text="100% _ lt") == found(text="ACME") == found(text=acme) == found(text=books_id) == ["demo-1"]
    assert found(text="acme%ltd") == found(text="100_ ") == found(text=acme[:-1]) == []


def test_pages_neither_miss_nor_repeat(empty_lab: Lab):
    """OPS-4: whatever ends between two pages; a mark that was tampered with is refused."""
    lab = empty_lab
    for _ in range(5):
        lab.run("vendors")
    page = list_runs(lab.store, per_page=2)
    seen = [entry.run_id for entry in page.items]
    lab.run("vendors")
    while page.next:
        page = list_runs(lab.store, per_page=2, after=page.next)
        seen += [entry.run_id for entry in page.items]
    assert seen == [f"demo-{n}" for n in (5, 4, 3, 2, 1)]
    for bad in ("x", "WzFd", "''; DROP", "é", "W10", "WyJhIiwiYiJd"):
        with pytest.raises(BadMarkError):
            list_runs(lab.store, after=bad)
    with pytest.raises(BadMarkError):
        list_changes(lab.store, "demo-1", after="WyJhIiwiYiJd")


def test_every_field_with_old_and_new(empty_lab: Lab):
    """OPS-4, BEY-2: which side is written, why, and the value that lost a conflict."""
    lab = empty_lab
    lab.settings_add("direction: two_way")
    (acme,) = made(lab, "Acme")
    lab.crm.insert("Contacts", [{"Last_Name": "Lee", "Email": "lee@a.example", "Account_Name": {"id": acme}}])
    lab.run()
    lab.sandbox.clock(advance=600)
    lab.run()
    lab.sandbox.clock(advance=600)
    books_id = lab.customers()["Acme"]["contact_id"]
    lab.crm.update("Accounts", [{"id": acme, "Website": "sales.example"}])
    lab.books.update_contact(books_id, {"website": "books.example", "notes": "pays late"})
    lab.run()

    (created,) = changes_of(lab, 1)
    assert (created.action, created.state, created.side) == ("create", "done", "books")
    assert (created.sales_id, created.books_id, created.persons) == (acme, books_id, {"Lee": "add"})
    person = {field.key: field.new for field in created.fields if field.person == "Lee"}
    assert person == {"last_name": "Lee", "email": "lee@a.example"}
    to_books, to_sales = changes_of(lab, 3)
    (website,) = to_books.fields
    assert (website.key, website.side, website.old, website.new) == (
        "website", "books", "books.example", "sales.example",
    )  # fmt: skip
    assert (website.conflict, website.lost) == (True, "books.example")
    assert "changed on both sides" in website.reason
    (notes,) = to_sales.fields
    assert (notes.key, notes.side, notes.old, notes.new, notes.lost) == ("notes", "sales", None, "pays late", None)
    assert notes.reason == "changed in Books"


def test_changes_a_page_at_a_time_and_by_filter(empty_lab: Lab):
    """OPS-4: by action, state, direction, name or id."""
    lab = empty_lab
    names = ["Acme", "Birch", "Cedar", "Date <script>"]
    ids = made(lab, *names)
    lab.sandbox.faults([{**REFUSED, "times": 1}])
    lab.run()
    page = list_changes(lab.store, "demo-1", per_page=3)
    rest = list_changes(lab.store, "demo-1", per_page=3, after=page.next)
    assert [len(page.items), len(rest.items), rest.next] == [3, 1, None]
    assert sorted(one.name for one in (*page.items, *rest.items)) == names
    (failed,) = changes_of(lab, 1, states=["failed"])
    assert failed.error
    assert len(changes_of(lab, 1, states=["done"], actions=["create"], direction="sales_to_books")) == 3
    assert changes_of(lab, 1, actions=["update"]) == []
    assert [one.name for one in changes_of(lab, 1, text="<SCRIPT")] == ["Date <script>"]
    assert [one.sales_id for one in changes_of(lab, 1, text=ids[1])] == [ids[1]]


def test_a_failure_stands_until_it_is_mended(empty_lab: Lab):
    """OPS-4: told once, with its reason, how often and since when; gone when a run has written the record."""
    lab = empty_lab
    (acme,) = made(lab, "Acme")
    lab.sandbox.faults([REFUSED])
    lab.run()
    lab.run()
    lab.run("vendors")
    (failure,) = standing(lab)
    assert (failure.name, failure.sales_id, failure.times, failure.run_id) == ("Acme", acme, 2, "demo-2")
    assert (failure.module, failure.direction, failure.action) == ("customers", "sales_to_books", "create")
    assert "Invalid value" in failure.reason
    first, second = (one_run(lab.store, f"demo-{n}").entry for n in (1, 2))
    assert first.started_at <= failure.first_seen < second.started_at <= failure.last_seen
    assert numbers_of_failures(lab.store) == {("demo", "customers"): 1}
    for wanted in (FailureFilter(modules=["customers"]), FailureFilter(text="acme"), FailureFilter(text="invalid v")):
        assert standing(lab, wanted) == [failure]
    for wanted in (FailureFilter(modules=["vendors"]), FailureFilter(direction="books_to_sales")):
        assert standing(lab, wanted) == []
    lab.sandbox.clear_faults()
    lab.run()
    assert (standing(lab), numbers_of_failures(lab.store)) == ([], {})


def test_a_failure_that_nobody_wants_any_more_is_gone(empty_lab: Lab):
    """OPS-4: the record was deleted, or edited back: the next run finds nothing to do, and the failure ends."""
    lab = empty_lab
    (acme,) = made(lab, "Acme")
    lab.sandbox.faults([REFUSED])
    lab.run()
    assert len(standing(lab)) == 1
    lab.sandbox.clock(advance=600)
    lab.crm.delete("Accounts", [acme])
    lab.run()
    assert standing(lab) == []


def test_dry_runs_and_runs_that_stop_mend_nothing(empty_lab: Lab):
    """OPS-4: what was not tried again still stands."""
    lab = empty_lab
    made(lab, "Acme")
    lab.sandbox.faults([REFUSED])
    lab.run()
    lab.run(dry_run=True)
    (failure,) = standing(lab)
    assert failure.times == 1


def test_failures_page_by_page(empty_lab: Lab):
    """OPS-4: the latest first, none twice."""
    lab = empty_lab
    names = [f"Firm {n}" for n in range(5)]
    made(lab, *names)
    lab.sandbox.faults([REFUSED])
    lab.run()
    page, seen = list_failures(lab.store, per_page=2), []
    while True:
        seen += [failure.name for failure in page.items]
        if not page.next:
            break
        page = list_failures(lab.store, per_page=2, after=page.next)
    assert sorted(seen) == names


def test_a_deal_that_lacks_something_is_told_until_it_has_it(empty_lab: Lab):
    """OPS-4, TRG-5: it is told of in one run, and stands in the following ones too."""
    trade = switched_on(empty_lab, ESTIMATE)
    deal = trade.deal(QUOTED, amount=None)
    trade.run()
    trade.run()
    (failure,) = standing(trade.lab)
    assert (failure.module, failure.sales_id, failure.times) == ("deals", deal, 1)
    assert "no amount" in failure.reason
    newest = list_runs(trade.lab.store, RunFilter(modules=["deals"])).items
    assert [run.total.failed for run in newest if run.total.failed] == [1]
    trade.edit(deal, Stage=LOST)
    trade.run()
    assert standing(trade.lab) == []


def test_csv_holds_everything_and_starts_no_formula(empty_lab: Lab):
    """OPS-4: names as they are, `<script>` too; what a spreadsheet would run is held by an apostrophe."""
    lab = empty_lab
    names = ["=cmd()", "+1", "-2", "@x", "<script>alert(1)</script>", 'Say "hi", twice']
    made(lab, *names)
    lab.sandbox.faults([{**REFUSED, "times": 1}])
    lab.run()
    rows = list(csv.DictReader(io.StringIO("".join(changes_csv(lab.store, "demo-1")))))
    cells = {row["name"] for row in rows}
    assert cells == {"'=cmd()", "'+1", "'-2", "'@x", "<script>alert(1)</script>", 'Say "hi", twice'}
    assert {row["new"] for row in rows if row["field"] == "contact_name"} == cells
    assert not [cell for row in rows for cell in row.values() if cell and cell[0] in "=+-@\t\r"]
    whole = every_change(lab.store, "demo-1", ChangeFilter(states=["failed"]))
    (failed,) = [change.name for change in whole]
    (line,) = csv.DictReader(io.StringIO("".join(failures_csv(lab.store))))
    assert line["name"].lstrip("'") == failed
    (run,) = csv.DictReader(io.StringIO("".join(runs_csv(lab.store))))
    assert (run["added"], run["failed"], run["direction"]) == ("5", "1", "sales_to_books")


def test_how_a_module_did_lately(empty_lab: Lab):
    """OPS-4: the latest run of each module, and the last few for a chart, in order, without dry runs."""
    lab = empty_lab
    for name in ("Acme", "Birch", "Cedar"):
        made(lab, name)
        lab.run()
    lab.run(dry_run=True)
    lab.run("vendors")
    latest = latest_runs(lab.store, [("demo", "customers"), ("demo", "vendors"), ("demo", "products")])
    assert {key[1]: entry.run_id for key, entry in latest.items()} == {"customers": "demo-4", "vendors": "demo-5"}
    chart = last_runs(lab.store, "demo", "customers", 2)
    assert [(entry.run_id, entry.total.added) for entry in chart] == [("demo-2", 1), ("demo-3", 1)]


def test_a_run_that_goes_on_is_counted_as_it_stands(empty_lab: Lab):
    """OPS-4: one that died in the middle, too; when it is repeated its numbers are those of its end."""
    lab = empty_lab
    made(lab, "Acme", "Birch")
    lab.sandbox.faults([{**REFUSED, "status": 500, "body": {}, "times": 100}])
    with pytest.raises(ZohoError):
        lab.run()
    (entry,) = list_runs(lab.store).items
    assert (entry.state, entry.finished_at, entry.total.added) == ("running", None, 0)
    lab.sandbox.clear_faults()
    lab.run(repeat=True)
    (entry,) = list_runs(lab.store).items
    assert (entry.state, entry.total.added, entry.total.failed) == ("success", 2, 0)
    with lab.store.connect() as connection:
        states = {row.state: row.n for row in connection.execute(select(run_counts))}
    assert states["done"] == 2


@pytest.mark.parametrize(
    ("origin", "module", "cause", "run"),
    [
        ("airflow:zoho_a_customers:scheduled__2026-01-01T00:00:00+00:00", "customers", Cause.SCHEDULE,
         "scheduled__2026-01-01T00:00:00+00:00"),
        ("airflow:zoho_a_transactions:asset_triggered__x:invoices:3", "invoices", Cause.EVENT, "asset_triggered__x"),
        ("airflow:zoho_a_transactions:backfill__x:invoices", "invoices", Cause.BACKFILL, "backfill__x"),
        ("airflow:zoho_a_customers:my run", "customers", Cause.PERSON, "my run"),
        ("zoho-sync:fetch:1", "customers", Cause.COMMAND, None),
        ("test:1", "customers", Cause.OTHER, None),
    ],
)  # fmt: skip
def test_what_began_a_run(origin: str, module: str, cause: Cause, run: str | None):
    """OPS-4: schedule, person, backfill, event or command, and the run of the DAG to look it up in Airflow."""
    found = origin_of(origin, module)
    assert (found.cause, found.dag_run_id) == (cause, run)
