"""``python3 -m stack.cluster.secrets``: makes the files from which ``docker-compose.yml`` gives its services secrets.

Passwords and keys are made once and stay; what is composed of them, such as the addresses of databases, is written
anew each time. Connections that somebody has added to ``connections.json`` stay there too.

The containers' users differ, so each file can be read by all; the folder can be entered by its owner only.

Imports the standard library only, since there may be nothing else on a machine that only runs containers.

Environment: ``SECRETS`` names another folder than ``secrets``; ``SANDBOX=1`` adds connections to the sandbox.
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

MADE: Mapping[str, Callable[[], str]] = {
    "postgres_password": lambda: secrets.token_urlsafe(24),
    "airflow_db_password": lambda: secrets.token_urlsafe(24),
    "store_db_password": lambda: secrets.token_urlsafe(24),
    "redis_password": lambda: secrets.token_urlsafe(24),
    "s3_secret_key": lambda: secrets.token_urlsafe(24),
    "admin_password": lambda: secrets.token_urlsafe(12),
    "fernet_key": lambda: base64.urlsafe_b64encode(os.urandom(32)).decode(),
    "jwt_secret": lambda: secrets.token_urlsafe(64),
    "api_secret_key": lambda: secrets.token_urlsafe(32),
}
"""File → what is put into it when it is not there."""

S3_USER = "zoho-sync"


@dataclass(frozen=True)
class Addresses:
    """Where the services find each other.

    Attributes:
        postgres: What follows the ``@`` in the URL of a database, with ``{}`` for its name.
        postgres_host: The server's host, or the folder of its socket.
        redis: Host and port of the broker.
        s3: URL of the staging area's server.
        sandbox: URL of the sandbox; ``""`` for no connections to it.
    """

    postgres: str = "postgres:5432/{}"
    postgres_host: str = "postgres"
    redis: str = "redis:6379"
    s3: str = "http://s3:8333"
    sandbox: str = ""


def make(folder: Path, addresses: Addresses) -> list[str]:
    """Makes the files.

    Args:
        folder: Where; made when absent, and closed to others than its owner.
        addresses: What goes into those that are composed.

    Returns:
        Names of the passwords and keys that were made now.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    new = [name for name in MADE if not (folder / name).exists()]
    for name in new:
        _write(folder / name, MADE[name]())
    held = {name: (folder / name).read_text() for name in MADE}
    for name, text in _composed(held, addresses).items():
        _write(folder / name, text)
    file = folder / "connections.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    _write(file, json.dumps({**kept, **_connections(held, addresses)}, indent=2) + "\n")
    return new


def _composed(held: Mapping[str, str], addresses: Addresses) -> dict[str, str]:
    airflow = f"postgresql+psycopg://airflow:{held['airflow_db_password']}@{addresses.postgres.format('airflow')}"
    credentials = {"accessKey": S3_USER, "secretKey": held["s3_secret_key"]}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    s3 = {"identities": [{"name": S3_USER, "credentials": [credentials], "actions": actions}]}
    return {
        "airflow_db_url": airflow,
        "celery_result_backend": f"db+{airflow}",
        "broker_url": f"redis://:{held['redis_password']}@{addresses.redis}/0",
        "redis.conf": f"requirepass {held['redis_password']}\n",
        "s3.json": json.dumps(s3, indent=2) + "\n",
    }


def _connections(held: Mapping[str, str], addresses: Addresses) -> dict[str, dict[str, object]]:
    store: dict[str, object] = {
        "conn_type": "postgres",
        "host": addresses.postgres_host,
        "login": "zoho_sync",
        "password": held["store_db_password"],
        "schema": "zoho_sync",
    }
    staging: dict[str, object] = {
        "conn_type": "aws",
        "login": S3_USER,
        "password": held["s3_secret_key"],
        "extra": {"endpoint_url": addresses.s3, "region_name": "us-east-1"},
    }
    sandbox = [_sandbox(product, addresses.sandbox) for product in ("crm", "bigin", "books") if addresses.sandbox]
    zoho = {f"{connection['conn_type']}_demo": connection for connection in sandbox}
    return {"zoho_sync_store": _placed(store, addresses), "zoho_staging": staging, **zoho}


def _placed(store: dict[str, object], addresses: Addresses) -> dict[str, object]:
    """Returns the store's connection with its host where that goes: a socket's folder is a matter of the driver."""
    if not addresses.postgres_host.startswith("/"):
        return store
    return {**store, "host": None, "extra": {"host": addresses.postgres_host}}


def _sandbox(product: str, url: str) -> dict[str, object]:
    # The sandbox's quotas are off; without these the product would keep to Zoho's all the same.
    quotas = {"calls_per_minute": 1_000_000, "calls_per_day": 1_000_000_000, "concurrent_calls": 1_000}
    token = f"1000.sandbox.{product}-refresh-token"
    return {
        "conn_type": f"zoho_{product}",
        "login": f"1000.SANDBOX{product.upper()}",
        "password": f"sandbox-{product}-client-secret",
        "extra": {"refresh_token": token, "accounts_url": url, "api_url": url, **quotas},
    }


def _write(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o644)


def main() -> int:
    """Makes the files where the environment says; returns the exit code."""
    folder = Path(os.environ.get("SECRETS") or "secrets")
    sandbox = "http://sandbox:8085" if os.environ.get("SANDBOX") not in (None, "", "0") else ""
    made = make(folder, Addresses(sandbox=sandbox))
    print(f"{folder}: made {', '.join(made)}." if made else f"{folder}: all passwords and keys were there.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
