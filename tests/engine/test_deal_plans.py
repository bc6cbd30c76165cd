"""Plan first, then apply just that plan: what stages of deals make (BEY-1, BEY-8)."""

from decimal import Decimal

import pytest

from tests.support.deals import ACCEPTED, ESTIMATE, INVOICE, LOST, QUOTED, WON, Trade, switched_on
from tests.support.deaths import Died, dying_at
from tests.support.lab import Lab
from zoho.engine.errors import PlanGone
from zoho.engine.history.changes import ChangeEntry, ChangeFilter, every_change
from zoho.engine.history.runs import RunDetail, one_run


@pytest.fixture
def quoting(empty_lab: Lab) -> Trade:
    """Deals make estimates."""
    return switched_on(empty_lab, ESTIMATE)


@pytest.fixture
def invoicing(empty_lab: Lab) -> Trade:
    """Deals make invoices."""
    return switched_on(empty_lab, INVOICE)


def items(trade: Trade, run_id: str, *states: str) -> list[ChangeEntry]:
    return list(every_change(trade.lab.store, run_id, ChangeFilter(states=states)))


def fields(change: ChangeEntry) -> dict[str, tuple[str | None, str | None]]:
    return {field.key: (field.old, field.new) for field in change.fields}


def detail(trade: Trade, run_id: str) -> RunDetail:
    return one_run(trade.lab.store, run_id)


def states(trade: Trade, run_id: str) -> dict[str, str]:
    """Deal → what became of it."""
    return {one.name: one.state for one in items(trade, run_id)}


def test_a_plan_shows_every_deal_with_its_document(quoting: Trade):
    """BEY-1: which is made, with its amount, which is changed, old and new, which is left alone, and why of each."""
    edited, accepted, lost, _ = (quoting.deal(Deal_Name=name) for name in ("Edited", "Accepted", "Lost", "Sent"))
    quoting.run()
    (sent,) = quoting.of_deal("Sent", "estimates")
    quoting.lab.books.estimates.mark(sent["estimate_id"], "sent")
    quoting.edit(edited, Amount=1500)
    quoting.edit(accepted, Stage=ACCEPTED)
    quoting.edit(lost, Stage=LOST)
    new = quoting.deal(Deal_Name="New", Amount=Decimal("99.5"), Description="Ten machines")
    quoting.deal(Deal_Name="Poor", Amount=None)
    quoting.lab.sandbox.clear_calls()

    plan = quoting.plan()

    assert quoting.lab.writes() == []
    shown = {one.name: one for one in items(quoting, plan, "planned")}
    assert {name: (one.action, one.kind) for name, one in shown.items()} == {
        "Edited": ("update", "estimate"),
        "Accepted": ("update", "estimate"),
        "Lost": ("update", "estimate"),
        "New": ("create", "estimate"),
        "Poor": ("reject", "estimate"),
    }
    assert fields(shown["Edited"]) == {"rate": ("1200", "1500")}
    assert shown["Edited"].reason == "QT-000001: the deal was edited"
    assert fields(shown["Accepted"]) == {"status": ("draft", "accepted")}
    assert fields(shown["Lost"]) == {"status": ("draft", "declined")}
    owner = quoting.lab.crm.record("Deals", new)["Owner"]["name"]  # type: ignore[index]
    assert fields(shown["New"]) == {
        "customer_id": (None, quoting.customer),
        "name": (None, "New"),
        "description": (None, "Ten machines"),
        "rate": (None, "99.5"),
        "salesperson_name": (None, owner),
        "currency_code": (None, "USD"),
        "reference_number": (None, f"Deal {new}"),
        "status": (None, "draft"),
    }
    assert shown["New"].fields[0].reason == "the account 'Acme'"
    assert shown["New"].reason == "the deal is in the stage 'Proposal/Price Quote' (75 per cent)"
    assert shown["Poor"].reason == "No estimate was made: the deal has no amount; enter one."
    run = detail(quoting, plan)
    assert run.planned == {
        ("sales_to_books", "create"): 1,
        ("sales_to_books", "update"): 3,
        ("sales_to_books", "reject"): 1,
    }
    (money,) = run.outlook.money if run.outlook else ()
    assert money.sentence == "Money in USD: 99.5 created, 1,200 changed to 1,500, 1,200 voided."


