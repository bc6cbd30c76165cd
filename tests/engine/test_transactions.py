"""Transactions of Books mirrored in the CRM, and those of the CRM made in Books (TXN)."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.transactions import (
    KINDS,
    bill,
    contact,
    in_books,
    in_crm,
    items,
    known,
    later,
    line,
    made_in_crm,
    run,
    settle,
    with_transactions,
)
from zoho.engine.errors import PreflightError
from zoho.store.tables import changes
from zoho.transport.errors import ZohoError
from zoho.transport.oauth import MemoryTokenStore


def test_transactions_wait_for_what_they_refer_to(empty_lab: Lab):
    """TXN-1: refused before customers, vendors and products have been synchronized, with the reason."""
    with_transactions(empty_lab)
    with pytest.raises(PreflightError, match=r"vendors have never been synchronized.*zoho_demo_vendors"):
        empty_lab.run("purchase_orders")
    for module in ("products", "customers"):
        empty_lab.run(module)
    assert empty_lab.run("invoices").state == "success"


def test_every_kind_is_mirrored(firm: Lab):
    """TXN-2, TXN-7: under the layout, with account or vendor, products, number, status and the same total."""
    tea, customer, vendor = items(firm)["Tea"], contact(firm, "customer"), contact(firm, "vendor")
    for module, entity in KINDS.items():
        party = {"vendor_id": vendor} if module == "purchase_orders" else {"customer_id": customer}
        made = getattr(firm.books, module).create({**party, "line_items": [line(tea, "9.50", "2")]})
        run(firm, module)
        (mirror,) = in_crm(firm, entity)
        assert mirror["Layout"]["name"] == "Zoho Finance"
        assert (mirror.get("Account_Name") or mirror["Vendor_Name"])["name"] == (
            "Mill" if "vendor_id" in party else "Acme"
        )
        assert mirror["Grand_Total"] == made["total"] == 19
        assert mirror["Books_Status"] == "draft"
        assert mirror["Subject"] == mirror["Books_Number"]


def test_status_and_amount_due_follow(firm: Lab):
    """TXN-7: what is sent, paid or voided in Books shows on the mirror."""
    made = bill(firm, line(items(firm)["Tea"], "10"))
    run(firm)
    firm.books.invoices.mark(made["invoice_id"], "sent")
    run(firm)
    (mirror,) = in_crm(firm)
    assert (mirror["Books_Status"], mirror["Payment_State"], mirror["Amount_Due"]) == ("sent", "Unpaid", 10)
    later(firm)
    firm.books.invoices.mark(made["invoice_id"], "void")
    run(firm)
    (mirror,) = in_crm(firm)
    assert mirror["Books_Status"] == "void"


def test_made_in_the_crm(firm: Lab):
    """TXN-3, TXN-6: sent to Books once, as a draft with the same total; one of another layout is never touched."""
    made_in_crm(firm, layout="Standard")
    run(firm)
    assert in_books(firm) == []
    made_in_crm(firm, Discount=Decimal("1.50"), Adjustment=Decimal("0.03"))
    settle(firm)
    (invoice,) = in_books(firm)
    assert (invoice["status"], invoice["total"], invoice["reference_number"]) == ("draft", Decimal("28.5"), "Offer")
    (mirror,) = [one for one in in_crm(firm) if one["Layout"]["name"] == "Zoho Finance"]
    assert (mirror["Subject"], mirror["Books_Number"]) == ("Offer", invoice["invoice_number"])


def test_edits_of_both_sides_meet_line_by_line(firm: Lab):
    """TXN-2, BEY-2: each side's edit of another line survives on both."""
    ids = items(firm)
    made = bill(firm, line(ids["Tea"], "10"), line(ids["Cup"], "4"))
    run(firm)
    (mirror,) = in_crm(firm)
    first, second = mirror["Invoiced_Items"]
    later(firm)
    firm.crm.update("Invoices", [{"id": mirror["id"], "Invoiced_Items": [{"id": first["id"], "Quantity": 5}]}])
    kept = [{**one, "rate": Decimal(3)} if one["item_id"] == ids["Cup"] else one for one in made["line_items"]]
    sent = [{key: one[key] for key in ("line_item_id", "item_id", "rate", "quantity")} for one in kept]
    firm.books.invoices.update(made["invoice_id"], {"line_items": sent})
    settle(firm)
    (invoice,), (mirror,) = in_books(firm), in_crm(firm)
    assert invoice["total"] == mirror["Grand_Total"] == 53
    assert [one["id"] for one in mirror["Invoiced_Items"]] == [first["id"], second["id"]]
    assert [one["line_item_id"] for one in invoice["line_items"]] == [
        one["line_item_id"] for one in made["line_items"]
    ]


