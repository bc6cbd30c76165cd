"""Whatever dies while a deal is dealt with, nothing is made twice and nothing is left half done (BEY-4, TRG-7)."""

from contextlib import suppress

import pytest
from sqlalchemy import select

from tests.support.deals import ACCEPTED, ESTIMATE, INVOICE, LOST, QUOTED, WON, Trade, switched_on
from tests.support.deaths import Died, dying_at
from tests.support.lab import Lab
from zoho.store.tables import associations
from zoho.transport.errors import Retriable


def check_store(trade: Trade, where: str) -> None:
    """Nothing is left under way, and everything shows."""
    with trade.lab.store.connect() as connection:
        rows = connection.execute(select(associations)).all()
    assert all(row.books_id and row.moving_to is None and row.shown for row in rows), where
    assert len({(row.document, row.books_id) for row in rows}) == len(rows), where


@pytest.mark.parametrize("step", ["estimate", "acceptance", "invoice", "revival"])
def test_killed_after_every_single_effect(empty_lab: Lab, step: str, capsys: pytest.CaptureFixture[str]):
    """BEY-4: killed after each API call and each commit of one run in turn, the next run converges; all points."""
    empty_lab.sandbox.settings(books_accepted_estimate_makes_invoice="draft")
    quoting = step in ("estimate", "acceptance")
    trade = switched_on(empty_lab, ESTIMATE if quoting else INVOICE)
    points = 0
    for effect in range(1, 99):
        deal = trade.deal(QUOTED if quoting else WON, Deal_Name=f"Deal {effect}")
        if step == "acceptance":
            trade.run()
            trade.edit(deal, Stage=ACCEPTED, Amount=1500)
        elif step == "revival":
            trade.run()
            trade.edit(deal, Stage=LOST)
            trade.run()
            trade.edit(deal, Stage=WON, Amount=900)
        with dying_at(empty_lab, effect) as seen:
            try:
                trade.run()
            except Died as died:
                where = f"{step}, effect {effect}: {died}"
            else:
                break
        trade.run()
        empty_lab.sandbox.clear_calls()
        assert trade.run().state == "success", where
        assert empty_lab.writes() == [], where
        documents = trade.of_deal(f"Deal {effect}", "estimates" if quoting else "invoices")
        expected = {
            "estimate": ("draft", 1200),
            "acceptance": ("invoiced", 1500),
            "invoice": ("draft", 1200),
            "revival": ("draft", 900),
        }[step]
        assert [(one["status"], one["total"]) for one in documents] == [expected], where
        assert len(trade.of_deal(f"Deal {effect}", "invoices")) == (step != "estimate"), where
        check_store(trade, where)
        points = len(seen)
    with capsys.disabled():
        print(f" [{points + 1} points of death]", end="")
    assert points > 10


@pytest.mark.parametrize("path", ["estimates", "estimates/.*/status/.*"])
def test_a_lost_answer_is_looked_up(empty_lab: Lab, path: str):
    """BEY-4: Books did it, the answer was lost: it is not done again."""
    trade = switched_on(empty_lab, ESTIMATE)
    deal = trade.deal()
    trade.run() if "status" in path else None
    trade.edit(deal, Stage=ACCEPTED if "status" in path else QUOTED)
    lost = {"match": {"method": "POST", "path": f"/books/v3/{path}"}, "kind": "commit_then_drop", "times": 1}
    empty_lab.sandbox.faults([lost])
    with suppress(Retriable):  # Airflow repeats the task
        trade.run()
    trade.run()
    assert trade.estimate["status"] == ("accepted" if "status" in path else "draft")
