"""``zoho-sync deals``, as a person calls it (DEAL-1, DEAL-2)."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stack import airflow as stack_airflow
from stack.places import CHECKOUT
from stack.postgres import Postgres
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store
from zoho.store.migrate import upgrade

Call = Callable[..., tuple[int, str]]


@pytest.fixture
def store_name(postgres: Postgres, tmp_path: Path) -> str:
    """A store of its own."""
    name = f"store_of_{tmp_path.name}".replace("-", "_").lower()
    postgres.create_database(name)
    upgrade(postgres.url(name))
    return name


@pytest.fixture
def lab(sandbox: Sandbox, postgres: Postgres, store_name: str, tmp_path: Path) -> Iterator[Lab]:
    """The demo integration on two empty organizations."""
    sandbox.reset("empty")
    store = open_store(postgres.url(store_name))
    yield Lab(sandbox, store, tmp_path)
    store.dispose()


@pytest.fixture
def call(lab: Lab, postgres: Postgres, store_name: str, tmp_path: Path) -> Call:
    """Calls the command in a process of its own, with the demo's connections."""
    env = {**os.environ, **stack_airflow.connections(postgres, lab.sandbox.url, store_name, tmp_path / "staging")}
    env["PYTHONPATH"] = str(CHECKOUT / "plugins")

    def call(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "zoho.cli", "deals", *arguments, "--include", str(lab.include)]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, (done.stdout + done.stderr).strip()

    return call


def test_list_associate_dissociate(lab: Lab, call: Call):
    """DEAL-1, DEAL-2: without any settings for deals; what cannot be done is told in a sentence."""
    (account,) = lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.run()
    values = {"Deal_Name": "Big deal", "Amount": 1200, "Stage": "Qualification", "Account_Name": account.id}
    (deal,) = lab.crm.insert("Deals", [values])
    body = {
        "customer_id": lab.customers()["Acme"]["contact_id"],
        "line_items": [{"name": "Tea", "rate": 3, "quantity": 1}],
    }
    number = lab.books.sales_orders.create(body)["salesorder_number"]

    assert call("list", "demo", "acme") == (0, f'{deal.id}, "Big deal", Qualification, 1200')
    code, told = call("associate", "demo", "sales_orders", number, str(deal.id))
    assert (code, told.splitlines()[-1]) == (0, "Associated.")
    assert call("list", "demo", "Acme") == (0, f'{deal.id}, "Big deal", Qualification, 1200, sales order {number}')
    assert call("dissociate", "demo", "sales_orders", number) == (0, "Dissociated.")
    assert call("dissociate", "demo", "sales_orders", number) == (1, f"The sales order {number} belongs to no deal.")
    code, told = call("list", "nowhere", "Acme")
    assert (code, "no file defines the integration 'nowhere'" in told) == (1, True)