def test_what_a_document_holds_is_what_is_replaced(quoting: Trade):
    """BEY-1: also what a person wrote into the draft since, which the deal has never said."""
    deal = quoting.deal()
    quoting.run()
    made = quoting.estimate
    line = {"line_item_id": made["line_items"][0]["line_item_id"], "rate": 1300, "quantity": 2}
    quoting.lab.books.estimates.update(made["estimate_id"], {"line_items": [line]})
    quoting.edit(deal, Amount=1500)
    plan = quoting.plan()
    (change,) = items(quoting, plan)
    assert fields(change) == {"rate": ("1300", "1500")}
    outlook = detail(quoting, plan).outlook
    assert outlook
    assert [one.sentence for one in outlook.money] == ["Money in USD: 2,600 changed to 3,000."]
    quoting.carry_out(plan)
    assert quoting.estimate["total"] == 3000


@pytest.mark.parametrize("by_itself", [False, True])
def test_a_plan_tells_what_it_costs(quoting: Trade, by_itself: bool):
    """BEY-8: as many calls as carrying it out takes; it may be less where Books accepts drafts as they are."""
    quoting.lab.sandbox.settings(books_drafts_can_be_accepted=by_itself)
    accepted, both, edited = (quoting.deal(Deal_Name=name) for name in ("Accepted", "Both", "Edited"))
    quoting.run()
    quoting.edit(accepted, Stage=ACCEPTED)
    quoting.edit(both, Stage=ACCEPTED, Amount=1)
    quoting.edit(edited, Amount=2)
    quoting.deal(Deal_Name="New")
    plan = quoting.plan()
    run_id = quoting.carry_out(plan)
    planning, doing = (detail(quoting, one).report.api_calls for one in (plan, run_id))
    spent = sum(doing["books"].values()) - sum(planning["books"].values())  # both have read what they decided by
    assert detail(quoting, plan).cost == {"books": 14, "crm": 0}
    assert spent == (10 if by_itself else 14)


def test_a_plan_is_carried_out_and_spent(invoicing: Trade):
    """BEY-1: what it shows; a second time it is refused, and so is one of other settings."""
    lost = invoicing.deal(WON, Deal_Name="Lost")
    invoicing.run()
    invoicing.edit(lost, Stage=LOST)
    invoicing.deal(WON, Deal_Name="New", amount=7)
    plan = invoicing.plan()
    run_id = invoicing.carry_out(plan)
    assert {one["status"]: one["total"] for one in invoicing.invoices()} == {"void": 1200, "draft": 7}
    assert states(invoicing, run_id) == {"Lost": "done", "New": "done"}
    with pytest.raises(PlanGone, match="has been carried out already"):
        invoicing.carry_out(plan)
    invoicing.deal(WON, Deal_Name="Newer")
    plan = invoicing.plan()
    text = invoicing.lab.settings_file.read_text()
    invoicing.lab.settings_file.write_text(f"{text}    existing: true\n")
    with pytest.raises(PlanGone, match="settings or a mapping have changed"):
        invoicing.carry_out(plan)
    assert len(invoicing.invoices()) == 2


def test_what_has_changed_since_is_left_out_and_named(quoting: Trade):
    """BEY-1: a deal that was edited, a document that was sent, edited or deleted; the others are carried out."""
    names = ("Stays", "Edited", "Sent", "Deleted", "Rewritten", "Moved")
    deals = {name: quoting.deal(Deal_Name=name) for name in names}
    quoting.run()
    for deal in deals.values():
        quoting.edit(deal, Amount=5)
    plan = quoting.plan()
    documents = {name: quoting.of_deal(name, "estimates")[0] for name in names}
    estimates = quoting.lab.books.estimates
    quoting.edit(deals["Edited"], Amount=6)
    quoting.edit(deals["Moved"], Stage=LOST)
    estimates.mark(documents["Sent"]["estimate_id"], "sent")
    estimates.delete(documents["Deleted"]["estimate_id"])
    line = {"line_item_id": documents["Rewritten"]["line_items"][0]["line_item_id"], "rate": 9}
    estimates.update(documents["Rewritten"]["estimate_id"], {"line_items": [line]})

    run_id = quoting.carry_out(plan)

    assert states(quoting, run_id) == {name: "done" if name == "Stays" else "left_out" for name in names}
    totals = {one["line_items"][0]["name"]: one["total"] for one in quoting.estimates()}
    assert totals == {"Stays": 5, "Edited": 1200, "Sent": 1200, "Rewritten": 9, "Moved": 1200}
    quoting.run()
    assert {one["line_items"][0]["name"]: one["total"] for one in quoting.estimates()} == {
        **totals,
        "Edited": 6,
        "Rewritten": 5,
    }


