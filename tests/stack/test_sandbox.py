"""What the demo sets up in the sandbox, as a person would in Zoho."""

import pytest
import requests

from stack import sandbox as stack_sandbox
from stack.errors import StackError
from tests.support.sandbox import Sandbox

ADDRESS = "http://127.0.0.1:8080/zoho/hooks/demo/books"


def test_books_tells_of_every_kind_of_transaction(sandbox: Sandbox) -> None:
    """TXN-5: one signed webhook each, however often it is set up."""
    for _ in range(2):
        stack_sandbox.tell_at_once(sandbox.url, ADDRESS, "secret")

    with requests.Session() as session:
        session.trust_env = False
        webhooks = session.get(f"{sandbox.url}/_sandbox/books_webhooks", timeout=10).json()["webhooks"]
    assert {row["module"] for row in webhooks} == {"estimate", "salesorder", "invoice", "purchaseorder"}
    assert {(row["url"], row["signed"]) for row in webhooks} == {(ADDRESS, True)}


def test_an_accepted_estimate_becomes_an_invoice(sandbox: Sandbox) -> None:
    """TRG-2: by the preference of Books that the demo turns on."""
    stack_sandbox.accept_into_invoices(sandbox.url)
    before = sandbox.dump()["books"]
    sent = next(row["estimate_id"] for row in before["estimates"] if row["status"] == "sent")

    with requests.Session() as session:
        session.trust_env = False
        session.post(f"{sandbox.url}/page/edit/estimates/{sent}/act/accepted", timeout=10)

    after = sandbox.dump()["books"]
    assert next(row["status"] for row in after["estimates"] if row["estimate_id"] == sent) == "invoiced"
    assert len(after["invoices"]) == len(before["invoices"]) + 1


def test_a_refusal_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(StackError, match="The sandbox refused books_webhooks: 422"):
        stack_sandbox.tell_at_once(sandbox.url, "nowhere", "secret")


def test_it_can_be_watched_and_slowed_down(sandbox: Sandbox) -> None:
    """So that something can be killed in the middle of a sync."""
    assert stack_sandbox.writes(sandbox.url) == 0
    contacts = {f"books {row['contact_id']}" for row in sandbox.dump()["books"]["contacts"]}
    assert contacts < stack_sandbox.record_ids(sandbox.url)

    stack_sandbox.slow_down(sandbox.url, 0.2)
    with requests.Session() as session:
        session.trust_env = False
        answer = session.put(f"{sandbox.url}/crm/v8/Accounts", timeout=10)
    assert answer.elapsed.total_seconds() > 0.2
    assert stack_sandbox.writes(sandbox.url) == 1

    stack_sandbox.slow_down(sandbox.url, 0)
    assert sandbox.hits() == 0
