"""Airflow's parts on the loopback interface: LocalExecutor, metadata in our PostgreSQL.

Not ``airflow standalone``: its scheduler and triggerer serve logs on every interface of the machine, and it
does not pass a stop signal on. Started one by one they read the logs from the disk they share.
"""

import json
import secrets
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

from cryptography.fernet import Fernet
from psycopg import sql

from stack.errors import StackError
from stack.places import CHECKOUT, Places
from stack.ports import LOOPBACK
from stack.postgres import SUPERUSER, Postgres
from stack.processes import Processes, inherited_environment, tail

DATABASE = "airflow"
USER = "admin"
NO_QUOTAS = {"calls_per_minute": 1_000_000, "calls_per_day": 1_000_000_000, "concurrent_calls": 1_000}
"""The sandbox's quotas are off; without these the product would keep to Zoho's all the same."""

PRODUCTS = ("crm", "bigin", "books")
"""The Zoho products that the demo's integrations connect to, each by a connection ``zoho_<product>_demo``."""

READ_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
PARTS = {
    "api-server": (),
    "scheduler": ("--skip-serve-logs",),
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}


@dataclass(frozen=True)
class Secrets:
    """What this Airflow keeps secret; made once, so that a later start can read what an earlier one wrote.

    Attributes:
        password: Of the user `USER`.
        fernet_key: Encrypts connections, and the Zoho access tokens in the store.
        jwt_secret: Signs the tokens that Airflow's parts show each other.
        session_key: Signs the web sessions.
        webhook_secret: Signs what Books tells of changes.
    """

    password: str
    fernet_key: str
    jwt_secret: str
    session_key: str
    webhook_secret: str

    @classmethod
    def load_or_make(cls, file: Path) -> "Secrets":
        """Reads them from a JSON file that only its owner may read; makes those that are not there, and the file."""
        made = cls(
            password=secrets.token_urlsafe(9),
            fernet_key=Fernet.generate_key().decode(),
            jwt_secret=secrets.token_urlsafe(32),
            session_key=secrets.token_urlsafe(32),
            webhook_secret=secrets.token_urlsafe(32),
        )
        kept = replace(made, **json.loads(file.read_text())) if file.exists() else made
        _write_private(file, asdict(kept))
        return kept


def environment(places: Places, postgres: Postgres, keys: Secrets, port: int) -> dict[str, str]:
    """Builds the environment every part of Airflow runs in.

    Args:
        places: Where the demo keeps its things.
        postgres: The server that holds the metadata, in the database `DATABASE`.
        keys: Its secrets.
        port: The port of the API server.

    Returns:
        The whole environment: ours, with every setting of Airflow replaced.
    """
    url = f"http://{LOOPBACK}:{port}"
    settings: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": CHECKOUT / "dags",
            "plugins_folder": CHECKOUT / "plugins",
            "load_examples": False,
            # So that the form of a Zoho connection has a button that tries it.
            "test_connection": "Enabled",
            "executor": "LocalExecutor",
            # Each is a process forked when the scheduler starts; a run never has more than two tasks at once.
            "parallelism": 4,
            # Each begins when what it needs is there; the demo lets them run in that order.
            "dags_are_paused_at_creation": True,
            "fernet_key": keys.fernet_key,
            "execution_api_server_url": f"{url}/execution/",
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": places.airflow / "passwords.json",
        },
        "database": {"sql_alchemy_conn": postgres.url(DATABASE)},
        "api": {
            "host": LOOPBACK,
            "port": port,
            "base_url": url,
            "secret_key": keys.session_key,
        },
        "api_auth": {"jwt_secret": keys.jwt_secret},
        # By default the scheduler sleeps a second between looks, which would be half of a short run's time.
        "scheduler": {"scheduler_idle_sleep_time": 0.1},
        # By default a new DAG file is seen after five minutes.
        "dag_processor": {"refresh_interval": 5, "parsing_processes": 1},
        "logging": {"base_log_folder": places.airflow / "logs", "colored_console_log": False},
        # The end of a task that fails is seen no sooner than this.
        "workers": {"min_heartbeat_interval": 1},
        # It would tell the makers of Airflow over the internet.
        "usage_data_collection": {"enabled": False},
    }
    return {
        **inherited_environment(),
        "AIRFLOW_HOME": str(places.airflow),
        **{
            f"AIRFLOW__{section}__{option}".upper(): str(value)
            for section, options in settings.items()
            for option, value in options.items()
        },
    }


def connections(
    postgres: Postgres, sandbox_url: str, store_database: str, staging: Path, *, webhook_secret: str = ""
) -> dict[str, str]:
    """Builds the variables that give the DAGs their Zoho organizations, their store and their staging area.

    Args:
        postgres: The server that holds the store.
        sandbox_url: The address that plays Zoho.
        store_database: The store's database.
        staging: The folder for what tasks hand to each other.
        webhook_secret: What Books signs its messages with; ``""`` if it sends none.

    Returns:
        Environment variables, by name.
    """

    def zoho(product: str) -> dict[str, object]:
        token = f"1000.sandbox.{product}-refresh-token"
        extra = {"refresh_token": token, "accounts_url": sandbox_url, "api_url": sandbox_url, **NO_QUOTAS}
        if product == "books" and webhook_secret:
            extra["webhook_secret"] = webhook_secret
        return {
            "conn_type": f"zoho_{product}",
            "login": f"1000.SANDBOX{product.upper()}",
            "password": f"sandbox-{product}-client-secret",
            "extra": extra,
        }

    store = {
        "conn_type": "postgres",
        "login": SUPERUSER,
        "schema": store_database,
        "extra": {"host": str(postgres.socket_folder)},
    }
    return {
        **{f"AIRFLOW_CONN_ZOHO_{product.upper()}_DEMO": json.dumps(zoho(product)) for product in PRODUCTS},
        "AIRFLOW_CONN_ZOHO_SYNC_STORE": json.dumps(store),
        "ZOHO_SYNC_STAGING": staging.as_uri(),
    }


def migrate(places: Places, postgres: Postgres, env: dict[str, str]) -> None:
    """Brings the metadata database to this Airflow's version; costs nothing when it is there already.

    Args:
        places: Where the demo keeps its things.
        postgres: The server that holds the database.
        env: As `environment` builds it.

    Raises:
        StackError: If Airflow refuses.
    """
    postgres.create_database(DATABASE)
    wanted = f"apache-airflow {version('apache-airflow-core')}"
    with closing(postgres.connect(DATABASE)) as connection:
        # Noted in a comment on the database itself, so it cannot outlive it.
        if connection.execute(READ_COMMENT, [DATABASE]).fetchone() == (wanted,):
            return
        log = places.logs / "airflow-migrate.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "airflow", "db", "migrate"]
            done = subprocess.run(command, env=env, stdout=output, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise StackError(f"Airflow could not prepare its database. The end of {log}:\n{tail(log)}")
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(comment.format(sql.Identifier(DATABASE), sql.Literal(wanted)))


def start(processes: Processes, places: Places, keys: Secrets, env: dict[str, str]) -> None:
    """Starts every part; `stack.airflow_api` tells when they are ready.

    Args:
        processes: What stops them in the end.
        places: Where the demo keeps its things.
        keys: Its secrets.
        env: As `environment` builds it, with the `connections`.
    """
    _write_private(places.airflow / "passwords.json", {USER: keys.password})
    for part, options in PARTS.items():
        processes.start(f"airflow {part}", [sys.executable, "-m", "airflow", part, *options], env=env, cwd=CHECKOUT)


def _write_private(file: Path, content: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(content))
