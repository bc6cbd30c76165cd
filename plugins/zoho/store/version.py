"""Whether the store has the version of this code; what migrates it takes its time to import."""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

VERSION_TABLE = "zoho_sync_version"
"""Where the version of the store is kept; Airflow's own may be in the same database."""

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


class NewerStore(RuntimeError):
    """The store was migrated by newer code than this, which therefore must not touch it."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"The store has version {version}, which this installation does not know: it was used by a newer one. "
            "Install that version here, too, or restore a backup of the store from before the update."
        )


def refuse_newer(connection: Connection) -> None:
    """Find out whether the store is newer than this code.

    Raises:
        NewerStore: it is.
    """
    if not inspect(connection).has_table(VERSION_TABLE):
        return
    has: list[str] = list(connection.scalars(select(column("version_num")).select_from(table(VERSION_TABLE))))
    for version in has:
        if version not in _known():
            raise NewerStore(version)


def _known() -> set[str]:
    return {path.name.split("_", 1)[0] for path in _VERSIONS.glob("[0-9]*_*.py")}


def is_current(store: Engine) -> bool:
    """Whether nothing is to be migrated.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the store cannot be read, or was never migrated.
    """
    newest = max(_known())
    with store.connect() as connection:
        return list(connection.scalars(select(column("version_num")).select_from(table(VERSION_TABLE)))) == [newest]
