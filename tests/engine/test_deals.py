"""Estimates and invoices made of deals, over HTTP (TRG-1 to TRG-7)."""

from decimal import Decimal

import pytest

from tests.support.deals import ACCEPTED, ESTIMATE, INVOICE, LOST, QUOTED, WON, Trade, switched_on
from tests.support.lab import Lab


@pytest.fixture
def quoting(empty_lab: Lab) -> Trade:
    """Deals make estimates."""
    return switched_on(empty_lab, ESTIMATE)


@pytest.fixture
def invoicing(empty_lab: Lab) -> Trade:
    """Deals make invoices."""
    return switched_on(empty_lab, INVOICE)


def test_an_estimate_is_made_of_a_deal_in_the_stage(quoting: Trade):
    """TRG-2, TRG-4: as a draft, with customer, salesperson, name, description and amount of the deal."""
    deal = quoting.deal("Qualification", Description="Ten machines")
    quoting.run()
    assert quoting.estimates() == []
    quoting.edit(deal, Stage=QUOTED)
    report = quoting.run()
    made = quoting.estimate
    (line,) = made["line_items"]
    assert (made["status"], made["customer_id"]) == ("draft", quoting.customer)
    assert (line["name"], line["description"], line["rate"], line["quantity"]) == (
        "Big deal",
        "Ten machines",
        1200,
        1,
    )
    owner = quoting.lab.sales.record("Deals", deal)["Owner"]["name"]  # type: ignore[index]
    assert (made["salesperson_name"], made["reference_number"]) == (owner, f"Deal {deal}")
    assert (report.state, report.directions[0].added) == ("success", 1)
    quoting.lab.sandbox.clear_calls()
    quoting.run()
    assert quoting.lab.writes() == []


def test_a_deal_that_is_made_in_the_stage(quoting: Trade):
    """TRG-2: it need not come from another stage."""
    quoting.deal()
    assert quoting.run().directions[0].added == 1
    assert quoting.estimate["status"] == "draft"


@pytest.mark.parametrize("by_itself", [False, True])
def test_it_is_marked_accepted(quoting: Trade, by_itself: bool):
    """TRG-2: Books may want a draft to be sent first; then that is done on the way, and e-mailed to nobody."""
    quoting.lab.sandbox.settings(books_drafts_can_be_accepted=by_itself)
    deal = quoting.deal()
    quoting.run()
    quoting.edit(deal, Stage=ACCEPTED)
    quoting.run()
    made = quoting.estimate
    assert (made["status"], made.get("is_emailed", False)) == ("accepted", False)
    assert quoting.invoices() == []
    quoting.edit(deal, Stage=QUOTED)
    quoting.run()
    assert quoting.estimate["status"] == "accepted"


@pytest.mark.parametrize("preference", ["draft", "sent"])
def test_an_invoice_follows_where_books_prefers_it(quoting: Trade, preference: str):
    """TRG-2, TRG-7: Books makes it, and it belongs to the deal as its estimate does."""
    quoting.lab.sandbox.settings(books_accepted_estimate_makes_invoice=preference)
    deal = quoting.deal()
    quoting.run()
    quoting.edit(deal, Stage=ACCEPTED)
    quoting.run()
    assert (quoting.estimate["status"], quoting.invoice["status"]) == ("invoiced", preference)
    assert quoting.belonging(deal) == {
        ("estimates", quoting.estimate["estimate_number"], "trigger"),
        ("invoices", quoting.invoice["invoice_number"], "books"),
    }
    quoting.edit(deal, Stage=LOST)
    report = quoting.run()
    assert (quoting.estimate["status"], quoting.invoice["status"]) == ("invoiced", preference)
    assert "has become an invoice" in quoting.told(report)


