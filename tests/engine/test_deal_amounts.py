"""A document that comes to something else than its deal does not stay in Books (TXN-6)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.deals import ACCEPTED, ESTIMATE, INVOICE, QUOTED, WON, Trade, switched_on
from tests.support.deaths import Died, dying_at
from tests.support.lab import Lab
from zoho.store.tables import associations
from zoho.transport.errors import Fatal

UNEVEN = Decimal("1000.60")
ROUNDED = "line 1: 1,001.00 in Books, 1,000.60 in the deal (0.40 more); subtotal: 1,001.00 in Books, 1,000.60"


@pytest.fixture
def quoting(empty_lab: Lab) -> Trade:
    """Deals make estimates, and Books gives amounts no decimal places."""
    empty_lab.sandbox.settings(books_price_precision=0)
    return switched_on(empty_lab, ESTIMATE)


def claims(trade: Trade) -> int:
    """How many documents the store knows of deals."""
    with trade.lab.store.connect() as connection:
        return len(connection.execute(select(associations)).all())


def nothing_is_written(trade: Trade, **options: Any) -> None:
    """Asserts that another run is green and asks Zoho to change nothing."""
    trade.lab.sandbox.clear_calls()
    assert trade.run(**options).state == "success"
    assert trade.lab.writes() == []


@pytest.mark.parametrize("settings", [ESTIMATE, INVOICE, f"{ESTIMATE}\n    unique_field: cf_crm_reference"])
def test_a_draft_that_comes_to_something_else_is_taken_back(empty_lab: Lab, settings: str):
    """TXN-6: line and difference are told, nothing stays in Books, and no quiet run makes it again."""
    empty_lab.sandbox.settings(books_price_precision=0)
    trade = switched_on(empty_lab, settings)
    trade.deal(WON if settings == INVOICE else QUOTED, UNEVEN)
    report = trade.run()
    (failure,) = report.failures
    assert report.state == "partial"
    assert failure.reason.startswith(ROUNDED)
    assert failure.reason.endswith("it was taken back")
    assert (trade.estimates(), trade.invoices(), claims(trade)) == ([], [], 0)
    nothing_is_written(trade)
    nothing_is_written(trade, full_scan=True)


def test_it_is_made_when_the_deal_is_edited(quoting: Trade):
    """TXN-6: with an amount that Books keeps."""
    deal = quoting.deal(amount=UNEVEN)
    quoting.run()
    quoting.edit(deal, Amount=1000)
    assert quoting.run().directions[0].added == 1
    assert (quoting.estimate["sub_total"], quoting.estimate["status"]) == (1000, "draft")


def test_it_is_made_when_the_settings_change(quoting: Trade):
    """TXN-6: other rules are a reason to try again, and the deal counts as one of their time."""
    quoting.deal(amount=UNEVEN)
    quoting.run()
    quoting.lab.sandbox.settings(books_price_precision=None)
    nothing_is_written(quoting)
    text = quoting.lab.settings_file.read_text()
    quoting.lab.settings_file.write_text(text.replace(f"accepted_stage: {ACCEPTED}", f"accepted_stage: {WON}"))
    assert quoting.run().directions[0].added == 1
    assert str(quoting.estimate["sub_total"]) == "1000.6"


def test_killed_after_every_single_effect(empty_lab: Lab, capsys: pytest.CaptureFixture[str]):
    """TXN-6, BEY-4: between create and comparison too: no draft stays, and why is told; all points."""
    empty_lab.sandbox.settings(books_price_precision=0)
    trade = switched_on(empty_lab, ESTIMATE)
    points = 0
    for effect in range(1, 99):
        trade.deal(amount=UNEVEN, Deal_Name=f"Deal {effect}")
        with dying_at(empty_lab, effect) as seen:
            try:
                told = trade.told(trade.run())
            except Died as died:
                where = f"effect {effect}: {died}"
            else:
                break
        told = " ".join([*trade.reasons, trade.told(trade.run())])
        nothing_is_written(trade)
        assert ROUNDED in told, where
        assert (trade.estimates(), claims(trade)) == ([], 0), where
        points = len(seen)
    assert ROUNDED in told
    with capsys.disabled():
        print(f" [{points + 1} points of death]", end="")
    assert points > 10


def loses_sight_of_what_it_made(trade: Trade) -> None:
    """Plays a run that never learns that Books has made the estimate."""
    lost = {"match": {"method": "POST", "path": "/books/v3/estimates$"}, "kind": "commit_then_drop", "times": 1}
    gone = {"match": {"method": "GET", "path": "/books/v3/estimates"}, "kind": "status", "status": 400}
    trade.lab.sandbox.faults([lost, {**gone, "body": {"code": 4, "message": "Invalid value"}}])
    with pytest.raises(Fatal):
        trade.run()
    trade.lab.sandbox.faults([])


def test_one_that_a_person_has_changed_stays(quoting: Trade):
    """TXN-6, TRG-6: what was made by a run that died is adopted when somebody has worked on it since."""
    quoting.deal(amount=UNEVEN)
    loses_sight_of_what_it_made(quoting)
    made = quoting.estimate
    quoting.lab.sandbox.clock(advance=5)
    quoting.lab.books.estimates.update(made["estimate_id"], {"notes": "I am on it"})
    for _ in range(2):
        quoting.run()
        assert quoting.estimate["notes"] == "I am on it"


def test_a_dry_run_takes_nothing_back(quoting: Trade):
    """TXN-6, BEY-1: it only shows what the next run does."""
    quoting.deal(amount=UNEVEN)
    loses_sight_of_what_it_made(quoting)
    nothing_is_written(quoting, dry_run=True)
    assert len(quoting.estimates()) == 1
    quoting.run()
    assert quoting.estimates() == []


def test_one_that_books_keeps_is_told(quoting: Trade):
    """TXN-6: Books refuses the deletion; the draft is the deal's from then on."""
    deal = quoting.deal(amount=UNEVEN)
    refused: Mapping[str, Any] = {"code": 4, "message": "It is in use"}
    match = {"method": "DELETE", "path": "/books/v3/estimates"}
    quoting.lab.sandbox.faults([{"match": match, "kind": "status", "status": 400, "body": refused}])
    told = quoting.told(quoting.run())
    assert "could not be taken back, so correct or delete it" in told
    assert "It is in use" in told
    assert quoting.estimate["status"] == "draft"
    nothing_is_written(quoting)
    quoting.edit(deal, Amount=1000)
    quoting.run()
    assert quoting.estimate["sub_total"] == 1000


