"""Plans that a guard holds back until a person has decided about them (BEY-5)."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "approvals",
        sa.Column("run_id", sa.Text, primary_key=True, comment="the run that made the plan"),
        sa.Column("integration", sa.Text, nullable=False),
        sa.Column("module", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False, comment="which guard holds it back"),
        sa.Column("content", sa.Text, nullable=False, comment="hash of what the plan would write"),
        sa.Column("asks", sa.Boolean, nullable=False, comment="false: somebody was asked about such a plan already"),
        sa.Column("until", instant, comment="how long an answer is waited for; null: nobody was asked yet"),
        sa.Column("answer", sa.Text, comment="carried_out, rejected or none"),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", instant),
        sa.Index("ix_approvals_module", "integration", "module"),
        comment="Plans that a guard held back, and what was decided about them (BEY-5)",
    )
