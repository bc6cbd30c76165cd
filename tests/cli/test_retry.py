"""``zoho-sync failures --retry``: just the records that failed, and nothing else (OPS-4)."""

from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.support.lab import Lab
from zoho.transport import json

REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}
INVALID = {**REFUSED, "body": {"code": 4, "message": "Invalid value"}}


@pytest.fixture
def refused(demo: Lab) -> Lab:
    """A customer in step that was edited since, two that Books has refused, a vendor that it has refused, and a
    customer that no run has seen.
    """
    demo.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    demo.run()
    demo.crm.insert("Accounts", [{"Account_Name": name} for name in ("Cedar", "Dogwood")])
    demo.crm.insert("Vendors", [{"Vendor_Name": "Paper Mill"}])
    demo.sandbox.faults([INVALID])
    assert (demo.run().state, demo.run("vendors").state) == ("partial", "partial")
    demo.sandbox.clear_faults()
    demo.crm.insert("Accounts", [{"Account_Name": "Birch"}])
    (acme,) = [one for one in demo.accounts() if one["Account_Name"] == "Acme"]
    demo.crm.update("Accounts", [{"id": acme["id"], "Phone": "555"}])
    demo.sandbox.clear_calls()
    return demo


def writes(lab: Lab) -> int:
    """How many times something was sent to Books."""
    return len([call for call in lab.sandbox.calls() if call["product"] == "books" and call["method"] != "GET"])


def test_just_those_that_failed(refused: Lab, command: Command) -> None:
    """OPS-4: of one module, of all; what is new or was edited meanwhile waits for its run."""
    lab = refused
    asked = command("failures", "--retry", "--json")
    assert (asked.exit_code, "Try 3 records again?" in asked.stderr, writes(lab)) == (1, True, 0)

    lab.sandbox.faults([{**INVALID, "times": 1}])
    done = command("failures", "--module", "customers", "--retry", "--yes", "--json")
    assert (done.exit_code, writes(lab)) == (1, 2), done.output
    assert len({"Cedar", "Dogwood"} & {*lab.customers()}) == 1
    still: Any = json.loads(command("failures", "--json").stdout)
    assert {one["module"] for one in still["failures"]} == {"customers", "vendors"}

    lab.sandbox.clear_faults()
    lab.sandbox.clear_calls()
    done = command("failures", "--retry", "--yes", "--json")
    assert (done.exit_code, writes(lab)) == (0, 2), done.output
    customers = lab.customers()
    assert set(customers) == {"Acme", "Cedar", "Dogwood", "Paper Mill"}
    assert customers["Acme"]["billing_address"]["phone"] == ""
    assert command("failures").exit_code == 0

    lab.sandbox.clear_calls()
    assert (command("failures", "--retry", "--yes").exit_code, lab.sandbox.calls()) == (0, [])
