"""What `make stack-test` looks for in the end would be found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from stack.cluster.end_state import look_at_records, look_at_reports, total
from stack.sandbox import record_ids
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store
from zoho.store.tables import claims, links, runs


@pytest.fixture(params=["demo", "demo_bigin"])
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """An integration on the built-in data: the CRM with one Books organization, Bigin with another."""
    engine = open_store(store_url)
    yield Lab(sandbox, engine, tmp_path, integration=request.param)
    engine.dispose()


def broken(lab: Lab, before: set[str]) -> list[str]:
    return [finding.promise for finding in look_at_records(lab.store, lab.sandbox.url, before) if finding.broken]


def test_a_sync_that_nothing_disturbed_leaves_nothing_to_find(lab: Lab) -> None:
    before = record_ids(lab.sandbox.url)
    first = lab.run()

    assert broken(lab, before) == []
    assert total(lab.store) > 10
    assert [finding.broken for finding in look_at_reports({"first": first})] != [()]
    lab.sandbox.clock(advance=60)
    assert [finding.broken for finding in look_at_reports({"second": lab.run()})] == [()]


def test_what_is_doubled_lost_or_left_is_found(lab: Lab) -> None:
    before = record_ids(lab.sandbox.url)
    lab.run()
    made = min(record_ids(lab.sandbox.url) - before).removeprefix("books ")

    with lab.store.begin() as connection:
        # So that its record in Books is as one made twice is, and what it is linked to as one that is gone.
        connection.execute(update(links).where(links.c.books_id == made).values(books_id="1"))
        connection.execute(update(runs).values(finished_at=None))
        connection.execute(
            insert(claims).values(
                integration="demo",
                module="customers",
                organization_id="1",
                source="sales",
                source_id="1",
                name="Begun",
                run_id="1",
                claimed_at="2026-01-01T00:00:00Z",
            )
        )

    assert broken(lab, before) == [
        "The history has no run that is open",
        "Nothing that was begun is unfinished",
        "Nothing is doubled: whatever is new is linked",
        "Nothing is lost: whatever is linked is there",
    ]


@pytest.mark.parametrize("lab", ["demo"], indirect=True)
def test_one_product_may_stand_for_lines_without_an_item(lab: Lab) -> None:
    lab.settings_file.write_text(lab.settings_file.read_text().rstrip("\n") + "\n  estimates: {}\n")
    before = record_ids(lab.sandbox.url)
    found = []
    for _ in range(2):
        lab.crm.insert("Products", [{"Product_Name": "Text line"}])
        lab.run("products")
        found.append(broken(lab, before))
        lab.sandbox.clock(advance=600)
    assert found == [[], ["Nothing is doubled: whatever is new is linked"]]
