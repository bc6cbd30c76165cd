"""Why a deal is as it is: its documents, what runs did with it, and why nothing happens (BEY-9)."""

import pytest

from tests.support.deals import ACCEPTED, ESTIMATE, INVOICE, LOST, QUOTED, WON, Trade, switched_on
from tests.support.lab import Lab
from zoho.engine.associations import associate
from zoho.engine.control import state
from zoho.engine.errors import NotThere
from zoho.engine.explain.deals import DealTold, explain_deal
from zoho.engine.explain.find import find_records
from zoho.engine.explain.told import Reason, Standing, Why
from zoho.store.controls import Pause
from zoho.transport.errors import Retriable


@pytest.fixture
def quoting(empty_lab: Lab) -> Trade:
    """Deals make estimates."""
    return switched_on(empty_lab, ESTIMATE)


def told(trade: Trade, deal: str) -> DealTold:
    """What is told of a deal, for which nobody is asked."""
    calls = len(trade.lab.sandbox.calls())
    found = explain_deal(trade.lab.store, trade.lab.configured, deal)
    assert len(trade.lab.sandbox.calls()) == calls
    return found


def only_reason(trade: Trade, deal: str) -> Reason:
    (reason,) = told(trade, deal).reasons
    return reason


def test_a_deal_with_its_estimate_and_its_history(quoting: Trade):
    """BEY-9, TRG-2: what belongs to it, in which status it was left, what it says, what each run did and why."""
    deal = quoting.deal(Description="Ten machines")
    quoting.run()
    quoting.edit(deal, Stage=ACCEPTED, Amount=1500)
    quoting.run()
    found = told(quoting, deal)
    made = quoting.estimate
    assert (found.standing, found.reasons) == (Standing.IN_STEP, [])
    assert (found.name, found.stage, found.probability, found.amount) == ("Big deal", ACCEPTED, 90, "1500 USD")
    assert found.sales
    assert (found.sales.entity, found.sales.id) == ("Deals", deal)
    (document,) = found.documents
    assert (document.noun, document.number, document.books_id, document.made_by, document.left_in) == (
        "estimate",
        made["estimate_number"],
        made["estimate_id"],
        "trigger",
        "accepted",
    )
    fields = {one.key: (one.deal, one.written) for one in found.fields}
    assert fields["rate"] == ("1500", "1500")
    assert fields["description"] == ("Ten machines", "Ten machines")
    second, first = found.deeds
    assert (first.change.action, first.change.state) == ("create", "done")
    assert first.change.reason == "the deal is in the stage 'Proposal/Price Quote' (75 per cent)"
    assert second.change.reason.startswith(
        f"{made['estimate_number']}: the deal was edited; the deal is in the stage"
    )
    assert {one.key: (one.old, one.new) for one in second.change.fields} == {
        "rate": ("1200", "1500"),
        "status": ("draft", "accepted"),
    }


def test_what_the_next_run_does(quoting: Trade):
    """BEY-9: once a run has read the deal, without carrying it out."""
    deal = quoting.deal()
    quoting.run()
    quoting.edit(deal, Stage=ACCEPTED, Amount=1500)
    quoting.run(dry_run=True)
    found = told(quoting, deal)
    assert found.standing is Standing.PENDING
    reason = only_reason(quoting, deal)
    assert (reason.why, reason.side) == (Why.TO_WRITE, "books")
    assert reason.detail.startswith("update it and mark it accepted; the deal was edited")
    assert {one.key: (one.deal, one.written) for one in found.fields}["rate"] == ("1500", "1200")


def test_in_no_stage(quoting: Trade):
    """BEY-9, TRG-2: nothing is to be made of it, and in which stage something is."""
    deal = quoting.deal("Qualification")
    quoting.run()
    reason = only_reason(quoting, deal)
    assert (reason.why, told(quoting, deal).standing) == (Why.NOT_IN_STAGE, Standing.IN_STEP)
    assert reason.detail == "it is in 'Qualification' (10 per cent); an estimate is made in 'Proposal/Price Quote'"


def test_there_before_switching_on(empty_lab: Lab):
    """BEY-9, TRG-3: and how it gets an invoice all the same."""
    trade = Trade(empty_lab)
    trade.account = trade.make("Accounts", Account_Name="Acme")
    empty_lab.run()
    deal = trade.deal(WON)
    empty_lab.sandbox.clock(advance=60)
    empty_lab.settings_file.write_text(empty_lab.settings_file.read_text() + f"\n  deals:\n    {INVOICE}\n")
    trade.run()
    reason = only_reason(trade, deal)
    assert (reason.why, told(trade, deal).standing) == (Why.EARLIER, Standing.HELD)
    assert "move it out of the stage and back" in reason.detail


def test_a_person_took_over(quoting: Trade):
    """BEY-9, TRG-6: the document was sent in Books, so the deal changes it no more."""
    deal = quoting.deal()
    quoting.run()
    quoting.lab.books.estimates.mark(quoting.estimate["estimate_id"], "sent")
    quoting.edit(deal, Amount=1)
    quoting.run()
    reason = only_reason(quoting, deal)
    assert (reason.why, told(quoting, deal).standing) == (Why.LEFT_ALONE, Standing.HELD)
    assert "is sent in Books, so the deal changes it no more" in reason.detail


def test_something_is_lacking(quoting: Trade):
    """BEY-9, TRG-5: with the run that told it first, also when later runs are silent about it."""
    deal = quoting.deal(amount=None)
    quoting.run()
    first = f"demo-{quoting.lab.runs}"
    quoting.run()
    reason = only_reason(quoting, deal)
    assert (reason.why, reason.run_id) == (Why.LACKING, first)
    assert reason.detail == "No estimate was made: the deal has no amount; enter one."