def test_what_has_become_due_since_is_left_to_the_next_run(quoting: Trade):
    """BEY-1: nobody has seen it; and its deal is not taken for one that was there before."""
    quoting.deal(Deal_Name="Shown")
    plan = quoting.plan()
    quoting.deal(Deal_Name="Not shown")
    gone = quoting.deal("Qualification", Deal_Name="Quiet")
    quoting.carry_out(plan)
    assert [one["line_items"][0]["name"] for one in quoting.estimates()] == ["Shown"]
    quoting.edit(gone, Stage=QUOTED)
    quoting.run()
    assert len(quoting.estimates()) == 3


def test_too_much_has_changed_since(quoting: Trade):
    """BEY-1: more than ten deals; nothing is written then."""
    deals = [quoting.deal(Deal_Name=f"Deal {number}") for number in range(12)]
    plan = quoting.plan()
    for deal in deals[:11]:
        quoting.edit(deal, Amount=1)
    with pytest.raises(PlanGone, match="11 of the 12 records of the plan"):
        quoting.carry_out(plan)
    assert quoting.estimates() == []


@pytest.mark.parametrize("deed", ["sent", "edited"])
def test_what_changes_while_it_is_carried_out_is_left_out(quoting: Trade, deed: str):
    """BEY-1, TRG-6: a document is looked at once more before it is written, and nothing but the plan is done."""
    deal = quoting.deal()
    quoting.run()
    quoting.edit(deal, Amount=1)
    plan = quoting.plan()
    between = quoting.halves(approved=plan)
    next(between)
    made = quoting.estimate
    if deed == "sent":
        quoting.lab.books.estimates.mark(made["estimate_id"], "sent")
    else:
        line = {"line_item_id": made["line_items"][0]["line_item_id"], "rate": 3}
        quoting.lab.books.estimates.update(made["estimate_id"], {"line_items": [line]})
    next(between, None)
    assert states(quoting, f"demo-{quoting.lab.runs}") == {"Big deal": "left_out"}
    assert quoting.estimate["total"] == (1200 if deed == "sent" else 3)


def test_a_line_that_was_taken_out_is_told_by_the_plan(quoting: Trade):
    """BEY-1, TRG-4: a plan promises no update that Books cannot be asked for."""
    deal = quoting.deal()
    quoting.run()
    mine = {"line_items": [{"name": "Mine", "rate": 1, "quantity": 1}]}
    quoting.lab.books.estimates.update(quoting.estimate["estimate_id"], mine)
    quoting.edit(deal, Amount=1)
    (change,) = items(quoting, quoting.plan())
    assert (change.action, change.fields) == ("reject", [])
    assert "was taken out of the draft" in change.reason
    assert (quoting.run().state, quoting.run().state) == ("partial", "success"), "told once"


@pytest.mark.parametrize("step", ["estimate", "acceptance", "revival"])
def test_killed_after_every_single_effect(empty_lab: Lab, step: str, capsys: pytest.CaptureFixture[str]):
    """BEY-1, BEY-4: a plan that was cut short is carried out to its end by applying it again; all points."""
    trade = switched_on(empty_lab, INVOICE if step == "revival" else ESTIMATE)
    kind = "invoices" if step == "revival" else "estimates"
    points = 0
    for effect in range(1, 99):
        deal = trade.deal(WON if step == "revival" else QUOTED, Deal_Name=f"Deal {effect}")
        if step != "estimate":
            trade.run()
        if step == "acceptance":
            trade.edit(deal, Stage=ACCEPTED, Amount=1500)
        if step == "revival":
            trade.edit(deal, Stage=LOST)
            trade.run()
            trade.edit(deal, Stage=WON, Amount=900)
        plan = trade.plan()
        with dying_at(empty_lab, effect) as seen:
            try:
                trade.carry_out(plan)
            except Died as died:
                where = f"{step}, effect {effect}: {died}"
            else:
                break
        try:
            trade.carry_out(plan)
        except PlanGone as done:
            assert "has been carried out already" in str(done), where  # noqa: PT017 - it died after its end
        expected = {"estimate": ("draft", 1200), "acceptance": ("accepted", 1500), "revival": ("draft", 900)}[step]
        documents = trade.of_deal(f"Deal {effect}", kind)
        assert [(one["status"], one["total"]) for one in documents] == [expected], where
        trade.run()
        empty_lab.sandbox.clear_calls()
        assert trade.run().state == "success", where
        assert empty_lab.writes() == [], where
        points = len(seen)
    with capsys.disabled():
        print(f" [{points + 1} points of death]", end="")
    assert points > 10
