"""The history: runs on demand, the changes of each run summed up, and what it is searched by."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, fill it for the runs that have ended, and index what is asked for."""
    about = sa.Column("about", sa.Text(), comment="what a run on demand was limited to; null: the whole module")
    op.add_column("runs", about)
    op.create_index("ix_runs_started", "runs", ["started_at", "run_id"])
    lower = sa.Computed("lower(name)", persisted=True)
    op.add_column("changes", sa.Column("sought", sa.Text(), lower, comment="the name as it is searched"))
    op.create_index("ix_changes_sought", "changes", ["sought", "run_id"])
    failed = sa.text("state IN ('failed', 'started')")
    op.create_index("ix_changes_failed", "changes", ["run_id"], postgresql_where=failed)
    op.create_table(
        "run_counts",
        sa.Column("run_id", sa.Text(), sa.ForeignKey("runs.run_id", name="fk_run_counts_run_id"), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "direction", "action", "state", name="pk_run_counts"),
        comment="The changes of each run that has ended, summed up, so that a list of runs need not count them",
    )
    op.execute(
        "INSERT INTO run_counts (run_id, direction, action, state, n) "
        "SELECT run_id, direction, action, changes.state, count(*) FROM changes JOIN runs USING (run_id) "
        "WHERE runs.state <> 'running' GROUP BY run_id, direction, action, changes.state"
    )
