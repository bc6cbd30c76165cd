"""Writes that were taken back, so that they are not tried again in every run."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "refusals",
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False, comment="the Books organization (CON-9)"),
        sa.Column("source", sa.Text(), nullable=False, comment="the side that the write came from: sales or books"),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False, comment="hash of what was written, and of what it was made from"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False, comment="the run that took it back"),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            *("integration", "module", "organization_id", "source", "source_id"), name=op.f("pk_refusals")
        ),
        comment="Writes that came to something else than they had to and were taken back (TXN-6)",
    )
