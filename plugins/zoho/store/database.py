"""Engine and connection of the store."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from zoho.transport import json

LOCK_WAIT = timedelta(minutes=5)
"""How long a statement waits for a lock. Who holds one longer forgot it, or takes in more than a million records."""

IDLE = timedelta(hours=1)
"""How long a transaction may do nothing before PostgreSQL ends it, and lets others have its locks."""

_LOCK_NOT_AVAILABLE = "55P03"
_SHOWN = 3


class StoreLocked(SQLAlchemyError):
    """Somebody holds a lock of the store that a statement has waited for; the message says who, and what to do."""


def open_store(url: URL | str) -> Engine:
    """Return an engine on the store's PostgreSQL database; connects when first used.

    JSON columns keep numbers exact: a fraction comes back as ``Decimal``. An error does not repeat the values of its
    statement, which are people's data. A statement that waits too long for a lock raises :class:`StoreLocked`.
    """
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=4,
        json_serializer=_dump,
        json_deserializer=json.loads,
        connect_args={"application_name": "zoho-sync"},
    )
    event.listen(engine, "connect", _bound)
    event.listen(engine, "handle_error", _tell_lock)
    return engine


def _bound(connection: Any, _record: Any) -> None:
    """Bound what a new connection waits for; not by options of connecting, which not every pooler passes on."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {milliseconds(LOCK_WAIT)}")
        cursor.execute(f"SET idle_in_transaction_session_timeout = {milliseconds(IDLE)}")
    connection.commit()


def milliseconds(time: timedelta) -> int:
    """Return a span of time as PostgreSQL's settings take it."""
    return time // timedelta(milliseconds=1)


def _tell_lock(context: ExceptionContext) -> None:
    """Say who may hold the lock that a statement did not get.

    Raises:
        StoreLocked: it is this that went wrong.
    """
    if getattr(context.original_exception, "sqlstate", None) != _LOCK_NOT_AVAILABLE or context.engine is None:
        return
    raise StoreLocked(
        f"The sync state database is locked: a statement waited {LOCK_WAIT.total_seconds():,.0f} s for a lock. "
        f"{_holders(context.engine)} docs/runbook.md, The store is locked, says what to do; then run again, nothing "
        "is lost."
    ) from context.original_exception


def _holders(engine: Engine) -> str:
    """Return which other connections have had a transaction open for that long, in a sentence."""
    query = (
        "SELECT pid, usename, application_name, state, xact_start AT TIME ZONE 'UTC' AS since FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start <= now() - interval '{} ms' "
        "ORDER BY xact_start LIMIT {}"
    )
    rows: Sequence[Any] = ()
    with suppress(SQLAlchemyError), engine.connect() as connection:
        rows = connection.exec_driver_sql(query.format(milliseconds(LOCK_WAIT), _SHOWN)).all()
    if not rows:
        return "Who holds it is gone by now, or is not shown to this user."
    told = (
        f"process {row.pid} ({row.application_name or 'no name'}, user {row.usename}, {row.state}, since "
        f"{row.since:%Y-%m-%d %H:%M:%S} UTC)"
        for row in rows
    )
    return f"Open for as long or longer: {'; '.join(told)}."


def _dump(value: Any) -> str:
    return json.dumps(value).decode()
