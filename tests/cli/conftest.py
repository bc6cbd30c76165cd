"""The command line inside the test process, with the demo's connections to a fresh sandbox and a fresh store."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from stack import airflow as stack_airflow
from stack.postgres import Postgres
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store
from zoho.store.migrate import upgrade

Command = Callable[..., Result]


@pytest.fixture
def demo(sandbox: Sandbox, postgres: Postgres, tmp_path: Path) -> Iterator[Lab]:
    """The demo integration on two empty organizations."""
    sandbox.reset("empty")
    name = f"store_of_{tmp_path.name}".replace("-", "_").lower()
    postgres.create_database(name)
    upgrade(postgres.url(name))
    store = open_store(postgres.url(name))
    yield Lab(sandbox, store, tmp_path)
    store.dispose()


@pytest.fixture
def command_env(demo: Lab, postgres: Postgres, tmp_path: Path) -> dict[str, str]:
    """What the command finds in its environment: connections, and the lab's settings."""
    database = str(demo.store.url.database)
    connections = stack_airflow.connections(postgres, demo.sandbox.url, database, tmp_path / "staging")
    return {**connections, "ZOHO_SYNC_INCLUDE": str(demo.include)}


@pytest.fixture
def command(command_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Calls ``zoho-sync``: a process of its own would spend most of its time on importing Airflow."""
    from zoho.cli import app

    for name in [name for name in os.environ if name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR")]:
        monkeypatch.delenv(name)

    def call(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(app, arguments, env=command_env | more)

    yield call
    logging.disable(logging.NOTSET)  # the command silences Airflow
