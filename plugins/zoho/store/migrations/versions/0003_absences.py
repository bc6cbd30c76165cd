"""Records that are gone from a list, and why links were retired."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    absent = sa.Column("absent", sa.Text(), nullable=True, comment="why it is not in the list any more: deleted, or left the view")
    op.add_column("observations", absent)
    why = sa.Column("retired_why", sa.Text(), nullable=True, comment="which side's record was deleted: sales or books")
    op.add_column("links", why)
    complete = sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True, comment="when all of it was last read")
    op.add_column("cursors", complete)
