"""A run that needs more calls than a day has goes on by itself, and ends as it would have without a limit (BEY-8)."""

from datetime import timedelta
from typing import Any

from tests.engine.test_only import run_only
from tests.support.days import Days, set_reserve
from tests.support.lab import Lab
from tests.support.pairs import pairs
from tests.support.transactions import made_in_crm, settle, with_transactions
from zoho.core.records import Side
from zoho.engine.history.runs import list_runs

QUOTES: tuple[Side, str] = ("sales", "Quotes")
CUSTOMERS = 18
DAYS = [{"books": 8}, {"crm": 11}]
"""Calls or credits a day, where the run takes 34 calls and 15 credits."""


def seeded(lab: Lab, **limits: Any) -> Days:
    """Many customers on either side that the other one lacks, or has under the same name; limited from now on.

    A customer and a product, of which a quote can be made, are in step.
    """
    lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
    for module in ("products", "customers"):
        assert lab.run(module).state == "success"
    settle(lab, "estimates")
    days = Days(lab, **limits)
    accounts = [{"Account_Name": f"Seller {number}", "Phone": f"1{number}"} for number in range(CUSTOMERS)]
    contacts = [
        {"Last_Name": f"Ann {number}", "Account_Name": {"id": made.id}}
        for number, made in enumerate(lab.crm.insert("Accounts", accounts))
    ]
    lab.crm.insert("Contacts", contacts)
    for number in range(CUSTOMERS // 3, CUSTOMERS):
        name = f"Buyer {number}" if number % 2 else f"Seller {number}"
        person = {"first_name": "Bob", "last_name": f"Ray {number}"}
        facts = {"customer_sub_type": "business", "notes": f"n{number}", "contact_persons": [person]}
        lab.books.create_contact({"contact_name": name, **facts})
    days.limit()
    return days


def held(days: Days) -> dict[str, Any]:
    """What both sides hold and which records are linked, by name: equal for equal ends."""
    lab = days.lab
    days.unlimit()
    accounts, customers = lab.accounts(), lab.customers()
    names = {one["id"]: one["Account_Name"] for one in accounts}
    numbers = {len(lab.sandbox.dump()["books"]["contacts"]), len(customers), len(accounts)}
    assert numbers == {len(names)}, "both sides hold each customer once"
    return {
        "accounts": sorted((one["Account_Name"], one["Phone"], one["Description"]) for one in accounts),
        "contacts": sorted(
            (str(one["First_Name"]), one["Last_Name"], one["Account_Name"]["name"]) for one in lab.contacts()
        ),
        "customers": sorted(
            (
                name,
                *(one[key] for key in ("company_name", "notes", "phone", "status")),
                sorted((person["first_name"], person["last_name"]) for person in one["contact_persons"]),
            )
            for name, one in customers.items()
        ),
        "linked": sorted(names[sales_id] for sales_id, _ in pairs(lab) if sales_id in names),
    }


def test_many_days_come_to_the_same_end(empty_lab: Lab) -> None:
    """BEY-8: the same as without a limit, nothing doubled and nothing lost, in one run that says when it goes on."""
    with_transactions(empty_lab)
    days = seeded(empty_lab)
    assert days.run().state == "success"
    assert days.waits == []
    whole = held(days)

    for limits in DAYS:
        days.start_over()
        days = seeded(empty_lab, **limits)
        report = days.run()
        assert (report.state, list(report.failures)) == ("success", [])
        assert {wait.product for wait in days.waits} == set(limits)
        foretold = days.waits[-1].done_by
        assert foretold is not None
        assert abs(days.now - foretold) < timedelta(hours=1)
        assert list_runs(empty_lab.store).items[0].wait is None
        assert held(days) == whole


def test_a_transaction_is_done_the_same_day(empty_lab: Lab) -> None:
    """BEY-8, TXN-5: while customers wait for the next day, a quote is made in Books from the reserve, at once."""
    with_transactions(empty_lab)
    set_reserve(empty_lab, 50)
    days = seeded(empty_lab, books=20)
    done: list[tuple[str, int, timedelta]] = []

    def meanwhile() -> None:
        began = days.now
        report = run_only(empty_lab, {QUOTES: frozenset({made_in_crm(empty_lab, "Quotes")})}, "estimates")
        made = empty_lab.sandbox.dump()["books"]["estimates"]
        done.append((report.state, len(made), days.now - began))

    days.meanwhile = meanwhile
    assert days.run().state == "success"
    ((state, made, took),) = done
    assert (state, made) == ("success", 1)
    assert took < timedelta(minutes=2)
    assert len(days.waits) >= 2
    held(days)
