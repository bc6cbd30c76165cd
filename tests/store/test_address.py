"""The way to the store is read from the environment just as Airflow reads it there, or not at all (BEY-1)."""

from pathlib import Path

import pytest

from zoho.store.address import from_environment

NAME = "AIRFLOW_CONN_ZOHO_SYNC_STORE"
TOLD = '{"conn_type": "postgres", "login": "me", "password": "p@ss", "host": "db", "port": 5433, "schema": "sync"}'


def environment(folder: Path, told: str = TOLD, **more: str) -> dict[str, str]:
    """An environment with the connection, and an Airflow without settings of its own."""
    return {NAME: told, "AIRFLOW_HOME": str(folder), **more}


@pytest.mark.parametrize(
    "told",
    [
        TOLD,
        '{"conn_type": "postgres", "schema": "sync", "extra": {"host": "/run/pg"}}',
        '{"conn_type": "postgres", "port": "5433", "extra": "{\\"sslmode\\": \\"require\\"}"}',
    ],
)
def test_it_is_what_airflow_makes_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """BEY-1: the same address, with the socket's folder in the extra, as a mapping or as text."""
    from zoho.hooks.store import store_url

    monkeypatch.setenv(NAME, told)
    assert from_environment(environment(tmp_path, told)) == store_url()


@pytest.mark.parametrize(
    "told", ["", "postgres://me@db/sync", "{", "[]", '{"port": "x"}', '{"extra": "{"}', '{"extra": [1]}']
)
def test_what_is_not_plain_is_left_to_airflow(tmp_path: Path, told: str) -> None:
    """BEY-1: an address in another form, or a broken one, which Airflow tells better."""
    assert from_environment(environment(tmp_path, told)) is None


def test_a_secrets_backend_goes_before_the_environment(tmp_path: Path) -> None:
    """BEY-1: as in Airflow, whether a variable or its file names the backend."""
    assert from_environment(environment(tmp_path)) is not None
    assert from_environment(environment(tmp_path, AIRFLOW__SECRETS__BACKEND="vault.Backend")) is None
    (tmp_path / "airflow.cfg").write_text("[secrets]\nbackend =\n")
    assert from_environment(environment(tmp_path)) is not None
    (tmp_path / "airflow.cfg").write_text("[core]\nx = %(y)s\n[secrets]\nbackend = vault.Backend\n")
    assert from_environment(environment(tmp_path)) is None