@pytest.mark.parametrize("lost", [LOST, "Closed-Lost to Competition"])
@pytest.mark.parametrize("from_stage", [QUOTED, ACCEPTED])
def test_it_is_marked_declined(quoting: Trade, lost: str, from_stage: str):
    """TRG-2, TRG-3: when the deal is lost, whatever the stage is called; one that was accepted too."""
    deal = quoting.deal()
    quoting.run()
    quoting.edit(deal, Stage=from_stage)
    quoting.run()
    quoting.edit(deal, Stage=lost)
    quoting.run()
    assert quoting.estimate["status"] == "declined"


def test_a_declined_one_comes_back(quoting: Trade):
    """TRG-7: back in its stage the deal keeps the declined estimate, which is told; it is accepted with the deal."""
    deal = quoting.deal()
    quoting.run()
    quoting.edit(deal, Stage=LOST)
    quoting.run()
    quoting.edit(deal, Stage=QUOTED, Amount=1500)
    report = quoting.run()
    assert quoting.estimate["status"] == "declined"
    assert "was declined, and Books makes no draft of it again" in quoting.told(report)
    quoting.edit(deal, Stage=ACCEPTED)
    quoting.run()
    assert (quoting.estimate["status"], quoting.estimate["total"]) == ("accepted", 1500)


def test_won_and_lost_are_read_from_the_probabilities(invoicing: Trade):
    """TRG-3: an invoice is made when the probability is 100 and voided when it is 0; between them nothing happens."""
    deal = invoicing.deal(ACCEPTED)
    invoicing.run()
    assert invoicing.invoices() == []
    for stage, status in ((WON, "draft"), (ACCEPTED, "draft"), (LOST, "void"), (ACCEPTED, "void"), (WON, "draft")):
        invoicing.edit(deal, Stage=stage)
        invoicing.run()
        assert invoicing.invoice["status"] == status, stage
    assert invoicing.invoice["total"] == 1200


def test_a_void_invoice_comes_back_with_the_new_amount(invoicing: Trade):
    """TRG-3, TRG-7: void → draft, then what the deal says by now; one invoice all the time."""
    deal = invoicing.deal(WON)
    invoicing.run()
    invoicing.edit(deal, Stage=LOST, Amount=900)
    invoicing.run()
    assert (invoicing.invoice["status"], invoicing.invoice["total"]) == ("void", 1200)
    invoicing.edit(deal, Stage=WON)
    invoicing.run()
    assert (invoicing.invoice["status"], invoicing.invoice["total"]) == ("draft", 900)


def test_a_draft_follows_its_deal(quoting: Trade):
    """TRG-4: amount, name, description and account; what a person wrote into the draft stays."""
    deal = quoting.deal()
    quoting.run()
    made = quoting.estimate
    lines = [{"line_item_id": made["line_items"][0]["line_item_id"]}, {"name": "Freight", "rate": 50, "quantity": 1}]
    quoting.lab.books.estimates.update(made["estimate_id"], {"line_items": lines, "notes": "by hand"})
    other = quoting.make("Accounts", Account_Name="Other")
    quoting.lab.run()
    quoting.edit(
        deal, Amount=Decimal("1300.5"), Deal_Name="Bigger deal", Description="More", Account_Name={"id": other}
    )
    report = quoting.run()
    made = quoting.estimate
    assert [(line["name"], line["rate"]) for line in made["line_items"]] == [("Bigger deal", 1300.5), ("Freight", 50)]
    assert (made["customer_name"], made["notes"], made["line_items"][0]["description"]) == (
        "Other",
        "by hand",
        "More",
    )
    assert report.directions[0].updated == 1


def test_a_line_that_a_person_took_out_is_not_put_back(quoting: Trade):
    """TRG-4: the draft is left to whoever edits it; that is told."""
    deal = quoting.deal()
    quoting.run()
    books_id = quoting.estimate["estimate_id"]
    quoting.lab.books.estimates.update(books_id, {"line_items": [{"name": "Mine", "rate": 1, "quantity": 1}]})
    quoting.edit(deal, Amount=1)
    report = quoting.run()
    assert [line["name"] for line in quoting.estimate["line_items"]] == ["Mine"]
    assert "was taken out of the draft" in quoting.told(report)


