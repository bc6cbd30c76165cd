"""No secret is left anywhere by whole runs of the product, good ones and bad ones (CON-1)."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, select, text

from sandbox import defaults
from tests.airflow.conftest import airflow_database, demo_connections, run_dag
from tests.support.sandbox import Sandbox
from zoho.engine.staging import write_rows
from zoho.store.database import open_store
from zoho.store.tables import metadata, tokens
from zoho.transport import json

__all__ = ["airflow_database", "demo_connections", "run_dag"]


DAG = "zoho_demo_customers"

Places = dict[str, str]
"""What was found, by where."""


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """The store that the runs used."""
    engine = open_store(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Every logger of the process at its most talkative, that of HTTP connections too."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def access_tokens(store: Engine) -> set[str]:
    """The access tokens that the store holds, opened with Airflow's key."""
    from airflow.sdk.crypto import get_fernet

    with store.connect() as connection:
        sealed = connection.scalars(select(tokens.c.sealed)).all()
    return {json.loads(get_fernet().decrypt(bytes(seal)))["access_token"] for seal in sealed if seal}


def left_behind(sandbox: Sandbox, store: Engine, staging: Path, shown: str) -> Places:
    """Everything that is left of the runs: logs, XComs, staged files, the store, what was recorded of HTTP."""
    places = {"shown on the terminal": shown, "recorded HTTP calls": str(sandbox.calls())}
    for file in filter(Path.is_file, Path(os.environ["AIRFLOW_HOME"]).rglob("*")):
        places[f"Airflow's {file.name}"] = file.read_bytes().decode("latin-1")
    for file in staging.rglob("*.parquet"):
        staged = pq.read_table(file)
        places[f"staged {file.name}"] = f"{staged.schema.metadata} {staged.to_pylist()}"
    with store.connect() as connection:
        for table in metadata.tables:
            places[f"table {table}"] = str(connection.execute(text(f"SELECT row_to_json(t) FROM {table} t")).all())
    return places


def leaks(places: Places, secrets: set[str]) -> list[str]:
    """Where a secret stands in plain."""
    return [place for place, content in places.items() if any(secret in content for secret in secrets)]


def known_secrets() -> set[str]:
    """Client secrets and refresh tokens of the sandbox's connections."""
    return {
        secret
        for client in (defaults.CRM_CLIENT, defaults.BOOKS_CLIENT)
        for secret in (client.client_secret, client.refresh_token)
    }


def spoil(sandbox: Sandbox) -> None:
    """Tokens that die on the way, a record that is refused with the token in Zoho's words, and a dead server."""
    echo = {"code": 1001, "message": f"1000 refused {defaults.BOOKS_CLIENT.refresh_token}"}
    sandbox.faults(
        [
            {"kind": "expired_token", "match": {"product": "crm"}, "times": 1},
            {
                "kind": "status",
                "match": {"product": "books", "method": "POST"},
                "times": 2,
                "status": 400,
                "body": echo,
            },
            {"kind": "drop", "match": {"product": "books", "method": "POST"}, "skip": 5, "times": 9},
        ]
    )


def test_no_secret_is_left_behind(
    run_dag: Callable[..., Any],
    sandbox: Sandbox,
    store: Engine,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    everything_logged: pytest.LogCaptureFixture,
) -> None:
    """CON-1: after a run that goes wrong in every way, and one that goes well; and the search would find one."""
    spoil(sandbox)
    run_dag(DAG)
    secrets = known_secrets() | access_tokens(store)
    sandbox.clear_faults()
    run_dag(DAG)
    secrets |= access_tokens(store)
    shown = "".join([*capfd.readouterr(), everything_logged.text])

    places = left_behind(sandbox, store, tmp_path / "staging", shown)

    assert len(secrets) >= 6, "both products' tokens are searched for"
    assert {"staged plan.parquet", "table changes", "Airflow's airflow.db"} <= set(places)
    assert all(word in shown for word in ("POST /books/v3/contacts", "/oauth/v2/token", "1000 refused ***"))
    assert leaks(places, secrets) == []

    planted = sorted(access_tokens(store))[0]
    plant(planted, store, tmp_path / "staging")
    found = leaks(left_behind(sandbox, store, tmp_path / "staging", f"a log line with {planted}"), secrets)
    assert set(found) == {"shown on the terminal", "staged planted.parquet", "table facts", "Airflow's planted.log"}


def plant(secret: str, store: Engine, staging: Path) -> None:
    """Leaves a secret wherever one could be left."""
    import pyarrow as pa

    row = [{"id": "1", "raw": f"Authorization: Zoho-oauthtoken {secret}"}]
    write_rows(staging / "planted.parquet", pa.schema([("id", pa.string()), ("raw", pa.string())]), row, {})
    Path(os.environ["AIRFLOW_HOME"], "planted.log").write_text(f"refreshed to {secret}")
    with store.begin() as connection:
        fact = {"value": json.dumps({"token": secret}).decode()}
        connection.execute(
            text("INSERT INTO facts VALUES ('demo', 'planted', CAST(:value AS jsonb), clock_timestamp())"), fact
        )