def test_a_line_taken_out_goes_on_the_other_side(firm: Lab):
    """TXN-2: a line that was taken out in Books is not in the CRM any more, and the reverse."""
    ids = items(firm)
    made = bill(firm, line(ids["Tea"], "10"), line(ids["Cup"], "4"), line(ids["Tea"], "7"))
    run(firm)
    (mirror,) = in_crm(firm)
    gone = mirror["Invoiced_Items"][0]["id"]
    later(firm)
    firm.crm.update("Invoices", [{"id": mirror["id"], "Invoiced_Items": [{"id": gone, "_delete": None}]}])
    run(firm)
    (invoice,) = in_books(firm)
    assert [one["rate"] for one in invoice["line_items"]] == [4, 7]
    later(firm)
    left = {key: invoice["line_items"][1][key] for key in ("line_item_id", "item_id", "rate", "quantity")}
    firm.books.invoices.update(made["invoice_id"], {"line_items": [left]})
    run(firm)
    (mirror,) = in_crm(firm)
    assert [one["List_Price"] for one in mirror["Invoiced_Items"]] == [7]


def test_a_line_of_free_text(firm: Lab):
    """TXN-2: the CRM has no line without a product, so one product stands for text; Books gets no item of it."""
    made = bill(firm, line(None, "80", name="Consulting", description="Two hours"))
    run(firm)
    (mirror,) = in_crm(firm)
    (shown,) = mirror["Invoiced_Items"]
    assert (shown["Product_Name"]["name"], shown["Description"]) == ("Text line", "Consulting\nTwo hours")
    later(firm)
    firm.crm.update("Invoices", [{"id": mirror["id"], "Invoiced_Items": [{"id": shown["id"], "Quantity": 2}]}])
    run(firm)
    (invoice,) = in_books(firm)
    (held,) = invoice["line_items"]
    assert (held["item_id"], held["name"], held["description"]) == ("", "Consulting", "Two hours")
    assert invoice["total"] == 2 * made["total"]


def test_what_is_missing_is_told_and_comes_later(firm: Lab):
    """TXN-2, TXN-3: a line whose product is not synchronized is reported; the others go, and it does when it can."""
    (result,) = firm.crm.insert("Products", [{"Product_Name": "New", "Unit_Price": 1}])
    made_in_crm(firm, Subject="Fine")
    made_in_crm(
        firm,
        Subject="Waits",
        Invoiced_Items=[{"Product_Name": {"id": result.id}, "Quantity": 1, "List_Price": 1}],
    )
    report = firm.run("invoices")
    (failure,) = report.failures
    assert "product 'New'" in failure.reason
    assert "products are synchronized first" in failure.reason
    assert [one["reference_number"] for one in in_books(firm)] == ["Fine"]
    firm.run("products")
    run(firm)
    assert {one["reference_number"] for one in in_books(firm)} == {"Fine", "Waits"}


def test_deleted_ones_stay_on_the_other_side(firm: Lab):
    """TXN-3, OPS-7: nothing is deleted in Books; with deletes: deactivate what came from the CRM is voided."""
    first = made_in_crm(firm, Subject="First")
    run(firm)
    firm.crm.delete("Invoices", [first])
    run(firm)
    (invoice,) = in_books(firm)
    assert invoice["status"] == "draft"
    firm.settings_file.write_text(
        firm.settings_file.read_text().replace("invoices: {}", "invoices: {deletes: deactivate}")
    )
    second = made_in_crm(firm, Subject="Second")
    run(firm)
    firm.crm.delete("Invoices", [second])
    run(firm)
    assert {one["reference_number"]: one["status"] for one in in_books(firm)} == {"First": "draft", "Second": "void"}


def test_deleted_in_books_the_mirror_stays(firm: Lab):
    """OPS-7: what was deleted in Books is not made anew there by its mirror."""
    made = bill(firm, line(items(firm)["Tea"], "10"))
    run(firm)
    firm.books.invoices.delete(made["invoice_id"])
    later(firm)
    assert firm.run("invoices", full_scan=True).state == "success"
    run(firm)
    assert in_books(firm) == []
    assert len(in_crm(firm)) == 1


