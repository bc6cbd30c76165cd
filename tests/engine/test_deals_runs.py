"""How the automation of deals begins, what it reads, and what it does when Zoho refuses (TRG, OPS, BEY-4)."""

import pytest

from tests.support.deals import ACCEPTED, ESTIMATE, INVOICE, QUOTED, WON, Trade, switched_on
from tests.support.lab import Lab
from zoho.store.events import Told


@pytest.fixture
def quoting(empty_lab: Lab) -> Trade:
    """Deals make estimates."""
    return switched_on(empty_lab, ESTIMATE)


def test_deals_of_the_time_before_get_nothing(empty_lab: Lab):
    """TRG-3: switching the automation on does not invoice the past; what comes to the stage later counts."""
    trade = Trade(empty_lab)
    trade.account = trade.make("Accounts", Account_Name="Acme")
    empty_lab.run()
    old = trade.deal(WON)
    empty_lab.sandbox.clock(advance=60)
    empty_lab.settings_file.write_text(empty_lab.settings_file.read_text() + f"\n  deals:\n    {INVOICE}\n")
    for _ in range(2):
        report = trade.run()
        assert (trade.invoices(), report.state, trade.told(report)) == ([], "success", "")
    trade.edit(old, Description="A remark")
    trade.run()
    assert trade.invoices() == []
    trade.deal(WON)
    trade.run()
    assert len(trade.invoices()) == 1
    trade.edit(old, Stage=ACCEPTED)
    trade.run()
    trade.edit(old, Stage=WON)
    trade.run()
    assert len(trade.invoices()) == 2


def test_deals_of_the_time_before_where_that_is_wanted(empty_lab: Lab):
    """TRG-3: existing: true takes them too."""
    trade = Trade(empty_lab)
    trade.account = trade.make("Accounts", Account_Name="Acme")
    empty_lab.run()
    trade.deal(WON)
    empty_lab.sandbox.clock(advance=60)
    text = empty_lab.settings_file.read_text()
    empty_lab.settings_file.write_text(f"{text}\n  deals:\n    {INVOICE}\n    existing: true\n")
    trade.run()
    assert len(trade.invoices()) == 1


def test_other_rules_do_not_reach_back(quoting: Trade):
    """OPS-6: deals that stand in a newly chosen stage get nothing for it; the next that come there do."""
    quoting.deal("Value Proposition")
    quoting.run()
    text = quoting.lab.settings_file.read_text()
    quoting.lab.settings_file.write_text(text.replace(f"stage: {QUOTED}", "stage: Value Proposition"))
    quoting.run()
    assert quoting.estimates() == []
    quoting.deal("Value Proposition")
    quoting.run()
    assert len(quoting.estimates()) == 1


def test_a_dry_run_writes_nothing(quoting: Trade):
    """BEY-1: the plan is in the history and nothing in Books; the next run carries it out."""
    quoting.deal()
    quoting.lab.sandbox.clear_calls()
    report = quoting.run(dry_run=True)
    assert (quoting.lab.writes(), report.directions[0].added) == ([], 0)
    assert quoting.run().directions[0].added == 1


def test_only_the_deals_that_events_tell_of(quoting: Trade):
    """TXN-5: the others are not read; repeats, late ones and ones of deals that are gone do no harm."""
    first, _ = quoting.deal(), quoting.deal(Deal_Name="Another")
    told: Told = {("sales", "Deals"): frozenset({first, "99"})}
    for _ in range(2):
        quoting.run(only=told)
        assert quoting.estimate["line_items"][0]["name"] == "Big deal"
    quoting.run()
    assert len(quoting.estimates()) == 2


def test_one_that_books_refuses_does_not_stop_the_others(quoting: Trade):
    """OPS-4: the record and the reason are told; the next run tries again."""
    quoting.deal(), quoting.deal(Deal_Name="Another")
    refusal = {"match": {"method": "POST", "path": "/books/v3/estimates"}, "kind": "status", "times": 1}
    quoting.lab.sandbox.faults([{**refusal, "status": 400, "body": {"code": 4, "message": "Invalid value"}}])
    report = quoting.run()
    assert (report.state, report.directions[0].added, report.directions[0].failed) == ("partial", 1, 1)
    assert "Invalid value" in report.failures[0].reason
    assert quoting.run().directions[0].added == 1
    assert len(quoting.estimates()) == 2


def test_a_unique_field_holds_the_deal(empty_lab: Lab):
    """BEY-4: where Books has a field that refuses duplicates, it makes no second one itself."""
    trade = switched_on(empty_lab, f"{ESTIMATE}\n    unique_field: cf_crm_reference")
    deal = trade.deal()
    trade.run()
    assert trade.estimate["custom_field_hash"]["cf_crm_reference"] == deal


def test_a_stage_may_be_named_as_the_screen_shows_it(empty_lab: Lab):
    """TRG-2: *Identify Decision Makers* is *Id. Decision Makers* to the API."""
    trade = switched_on(empty_lab, ESTIMATE.replace(QUOTED, "Identify Decision Makers"))
    trade.deal("Id. Decision Makers")
    trade.run()
    assert trade.estimate["status"] == "draft"
