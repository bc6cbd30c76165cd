"""Records that may be the same, and what a person decided about them (BEY-6)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "proposals",
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False, comment="the Books organization (CON-9)"),
        sa.Column("sales_id", sa.Text(), nullable=False),
        sa.Column("books_id", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False, comment="of 100"),
        sa.Column(
            "reasons", JSONB(), nullable=False, comment="what speaks for and against it: about, points, words"
        ),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="open, link, different or later: what a person decided"
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False, comment="when it was last found"),
        sa.Column("decided_by", sa.Text(), comment="the user, as Airflow or the operating system calls them"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("later_until", sa.DateTime(timezone=True), comment="with later: when to ask again"),
        sa.PrimaryKeyConstraint(
            "integration", "module", "organization_id", "sales_id", "books_id", name="pk_proposals"
        ),
        comment="Records that may be the same, and what a person decided about them (BEY-6)",
    )
    op.create_index("ix_proposals_books", "proposals", ["integration", "module", "organization_id", "books_id"])
