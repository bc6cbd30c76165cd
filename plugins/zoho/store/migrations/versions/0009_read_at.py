"""When a record was read that a list does not tell whole."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    comment = "by Zoho's clock, of a record that is read one by one: when"
    op.add_column("observations", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True, comment=comment))
