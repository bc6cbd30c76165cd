"""Deals: which documents of Books belong to which deal, and what the automation did about each (TRG, DEAL)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_LIVES = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    _associations()
    _deals()


def _associations() -> None:
    op.create_table(
        "associations",
        sa.Column("association_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False, comment="the Books organization (CON-9)"),
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False, comment="estimates, sales_orders or invoices"),
        sa.Column("books_id", sa.Text(), comment="null: a create that has begun"),
        sa.Column("number", sa.Text(), comment="of the document, for people"),
        sa.Column("made_by", sa.Text(), nullable=False, comment="trigger, person, or books of the trigger's estimate"),
        sa.Column("left_in", sa.Text(), comment="the status in which the trigger left it"),
        sa.Column("moving_to", sa.Text(), comment="the status that the trigger is about to give it"),
        sa.Column(
            "content",
            postgresql.JSONB(none_as_null=True),
            comment="what the deal said when the trigger last wrote it",
        ),
        sa.Column("run_id", sa.Text(), nullable=False, comment="the run that last changed it"),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("deal_gone", sa.Boolean(), nullable=False, server_default=sa.false(), comment="deleted in the CRM"),
        sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.false(), comment="on both sides, as it is"),
        sa.Column("ended_at", _INSTANT),
        sa.PrimaryKeyConstraint("association_id", name="pk_associations"),
        comment="Which document of Books belongs to which deal",
    )
    op.create_index(
        "uq_associations_document",
        "associations",
        ["integration", "organization_id", "document", "books_id"],
        unique=True,
        postgresql_where=_LIVES,
    )
    op.create_index(
        "uq_associations_trigger",
        "associations",
        ["integration", "organization_id", "deal_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND made_by = 'trigger'"),
    )
    op.create_index("ix_associations_deal", "associations", ["integration", "organization_id", "deal_id"])


def _deals() -> None:
    op.create_table(
        "deals",
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False, comment="the Books organization (CON-9)"),
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False, comment="fingerprint of the observation last dealt with"),
        sa.Column("rules", sa.Text(), nullable=False, comment="hash of the settings and stages it was dealt with by"),
        sa.Column("earlier", sa.Boolean(), nullable=False, comment="in its stage since before the automation began"),
        sa.Column("waits", sa.Boolean(), nullable=False, comment="looked at in every run, until it can be done"),
        sa.Column("verdict", sa.Text(), comment="why it was left alone, as it was last told"),
        sa.PrimaryKeyConstraint("integration", "organization_id", "deal_id", name="pk_deals"),
        comment="How far the automation has dealt with each deal",
    )
