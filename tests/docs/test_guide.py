"""README.md takes a newcomer to their own Zoho: whatever it says to type is typed here, in that order."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from sandbox.defaults import BOOKS_ORGANIZATION_ID, SELF_CLIENT
from stack import airflow
from stack.airflow_api import AirflowApi
from stack.places import CHECKOUT, Places
from stack.ports import LOOPBACK, choose
from stack.postgres import SUPERUSER, Postgres
from stack.processes import Processes
from tests.docs.guide import Block, commands, steps
from tests.docs.reader import NOT_TYPED, Reader, environment
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store
from zoho.store.tables import events

METADATA, STORE = "airflow_of_guide", "zoho_sync"
SECRET = "of 40 letters and digits"
CONNECTIONS = ("zoho_sync_store", "zoho_crm_acme", "zoho_books_acme")
PATIENCE_SECONDS = 240.0
CHECKED_OUT = ("dags", "plugins", "include", "pyproject.toml", "README.md", "LICENSE")


class Newcomer(Reader):
    """A reader with an Airflow of their own, whose API server can be started.

    Attributes:
        url: Of the API server.
        processes: What is running.
    """

    def __init__(self, processes: Processes, postgres: Postgres, sandbox: Sandbox, folder: Path) -> None:
        places, port = Places(folder), choose(0)
        self.url, self.processes, self._postgres = f"http://{LOOPBACK}:{port}", processes, postgres
        keys = airflow.Secrets.load_or_make(places.secrets)
        env = airflow.environment(places, postgres, keys, port)
        env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = postgres.url(METADATA)
        env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
        own = {
            "https://accounts.zoho.com": sandbox.url,
            "https://airflow.example.com": self.url,
            "data_center: com": f"accounts_url: {sandbox.url}\n    api_url: {sandbox.url}",
            "YOUR_CLIENT_ID": SELF_CLIENT.client_id,
            "YOUR_CLIENT_SECRET": SELF_CLIENT.client_secret,
            "YOUR_DATABASE_HOST": str(postgres.socket_folder),
            "YOUR_DATABASE_USER": SUPERUSER,
            "YOUR_DATABASE_PASSWORD": "trusted",
            "YOUR_ORGANIZATION_ID": BOOKS_ORGANIZATION_ID,
            "YOUR_WEBHOOK_SECRET": SECRET,
        }
        checkout = _checked_out(folder / "zoho-sync")
        super().__init__(folder, checkout, environment(folder, checkout, env), sandbox, own)
        postgres.create_database(METADATA)
        migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
        subprocess.run(migrate, env=self.env, capture_output=True, check=True)

    @contextmanager
    def api_server(self) -> Iterator[None]:
        """Runs the part of Airflow that webhooks come to."""
        command = [sys.executable, "-m", "airflow", "api-server"]
        server = self.processes.start("airflow api-server", command, env=self.env, cwd=self.home)
        api = AirflowApi(self.url, airflow.USER, "")
        try:
            self.processes.wait_until(api.answers, "Airflow's API answers", PATIENCE_SECONDS)
            yield
        finally:
            self.processes.stop(server)

    def dags(self, *, paused: bool) -> set[str]:
        """Returns the DAGs that Airflow knows."""
        with closing(self._postgres.connect(METADATA)) as connection:
            return {row[0] for row in connection.execute("SELECT dag_id FROM dag WHERE is_paused = %s", [paused])}


def _checked_out(folder: Path) -> Path:
    folder.mkdir()
    for name in CHECKED_OUT:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(CHECKOUT / name, folder)
    return folder


@pytest.fixture
def newcomer(processes: Processes, postgres: Postgres, sandbox: Sandbox) -> Iterator[Newcomer]:
    """Somebody with an Airflow, an empty database, and two organizations of Zoho."""
    folder = Path(tempfile.mkdtemp(prefix="zoho-sync-guide-"))
    sandbox.reset("empty")
    postgres.create_database(STORE)
    yield Newcomer(processes, postgres, sandbox, folder)
    for name in (STORE, METADATA):
        postgres.drop_database(name)
    shutil.rmtree(folder)


@pytest.fixture
def store(postgres: Postgres, newcomer: Newcomer) -> Iterator[Engine]:
    """The newcomer's store, for a look at it."""
    engine = open_store(postgres.url(STORE))
    yield engine
    engine.dispose()


