"""Holding the transactions of both sides against each other (TXN-6), after runs against the sandbox."""

from decimal import Decimal

import pytest
from rich.console import Console

from tests.support.lab import Lab
from tests.support.transactions import bill, contact, in_crm, items, later, line, made_in_crm
from zoho.commands.reconcile import CannotReconcileError, reconcile_all
from zoho.commands.reconcile_view import as_data, show
from zoho.engine.reconcile import Reconciliation, reconcile
from zoho.transport import json


def reconciled(lab: Lab) -> Reconciliation:
    return reconcile(lab.configured, lab.store, lab.crm, lab.books)


def told(lab: Lab) -> list[str]:
    return [sentence for _, sentence in reconciled(lab).differences]


def test_both_sides_agree_after_a_run(firm: Lab):
    """TXN-6: nothing differs, each customer's month is summed up, and nothing is written."""
    bill(firm, line(items(firm)["Tea"], "9.99", "3"), date="2026-02-03", shipping_charge=Decimal("1.5"))
    bill(firm, line(items(firm)["Cup"], "4"), date="2026-02-20")
    bill(firm, line(items(firm)["Cup"], "4"), date="2026-03-01")
    later(firm)
    assert firm.run("invoices").state == "success"
    firm.sandbox.clear_calls()
    found = reconciled(firm)
    assert (firm.writes(), found.differences) == ([], [])
    assert [(row.customer, row.month, row.in_books, row.books, row.in_sales, row.sales) for row in found.sums] == [
        ("Acme", "2026-02", 2, Decimal("35.47"), 2, Decimal("35.47")),
        ("Acme", "2026-03", 1, Decimal(4), 1, Decimal(4)),
    ]
    assert len(firm.sandbox.calls()) == 2 + 2 * 4  # the currencies, and four lists on either side


def test_every_difference_is_told_with_its_reason(firm: Lab):
    """TXN-6: another total, a transaction of one side only, one that was deleted."""
    kept, lost, changed = (bill(firm, line(items(firm)["Tea"], "10"), date="2026-02-03") for _ in range(3))
    later(firm)
    assert firm.run("invoices").state == "success"
    mirrored = {record["Subject"]: record for record in in_crm(firm)}
    row = mirrored[changed["invoice_number"]]["Invoiced_Items"][0]
    firm.crm.update(
        "Invoices",
        [{"id": mirrored[changed["invoice_number"]]["id"], "Invoiced_Items": [{"id": row["id"], "List_Price": 11}]}],
    )
    firm.crm.delete("Invoices", [mirrored[lost["invoice_number"]]["id"]])
    made_in_crm(firm)
    made_in_crm(firm, layout="Standard")
    bill(firm, line(items(firm)["Tea"], "10"))
    found = reconciled(firm)
    by_number = {entry.place.number: sentence for entry, sentence in found.differences}
    assert kept["invoice_number"] not in by_number
    assert by_number[changed["invoice_number"]] == "total: 11.00 in the CRM, 10.00 in Books (1.00 more)"
    assert by_number["Offer"] == "only in the CRM"
    gone = by_number[lost["invoice_number"]]
    assert gone.startswith("only in Books: its record ")
    assert "is deleted, or not under the layout any more" in gone
    assert len(found.differences) == 4


def test_what_the_history_says_is_repeated(firm: Lab):
    """TXN-6: a transaction that could not be mirrored stands alone for a reason."""
    new = firm.books.create_item({"name": "Pot", "rate": 5})["item_id"]
    bill(firm, line(new, "5"), date="2026-02-03")
    later(firm)
    firm.run("invoices")
    (sentence,) = told(firm)
    assert sentence.startswith("only in Books: ")
    assert "products are synchronized first" in sentence


def test_what_people_and_programs_are_shown(firm: Lab):
    """TXN-6: sums of each kind, then each difference; the same as JSON."""
    order = {"vendor_id": contact(firm, "vendor"), "date": "2026-02-03"}
    firm.books.purchase_orders.create({**order, "line_items": [line(items(firm)["Cup"], "2.5", "4")]})
    found = reconciled(firm)
    console = Console(record=True, width=120, highlight=False)
    show(found, console)
    text = console.export_text()
    assert "✗ purchase orders PO-" in text
    assert "(Mill, 2026-02): only in Books" in text
    assert "1 difference in 1 transaction, 0 of them on both sides." in text
    data = json.loads(as_data([found]))
    assert (data["differences"], data["integrations"][0]["sums"][0]["books"]) == (1, {"transactions": 1, "total": 10})
    assert data["integrations"][0]["differences"][0]["crm"] is None


def test_what_cannot_be_compared(lab: Lab):
    """TXN-6: an integration that is not there, or synchronizes no transactions."""
    with pytest.raises(CannotReconcileError, match="there is no integration 'nowhere'; there are: demo"):
        list(reconcile_all(lab.include, ["nowhere"], lambda _: (lab.store, lab.crm, lab.books)))
    with pytest.raises(CannotReconcileError, match="demo synchronizes no transactions"):
        list(reconcile_all(lab.include, ["demo"], lambda _: (lab.store, lab.crm, lab.books)))
