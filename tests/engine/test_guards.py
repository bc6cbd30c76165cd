"""Guard rails: a run that would change too much is held back before it writes (BEY-5)."""

from datetime import timedelta

import pendulum
import pytest
from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.pairs import account, later
from tests.support.transactions import bill, in_crm, items, line
from zoho.engine import approvals
from zoho.engine.approvals import Question, note_answer, to_ask_about
from zoho.engine.errors import HeldBack
from zoho.engine.on_demand.planning import carry_out
from zoho.store.approvals import Answer
from zoho.store.tables import links

NOW = pendulum.now("UTC")


def accounts(lab: Lab, number: int) -> list[str]:
    """That many accounts, in step with Books."""
    made = [account(lab, f"Account {one}") for one in range(number)]
    assert lab.run().directions[0].added == number
    return made


def edit(lab: Lab, sales_ids: list[str], phone: str) -> None:
    lab.crm.update("Accounts", [{"id": sales_id, "Phone": phone} for sales_id in sales_ids])


def asked_about(lab: Lab) -> list[str]:
    """The plans of the latest run that a person is asked about."""
    return to_ask_about(lab.store, lab.integration, f"test:{lab.integration}-{lab.runs}")


def ask(lab: Lab, plans: list[str]) -> list[Question]:
    return approvals.ask(lab.store, lab.configured.settings.modules, plans, NOW)


def answer(lab: Lab, plans: list[str], given: Answer, by: str | None) -> None:
    note_answer(lab.store, plans, given, by, NOW)


@pytest.fixture
def held(empty_lab: Lab) -> Lab:
    """Twelve customers of which four were edited, and a guard that lets three pass; the run has been held back."""
    empty_lab.settings_add("guards: {share: 25, records: 2}")
    edit(empty_lab, accounts(empty_lab, 12)[:4], "0")
    empty_lab.sandbox.clear_calls()
    assert empty_lab.run().state == "held"
    return empty_lab


def test_a_run_that_changes_too_much_writes_nothing(held: Lab):
    """BEY-5: a careless mass edit of the sales side does not reach Books; the question shows the plan."""
    assert held.writes() == []
    (question,) = ask(held, asked_about(held))
    assert question.why.startswith("The plan would change 4 of the 12 records that Books has, and 3 are allowed")
    assert question.plan == "It would update 4 records in Books."
    assert question.cost.startswith("The plan costs 4 calls to Zoho Books.")
    assert question.records[0][0].startswith('Would update business customer "Account 0"')
    assert question.records[0][1] == ['billing_address.phone: blank → "0"']
    assert question.until == NOW + timedelta(hours=24)


def test_what_is_new_is_no_change(held: Lab):
    """BEY-5: new records are not counted as changes; when fewer records differ, the run passes."""
    (back,) = (one["id"] for one in held.accounts() if one["Account_Name"] == "Account 0")
    held.crm.update("Accounts", [{"id": back, "Phone": None}])
    for number in range(9):
        account(held, f"New {number}")
    report = later(held).run()
    assert (report.state, report.directions[0].added, report.directions[0].updated) == ("success", 9, 3)


def test_an_approved_plan_is_carried_out(held: Lab):
    """BEY-5: just what was shown, whatever the guards say."""
    (plan,) = asked_about(held)
    ask(held, [plan])
    answer(held, [plan], Answer.CARRIED_OUT, "anna")
    job = held.job()
    carry_out(job, f"test:{job.run_id}", plan)
    phones = [one["billing_address"]["phone"] for one in held.customers().values()]
    assert sorted(phones) == [""] * 8 + ["0"] * 4


def test_nobody_is_asked_twice(held: Lab):
    """BEY-5: not while a question is open, nor about a plan that was rejected; about another one they are."""
    first = asked_about(held)
    ask(held, first)
    assert held.run().state == "held"
    assert asked_about(held) == [], "the question is open"

    answer(held, first, Answer.REJECTED, "anna")
    report = held.run()
    assert report.state == "held"
    assert "rejected by anna" in str(report.error)
    again = f"{held.integration}-{held.runs}"
    assert f"zoho-sync ask-again {again}. To carry it out: zoho-sync apply {again}." in str(report.error)
    assert asked_about(held) == [], "the same was rejected"

    edit(held, [one["id"] for one in held.accounts()[:5]], "1")
    held.sandbox.clear_calls()
    assert later(held).run().state == "held"
    assert len(asked_about(held)) == 1
    assert held.writes() == []


