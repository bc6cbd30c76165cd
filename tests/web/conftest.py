"""The way in for webhooks as Airflow serves it, and what Zoho posts there."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pendulum
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, select

from tests.support.settings import shipped
from tests.support.visitor import Visitor
from zoho.core.proof import channel_id, channel_token
from zoho.store.database import open_store
from zoho.store.tables import events

NOTIFY_URL = "https://airflow.example.com"
CLIENT_SECRET, WEBHOOK_SECRET = b"crm-client-secret", b"books-webhook-secret"
CHANNEL = channel_id("demo", NOTIFY_URL)
AT_ONCE = f"at_once:\n  notify_url: {NOTIFY_URL}\n"
SIGNATURE = "X-Zoho-Webhook-Signature"
WARMING = "zoho-webhooks"
"""Name of the thread in which the server makes ready for webhooks."""


@dataclass
class Door:
    """Posts to the endpoints as Zoho does.

    Attributes:
        client: of the API server.
        store: where the journal is.
    """

    client: TestClient
    store: Engine
    channel: str = CHANNEL

    @staticmethod
    def read_secrets() -> None:
        """What changed of connections counts now, not a minute later."""
        from zoho.web.gate import gates

        gates.cache_clear()

    def notification(self, *ids: str, module: str = "Deals", **changes: Any) -> dict[str, Any]:
        """A notification of the CRM (zoho-api 2.12)."""
        return {
            "server_time": int(pendulum.now("UTC").timestamp() * 1000),
            "query_params": {},
            "module": module,
            "resource_uri": f"https://www.zohoapis.com/crm/v2/{module}",
            "ids": list(ids),
            "affected_fields": [],
            "operation": "update",
            "channel_id": self.channel,
            "token": channel_token(CLIENT_SECRET, "demo", self.channel),
            **changes,
        }

    def sales(self, body: dict[str, Any] | bytes, integration: str = "demo") -> Response:
        """Posts a notification."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(f"/hooks/{integration}/sales", content=content)

    def books(
        self,
        body: dict[str, Any] | bytes,
        secret: bytes = WEBHOOK_SECRET,
        signature: str | bytes | None = None,
        integration: str = "demo",
        form: bool = False,
    ) -> Response:
        """Posts a workflow webhook of Books (zoho-api 3.11)."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if form:
            content = urlencode({"JSONString": content.decode()}).encode()
        signed = hmac.new(secret, content, hashlib.sha256).hexdigest() if signature is None else signature
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        headers = {SIGNATURE: signed, "Content-Type": kind}
        return self.client.post(f"/hooks/{integration}/books", content=content, headers=headers)

    def journal(self) -> list[tuple[str, str, str]]:
        """What there is to look at: side, list, id."""
        query = select(events.c.side, events.c.entity, events.c.remote_id).order_by(events.c.event_id)
        with self.store.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def journal_open(self) -> set[tuple[str, str]]:
        """What nobody is done with: list and id."""
        query = select(events.c.entity, events.c.remote_id).where(events.c.done_at.is_(None))
        with self.store.connect() as connection:
            return {(row.entity, row.remote_id) for row in connection.execute(query)}


@pytest.fixture
def include(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped settings; ``demo`` is told at once of deals, estimates and invoices."""
    folder = shipped(tmp_path / "include")
    demo = folder / "integrations" / "demo.yaml"
    modules = "  deals: {}\n  estimates: {}\n  invoices: {}\n"
    demo.write_text(AT_ONCE + demo.read_text() + modules)
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(folder))
    return folder


def connection(product: str, secret: bytes, **extra: str) -> str:
    """An Airflow connection as an environment variable holds it."""
    return json.dumps({"conn_type": f"zoho_{product}", "login": "id", "password": secret.decode(), "extra": extra})


@pytest.fixture
def connections(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connections of ``demo`` and of its store."""
    from sqlalchemy.engine import make_url

    url = make_url(store_url)
    store = {"conn_type": "postgres", "login": url.username, "schema": url.database, "extra": dict(url.query)}
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_SYNC_STORE", json.dumps(store))
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_CRM_DEMO", connection("crm", CLIENT_SECRET))
    books = connection("books", b"books-client-secret", webhook_secret=WEBHOOK_SECRET.decode())
    monkeypatch.setenv("AIRFLOW_CONN_ZOHO_BOOKS_DEMO", books)


@pytest.fixture
def door(include: Path, connections: None, store_url: str, airflow_database: None) -> Iterator[Door]:
    """The endpoints, with their own store."""
    from zoho.hooks.store import store_engine
    from zoho.web.app import app
    from zoho.web.bell import airflow_bell
    from zoho.web.gate import gates

    gates.cache_clear()
    store = open_store(store_url)
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until_ready()
        yield Door(client, store)
    airflow_bell(store_engine()).close()
    airflow_bell.cache_clear()
    gates.cache_clear()
    store_engine().dispose()
    store.dispose()


def wait_until_ready() -> None:
    """The server reads settings and secrets beside its start; what a test changes afterwards comes after that."""
    for thread in threading.enumerate():
        if thread.name == WARMING:
            thread.join()


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's metadata database, empty."""
    from airflow.utils import db

    db.initdb()


@pytest.fixture
def visitor(include: Path, connections: None, airflow_database: None) -> Iterator[Visitor]:
    """Somebody at the page who has not logged in yet."""
    from airflow.api_fastapi.app import init_auth_manager

    from zoho.hooks.store import store_engine
    from zoho.web.app import app
    from zoho.web.gate import gates

    init_auth_manager()
    gates.cache_clear()
    with TestClient(app) as client:
        yield Visitor(client)
    gates.cache_clear()
    store_engine().dispose()