@pytest.mark.parametrize("stage", [QUOTED, ACCEPTED, LOST])
def test_a_sent_estimate_is_left_alone(quoting: Trade, stage: str):
    """TRG-6: once a person has marked it sent, neither contents nor status follow the deal; the history says so."""
    deal = quoting.deal()
    quoting.run()
    quoting.lab.books.estimates.mark(quoting.estimate["estimate_id"], "sent")
    before = quoting.estimate
    quoting.edit(deal, Amount=1, Stage=stage)
    report = quoting.run()
    assert quoting.estimate == before
    assert "is sent in Books, so the deal changes it no more" in quoting.told(report)
    assert report.state == "success"


@pytest.mark.parametrize("stage", [WON, LOST])
def test_a_sent_invoice_is_left_alone(invoicing: Trade, stage: str):
    """TRG-6: a lost deal does not void it."""
    deal = invoicing.deal(WON)
    invoicing.run()
    invoicing.lab.books.invoices.mark(invoicing.invoice["invoice_id"], "sent")
    before = invoicing.invoice
    invoicing.edit(deal, Amount=1, Stage=stage)
    assert "is sent in Books" in invoicing.told(invoicing.run())
    assert invoicing.invoice == before


def test_sent_between_plan_and_apply(quoting: Trade):
    """TRG-6: what was decided before it was sent is decided again."""
    deal = quoting.deal()
    quoting.run()
    quoting.edit(deal, Amount=1)
    quoting.lab.sandbox.clock(advance=1)
    between = quoting.halves()
    next(between)
    quoting.lab.books.estimates.mark(quoting.estimate["estimate_id"], "sent")
    next(between, None)
    assert (quoting.estimate["status"], quoting.estimate["total"]) == ("sent", 1200)


def test_what_a_person_voided_stays_void(invoicing: Trade):
    """TRG-6, TRG-7: the automation changes only what it left so itself."""
    deal = invoicing.deal(WON)
    invoicing.run()
    invoicing.lab.books.invoices.mark(invoicing.invoice["invoice_id"], "void")
    invoicing.edit(deal, Description="another")
    assert "was made void in Books" in invoicing.told(invoicing.run())
    assert invoicing.invoice["status"] == "void"


def test_what_a_person_deleted_is_not_made_again(quoting: Trade):
    """TRG-7: a deal has one estimate, and it was deleted."""
    deal = quoting.deal()
    quoting.run()
    quoting.lab.books.estimates.delete(quoting.estimate["estimate_id"])
    for stage in (ACCEPTED, QUOTED):
        quoting.edit(deal, Stage=stage)
        report = quoting.run()
    assert quoting.estimates() == []
    assert report.state == "success"


def test_flips_between_two_runs_never_make_a_second_one(quoting: Trade):
    """TRG-7: however the stage went, however often, and whatever of it was seen."""
    deal = quoting.deal()
    for stages in ([LOST, QUOTED], [ACCEPTED, QUOTED, ACCEPTED], [QUOTED, LOST, ACCEPTED], [LOST], [ACCEPTED]):
        quoting.run()
        for stage in stages:
            quoting.edit(deal, Stage=stage)
        quoting.run()
        quoting.run(full_scan=True)
    assert quoting.estimate["status"] == "accepted"


def test_a_deal_without_an_account_is_reported(quoting: Trade):
    """TRG-5: not guessed from its contact; told once, and made when there is one."""
    deal = quoting.deal(Account_Name=None, Contact_Name={"id": quoting.make("Contacts", Last_Name="Lee")})
    report = quoting.run()
    assert (report.state, [failure.reason for failure in report.failures]) == (
        "partial",
        ["No estimate was made: the deal names no account; choose one."],
    )
    again = quoting.run()
    assert (again.state, again.failures) == ("success", [])
    quoting.edit(deal, Account_Name={"id": quoting.account})
    assert quoting.run().directions[0].added == 1


