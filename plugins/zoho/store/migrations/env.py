"""Alembic's entry: migrates over the connection that ``zoho.store.migrate`` hands it."""

from alembic import context

from zoho.store.tables import metadata
from zoho.store.version import VERSION_TABLE

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table=VERSION_TABLE)
context.run_migrations()