def test_made_anew_in_books_the_mirror_shows_the_new_one(firm: Lab):
    """OPS-7, TXN-7: deleted in Books, edited in the CRM: number and status of the mirror are the new one's."""
    made, _ = (bill(firm, line(items(firm)["Tea"], rate)) for rate in ("10", "20"))
    firm.books.invoices.mark(made["invoice_id"], "sent")
    run(firm)
    (mirror,) = (one for one in in_crm(firm) if one["Books_Status"] == "sent")
    later(firm)
    firm.books.invoices.delete(made["invoice_id"])
    run(firm, full_scan=True)
    firm.crm.update("Invoices", [{"id": mirror["id"], "Description": "edited"}])
    settle(firm)
    (billed,) = (one for one in in_books(firm) if one["notes"] == "edited")
    (mirror,) = (one for one in in_crm(firm) if one["Description"] == "edited")
    assert billed["invoice_number"] != made["invoice_number"]
    shown = (mirror["Subject"], mirror["Books_Number"], mirror["Books_Status"])
    assert shown == (billed["invoice_number"], billed["invoice_number"], "draft")


@pytest.mark.parametrize("kind", [None, "commit_then_drop"])
def test_a_subject_of_its_own_stays(firm: Lab, kind: str | None):
    """TXN-3, TXN-7: what a sales person called it, however often it is made, and whether the answer comes or not."""
    bill(firm, line(items(firm)["Tea"], "10"))
    invoice = made_in_crm(firm)
    for _ in range(2):
        if kind:
            match = {"product": "books", "method": "POST", "path": "/invoices$"}
            firm.sandbox.faults([{"kind": kind, "match": match, "times": 1}])
        settle(firm)
        (billed,) = (one for one in in_books(firm) if one["reference_number"] == "Offer")
        record = firm.crm.record("Invoices", invoice)
        assert record
        assert (record["Subject"], record["Books_Number"]) == ("Offer", billed["invoice_number"])
        later(firm)
        firm.books.invoices.delete(billed["invoice_id"])
        run(firm, full_scan=True)
        firm.crm.update("Invoices", [{"id": invoice, "Description": "edited"}])


def test_taxes_discounts_and_shipping_come_to_the_same(firm: Lab):
    """TXN-6: percentages, taxes and shipping of Books in the CRM's own terms, to the last digit."""
    taxes = {one["tax_name"]: one["tax_id"] for one in firm.books.taxes()}
    tax_id = next(iter(taxes.values()))
    ids = items(firm)
    made = bill(
        firm,
        line(ids["Tea"], "9.99", "3", tax_id=tax_id),
        line(ids["Cup"], "4.35", "1.5"),
        discount="7.5%",
        is_discount_before_tax=True,
        shipping_charge=Decimal("12.34"),
        adjustment=Decimal("-0.07"),
    )
    settle(firm)
    (mirror,) = in_crm(firm)
    assert mirror["Grand_Total"] == made["total"]
    assert mirror["Tax"] == made["tax_total"]


def test_custom_fields_of_books_are_on_the_mirror(firm: Lab):
    """TXN-4: a custom field made in Books is made in the CRM too, without a line of mapping, and filled."""
    firm.sandbox.custom_field(product="books", module="invoice", api_name="cf_project_code", label="Project code")
    fields = [{"api_name": "cf_project_code", "value": "P-7"}]
    bill(firm, line(items(firm)["Tea"], "10"), custom_fields=fields)
    settle(firm)
    (mirror,) = in_crm(firm)
    assert mirror["Project_Code"] == "P-7"


def test_a_tax_that_books_does_not_have_is_reported(firm: Lab):
    """TXN-6: what Books cannot come to is told with its line, and nothing is written there."""
    odd = [{"name": "Odd", "percentage": Decimal("13.7")}]
    row = {"Product_Name": {"id": known(firm, "Products", "Tea")}, "Quantity": 1, "List_Price": 10, "Line_Tax": odd}
    made_in_crm(firm, Invoiced_Items=[row])
    later(firm)
    (failure,) = firm.run("invoices").failures
    assert "line 1: Books has no tax or tax group that charges Odd 13.7 %" in failure.reason
    assert in_books(firm) == []