def test_with_contacts_as_customers_a_deal_needs_a_contact(empty_lab: Lab):
    """TRG-5: its account is nobody's customer there."""
    empty_lab.settings(feed="contacts")
    trade = Trade(empty_lab)
    empty_lab.settings_file.write_text(empty_lab.settings_file.read_text() + f"\n  deals:\n    {ESTIMATE}\n")
    trade.account = trade.make("Accounts", Account_Name="Acme")
    contact = trade.make("Contacts", First_Name="Ann", Last_Name="Lee", Account_Name={"id": trade.account})
    empty_lab.run()
    trade.run()
    deal = trade.deal()
    assert "the deal names no contact" in trade.told(trade.run())
    trade.edit(deal, Contact_Name={"id": contact})
    trade.run()
    assert trade.estimate["customer_name"] == "Ann Lee"


def test_a_customer_that_is_not_synced_yet_is_waited_for(quoting: Trade):
    """TRG-5: what is missing is told once; when it is there the estimate is made, without the deal being edited."""
    other = quoting.make("Accounts", Account_Name="Newcomer")
    quoting.deal(Account_Name={"id": other})
    report = quoting.run()
    assert "'Newcomer' is an account that is no customer in Books yet" in quoting.told(report)
    assert (report.state, quoting.run().state) == ("partial", "success")
    quoting.lab.run()
    assert quoting.run().directions[0].added == 1
    assert quoting.estimate["customer_name"] == "Newcomer"


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (None, "the deal has no amount"),
        (-5, "below zero"),
        (Decimal("10.005"), "has more decimal places than USD has (2)"),
    ],
)
def test_amounts_that_no_document_can_have(quoting: Trade, amount: Decimal | None, reason: str):
    """TRG-4, TXN-6: reported, and nothing is made."""
    deal = quoting.deal(amount=amount)
    report = quoting.run()
    assert reason in quoting.told(report)
    assert (quoting.estimates(), report.state) == ([], "partial")
    quoting.edit(deal, Amount=10)
    quoting.run()
    assert quoting.estimate["total"] == 10


def test_nothing_is_an_amount(quoting: Trade):
    """TRG-4: a deal worth zero is not one without an amount."""
    quoting.deal(amount=0)
    quoting.run()
    assert quoting.estimate["total"] == 0


@pytest.mark.parametrize("amount", [1200, 0])
@pytest.mark.parametrize("stage", [QUOTED, ACCEPTED])
def test_an_amount_that_is_taken_away_leaves_the_draft(quoting: Trade, amount: int, stage: str):
    """TRG-4: the draft stays as it is, and that is reported; worth nothing is not the same as no amount."""
    deal = quoting.deal(amount=amount)
    quoting.run()
    quoting.edit(deal, Amount=None, Stage=stage)
    assert "stays as it is: the deal has no amount" in quoting.told(quoting.run())
    assert (quoting.estimate["total"], quoting.estimate["status"]) == (amount, "draft")


def test_a_customer_billed_in_another_currency_is_reported(quoting: Trade):
    """TXN-6: dollars of a deal are not written as euros."""
    (euro,) = [row["currency_id"] for row in quoting.lab.books.currencies() if row["currency_code"] == "EUR"]
    quoting.lab.books.update_contact(quoting.customer, {"currency_id": euro})
    quoting.deal()
    assert "the deal is in USD and Books bills 'Acme' in EUR" in quoting.told(quoting.run())
    assert quoting.estimates() == []


@pytest.mark.parametrize("full_scan", [False, True])
def test_a_deleted_deal_leaves_its_estimate(quoting: Trade, full_scan: bool):
    """OPS-7: no deletion crosses over; it is told, and a deal that is gone is shown nowhere any more."""
    deal, _ = quoting.deal(), quoting.deal("Qualification")
    quoting.run()
    quoting.delete(deal)
    report = quoting.run(full_scan=full_scan)
    assert quoting.estimate["status"] == "draft"
    assert "The deal was deleted; its estimate" in quoting.told(report)
    assert quoting.deals_of("estimates", quoting.estimate["estimate_id"]) == {}
    assert quoting.told(quoting.run()) == ""