def test_books_bills_in_another_currency_meanwhile(empty_lab: Lab):
    """TXN-6: between plan and apply the customer got another currency: dollars do not become euros."""
    trade = switched_on(empty_lab, ESTIMATE)
    trade.deal()
    trade.lab.sandbox.clock(advance=1)
    between = trade.halves()
    next(between)
    (euro,) = [row["currency_id"] for row in trade.lab.books.currencies() if row["currency_code"] == "EUR"]
    trade.lab.books.update_contact(trade.customer, {"currency_id": euro})
    next(between, None)
    assert trade.estimates() == []
    assert "currency: EUR in Books, USD in the deal; it was taken back" in " ".join(trade.reasons)


def test_a_change_that_comes_to_something_else_is_taken_back(quoting: Trade):
    """TXN-6: the draft says what it said before, in all fields; an amount that Books keeps is written."""
    deal = quoting.deal(amount=1000, Description="Ten machines")
    quoting.run()
    before = quoting.estimate
    quoting.edit(deal, Amount=UNEVEN, Description="Twelve machines")
    report = quoting.run()
    (failure,) = report.failures
    assert failure.reason == "line 1: 1,001.00 in Books, 1,000.60 in the deal (0.40 more); the change was taken back"
    after = quoting.estimate
    assert [after[key] for key in ("line_items", "total", "status")] == [
        before[key] for key in ("line_items", "total", "status")
    ]
    nothing_is_written(quoting)
    quoting.edit(deal, Amount=1002)
    quoting.run()
    (line,) = quoting.estimate["line_items"]
    assert (line["rate"], line["description"]) == (1002, "Twelve machines")
