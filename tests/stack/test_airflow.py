"""Airflow is set up for loopback only, with secrets that stay."""

import json
import stat
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from stack.airflow import Secrets, connections, environment
from stack.places import Places
from stack.postgres import Postgres


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    """CON-1."""
    file = tmp_path / "demo" / "secrets.json"

    made = Secrets.load_or_make(file)

    assert Secrets.load_or_make(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Secrets.load_or_make(tmp_path / "other.json") != made


def test_a_secret_that_came_later_is_added(tmp_path: Path) -> None:
    """TXN-5: a demo of the time before goes on with the secrets that it has."""
    made = Secrets.load_or_make(tmp_path / "s")
    old = {name: value for name, value in asdict(made).items() if name != "webhook_secret"}
    (tmp_path / "s").write_text(json.dumps(old))

    added = Secrets.load_or_make(tmp_path / "s")

    assert added == replace(made, webhook_secret=added.webhook_secret)
    assert len(added.webhook_secret) > 30
    assert Secrets.load_or_make(tmp_path / "s") == added


def test_the_settings_of_another_airflow_do_not_leak_in(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_ELSEWHERE", "http://example.com")

    env = environment(Places(tmp_path), postgres, Secrets.load_or_make(tmp_path / "s"), 8080)

    assert env["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW_CONN_ELSEWHERE" not in env
    assert env["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_connections_name_the_sandbox_and_the_store(postgres: Postgres, tmp_path: Path) -> None:
    """CON-1."""
    variables = connections(postgres, "http://127.0.0.1:8085", "zoho_sync", tmp_path)

    books = json.loads(variables["AIRFLOW_CONN_ZOHO_BOOKS_DEMO"])
    assert books["conn_type"] == "zoho_books"
    assert books["extra"]["refresh_token"] == "1000.sandbox.books-refresh-token"
    bigin = json.loads(variables["AIRFLOW_CONN_ZOHO_BIGIN_DEMO"])
    assert (bigin["conn_type"], bigin["login"]) == ("zoho_bigin", "1000.SANDBOXBIGIN")
    store = json.loads(variables["AIRFLOW_CONN_ZOHO_SYNC_STORE"])
    assert (store["schema"], store["extra"]["host"]) == ("zoho_sync", str(postgres.socket_folder))
    assert variables["ZOHO_SYNC_STAGING"].startswith("file:///")


def test_only_books_signs_its_messages(postgres: Postgres, tmp_path: Path) -> None:
    """TXN-5: the CRM's channels have tokens of their own."""
    url = "http://127.0.0.1:8085"
    variables = connections(postgres, url, "zoho_sync", tmp_path, webhook_secret="signs")

    extras = {name: json.loads(variables[f"AIRFLOW_CONN_ZOHO_{name}_DEMO"])["extra"] for name in ("BOOKS", "CRM")}
    assert (extras["BOOKS"]["webhook_secret"], "webhook_secret" in extras["CRM"]) == ("signs", False)
