"""A real Airflow with the sandbox behind it, for a browser to visit."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from stack import airflow, sandbox
from stack.airflow_api import ACTIVE_STATES, AirflowApi
from stack.places import Places
from stack.ports import LOOPBACK, choose
from stack.postgres import Postgres
from stack.processes import Processes
from tests.support.lab import CLIENTS
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.api.bigin import BiginClient
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.store.database import open_store
from zoho.store.migrate import upgrade
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

STORE = "zoho_sync_browser"
ORGANIZATION = "60001234567"
BIGIN_ORGANIZATION = "60007654321"
"""The Books organization of ``demo_bigin``."""
BY_HAND = ("zoho_demo_sync_all", "zoho_demo_refresh")
PARTIES = ("zoho_demo_products", "zoho_demo_customers", "zoho_demo_bigin_customers")
TRANSACTIONS = ("zoho_demo_transactions",)
DAGS = (*BY_HAND, *PARTIES, *TRANSACTIONS)
MODULES = """\
  estimates: {}
  deals:
    shown_in: {books: cf_deal, sales: Books_Documents}
"""
PATIENCE_SECONDS = 240.0


class Stage:
    """A running Airflow, both systems behind it, and the store.

    Attributes:
        url: of Airflow.
        include: the settings that it reads, which may be changed.
        store: the sync state database.
        password: of the user ``admin``.
        crm, books: the two organizations of the integration ``demo``.
        bigin, bigins_books: those of ``demo_bigin``.
    """

    def __init__(self, parts: Processes, postgres: Postgres, places: Places) -> None:
        postgres.create_database(STORE)
        upgrade(make_url(postgres.url(STORE)))
        self.store: Engine = open_store(postgres.url(STORE))
        self.sandbox = Sandbox(sandbox.start(parts, 0, data=None))
        self.include = self._settings(places.folder / "include")
        keys = airflow.Secrets.load_or_make(places.secrets)
        port = choose(0)
        self.url, self.password = f"http://{LOOPBACK}:{port}", keys.password
        env = airflow.environment(places, postgres, keys, port)
        env |= airflow.connections(
            postgres, self.sandbox.url, STORE, places.staging, webhook_secret=secrets.token_hex(20)
        )
        env["ZOHO_SYNC_INCLUDE"] = str(self.include)
        places.logs.mkdir(parents=True, exist_ok=True)
        airflow.migrate(places, postgres, env)
        self._parts, started = parts, datetime.now(UTC)
        airflow.start(parts, places, keys, env)
        self.api = AirflowApi(self.url, airflow.USER, keys.password)
        self.crm, self.bigin = CrmClient(self._transport("crm")), BiginClient(self._transport("bigin"))
        self.books, self.bigins_books = (
            BooksClient(self._transport("books"), one) for one in (ORGANIZATION, BIGIN_ORGANIZATION)
        )
        self._seed()
        self.until(self._answers, "Airflow's API answers")
        for dag in DAGS:
            self.until(lambda dag=dag: self.api.parsed_since(dag, started), f"the DAG {dag} is there")
        for dag in BY_HAND:
            self.api.unpause(dag)
        for dags in (PARTIES, TRANSACTIONS):  # the latter refer to what the former bring
            self._switch_on(dags)

    def _switch_on(self, dags: Sequence[str]) -> None:
        """Switch on what has a schedule, which Airflow runs once when it is switched on first."""
        for dag in dags:
            self.api.unpause(dag)
        for dag in dags:
            self.until(lambda dag=dag: bool(self.api.recent_runs(dag)), f"the first run of {dag} begins")
        self.until_quiet()

    def _answers(self) -> bool:
        """Log in and warm up; on a busy machine the first answers take long."""
        try:
            if not self.api.answers():
                return False
            self.api.log_in()
            self.api.warm_up()
        except requests.Timeout:
            return False
        return True

    def _settings(self, folder: Path) -> Path:
        """Estimates and deals are on. The schedule is a weekly one, four days ago and in three days.

        So nothing runs by it while the tests go on, except once when Airflow sees a DAG first.
        """
        weekday = (datetime.now(UTC).isoweekday() + 3) % 7
        for path in (shipped(folder) / "integrations").glob("*.yaml"):
            before, after = path.read_text().split('"0 */2 * * *"  ')
            path.write_text(f'{before}"0 0 * * {weekday}"{after}')
        demo = folder / "integrations" / "demo.yaml"
        head, rest = demo.read_text().split("  vendors:\n", 1)
        demo.write_text(head + rest[rest.index("  products:\n") :] + MODULES)
        return folder

    def _seed(self) -> None:
        """What the first runs find: a customer with a deal, a product, and fields that show associations."""
        self.sandbox.reset("empty")
        field = {"field_label": "Books_Documents", "data_type": "text", "length": 200}
        self.crm.create_fields("Deals", [field])
        self.sandbox.custom_field(
            product="books", module="estimate", label="Deal", api_name="cf_deal", data_type="string"
        )
        account = self.account("Viewed Ltd", Website="https://old.example", Phone="1")
        self.deal("Views", account)
        self.crm.insert("Contacts", [{"Last_Name": "Watson", "Account_Name": {"id": account}}])
        self.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
        self.bigin.insert("Accounts", [{"Account_Name": "Small Ltd"}])

    def _transport(self, product: str) -> Transport:
        ids = CLIENTS[product]
        address = self.sandbox.url
        credentials = Credentials(ids.client_id, ids.client_secret, ids.refresh_token, address, address)
        return Transport(product, credentials, MemoryTokenStore())

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Waits for something that happens by itself."""
        self._parts.wait_until(true, what, seconds=PATIENCE_SECONDS)

    def login(self) -> str:
        """Returns what the browser of the user ``admin`` keeps in Airflow's cookie."""
        known = {"username": airflow.USER, "password": self.password}
        answer = requests.post(f"{self.url}/auth/token", json=known, timeout=PATIENCE_SECONDS)
        return str(answer.json()["access_token"])

    def until_quiet(self) -> None:
        """Waits until no run goes on."""
        for dag in DAGS:
            self.until(lambda dag=dag: not any(run.active for run in self.api.recent_runs(dag)), f"{dag} is quiet")

    def run(self, dag: str) -> str:
        """Runs a DAG to its end, as Airflow's own button does; returns how it ended."""
        run = self.api.trigger(dag)
        self.until(lambda: self.api.run_state(dag, run.id) not in ACTIVE_STATES, f"the run of {dag} ends")
        return self.api.run_state(dag, run.id)

    def refuse_customers(self) -> None:
        """Has Books refuse every new customer, until the faults are cleared."""
        match = {"method": "POST", "path": "/books/v3/contacts"}
        body = {"code": 1001, "message": "Invalid value passed for website"}
        self.sandbox.faults([{"match": match, "kind": "status", "status": 400, "body": body}])

    def account(self, name: str, **values: Any) -> str:
        """Makes an account in the CRM; returns its id."""
        (made,) = self.crm.insert("Accounts", [{"Account_Name": name, **values}])
        return str(made.id)

    def deal(self, name: str, account: str) -> str:
        """Makes a deal of an account; returns its id."""
        values = {"Account_Name": {"id": account}, "Stage": "Qualification", "Amount": 100}
        (made,) = self.crm.insert("Deals", [{"Deal_Name": name, **values}])
        return str(made.id)

    def accounts(self) -> list[str]:
        """The names of all accounts in the CRM."""
        return [str(row["Account_Name"]) for row in self.all_of("Accounts", "Account_Name")]

    def all_of(self, entity: str, *fields: str) -> list[dict[str, Any]]:
        """All records of a module of the CRM."""
        return [row for page in self.crm.records(entity, fields=fields, purpose="test") for row in page.records]

    def customers(self) -> dict[str, str]:
        """Books customers: name → id."""
        rows = [row for page in self.books.contacts(purpose="test") for row in page.records]
        assert len(rows) == len({row["contact_name"] for row in rows}), "a customer was made twice"
        return {str(row["contact_name"]): str(row["contact_id"]) for row in rows}

    def customer(self, name: str) -> dict[str, Any]:
        """A Books customer with all its fields."""
        found: dict[str, Any] | None = self.books.contact(self.customers()[name])
        assert found
        return found

    def item_id(self, name: str) -> str:
        """The id of a Books item."""
        (found,) = [row for page in self.books.items(purpose="test") for row in page.records if row["name"] == name]
        return str(found["item_id"])


@contextmanager
def staged(postgres: Postgres, folder: Path) -> Iterator[Stage]:
    """Gives a running stage, and stops its Airflow and its sandbox in the end."""
    places = Places(folder)
    with Processes(places.logs) as parts:
        stage = Stage(parts, postgres, places)
        yield stage
        stage.store.dispose()
