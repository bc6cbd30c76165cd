"""``zoho-sync plan`` and ``apply`` (BEY-1)."""

import json

import pendulum
from sqlalchemy import select

from tests.cli.conftest import Command
from tests.support.deals import ACCEPTED, ESTIMATE, switched_on
from tests.support.lab import Lab
from tests.support.pairs import account
from zoho.engine.approvals import note_answer, to_ask_about
from zoho.store.approvals import Answer
from zoho.store.tables import actions


def test_a_plan_is_shown_and_then_carried_out(demo: Lab, command: Command):
    """BEY-1: what would be written, old and new, what it takes, and then just that; exit codes tell it to scripts."""
    demo.settings(direction="two_way")
    sales_id = account(demo, "Acme", Description="old")
    demo.run()
    demo.sandbox.clock(advance=5)
    demo.crm.update("Accounts", [{"id": sales_id, "Description": "new"}])
    account(demo, "Birch")

    shown = command("plan", "demo", "customers")
    assert shown.exit_code == 3
    assert "~ update business Acme in Books" in shown.output
    assert 'notes: "old" → "new"' in shown.output
    assert "+ create business Birch in Books" in shown.output
    assert "Plan for Books: 1 to create, 1 to update." in shown.output
    assert (
        "The plan costs 2 calls to Zoho Books.\nCarrying it out takes less than a minute.\nZoho Books: "
        in shown.output
    )
    assert " a minute at most.\n" in shown.output
    plan_id = shown.output.strip().splitlines()[-1].split()[-1]

    again = command("apply", plan_id, "--show")
    assert (again.exit_code, again.output) == (0, shown.output)
    assert set(demo.customers()) == {"Acme"}

    done = command("apply", plan_id, "--yes")
    assert done.exit_code == 0, done.output
    assert "1 added, 1 updated" in done.output
    run_id = done.output.strip().splitlines()[-1].removeprefix("Take it back: zoho-sync undo ")
    assert f"Field by field: zoho-sync history {run_id}\n" in done.output
    assert {name: one["notes"] for name, one in demo.customers().items()} == {"Acme": "new", "Birch": ""}

    again = command("apply", plan_id, "--yes")
    assert again.exit_code == 1
    assert "has been carried out already" in again.output
    assert command("plan", "demo", "customers").exit_code == 0


def test_what_changed_since_the_plan_is_named(demo: Lab, command: Command):
    """BEY-1: a record that was edited since is left out, and a program is told of it."""
    sales_id = account(demo, "Acme", Description="old")
    demo.sandbox.clock(advance=5)
    plan = json.loads(command("plan", "demo", "customers", "--json").output)
    assert [(one["action"], one["name"]) for one in plan["changes"]] == [("create", "Acme")]
    demo.crm.update("Accounts", [{"id": sales_id, "Description": "new"}])
    done = command("apply", plan["plan"], "--yes", "--json")
    assert done.exit_code == 1
    told = json.loads(done.output)
    assert [(one["state"], one["name"]) for one in told["undone"]] == [("left_out", "Acme")]
    assert demo.customers() == {}


def test_a_rejected_plan_is_asked_about_again(demo: Lab, command: Command):
    """BEY-5: who rejected it is told once more, and written down with who wants to be asked again."""
    demo.settings_add("guards: {creates: 0}")
    account(demo, "Acme")
    demo.run()
    note_answer(demo.store, [f"demo-{demo.runs}"], Answer.REJECTED, "anna", pendulum.now("UTC"))
    demo.run()
    held = f"demo-{demo.runs}"
    assert f"To have the next run ask again: zoho-sync ask-again {held}." in command("history", held).output

    done = command("ask-again", held)
    assert done.exit_code == 0, done.output
    assert "It was rejected by anna on " in done.output
    assert done.output.endswith("The next run asks again: zoho-sync run demo customers\n")
    with demo.store.connect() as connection:
        (deed,) = connection.execute(select(actions.c.action, actions.c.detail["rejected_by"].astext))
    assert tuple(deed) == ("ask_again", "anna")
    demo.run()
    assert to_ask_about(demo.store, "demo", f"test:demo-{demo.runs}") == [f"demo-{demo.runs}"]

    refused = command("ask-again", held)
    assert (refused.exit_code, "holds no plan back that was rejected" in refused.output) == (1, True)


def test_a_run_is_undone_by_a_plan_that_is_shown_first(demo: Lab, command: Command):
    """BEY-3: what would be put back, and what is left since it was edited; then just that."""
    first, second = account(demo, "Acme", Description="1"), account(demo, "Birch", Description="1")
    demo.run()
    demo.sandbox.clock(advance=5)
    demo.crm.update("Accounts", [{"id": sales_id, "Description": "2"} for sales_id in (first, second)])
    demo.run()
    demo.sandbox.clock(advance=5)
    demo.books.update_contact(demo.customers()["Birch"]["contact_id"], {"notes": "mine"})

    shown = command("undo", f"demo-{demo.runs}")
    assert shown.exit_code == 3, shown.output
    assert 'notes: "2" → "1"' in shown.output
    assert "edited since; left as it is" in shown.output
    plan_id = shown.output.strip().splitlines()[-1].split()[-1]
    assert {name: one["notes"] for name, one in demo.customers().items()} == {"Acme": "2", "Birch": "mine"}

    done = command("apply", plan_id, "--yes")
    assert done.exit_code == 0, done.output
    assert {name: one["notes"] for name, one in demo.customers().items()} == {"Acme": "1", "Birch": "mine"}

    refused = command("undo", plan_id)
    assert refused.exit_code == 1
    assert "dry run and wrote nothing" in refused.output


def test_a_plan_of_deals(demo: Lab, command: Command):
    """BEY-1, TRG-2: which document is made or changed, with amounts and why; then just that."""
    trade = switched_on(demo, ESTIMATE)
    edited, accepted = (trade.deal(Deal_Name=name) for name in ("Edited", "Accepted"))
    trade.run()
    trade.edit(edited, Amount=1500)
    trade.edit(accepted, Stage=ACCEPTED)
    trade.deal(Deal_Name="New", Amount=80)
    trade.lab.sandbox.clock(advance=1)

    shown = command("plan", "demo", "deals")
    assert shown.exit_code == 3, shown.output
    for expected in (
        "~ update estimate Edited in Books (sales ",
        "    QT-000001: the deal was edited\n",
        '    rate: "1200" → "1500"\n',
        "~ update estimate Accepted in Books (sales ",
        '    status: "draft" → "accepted"\n',
        "+ create estimate New in Books (sales ",
        "    the deal is in the stage 'Proposal/Price Quote' (75 per cent)\n",
        "        the account 'Acme'\n",
        '    rate: blank → "80"\n',
        "Plan for Books: 1 to create, 2 to update.\nThe plan costs 8 calls to Zoho Books.\n",
        "Money in USD: 80 created, 1,200 changed to 1,500.\n",
    ):
        assert expected in shown.output, expected
    plan_id = shown.output.strip().splitlines()[-1].split()[-1]
    assert [one["status"] for one in trade.estimates()] == ["draft", "draft"]

    trade.edit(edited, Amount=1600)
    trade.lab.sandbox.clock(advance=1)
    done = command("apply", plan_id, "--yes")
    assert done.exit_code == 1
    assert "✗ estimate Edited" in done.output
    assert "has changed since the plan was made" in done.output
    assert "1 added, 1 updated" in done.output
    assert sorted((one["status"], one["total"]) for one in trade.estimates()) == [
        ("accepted", 1200),
        ("draft", 80),
        ("draft", 1200),
    ]
