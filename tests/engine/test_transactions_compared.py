"""What a write of a transaction comes to is compared after it, also when the run dies before that (TXN-6, BEY-4)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.deaths import Died
from tests.support.lab import Lab
from tests.support.transactions import bill, in_books, in_crm, items, known, later, line, made_in_crm, run, settle
from zoho.transport.exchange import Call

WRONG = "total: 3.47 in Books, 3.48 in the CRM; it was taken back"


def rounding_otherwise(lab: Lab) -> None:
    """Lets Books round taxes once for the document, which nothing has told of yet."""
    lab.sandbox.settings(books_tax_rounding="entity_level")


def taxed(lab: Lab, count: int = 3, price: str = "1.10") -> list[dict[str, Any]]:
    """Lines of which each is taxed half a cent that is rounded up."""
    tax = next(tax for tax in lab.books.taxes() if tax["tax_percentage"] == 5)
    taxes = [{"name": tax["tax_name"], "percentage": tax["tax_percentage"]}]
    row = {"Product_Name": {"id": known(lab, "Products", "Tea")}, "Quantity": 1, "List_Price": Decimal(price)}
    return [{**row, "Line_Tax": taxes} for _ in range(count)]


def die_after(lab: Lab, method: str, path: str) -> None:
    """Kills an invoice run right after a call was carried out."""

    def after(call: Call) -> None:
        if call.method == method and call.path.endswith(path):
            raise Died(f"{method} {path}")

    lab.on_call = after
    with pytest.raises(Died):
        lab.run("invoices")
    lab.on_call = None
    later(lab)


def failure(lab: Lab, *, full_scan: bool = False) -> str:
    """A run of which one record fails; returns why."""
    later(lab)
    (found,) = lab.run("invoices", full_scan=full_scan).failures
    return found.reason


def writes_of_a_failing_run(lab: Lab) -> list[str]:
    lab.sandbox.clear_calls()
    failure(lab)
    return [f"{call['method']} {call['path']}" for call in lab.writes()]


def test_a_draft_that_nobody_compared_is_compared_by_the_next_run(firm: Lab):
    """TXN-6, BEY-4: a run dies between create and comparison; the draft comes to something else and is taken back."""
    rounding_otherwise(firm)
    made_in_crm(firm, Invoiced_Items=taxed(firm))
    die_after(firm, "POST", "/invoices")
    assert len(in_books(firm)) == 1
    assert failure(firm) == WRONG
    assert in_books(firm) == []


def test_a_draft_that_was_touched_is_left(firm: Lab):
    """TXN-6: what was sent since is never deleted; it is told until both sides come to the same, and linked then."""
    rounding_otherwise(firm)
    invoice = made_in_crm(firm, Invoiced_Items=taxed(firm))
    die_after(firm, "POST", "/invoices")
    (draft,) = in_books(firm)
    firm.books.invoices.mark(draft["invoice_id"], "sent")
    assert "total: 3.47 in Books, 3.48 in the CRM; it stays as it is, since it was edited" in failure(firm)
    assert writes_of_a_failing_run(firm) == []
    (left,) = in_books(firm)
    assert (left["invoice_id"], left["status"]) == (draft["invoice_id"], "sent")
    firm.books.invoices.update(draft["invoice_id"], {"adjustment": Decimal("0.01")})
    settle(firm)
    (mirror,) = in_crm(firm)
    assert (mirror["id"], mirror["Grand_Total"]) == (invoice, in_books(firm)[0]["total"])


def test_edits_since_a_create_that_nobody_linked_are_merged(firm: Lab):
    """TXN-3, BEY-2: a run dies after a create; what either side edits until the next one survives on both."""
    invoice = made_in_crm(firm)
    die_after(firm, "POST", "/invoices")
    (draft,) = in_books(firm)
    firm.books.invoices.update(draft["invoice_id"], {"notes": "edited in Books"})
    record = firm.crm.record("Invoices", invoice)
    assert record
    rows = [{"id": record["Invoiced_Items"][0]["id"], "Quantity": 5}]
    firm.crm.update("Invoices", [{"id": invoice, "Invoiced_Items": rows}])
    settle(firm)
    (billed,), (mirror,) = in_books(firm), in_crm(firm)
    assert billed["invoice_id"] == draft["invoice_id"]
    assert (billed["line_items"][0]["quantity"], billed["notes"]) == (5, "edited in Books")
    assert (mirror["Invoiced_Items"][0]["Quantity"], mirror["Description"]) == (5, "edited in Books")


def test_a_mirror_that_nobody_compared_is_compared_by_the_next_run(firm: Lab):
    """TXN-6, BEY-4: a run dies after it made a mirror; edited in Books until the next one, it is neither made twice
    nor taken for wrong."""
    made = bill(firm, line(items(firm)["Tea"], "10"))
    die_after(firm, "POST", "/Invoices")
    firm.books.invoices.update(
        made["invoice_id"], {"line_items": [{**line(items(firm)["Tea"], "12"), "name": "Tea"}]}
    )
    run(firm)  # links it, with what was sent
    settle(firm)
    (mirror,) = in_crm(firm)
    assert mirror["Grand_Total"] == 12


def test_what_was_taken_back_is_not_tried_in_every_run(firm: Lab):
    """TXN-6: told in every run, written again only once the record, the settings or, in a full run, Books changed."""
    rounding_otherwise(firm)
    invoice = made_in_crm(firm, Invoiced_Items=taxed(firm))
    assert failure(firm) == WRONG
    assert writes_of_a_failing_run(firm) == []
    assert failure(firm).startswith(f"{WRONG}; not tried again until")
    firm.settings_file.write_text(firm.settings_file.read_text().replace("invoices: {}", "invoices: {deletes: keep}"))
    assert writes_of_a_failing_run(firm) == []  # that is the default, so nothing changed
    firm.settings_file.write_text(firm.settings_file.read_text().replace("deletes: keep", "conflicts: sales"))
    assert len(writes_of_a_failing_run(firm)) == 2
    assert failure(firm, full_scan=True) == WRONG
    record = firm.crm.record("Invoices", invoice)
    assert record
    gone = [{"id": row["id"], "_delete": None} for row in record["Invoiced_Items"][1:]]
    firm.crm.update("Invoices", [{"id": invoice, "Invoiced_Items": gone}])
    settle(firm)
    (billed,) = in_books(firm)
    assert billed["total"] == Decimal("1.16")


def test_an_update_that_was_taken_back_is_not_tried_in_every_run(firm: Lab):
    """TXN-6: Books has what it had before, and the next runs leave it in peace."""
    tea = items(firm)["Tea"]
    rounding_otherwise(firm)
    before = bill(firm, line(tea, "10"))
    run(firm)
    firm.sandbox.settings(books_tax_rounding="item_level")
    bill(firm, line(tea, "10"))  # Books seems to round line by line now, and does so in new ones
    run(firm)
    (mirror,) = [one for one in in_crm(firm) if one["Subject"] == before["invoice_number"]]
    gone = [{"id": row["id"], "_delete": None} for row in mirror["Invoiced_Items"]]
    firm.crm.update("Invoices", [{"id": mirror["id"], "Invoiced_Items": [*taxed(firm), *gone]}])
    assert failure(firm) == WRONG
    after = firm.books.invoices.get(before["invoice_id"])
    assert after
    assert after["total"] == before["total"]
    later(firm)
    bill(firm, line(tea, "10"))
    assert [call for call in writes_of_a_failing_run(firm) if "/books/" in call] == []
    assert firm.books.invoices.get(before["invoice_id"]) == after