@pytest.fixture
def zoho(sandbox: Sandbox, store: Engine, tmp_path: Path) -> Lab:
    """Both organizations, as their people use them."""
    lab = Lab(sandbox, store, tmp_path)
    lab.crm.insert("Accounts", [{"Account_Name": "Acme", "Phone": "030 1"}])
    lab.crm.insert("Vendors", [{"Vendor_Name": "Mill"}])
    lab.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
    return lab


def test_the_guide(newcomer: Newcomer, zoho: Lab, store: Engine, sandbox: Sandbox) -> None:
    """AIR-1, AIR-3, CON-1, CON-4, BEY-4, TXN-5: every command works, and what the guide says of it is so."""
    guide = steps()

    def follow(step: str) -> str:
        return newcomer.follow(*guide.pop(step))

    follow("Try it")

    follow("1. Install")
    assert (newcomer.home / "installed" / "bin" / "zoho-sync").exists()
    assert (newcomer.home / "airflow" / "dags" / "zoho" / "customers.py").exists()
    assert not list((newcomer.settings / "integrations").glob("*.yaml"))

    follow("2. Register a client at Zoho")
    follow("3. Get the refresh tokens")
    imported = follow("4. Make three connections")
    assert all(f"Imported connection {name}\n" in imported for name in CONNECTIONS)
    assert not (newcomer.checkout / "connections.yaml").exists()

    follow("5. Say what is to be synchronized")
    sandbox.custom_field(product="books", label="CRM ID", api_name="cf_crm_id", unique=True)
    follow("6. Unique ids, if you like")
    assert "no errors" in follow("7. Check it")

    plan = follow("8. Look at the plan")
    assert "create into Books, planned: business Acme" in plan
    assert 'contact_name: blank → "Acme"' in plan
    assert zoho.customers() == {}
    switched_off = newcomer.dags(paused=True)
    assert {f"zoho_acme_{module}" for module in ("customers", "vendors", "products")} <= switched_off

    status = follow("9. First sync")
    assert "success" in status
    (account,) = zoho.accounts()
    assert {field["value"] for field in zoho.customers()["Acme"]["custom_fields"]} == {account["id"]}
    assert newcomer.dags(paused=False) == switched_off

    settings, question = guide.pop("10. At once")
    newcomer.follow(settings)
    with newcomer.api_server():
        assert newcomer.follow(question) == "403\n"
        sandbox.books_webhook("estimate", f"{newcomer.url}/zoho/hooks/acme/books", SECRET)
        made = in_books(zoho, "Acme")
        newcomer.processes.wait_until(lambda: told(store) == {made}, "the webhook is journalled", PATIENCE_SECONDS)

    assert guide == {}, "a step that nobody has followed"


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("bash", "rm nothing\n", "ends with 1"),
        ("bash", "git status\n", "nobody knows how to run that"),
        ("bash", "python -c YOUR_PROGRAM\n", "nobody knows what to put for YOUR_PROGRAM"),
        ("bash", "curl https://www.zoho.com\n", "nobody knows what to put for zoho.com"),
        ("yaml", "name: acme\n", "does not name a file"),
        ("console", "$ true\n", "nobody knows how to follow a block of 'console'"),
    ],
)
def test_what_is_not_known_fails(tmp_path: Path, sandbox: Sandbox, kind: str, text: str, why: str) -> None:
    """Nothing can be put into the guide that is not followed, or that does not work."""
    reader = Reader(tmp_path, tmp_path, dict(os.environ), sandbox, {})
    with pytest.raises(AssertionError, match=re.escape(why)):
        reader.follow(Block("README.md:1", kind, text))


def test_what_is_not_typed_is_in_the_guide() -> None:
    """The list of exceptions holds nothing else."""
    typed = {command for blocks in steps().values() for block in blocks for command in commands(block.text)}
    assert NOT_TYPED.keys() <= typed


def in_books(zoho: Lab, customer: str) -> tuple[str, str]:
    """Makes an estimate, as a person does; returns list and id."""
    lines = [{"name": "Tea", "rate": 10, "quantity": 1}]
    made = zoho.books.estimates.create({"customer_id": zoho.customers()[customer]["contact_id"], "line_items": lines})
    return "estimates", str(made["estimate_id"])


def told(store: Engine) -> set[tuple[str, str]]:
    """What the journal holds."""
    with store.connect() as connection:
        return {(row.entity, row.remote_id) for row in connection.execute(select(events))}
