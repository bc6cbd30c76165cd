"""``zoho-sync explain``: why a record is as it is (BEY-9)."""

import json
from typing import Any

from tests.cli.conftest import Command
from tests.support.deals import ACCEPTED, ESTIMATE, switched_on
from tests.support.lab import Lab
from tests.support.pairs import account, contact, customer_ids, later
from tests.support.spoiler import spoiling

REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}
A_LIST = "Account_Name: it holds a list, expected is a text"


def test_a_record_is_explained(demo: Lab, command: Command):
    """BEY-9: by either id or its name: how it stands, both sides, where each field came from; nobody is asked."""
    sales_id = account(demo, "Acme", Description="old", Website="https://acme.example")
    contact(demo, "Lee", sales_id, First_Name="Ann")
    demo.run()
    later(demo).crm.update("Accounts", [{"id": sales_id, "Description": "new"}])
    demo.run(dry_run=True)
    books_id = customer_ids(demo)["Acme"]
    calls = len(demo.sandbox.calls())
    told = command("explain", "demo", "acme")
    assert len(demo.sandbox.calls()) == calls
    assert (told.exit_code, told.stderr) == (0, "")
    for expected in (
        "demo customers: business Acme, the next run has something to do\n",
        "the next run writes (Books): changed on the sales side\n",
        f"the sales side: Acme (Accounts {sales_id}), edited ",
        f"Books: Acme (contacts {books_id}), edited ",
        "contact person Ann Lee (sales ",
        'notes: "new" on the sales side, "old" in Books\n',
        'edited on the sales side since both were in step, when it held "old"\n',
        "next run: into Books: changed on the sales side\n",
        'website: "https://acme.example"\n',
        ", run demo-1 (other): not in Books yet\n",
        " more fields are blank on both sides.\n",
    ):
        assert expected in told.stdout, told.stdout
    assert command("explain", "demo", sales_id).stdout == told.stdout
    assert command("explain", "demo", books_id, "--module", "customers").stdout == told.stdout
    data: Any = json.loads(command("explain", "demo", "Acme", "--json").stdout)
    assert (data["standing"], data["sales_id"], data["books_id"]) == ("pending", sales_id, books_id)
    assert [(one["why"], one["side"]) for one in data["reasons"]] == [("to_write", "books")]
    notes = next(one for one in data["fields"] if one["key"] == "notes")
    assert (notes["origin"]["run_id"], notes["origin"]["set_by"], notes["edited"]) == ("demo-1", "sales", ["sales"])


def test_why_a_record_is_not_in_step(demo: Lab, command: Command):
    """BEY-9: a failure is told with the run in which it happened."""
    account(demo, "Acme")
    demo.sandbox.faults([{**REFUSED, "body": {"code": 4, "message": "Invalid value"}}])
    demo.run()
    told = command("explain", "demo", "Acme").stdout
    assert told.startswith("demo customers: business Acme, not in step\n  writing it failed: ")
    assert "Invalid value" in told
    assert ", run demo-1, " in told
    assert "Books: not there, as far as the runs have seen\n" in told
    assert "never linked\n" in told


def test_what_cannot_be_read_is_not_called_blank(demo: Lab, command: Command):
    """BEY-9: of a record with a field of a wrong type nothing is known: neither its values nor when it was edited."""
    sales_id = account(demo, "Acme", Description="old")
    demo.run()
    later(demo).crm.update("Accounts", [{"id": sales_id, "Description": "new"}])
    with spoiling(demo) as spoilt:
        spoilt[sales_id] = {"Account_Name": b'["a list"]'}
        demo.run()
    told = command("explain", "demo", sales_id).stdout
    assert f"writing it failed: {A_LIST}, run demo-2, " in told
    assert told.count(A_LIST) == 1
    assert f"(Accounts {sales_id}), nobody knows when it was edited, list read up to " in told
    assert 'notes: not known on the sales side, "old" in Books\n' in told
    assert "blank" not in told
    assert "1970" not in told


def test_what_cannot_be_explained_is_one_sentence(demo: Lab, command: Command):
    """BEY-9: nobody has seen it, several have the name, the module is off; exit codes tell it to scripts."""
    account(demo, "Acme One")
    account(demo, "Acme Two")
    demo.run()
    several = command("explain", "demo", "acme")
    assert (several.exit_code, several.stderr) == (
        1,
        "Error: several records are meant; name one by its id: zoho-sync explain demo ID\n",
    )
    assert "Acme One" in several.stdout
    assert "Acme Two" in several.stdout
    found: Any = json.loads(command("explain", "demo", "acme", "--json").stdout)
    assert [one["name"] for one in found["found"]] == ["Acme One", "Acme Two"]
    for words, told in {
        ("demo", "nobody"): "No run of demo has seen a record of the id or the name 'nobody'",
        ("demo", " "): "Name a record by its id on either side, or by its name.",
        ("demo", "acme", "--module", "estimates"): "integration demo has no module estimates",
    }.items():
        refused = command("explain", *words)
        assert (refused.exit_code, told in refused.stderr) == (1, True), refused.output
    assert command("explain", "nowhere", "acme").exit_code == 2
    assert command("explain", "demo", "acme", "--module", "nothing").exit_code == 2


def test_a_deal_is_explained(demo: Lab, command: Command):
    """BEY-9, TRG-2: its stage, its documents, what it says, what every run did, and what the next one does."""
    trade = switched_on(demo, ESTIMATE)
    deal = trade.deal()
    trade.run()
    trade.edit(deal, Stage=ACCEPTED, Amount=1500)
    trade.run(dry_run=True)
    books_id = trade.estimate["estimate_id"]
    told = command("explain", "demo", "big deal")
    assert (told.exit_code, told.stderr) == (0, "")
    for expected in (
        "demo deals: deal Big deal, the next run has something to do\n",
        "the next run writes (Books): update it and mark it accepted; the deal was edited; ",
        f"the sales side: Big deal (Deals {deal}), edited ",
        "stage: Negotiation/Review (90 per cent); amount: 1500 USD\n",
        f"estimate QT-000001 (Books {books_id}): made by the automation, left as draft, ",
        'rate: "1500" in the deal, "1200" last written\n',
        'name: "Big deal"\n',
        " create estimate, done: the deal is in the stage 'Proposal/Price Quote' (75 per cent) (run demo-3, other)\n",
        '    rate: blank → "1200"\n',
    ):
        assert expected in told.stdout, told.stdout
    assert command("explain", "demo", deal, "--module", "deals").stdout == told.stdout
    data: Any = json.loads(command("explain", "demo", deal, "--json").stdout)
    assert (data["standing"], data["sales_id"], data["module"]) == ("pending", deal, "deals")
    assert [one["left_in"] for one in data["documents"]] == ["draft"]
