"""The view of a record: why it is as it is, and the ways to it (BEY-9)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deals import INVOICE, WON, Trade
from tests.support.lab import Lab
from tests.support.pairs import account, contact, customer_ids, later
from tests.support.sandbox import Sandbox
from tests.support.spoiler import spoiling
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


def test_what_cannot_be_read_is_not_called_blank(visitor: Visitor, lab: Lab) -> None:
    """BEY-9: of a record with a field of a wrong type nothing is known, which is told once, here and in its run."""
    sales_id = account(lab, "Acme", Description="old")
    lab.run()
    later(lab).crm.update("Accounts", [{"id": sales_id, "Description": "new"}])
    with spoiling(lab) as spoilt:
        spoilt[sales_id] = {"Account_Name": b'["a list"]'}
        lab.run()
    visitor.login("viewer")
    for address in (f"{RECORDS}/customers/{sales_id}", "/runs/demo-2"):
        assert visitor.see(address).count("Account_Name: it holds a list, expected is a text") == 1, address
    shown = visitor.see(f"{RECORDS}/customers/{sales_id}")
    assert '<span class="quiet">not known</span>' in shown
    assert "blank" not in shown
    assert "1970" not in shown


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


def test_a_deal_is_explained(visitor: Visitor, lab: Lab, include: Path) -> None:
    """BEY-9, TRG-3: its stage, its documents and what runs did with it; runs lead to it, in either language."""
    for file in (include / "integrations" / "demo.yaml", lab.settings_file):
        file.write_text(file.read_text().replace("  deals: {}\n", f"  deals:\n    {INVOICE}\n"))
    trade = Trade(lab)
    trade.begin()
    deal = trade.deal(WON, Deal_Name="Big <deal>")
    trade.run()
    trade.edit(deal, Amount=1500)
    trade.run(dry_run=True)
    visitor.login("viewer")
    assert f'href="{RECORDS}/deals/{deal}"' in visitor.see("/runs/demo-3")
    answer = visitor.get(f"{RECORDS}?q=big")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{RECORDS}/deals/{deal}")
    calls = len(lab.sandbox.calls())
    shown = visitor.see(f"{RECORDS}/deals/{deal}")
    assert len(lab.sandbox.calls()) == calls
    for expected in (
        "Big &lt;deal&gt;",
        "waits for the next run",
        "The next run writes:</b> (Books)",
        "update it; the deal was edited",
        "Closed Won",
        "1500 USD",
        "INV-000001",
        "made by the automation",
        "Last written into its document",
        'href="/runs/demo-3"',
        "the deal is in the stage &#39;Closed Won&#39; (100 per cent)",
    ):
        assert expected in shown, expected
    assert "自動化が作成" in visitor.get(f"{RECORDS}/deals/{deal}", **{"Accept-Language": "ja"}).text
    assert visitor.get(f"{RECORDS}/deals/999").status_code == 404
