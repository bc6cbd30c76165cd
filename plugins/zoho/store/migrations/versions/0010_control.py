"""Control: which integrations may run, who did what; and what was seen, kept apart by Books organization (CON-9)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_KEYS = ["integration", "module", "organization_id", "side"]


def upgrade() -> None:
    """Make the tables, and say of what was seen so far to which organization it belongs."""
    _controls()
    _actions()
    op.add_column("runs", sa.Column("interrupted_at", _INSTANT, comment="when it heeded that it was to stop"))
    op.alter_column(
        "runs",
        "state",
        existing_type=sa.Text(),
        comment="running, success, partial, failed or interrupted",
        existing_comment="running, success, partial or failed",
        existing_nullable=False,
    )
    op.alter_column(
        "links",
        "retired_why",
        existing_type=sa.Text(),
        comment="whose record was deleted: sales or books; moved; or disabled (CON-7)",
        existing_comment="which side's record was deleted: sales or books",
    )
    for table, rest in (("observations", ["entity", "remote_id"]), ("cursors", ["entity"])):
        _keep_apart(table, rest)
    for name, column in (("name", "name_key"), ("parent", "parent_id")):
        op.drop_index(f"ix_observations_{name}", "observations")
        op.create_index(f"ix_observations_{name}", "observations", [*_KEYS, column])


def _controls() -> None:
    op.create_table(
        "controls",
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="enabled, disabled or removed"),
        sa.Column("pause", sa.Text(), nullable=False, comment="none, drain or interrupt"),
        sa.Column("since", _INSTANT, nullable=False, comment="since when it is so"),
        sa.Column("by", sa.Text(), nullable=False, comment="who wanted it so"),
        sa.Column("why", sa.Text(), nullable=False, comment="in their words; empty: they did not say"),
        sa.Column("paused_at", _INSTANT, comment="when the latest time without runs began"),
        sa.Column("resumed_at", _INSTANT, comment="when that ended; null: it lasts"),
        sa.PrimaryKeyConstraint("integration", name="pk_controls"),
        comment="Which integrations may run; one without a row may (OPS-5, CON-7, CON-8)",
    )


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("action_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column(
            "actor", sa.Text(), nullable=False, comment="the user, as Airflow or the operating system calls them"
        ),
        sa.Column("action", sa.Text(), nullable=False, comment="pause, resume, enable, disable, remove, run …"),
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), comment="null: the integration as a whole"),
        sa.Column("detail", JSONB(), nullable=False, comment="what was asked for"),
        sa.Column("outcome", sa.Text(), comment="done, or why not; null: it has not ended, or died"),
        sa.Column("ended_at", _INSTANT),
        sa.PrimaryKeyConstraint("action_id", name="pk_actions"),
        comment="Who did what, by the page, the command line or a form of Airflow",
    )
    op.create_index("ix_actions_recent", "actions", ["integration", "at"])


def _keep_apart(table: str, rest: list[str]) -> None:
    """Give a table the organization as part of its key; so far each integration was seen with that of its last run."""
    op.add_column(table, sa.Column("organization_id", sa.Text(), comment="the Books organization (CON-9)"))
    op.execute(
        sa.text(
            f"UPDATE {table} SET organization_id = last.organization_id "  # noqa: S608  no input  # nosec B608
            "FROM (SELECT DISTINCT ON (integration) integration, "
            "settings #>> '{integration,books,organization_id}' AS organization_id "
            f"FROM runs ORDER BY integration, started_at DESC) AS last WHERE last.integration = {table}.integration"
        )
    )
    op.execute(sa.text(f"DELETE FROM {table} WHERE organization_id IS NULL"))  # noqa: S608  read again when needed  # nosec B608
    op.alter_column(table, "organization_id", nullable=False)
    op.drop_constraint(f"pk_{table}", table, type_="primary")
    op.create_primary_key(f"pk_{table}", table, [*_KEYS, *rest])
