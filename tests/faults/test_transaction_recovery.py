"""A run of transactions that dies anywhere loses nothing and makes nothing twice (BEY-4, TXN-5)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.support.deaths import dead_at_every_effect
from tests.support.lab import Lab
from tests.support.transactions import bill, in_books, in_crm, items, line, made_in_crm, with_transactions
from zoho.store.tables import claims

MANY = 30


def set_up(lab: Lab) -> None:
    """An invoice that only Books has, one that only the CRM has, and one on both sides that both have edited."""
    lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
    for module in ("products", "customers"):
        lab.run(module)
    both = bill(lab, line(items(lab)["Tea"], "5"), notes="both")
    lab.sandbox.clock(advance=5)
    lab.run("invoices")
    (mirror,) = in_crm(lab)
    lab.sandbox.clock(advance=5)
    lab.books.invoices.update(both["invoice_id"], {"notes": "edited in Books"})
    lab.crm.update("Invoices", [{"id": mirror["id"], "Terms_and_Conditions": "edited in the CRM"}])
    bill(lab, line(items(lab)["Tea"], "9.50", "2"), line(None, "80", name="Advice"))
    made_in_crm(lab)
    lab.sandbox.clock(advance=5)


def finish(lab: Lab) -> None:
    """Runs until nothing is left to do; what Books says of what it got comes back with the run after."""
    for _ in range(3):
        lab.sandbox.clear_calls()
        report = lab.run("invoices")
    assert report.state == "success"
    assert lab.writes() == []


def test_killed_after_every_single_effect(empty_lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    """BEY-4: after each API call and each commit in turn the next runs converge; all points, no sample."""
    with_transactions(empty_lab)
    points = 0
    for where in dead_at_every_effect(empty_lab, set_up, lambda lab: lab.run("invoices")):
        points += 1
        finish(empty_lab)
        of_books, of_crm = in_books(empty_lab), in_crm(empty_lab)
        expected = sorted([Decimal("5"), Decimal("99"), Decimal("29.97")])
        assert sorted(Decimal(one["total"]) for one in of_books) == expected, where
        assert sorted(Decimal(one["Grand_Total"]) for one in of_crm) == expected, where
        (first,) = [one for one in of_books if one["total"] == 5]
        (second,) = [one for one in of_crm if one["Grand_Total"] == 5]
        edits = ("edited in Books", "edited in the CRM")
        assert (first["notes"], first["terms"]) == (second["Description"], second["Terms_and_Conditions"]) == edits
        with empty_lab.store.connect() as connection:
            assert connection.execute(select(claims)).all() == [], where
    with capsys.disabled():
        print(f" [{points} points of death]", end="")
    assert points > MANY
