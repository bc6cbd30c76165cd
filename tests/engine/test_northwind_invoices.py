"""Northwind's 830 orders, as invoices of Books, come out in the CRM to the cent (TXN-2, TXN-6)."""

from decimal import Decimal

from tests.sandbox.client import Zoho
from tests.support.lab import Lab
from tests.support.northwind import make_invoices, make_parties, needs_northwind, orders
from tests.support.transactions import with_transactions


@needs_northwind
def test_all_orders_are_mirrored_and_nothing_is_written_twice(empty_lab: Lab):
    """TXN-2, TXN-6: 830 invoices with 2,155 lines have the same totals in the CRM; a second run writes nothing."""
    lab = empty_lab
    with_transactions(lab)
    zoho = Zoho(lab.sandbox.url)
    make_parties(zoho)
    for module in ("products", "customers"):
        assert lab.run(module).state == "success"
    ordered = orders()
    made = make_invoices(zoho, ordered)
    numbers = {invoice["invoice_number"]: number for number, invoice in made.items()}
    lab.sandbox.clock(advance=5)

    report = lab.run("invoices")

    assert (report.state, list(report.failures)) == ("success", [])
    mirrors = list(lab.crm.coql("select Subject, Grand_Total, Account_Name.Account_Name from Invoices where id > 0"))
    rows = [row for page in mirrors for row in page.records]
    totals = {numbers[row["Subject"]]: Decimal(row["Grand_Total"]) for row in rows}
    assert totals == {order.id: order.total for order in ordered}
    assert {numbers[row["Subject"]]: row["Account_Name.Account_Name"] for row in rows} == {
        order.id: order.customer for order in ordered
    }
    lab.sandbox.clear_calls()
    lab.sandbox.clock(advance=5)
    again = lab.run("invoices")
    assert (again.state, again.directions[0].unchanged, lab.writes()) == ("success", 830, [])
    print("calls of the first run:", report.api_calls, "of the second:", again.api_calls)
