"""Bring the store's schema to the version of this code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL

from zoho.store import database
from zoho.store.version import refuse_newer

_LOCK = 0x5A0_0C0DE  # one migration at a time, whoever starts first


def upgrade(url: URL | str, revision: str = "head") -> None:
    """Migrate the store at ``url`` forward; does nothing when it is current. Safe to run from many places at once.

    Args:
        url: a SQLAlchemy URL of the store's database, which must exist.
        revision: the Alembic revision to stop at, for tests of upgrades.

    Raises:
        NewerStore: the store was migrated by newer code.
        StoreLocked: somebody holds a table that is to be changed.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = database.open_store(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")  # another one may migrate for long
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {database.milliseconds(database.LOCK_WAIT)}")
            refuse_newer(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()