def test_three_currencies(firm: Lab):
    """TXN-6: yen without, dinars with three decimal places, at a rate of their own; told when the CRM lacks one."""
    firm.sandbox.settings(crm_currencies=["KWD"])
    ids = {one["currency_code"]: one["currency_id"] for one in firm.books.currencies()}
    for code, rate in (("KWD", "1.2345"), ("JPY", "1234")):
        firm.books.create_contact({"contact_name": f"In {code}", "currency_id": ids[code]})
        firm.sandbox.clock(advance=5)
        assert firm.run("customers").state == "success"
        (customer,) = [one for name, one in firm.customers().items() if name == f"In {code}"]
        body = {"customer_id": customer["contact_id"], "line_items": [line(items(firm)["Tea"], rate, "3")]}
        firm.books.invoices.create(body)
    later(firm)
    (failure,) = firm.run("invoices", full_scan=True).failures
    assert "it is in JPY, and the CRM has KWD, USD only" in failure.reason
    (mirror,) = in_crm(firm)
    assert (mirror["Currency"], mirror["Grand_Total"], mirror["Amount_Due"]) == (
        "KWD",
        Decimal("3.704"),
        Decimal("3.704"),
    )


def test_what_comes_to_something_else_is_taken_back(firm: Lab):
    """TXN-6: Books bills in the customer's currency; a draft that is not in the CRM's does not stay."""
    firm.sandbox.settings(crm_currencies=["EUR"])
    made_in_crm(firm, Currency="EUR", Exchange_Rate=Decimal("0.8"))
    later(firm)
    (failure,) = firm.run("invoices").failures
    assert "currency: USD in Books, EUR in the CRM; it was taken back" in failure.reason
    assert in_books(firm) == []


def test_two_edits_of_one_second(firm: Lab):
    """TXN-5: a scan between them may not take the second for the first; later scans read no line again."""
    invoice = made_in_crm(firm)
    settle(firm)
    firm.sandbox.clock(now=datetime(2027, 1, 1, tzinfo=UTC))
    firm.tokens = MemoryTokenStore()
    for price in (20, 30):
        record = firm.crm.record("Invoices", invoice)
        assert record
        rows = [{"id": record["Invoiced_Items"][0]["id"], "List_Price": price}]
        firm.crm.update("Invoices", [{"id": invoice, "Invoiced_Items": rows}])
        assert firm.run("invoices").state == "success"
        (billed,) = in_books(firm)
        assert [row["rate"] for row in billed["line_items"]] == [price]
    for details in (1, 0):  # the first scan of another second makes sure of it
        later(firm)
        firm.sandbox.clear_calls()
        assert firm.run("invoices").state == "success"
        paths = [call["path"] for call in firm.sandbox.calls()]
        assert len([path for path in paths if path.endswith(f"/Invoices/{invoice}")]) == details


def test_how_amounts_were_translated_is_in_the_history(firm: Lab):
    """TXN-6, OPS-4: a user sees why an amount of the CRM is not the one of Books, and the reverse."""
    tea = items(firm)["Tea"]
    bill(firm, line(tea, "10", "3", discount="10%"), discount_type="item_level", shipping_charge=Decimal("4.5"))
    run(firm)
    with firm.store.connect() as connection:
        (item,) = connection.scalars(select(changes.c.item).where(changes.c.kind == "invoice"))
    reasons = {field["key"]: field["reason"] for field in item["fields"]}
    assert reasons["lines"].endswith("; line 1: the discount of 10 % is written as 3.00")
    assert reasons["adjustment"].endswith("; the adjustment includes 4.50 for shipping")
    assert reasons["party"] == "not on the sales side yet"


def euros(lab: Lab) -> str:
    """A customer of both sides in euros; returns the id of its account."""
    lab.sandbox.settings(crm_currencies=["EUR"])
    ids = {one["currency_code"]: one["currency_id"] for one in lab.books.currencies()}
    lab.books.create_contact({"contact_name": "In EUR", "currency_id": ids["EUR"]})
    run(lab, "customers")
    return known(lab, "Accounts", "In EUR")


def test_exchange_rates_agree(firm: Lab):
    """TXN-6: Books gets the rate of the CRM's record turned round, and an edit of it on either side travels."""
    invoice = made_in_crm(
        firm,
        Account_Name={"id": euros(firm)},
        Currency="EUR",
        Exchange_Rate=Decimal("0.8"),
        Adjustment=Decimal("0.03"),
    )
    settle(firm)
    (billed,), (record,) = in_books(firm), in_crm(firm)
    assert (billed["currency_code"], billed["exchange_rate"], billed["total"]) == ("EUR", Decimal("1.25"), 30)
    assert billed["bcy_total"] == record["Grand_Total"] / record["Exchange_Rate"] == Decimal("37.5")
    firm.crm.update("Invoices", [{"id": invoice, "Exchange_Rate": Decimal("0.9")}])
    settle(firm)
    (billed,), (record,) = in_books(firm), in_crm(firm)
    assert (billed["exchange_rate"], record["Exchange_Rate"]) == (Decimal("1.111111111"), Decimal("0.9"))
    later(firm)
    firm.books.invoices.update(billed["invoice_id"], {"exchange_rate": Decimal("1.5")})
    settle(firm)
    (record,) = in_crm(firm)
    assert record["Exchange_Rate"] == Decimal("0.666666667")


