"""Guard rails of deals: a run that would make, change or move too much waits for a person's approval (BEY-5)."""

import pendulum
import pytest

from tests.support.deals import ESTIMATE, INVOICE, LOST, WON, Trade, switched_on
from tests.support.lab import Lab
from zoho.engine import approvals
from zoho.engine.approvals import Question, note_answer, to_ask_about
from zoho.store.approvals import Answer

NOW = pendulum.now("UTC")


def guarded(lab: Lab, guards: str, make: str = INVOICE) -> Trade:
    return switched_on(lab, f"{make}\n    guards: {{{guards}}}")


def asked_about(trade: Trade) -> list[str]:
    """The plans of the latest run that a person is asked about."""
    lab = trade.lab
    return to_ask_about(lab.store, lab.integration, f"test:{lab.integration}-{lab.runs}")


def ask(trade: Trade, plans: list[str]) -> list[Question]:
    return approvals.ask(trade.lab.store, trade.lab.configured.settings.modules, plans, NOW)


def test_creates_are_limited(empty_lab: Lab):
    """BEY-5: a list of won deals that was imported by mistake is not invoiced; the question shows what would be."""
    trade = guarded(empty_lab, "creates: 2, wait_hours: 3")
    for number in range(3):
        trade.deal(WON, Deal_Name=f"Deal {number}", Amount=10)
    empty_lab.sandbox.clear_calls()

    report = trade.run()

    assert (report.state, empty_lab.writes(), trade.invoices()) == ("held", [], [])
    assert "would create 3 records in Books, and 2 are allowed (guards: creates)" in str(report.error)
    (question,) = ask(trade, asked_about(trade))
    assert (question.module, question.plan) == ("deals", "It would create 3 records in Books.")
    assert "The plan costs 3 calls to Zoho Books." in question.cost
    assert "Money in USD: 30 created." in question.cost
    what, lines = question.records[0]
    assert what.startswith('Would create invoice "Deal 0"')
    assert 'rate: blank → "10"' in lines
    assert question.until == NOW.add(hours=3)


def test_an_approved_plan_is_carried_out(empty_lab: Lab):
    """BEY-5, BEY-1: just what was shown, whatever the guards say; the next run finds nothing more to do."""
    trade = guarded(empty_lab, "creates: 1")
    for number in range(2):
        trade.deal(WON, Deal_Name=f"Deal {number}")
    trade.run()
    (plan,) = asked_about(trade)
    ask(trade, [plan])
    note_answer(empty_lab.store, [plan], Answer.CARRIED_OUT, "anna", NOW)
    trade.carry_out(plan)
    assert len(trade.invoices()) == 2
    empty_lab.sandbox.clear_calls()
    assert (trade.run().state, empty_lab.writes()) == ("success", [])


def test_nobody_is_asked_twice(empty_lab: Lab):
    """BEY-5: not while a question is open, nor about what was rejected; other modules go on all the while."""
    trade = guarded(empty_lab, "creates: 1")
    for number in range(2):
        trade.deal(WON, Deal_Name=f"Deal {number}")
    trade.run()
    first = asked_about(trade)
    ask(trade, first)
    assert (trade.run().state, asked_about(trade)) == ("held", []), "the question is open"
    trade.make("Accounts", Account_Name="Birch")
    assert empty_lab.run().directions[0].added == 1
    note_answer(empty_lab.store, first, Answer.REJECTED, "anna", NOW)
    report = trade.run()
    assert (report.state, asked_about(trade)) == ("held", []), "the same was rejected"
    assert "rejected by anna" in str(report.error)
    trade.deal(WON, Deal_Name="Another")
    assert (trade.run().state, len(asked_about(trade))) == ("held", 1)
    assert trade.invoices() == []


def test_money_is_limited(empty_lab: Lab):
    """BEY-5: invoices that come to more than is allowed wait; what is voided moves money, too."""
    trade = guarded(empty_lab, "money: 100.00")
    deals = [trade.deal(WON, amount, Deal_Name=str(amount)) for amount in (60, 40)]
    assert trade.run().directions[0].added == 2
    trade.edit(deals[0], Stage=LOST)
    trade.deal(WON, 41)
    report = trade.run()
    assert (report.state, len(trade.invoices())) == ("held", 2)
    assert "would move 101 USD, and 100 are allowed (guards: money)" in str(report.error)
    trade.edit(deals[0], Stage=WON)
    assert trade.run().state == "success"
    assert sorted(one["total"] for one in trade.invoices()) == [40, 41, 60]


@pytest.mark.parametrize(
    ("guards", "told"),
    [
        ("deactivations: 1", "would deactivate 2 records in Books, and 1 are allowed"),
        ("share: 50, records: 1", "would change 2 of the 3 records of deals that Books has, and 1 are allowed"),
    ],
)
@pytest.mark.parametrize("make", [ESTIMATE, INVOICE], ids=["declined", "void"])
def test_what_is_taken_out_of_force_is_limited(empty_lab: Lab, make: str, guards: str, told: str):
    """BEY-5: deals that are marked lost by mistake do not void the invoices, nor decline the estimates, of all."""
    trade = guarded(empty_lab, guards, make)
    stage = WON if make == INVOICE else "Proposal/Price Quote"
    deals = [trade.deal(stage, Deal_Name=f"Deal {number}") for number in range(3)]
    trade.run()
    for deal in deals[:2]:
        trade.edit(deal, Stage=LOST)
    report = trade.run()
    documents = trade.invoices() if make == INVOICE else trade.estimates()
    assert (report.state, {one["status"] for one in documents}) == ("held", {"draft"})
    assert told in str(report.error)
    report = trade.run(beyond_guards=True)
    assert (report.state, report.directions[0].updated) == ("success", 2)


def test_a_deal_that_lacks_something_is_told_when_the_plan_is_carried_out(empty_lab: Lab):
    """BEY-5, OPS-4: a run that is held back tells of nothing as if it were dealt with."""
    trade = guarded(empty_lab, "creates: 1")
    trade.deal(WON, None, Deal_Name="Poor")
    for number in range(2):
        trade.deal(WON, Deal_Name=f"Deal {number}")
    assert trade.run().failures == []
    report = trade.run(beyond_guards=True)
    assert [failure.reason for failure in report.failures] == [
        "No invoice was made: the deal has no amount; enter one."
    ]
