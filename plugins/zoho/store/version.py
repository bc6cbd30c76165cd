"""Whether the store has the version of this code; what migrates it takes its time to import."""

from pathlib import Path

from sqlalchemy import Engine, column, select, table

VERSION_TABLE = "zoho_sync_version"
"""Where the version of the store is kept; Airflow's own may be in the same database."""

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def is_current(store: Engine) -> bool:
    """Whether nothing is to be migrated.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the store cannot be read, or was never migrated.
    """
    newest = max(path.name.split("_", 1)[0] for path in _VERSIONS.glob("[0-9]*_*.py"))
    with store.connect() as connection:
        return list(connection.scalars(select(column("version_num")).select_from(table(VERSION_TABLE)))) == [newest]
