"""``zoho-sync reconcile``, as a person and as a program call it (TXN-6)."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import defaults
from stack import airflow as stack_airflow
from stack.places import CHECKOUT
from stack.postgres import Postgres
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.api.books import BooksClient
from zoho.transport import json
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def call(sandbox: Sandbox, postgres: Postgres, tmp_path: Path) -> Call:
    """Calls the command in a process of its own, with the demo's connections, its invoices on and an empty store."""
    sandbox.reset("empty")
    include = shipped(tmp_path / "include")
    demo = include / "integrations" / "demo.yaml"
    demo.write_text(demo.read_text() + "  invoices: {}\n")
    name = f"store_of_{tmp_path.name}".replace("-", "_").lower()
    postgres.create_database(name)
    env = {**os.environ, **stack_airflow.connections(postgres, sandbox.url, name, tmp_path / "staging")}
    env["PYTHONPATH"] = str(CHECKOUT / "plugins")

    def called(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "zoho.cli", "reconcile", "--include", str(include), *arguments]
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

    return called


def test_codes_and_output(call: Call, sandbox: Sandbox):
    """TXN-6: 0 without a difference, 1 with one, 2 when nothing could be compared."""
    done = call("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ no difference in 0 transactions" in done.stdout
    ids = defaults.BOOKS_CLIENT
    given = Credentials(ids.client_id, ids.client_secret, ids.refresh_token, sandbox.url, sandbox.url)
    books = BooksClient(Transport("books", given, MemoryTokenStore()), defaults.BOOKS_ORGANIZATION_ID)
    customer = books.create_contact({"contact_name": "Acme"})["contact_id"]
    lines = [{"name": "Tea", "rate": 10}]
    invoice = books.invoices.create({"customer_id": customer, "line_items": lines, "date": "2026-02-03"})
    done = call("demo")
    assert done.returncode == 1
    assert f"✗ invoices {invoice['invoice_number']} (Acme, 2026-02): only in Books" in done.stdout
    done = call("demo", "--json")
    assert (done.returncode, json.loads(done.stdout)["differences"]) == (1, 1)
    done = call("nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: there is no integration 'nowhere'; there are: ")
