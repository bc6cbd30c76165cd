"""Alembic's entry: migrates over the connection that ``zoho.store.migrate`` hands it."""

from alembic import context

from zoho.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table="zoho_sync_version")
context.run_migrations()
