"""A dry run is a plan, which the page carries out when it was looked at (BEY-1)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.deals import INVOICE, WON, Trade
from tests.support.lab import Lab
from tests.support.pairs import account
from tests.support.sandbox import Sandbox
from tests.support.visitor import Visitor
from zoho.engine.control import state
from zoho.store.controls import Pause
from zoho.store.database import open_store


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The demo integration on two empty organizations."""
    sandbox.reset("empty")
    engine = open_store(store_url)
    yield Lab(sandbox, engine, tmp_path / "lab")
    engine.dispose()


def test_a_plan_is_offered_and_asks_first(visitor: Visitor, lab: Lab) -> None:
    """BEY-1: who may trigger the DAG is told what will happen first; what Airflow refuses is told."""
    account(lab, "Acme")
    account(lab, "Birch")
    lab.run(dry_run=True)
    address = f"/runs/demo-{lab.runs}"
    assert f"{address}/apply" not in visitor.login("viewer").see(address)
    assert visitor.get(f"{address}/apply").status_code == 403
    visitor.login("admin")
    assert f"{address}/apply" in visitor.see(address)
    asked = visitor.see(f"{address}/apply")
    assert "Create into Books: 2" in asked
    answer = visitor.post(f"{address}/apply")  # no scheduler has put the DAG there
    assert answer.status_code == 409
    assert "zoho_demo_customers" in answer.text
    assert lab.customers() == {}


def test_a_plan_tells_at_its_foot_what_it_takes(visitor: Visitor, lab: Lab) -> None:
    """BEY-1, BEY-8: how many of what, the calls by system and the expected time, in either language."""
    for number in range(3):
        account(lab, f"Customer {number}")
    lab.run(dry_run=True)
    shown = visitor.login("viewer").see(f"/runs/demo-{lab.runs}")
    for expected in ("What the plan does", "Create: 3", "Zoho Books: 3", "about 1 minute<"):
        assert expected in shown, expected
    japanese = visitor.get(f"/runs/demo-{lab.runs}", **{"Accept-Language": "ja"}).text
    assert "計画の内容" in japanese
    assert "約 1 分" in japanese
    lab.run()
    assert "What the plan does" not in visitor.see(f"/runs/demo-{lab.runs}?language=en")


def test_a_plan_of_deals_is_one_as_any_other(visitor: Visitor, lab: Lab, include: Path) -> None:
    """BEY-1, TRG-3: its documents with fields and amounts, its foot, the CSV, and the way to carry it out."""
    for file in (include / "integrations" / "demo.yaml", lab.settings_file):
        file.write_text(file.read_text().replace("  deals: {}\n", f"  deals:\n    {INVOICE}\n"))
    trade = Trade(lab)
    trade.begin()
    deal = trade.deal(WON, Decimal("1000.5"), Deal_Name="Big <deal>")
    trade.run(dry_run=True)
    address = f"/runs/demo-{lab.runs}"
    shown = visitor.login("admin").see(address)
    for expected in (
        "Big &lt;deal&gt;",
        "Create: 1",
        "the deal is in the stage &#39;Closed Won&#39; (100 per cent)",
        "1000.5",
        "the account &#39;Acme&#39;",
        "Zoho Books: 1",
        "Money in USD",
        "created: 1,000.5",
        f"{address}/apply",
    ):
        assert expected in shown, expected
    assert f"Deal {deal}" in visitor.get(f"{address}/changes.csv").text
    assert "Create into Books: 1" in visitor.see(f"{address}/apply")
    answer = visitor.post(f"{address}/apply")  # no scheduler has put the DAG there
    assert answer.status_code == 409
    assert "zoho_demo_deals" in answer.text
    assert trade.invoices() == []


def test_a_run_that_wrote_is_no_plan(visitor: Visitor, lab: Lab) -> None:
    """BEY-1: only a dry run can be carried out."""
    account(lab, "Acme")
    lab.run()
    visitor.login("admin")
    assert "/apply" not in visitor.see(f"/runs/demo-{lab.runs}")
    assert visitor.get(f"/runs/demo-{lab.runs}/apply").status_code == 404


def test_a_run_is_undone_by_a_plan_that_is_asked_for(visitor: Visitor, lab: Lab) -> None:
    """BEY-3: who may trigger the DAG is told what will happen; first comes a dry run, and nothing is written."""
    account(lab, "Acme")
    lab.run()
    address = f"/runs/demo-{lab.runs}"
    assert f"{address}/undo" not in visitor.login("viewer").see(address)
    assert visitor.get(f"{address}/undo").status_code == 403
    visitor.login("admin")
    assert f"{address}/undo" in visitor.see(address)
    asked = visitor.see(f"{address}/undo")
    assert "writes nothing" in asked
    assert "Create into Books: 1" in asked
    for is_paused in (False, True):
        if is_paused:
            state.pause(lab.store, "demo", Pause.INTERRUPT, "anna", "a wrong mapping", datetime.now(UTC))
        answer = visitor.post(f"{address}/undo")  # no scheduler has put the DAG there
        assert answer.status_code == 409
        assert "zoho_demo_customers" in answer.text
    assert [one["status"] for one in lab.customers().values()] == ["active"]


def test_a_run_that_wrote_nothing_is_not_undone(visitor: Visitor, lab: Lab) -> None:
    """BEY-3: a dry run, and one that found nothing to do."""
    account(lab, "Acme")
    lab.run(dry_run=True)
    lab.run()
    lab.run()
    visitor.login("admin")
    for number in (1, 3):
        assert "/undo" not in visitor.see(f"/runs/demo-{number}")
        assert visitor.get(f"/runs/demo-{number}/undo").status_code == 404
