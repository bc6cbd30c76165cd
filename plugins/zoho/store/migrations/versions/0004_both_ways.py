"""Both directions: claims of creates, and counts of what is left alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEYS = ("integration", "module", "organization_id")


def upgrade() -> None:
    """Say which side has the record that is claimed; until now it was always the sales side."""
    source = sa.Column(
        "source",
        sa.Text(),
        nullable=False,
        server_default="sales",
        comment="the side that has the record: sales or books",
    )
    op.add_column("claims", source)
    op.alter_column("claims", "source", server_default=None)
    op.alter_column("claims", "sales_id", new_column_name="source_id")
    op.alter_column("claims", "name", comment="the name under which it is created on the other side")
    op.drop_constraint("pk_claims", "claims")
    op.create_primary_key("pk_claims", "claims", [*_KEYS, "source", "source_id"])
    skipped = sa.Column(
        "skipped_in_books", sa.Integer(), nullable=False, server_default="0", comment="Books records left alone"
    )
    op.add_column("runs", skipped)
    op.alter_column("runs", "skipped", comment="sales-side records left alone")