def test_books_refused_it(quoting: Trade):
    """BEY-9, OPS-4: what Books said, and that the next run tries again."""
    deal = quoting.deal()
    refusal = {"match": {"method": "POST", "path": "/books/v3/estimates"}, "kind": "status", "times": 1}
    quoting.lab.sandbox.faults([{**refusal, "status": 400, "body": {"code": 4, "message": "Invalid value"}}])
    quoting.run()
    found = told(quoting, deal)
    assert [one.why for one in found.reasons] == [Why.FAILED, Why.TO_WRITE]
    assert "Invalid value" in found.reasons[0].detail
    assert [(one.change.action, one.change.state) for one in found.deeds] == [("create", "failed")]


def test_a_guard_holds_it_back(empty_lab: Lab):
    """BEY-9, BEY-5: which one, and in which run; no more once the plan was carried out."""
    trade = switched_on(empty_lab, f"{ESTIMATE}\n    guards: {{creates: 1}}")
    deal, _ = trade.deal(), trade.deal(Deal_Name="Another")
    trade.run()
    found = told(trade, deal)
    assert [one.why for one in found.reasons] == [Why.GUARDED, Why.TO_WRITE]
    assert "would create 2 records in Books, and 1 are allowed" in found.reasons[0].detail
    assert (found.reasons[0].run_id, found.standing) == (f"demo-{empty_lab.runs}", Standing.HELD)
    trade.carry_out(f"demo-{empty_lab.runs}")
    assert told(trade, deal).reasons == []


def test_it_was_deleted(quoting: Trade):
    """BEY-9, OPS-7: the estimate stays, which is told."""
    deal = quoting.deal()
    quoting.run()
    quoting.delete(deal)
    quoting.run()
    found = told(quoting, deal)
    assert [one.why for one in found.reasons] == [Why.DELETED, Why.LEFT_ALONE]
    assert len(found.documents) == 1


def test_no_run_begins(quoting: Trade):
    """BEY-9, OPS-5: paused, by whom and why."""
    deal = quoting.deal()
    quoting.run()
    state.pause(quoting.lab.store, "demo", Pause.DRAIN, "anna", "stocktaking", quoting.lab.job().clock())
    reason = only_reason(quoting, deal)
    assert reason.why is Why.STOPPED
    assert "anna: stocktaking" in reason.detail


def test_associated_by_hand_without_the_automation(empty_lab: Lab):
    """BEY-9, DEAL-1: what a person said belongs to a deal that no run has read."""
    text = empty_lab.settings_file.read_text().rstrip("\n")
    empty_lab.settings_file.write_text(f"{text}\n  deals: {{}}\n")
    trade = Trade(empty_lab)
    trade.account = trade.make("Accounts", Account_Name="Acme")
    empty_lab.run()
    deal = trade.deal()
    customer = empty_lab.customers()["Acme"]["contact_id"]
    order = empty_lab.books.sales_orders.create(
        {"customer_id": customer, "line_items": [{"name": "Tea", "rate": 3, "quantity": 1}]}
    )
    associate(empty_lab.job(module="deals"), "test:by-hand", "sales_orders", order["salesorder_number"], deal)
    (meant,) = find_records(empty_lab.store, empty_lab.configured, deal)
    assert (meant.module, meant.record_id) == ("deals", deal)
    found = told(trade, deal)
    assert [(one.noun, one.made_by, one.left_in) for one in found.documents] == [("sales order", "person", None)]
    assert [one.change.reason for one in found.deeds] == ["associated by a person"]
    assert [one.why for one in found.reasons] == [Why.LEFT_ALONE]


def test_a_run_died_while_it_was_made(quoting: Trade):
    """BEY-9, BEY-4: the next run looks whether it is there."""
    deal = quoting.deal()
    lost = {"match": {"method": "POST", "path": "/books/v3/estimates"}, "kind": "drop", "times": 9}
    quoting.lab.sandbox.faults([lost, {**lost, "match": {"method": "GET", "path": "/books/v3/estimates"}}])
    with pytest.raises(Retriable):
        quoting.run()
    found = told(quoting, deal)
    assert Why.BEGUN in {one.why for one in found.reasons}
    assert [(one.number, one.books_id) for one in found.documents] == [(None, None)]
    quoting.lab.sandbox.faults([])
    quoting.run()
    assert told(quoting, deal).reasons == []


def test_it_is_found_by_name_or_id(quoting: Trade):
    """BEY-9: a part of the name will do; nobody has seen the others."""
    deal = quoting.deal("Qualification", Deal_Name="Harbour crane")
    quoting.run()
    for text in (deal, "harbour CRANE", "crane"):
        (found,) = find_records(quoting.lab.store, quoting.lab.configured, text)
        assert (found.module, found.name, found.record_id) == ("deals", "Harbour crane", deal)
    with pytest.raises(NotThere, match="No run has seen a deal of the id 99"):
        explain_deal(quoting.lab.store, quoting.lab.configured, "99")


def test_bigin_deals_are_explained(empty_lab: Lab):
    """BEY-9, BIG-1: they are pipelines there."""
    empty_lab.integration = "demo_bigin"
    trade = switched_on(empty_lab, ESTIMATE)
    deal = trade.deal()
    trade.run()
    found = told(trade, deal)
    assert (found.standing, found.stage, [one.noun for one in found.documents]) == (
        Standing.IN_STEP,
        QUOTED,
        ["estimate"],
    )


def test_lost_and_declined(quoting: Trade):
    """BEY-9: in step, with the status that the automation gave."""
    deal = quoting.deal()
    quoting.run()
    quoting.edit(deal, Stage=LOST)
    quoting.run()
    found = told(quoting, deal)
    assert (found.reasons, found.documents[0].left_in, found.probability) == ([], "declined", 0)
