"""Where the store is, as an Airflow connection tells it."""

import os
from collections.abc import Mapping
from configparser import Error, RawConfigParser
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from zoho.transport import json

STORE_CONNECTION = "zoho_sync_store"
_DRIVER = "postgresql+psycopg"
_BACKEND = "AIRFLOW__SECRETS__BACKEND"


def address(
    login: str | None,
    password: str | None,
    host: str | None,
    port: int | None,
    schema: str | None,
    extra: Mapping[str, Any],
) -> URL:
    """Return the address that the parts of a connection of type postgres make.

    Args:
        login: the user.
        password: of the user.
        host: name of the machine.
        port: on it.
        schema: name of the database.
        extra: goes to the driver as it is: ``sslmode``, or ``host`` with the folder of a unix socket.
    """
    return URL.create(
        _DRIVER,
        username=login or None,
        password=password or None,
        host=host or None,
        port=port or None,
        database=schema or None,
        query={name: str(value) for name, value in extra.items() if value is not None},
    )


def from_environment(environ: Mapping[str, str] = os.environ) -> URL | None:
    """Return the address that the environment tells as Airflow would read it there; importing that takes seconds.

    Args:
        environ: the environment.

    Returns:
        ``None`` where it is to be asked of Airflow: the connection is kept elsewhere, is no JSON, or a secrets
        backend goes before the environment.
    """
    told = environ.get(f"AIRFLOW_CONN_{STORE_CONNECTION.upper()}", "").strip()
    if not told.startswith("{") or _has_backend(environ):
        return None
    try:
        held = json.loads(told)
        extra = held.get("extra") or {}
        extra = json.loads(extra) if isinstance(extra, str) else extra
        names = ("login", "password", "host")
        login, password, host = (held.get(name) for name in names)
        port = int(held["port"]) if held.get("port") else None
        return address(login, password, host, port, held.get("schema"), extra)
    except (AttributeError, TypeError, ValueError):
        return None  # Airflow tells best what is wrong with it


def _has_backend(environ: Mapping[str, str]) -> bool:
    if any(environ.get(f"{_BACKEND}{kind}") for kind in ("", "_CMD", "_SECRET")):
        return True
    home = Path(environ.get("AIRFLOW_HOME") or Path("~/airflow").expanduser())
    parser = RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read(environ.get("AIRFLOW_CONFIG") or home / "airflow.cfg", encoding="utf-8")
    except (Error, UnicodeDecodeError):
        return True
    return any(parser.get("secrets", name, fallback="") for name in ("backend", "backend_cmd", "backend_secret"))