def test_another_currency_is_not_sent(firm: Lab):
    """TXN-6: Books bills in the customer's currency, so a record of another one is told, and nothing written."""
    invoice = made_in_crm(firm, Account_Name={"id": euros(firm)}, Currency="EUR")
    settle(firm)
    firm.crm.update("Invoices", [{"id": invoice, "Currency": "USD"}])
    firm.sandbox.clear_calls()
    later(firm)
    (failure,) = firm.run("invoices").failures
    assert "currency: USD in the CRM, EUR in Books, which bills in that of the customer" in failure.reason
    assert firm.writes() == []


def test_what_books_says_comes_back_in_the_same_run(firm: Lab, caplog: pytest.LogCaptureFixture):
    """TXN-7, BEY-8: number, status and amount due of what was sent are in the CRM when the run ends, as told."""
    invoice = made_in_crm(firm)
    caplog.set_level(logging.INFO)
    calls = run(firm).api_calls
    assert (calls["books"]["load"], calls["crm"]["load"]) == (1, 3)
    assert "The plan costs 1 call to Zoho Books, 3 calls to Zoho CRM." in caplog.messages
    (billed,), (record,) = in_books(firm), in_crm(firm)
    shown = (record["Books_Number"], record["Books_Status"], record["Amount_Due"])
    assert shown == (billed["invoice_number"], "draft", Decimal("29.97"))
    rows = [{"id": record["Invoiced_Items"][0]["id"], "Quantity": 1}]
    firm.crm.update("Invoices", [{"id": invoice, "Invoiced_Items": rows}])
    run(firm)
    (record,) = in_crm(firm)
    assert record["Amount_Due"] == Decimal("9.99")
    firm.sandbox.clear_calls()
    run(firm)
    assert firm.writes() == []


@pytest.mark.parametrize("module", ["estimates", "sales_orders", "invoices", "purchase_orders"])
def test_what_was_made_without_an_answer_is_found_again(firm: Lab, module: str):
    """BEY-4, TXN-3: of every kind, Books made it and the answer was lost: and it is found and linked."""
    entity = KINDS[module]
    party = {"Vendor_Name": {"id": known(firm, "Vendors", "Mill")}} if module == "purchase_orders" else {}
    made_in_crm(firm, entity, **party)
    later(firm)
    match = {"product": "books", "method": "POST"}
    firm.sandbox.faults([{"kind": "commit_then_drop", "match": match, "times": 1}])
    report = firm.run(module)
    assert (report.state, list(report.failures)) == ("success", [])
    settle(firm, module)
    (billed,), (record,) = in_books(firm, module), in_crm(firm, entity)
    assert record["Books_Number"] == billed[f"{module.removesuffix('s').replace('_', '')}_number"]


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("kind", ["commit_then_drop", "empty"])
def test_a_line_whose_answer_was_lost_is_added_once(firm: Lab, kind: str, times: int):
    """BEY-4, TXN-6: the CRM adds a line each time that it is sent, so it is looked at before it is sent again."""
    tea = items(firm)["Tea"]
    made = bill(firm, line(tea, "10"))
    settle(firm)
    lines = [{**line(tea, "10"), "line_item_id": made["line_items"][0]["line_item_id"]}, line(tea, "7", "2")]
    later(firm)
    firm.books.invoices.update(made["invoice_id"], {"line_items": lines})
    match = {"product": "crm", "method": "PUT", "path": "/Invoices"}
    firm.sandbox.faults([{"kind": kind, "match": match, "times": times, "commit": True}])
    later(firm)
    with suppress(ZohoError):
        firm.run("invoices")
    assert firm.sandbox.hits() == 1
    firm.sandbox.clear_faults()
    settle(firm)
    (billed,), (mirror,) = in_books(firm), in_crm(firm)
    assert [row["List_Price"] for row in mirror["Invoiced_Items"]] == [10, 7]
    assert mirror["Grand_Total"] == billed["total"] == 24
