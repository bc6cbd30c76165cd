"""The view of a record: why it is as it is, and the ways to it (BEY-9)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lab import Lab
from tests.support.pairs import account, contact, customer_ids, later
from tests.support.sandbox import Sandbox
from tests.support.visitor import Visitor
from zoho.store.database import open_store

REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}
RECORDS = "/integrations/demo/records"


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The demo integration on two empty organizations."""
    sandbox.reset("empty")
    engine = open_store(store_url)
    yield Lab(sandbox, engine, tmp_path / "lab")
    engine.dispose()


def test_a_record_is_found_and_explained(visitor: Visitor, lab: Lab) -> None:
    """BEY-9: by name or either id; who may see the integration sees it, and no call is made for it."""
    sales_id = account(lab, "Acme & Sons", Description="old <b>")
    contact(lab, "Lee", sales_id, First_Name="Ann")
    lab.run()
    later(lab).crm.update("Accounts", [{"id": sales_id, "Description": "new"}])
    lab.run(dry_run=True)
    books_id = customer_ids(lab)["Acme & Sons"]
    calls = len(lab.sandbox.calls())
    visitor.login("viewer")
    assert "Why is a record as it is?" in visitor.see(RECORDS)
    for text in ("acme %26 sons", sales_id, books_id):
        answer = visitor.get(f"{RECORDS}?q={text}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{RECORDS}/customers/{sales_id}")
    shown = visitor.see(f"{RECORDS}/customers/{books_id}")
    for expected in (
        "Acme &amp; Sons",
        "waits for the next run",
        "The next run writes:</b> (Books)",
        "changed on the sales side",
        "old &lt;b&gt;",
        "edited since both were in step",
        'href="/runs/demo-1"',
        "Ann Lee",
        "more fields are blank on both sides",
    ):
        assert expected in shown, expected
    assert "Bring in step" not in shown, "that takes the right to trigger the DAG"
    assert "Bring in step" in visitor.login("admin").see(f"{RECORDS}/customers/{sales_id}")
    assert "次の実行待ち" in visitor.get(f"{RECORDS}/customers/{sales_id}", **{"Accept-Language": "ja"}).text
    assert len(lab.sandbox.calls()) == calls


def test_several_and_none(visitor: Visitor, lab: Lab) -> None:
    """BEY-9: a choice where a name means several; what nobody saw leads to the search on the sales side."""
    ids = [account(lab, name) for name in ("Acme One", "Acme Two")]
    lab.run()
    visitor.login("viewer")
    shown = visitor.see(f"{RECORDS}?q=acme")
    assert all(f"{RECORDS}/customers/{one}" in shown for one in ids)
    shown = visitor.see(f"{RECORDS}?q=nobody")
    assert "Nothing has this name or id" in shown
    assert "/integrations/demo/find?q=nobody" in shown
    assert visitor.get(f"{RECORDS}/customers/999").status_code == 404
    assert visitor.get(f"{RECORDS}/nothing/{ids[0]}").status_code == 404
    assert visitor.get(f"/integrations/nowhere/records/customers/{ids[0]}").status_code == 404


def test_runs_failures_and_history_lead_to_it(visitor: Visitor, lab: Lab) -> None:
    """BEY-9: from a change of a run, from a failure, and from a history that is searched for a record."""
    sales_id = account(lab, "Acme")
    lab.sandbox.faults([{**REFUSED, "body": {"code": 4, "message": "Invalid value"}}])
    lab.run()
    visitor.login("viewer")
    address = f'href="{RECORDS}/customers/{sales_id}"'
    assert address in visitor.see("/runs/demo-1")
    assert address in visitor.see("/failures")
    assert f'href="{RECORDS}?q=Acme"' in visitor.see("/history?integration=demo&q=Acme")
    shown = visitor.see(f"{RECORDS}/customers/{sales_id}")
    assert "not in step" in shown
    assert "Invalid value" in shown
