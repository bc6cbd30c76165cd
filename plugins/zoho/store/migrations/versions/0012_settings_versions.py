"""Settings: what their files held, each time they were changed (OPS-6)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "settings_versions",
        sa.Column("version_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False, comment="below the include folder, such as integrations/demo.yaml"),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), comment="user of Airflow; null: found so, changed outside of the page"),
        sa.Column("why", sa.Text(), comment="what they said of it"),
        sa.PrimaryKeyConstraint("version_id", name="pk_settings_versions"),
        comment="What the files of settings and mappings held, each time they were changed (OPS-6)",
    )
    op.create_index("ix_settings_versions_file", "settings_versions", ["file", "version_id"])
