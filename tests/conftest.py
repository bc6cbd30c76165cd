"""What all tests share: one PostgreSQL and one sandbox per test process, a fresh store per test.

Every server is started through `stack.processes`, whose guard stops it even when the tests are killed.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.fernet import Fernet

from stack import postgres as postgres_server
from stack import sandbox as sandbox_server
from stack.places import CHECKOUT
from stack.postgres import Postgres
from stack.processes import Processes
from tests.support.groups import GroupScheduling
from tests.support.sandbox import Sandbox
from tests.support.skips import unexpected

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TEMPLATE = "store_template"
_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Gives an Airflow that a test imports a home of its own, before anything can import it."""
    home = Path(tempfile.mkdtemp(prefix="zoho-sync-airflow-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
        del os.environ[name]
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(CHECKOUT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
        # Enough for runs inside the test process, and made in less time than a database in PostgreSQL.
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI, fails a run that skipped what it should not have skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and (skips := unexpected(reporter)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("\nSkipped, but not allowed to be:\n" + "\n".join(skips), red=True)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Keeps tests together that share something dear to make."""
    return GroupScheduling(config, log)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A Chromium without a window."""
    from tests.support.chromium import chromium

    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """What the tests have started; all of it is stopped in the end."""
    with Processes(tmp_path_factory.mktemp("logs")) as started:
        yield started


@pytest.fixture(scope="session")
def postgres(processes: Processes) -> Iterator[Postgres]:
    """A PostgreSQL server."""
    # Not in pytest's own temporary folder, which the server's user cannot enter when the tests run as root.
    folder = Path(tempfile.mkdtemp(prefix="zoho-sync-postgres-"))
    server = postgres_server.start(processes, folder)
    yield server
    processes.stop(server.process)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def store_template(postgres: Postgres) -> str:
    """The name of a database that holds an empty store, for copying."""
    from zoho.store.migrate import upgrade

    postgres.create_database(TEMPLATE)
    upgrade(postgres.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def store_url(postgres: Postgres, store_template: str) -> Iterator[str]:
    """The URL of an empty store."""
    name = f"store_{next(_numbers)}"
    postgres.create_database(name, template=store_template)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def sandbox_process(processes: Processes) -> Sandbox:
    """A sandbox in whatever state earlier tests left it."""
    return Sandbox(sandbox_server.start(processes, 0, data=None))


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """A sandbox as it is when started for the first time."""
    sandbox_process.pristine()
    return sandbox_process
