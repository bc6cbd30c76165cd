"""The migrations make exactly the tables that the code uses."""

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from stack.postgres import Postgres
from zoho.store.database import open_store
from zoho.store.migrate import upgrade
from zoho.store.tables import metadata


def test_migrations_and_tables_agree(store: Engine):
    """AIR-4: a migrated database has neither more nor less than `store.tables` says."""
    with store.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "zoho_sync_version", "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_every_table_and_odd_column_is_explained(store: Engine):
    """BEY-9: whoever opens the database finds what each table is for."""
    tables = inspect(store)
    for table in metadata.tables:
        assert tables.get_table_comment(table)["text"], table


def test_many_may_migrate_at_once(postgres: Postgres):
    """AIR-4: the first tasks of several workers may all find an empty database."""
    postgres.create_database("fresh_store")
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(upgrade, [postgres.url("fresh_store")] * 8))
        engine = open_store(postgres.url("fresh_store"))
        assert "links" in inspect(engine).get_table_names()
        engine.dispose()
    finally:
        postgres.drop_database("fresh_store")