def test_a_rejection_can_be_taken_back(held: Lab):
    """BEY-5: then the next run asks once more, and its answer counts; other rejections stand."""
    first = asked_about(held)
    ask(held, first)
    answer(held, first, Answer.REJECTED, "anna")
    held.run()
    found = approvals.rejected(held.store, f"{held.integration}-{held.runs}")
    assert (found.module, found.by) == ("customers", "anna")
    approvals.ask_again(held.store, found)
    with pytest.raises(LookupError, match="holds no plan back that was rejected"):
        approvals.rejected(held.store, first[0])
    assert held.run().state == "held"
    (plan,) = asked_about(held)
    ask(held, [plan])
    answer(held, [plan], Answer.REJECTED, "ben")
    assert "rejected by ben" in str(held.run().error)
    assert held.writes() == []


def test_an_unanswered_question_is_asked_again(held: Lab):
    """BEY-5: when nobody has answered in time the plan is not carried out, and the next run asks once more."""
    ask(held, asked_about(held))
    answer(held, asked_about(held), Answer.NONE, None)
    assert held.run().state == "held"
    assert len(asked_about(held)) == 1
    assert held.writes() == []


def test_a_run_that_is_repeated_beyond_the_guards_is_held_no_more(held: Lab):
    """BEY-5: cleared in Airflow and let pass, it is a run like any other."""
    report = held.run(repeat=True, beyond_guards=True)
    assert (report.state, report.directions[0].updated) == ("success", 4)


def test_a_few_records_may_always_change(empty_lab: Lab):
    """BEY-5: small organizations are not held up for two edits."""
    empty_lab.settings_add("guards: {share: 0, records: 2}")
    edit(empty_lab, accounts(empty_lab, 2), "0")
    assert empty_lab.run().directions[0].updated == 2


def test_creates_can_be_limited(empty_lab: Lab):
    """BEY-5: a list imported into the CRM by mistake does not flood Books."""
    empty_lab.settings_add("guards: {creates: 2}")
    for number in range(3):
        account(empty_lab, f"Account {number}")
    report = empty_lab.run()
    assert (report.state, empty_lab.customers()) == ("held", {})
    assert "would create 3 records in Books, and 2 are allowed" in str(report.error)


def test_deactivations_are_limited(empty_lab: Lab):
    """BEY-5, OPS-7: more than a few customers are not made inactive without a person's approval."""
    empty_lab.settings_add("deletes: deactivate")
    empty_lab.settings_add("guards: {deactivations: 1}")
    gone = accounts(empty_lab, 4)[:2]
    later(empty_lab).crm.delete("Accounts", gone)
    report = empty_lab.run()
    assert report.state == "held"
    assert "would deactivate 2 records in Books, and 1 are allowed" in str(report.error)
    assert {one["status"] for one in empty_lab.customers().values()} == {"active"}


@pytest.mark.parametrize("side", ["books", "sales"])
def test_a_list_that_lacks_too_much_is_not_believed(empty_lab: Lab, side: str):
    """BEY-5: a scan that shows suspiciously few records deactivates nothing and ends no link."""
    empty_lab.settings_add("deletes: deactivate")
    empty_lab.settings_add("guards: {share: 50, records: 1}")
    made = accounts(empty_lab, 4)
    later(empty_lab)
    if side == "sales":
        empty_lab.crm.delete("Accounts", made[:3])
    else:
        for one in list(empty_lab.customers().values())[:3]:
            empty_lab.books.delete_contact(one["contact_id"])
    with pytest.raises(HeldBack, match=r"lacks 3 of the 4 records that were there before, and 2 are believed"):
        empty_lab.run(full_scan=True)
    with empty_lab.store.connect() as connection:
        assert connection.scalars(select(links.c.retired_at)).all() == [None] * 4
    report = empty_lab.run(full_scan=True, beyond_guards=True)
    assert (report.state, sum({one.direction: one.deleted for one in report.directions}.values())) == ("success", 3)


def test_money_is_limited(firm: Lab):
    """BEY-5, BEY-1: transactions that come to more than is allowed wait, and the question says what they come to."""
    file = firm.settings_file
    file.write_text(file.read_text().replace("invoices: {}", "invoices: {guards: {money: 100.00}}"))
    bill(firm, line(items(firm)["Tea"], "60"))
    bill(firm, line(items(firm)["Tea"], "40.01"))
    report = later(firm).run("invoices")
    assert (report.state, in_crm(firm, "Invoices")) == ("held", [])
    assert "would move 100.01 USD, and 100 are allowed" in str(report.error)
    (question,) = ask(firm, asked_about(firm))
    assert "Money in USD: 100.01 created." in question.cost
