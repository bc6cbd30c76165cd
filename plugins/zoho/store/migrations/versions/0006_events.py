"""Instant sync: the journal of what webhooks told, who was rung for it, and the channels subscribed to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WAITING = "taken_by IS NULL AND done_at IS NULL"


def upgrade() -> None:
    """Make the tables."""
    _events()
    op.create_table(
        "bells",
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False, comment="transactions or deals"),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=False, comment="when a run was last asked for"),
        sa.PrimaryKeyConstraint("integration", "module", name=op.f("pk_bells")),
        comment="When webhooks last asked for a run, so that many ask once",
    )
    op.create_table(
        "channels",
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False, comment="the Airflow connection that it was made with"),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False, comment="crm or bigin"),
        sa.Column("notify_url", sa.Text(), nullable=False),
        sa.Column("events", JSONB(), nullable=False, comment="such as Deals.all"),
        sa.Column("asked", sa.Text(), nullable=False, comment="hash of what was asked for, its token included"),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="as Zoho granted it"),
        sa.PrimaryKeyConstraint("integration", "connection", "channel_id", name=op.f("pk_channels")),
        comment="The subscriptions to notifications of the sales side",
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False, comment="sales or books"),
        sa.Column("entity", sa.Text(), nullable=False, comment="Quotes, invoices …: the API's own word"),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False, comment="as Zoho told it; a hint, never believed"),
        sa.Column("digest", sa.Text(), nullable=True, comment="hash of the body, to know a repeat; null: none is known"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="when it was last told"),
        sa.Column("times", sa.Integer(), nullable=False, comment="how often it was told while it waited"),
        sa.Column("taken_by", sa.Text(), nullable=True, comment="the run that looks at the record"),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_events")),
        comment="What webhooks told: records to look at (TXN-5)",
    )
    op.create_index(
        "uq_events_waiting",
        "events",
        ["integration", "side", "entity", "remote_id"],
        unique=True,
        postgresql_where=sa.text(_WAITING),
    )
    op.create_index("ix_events_record", "events", ["integration", "side", "entity", "remote_id", "digest"])
    op.create_index("ix_events_open", "events", ["integration"], postgresql_where=sa.text("done_at IS NULL"))
