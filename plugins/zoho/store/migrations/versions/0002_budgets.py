"""The call budget of each organization."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table('budgets',
    sa.Column('product', sa.Text(), nullable=False, comment='crm, bigin or books'),
    sa.Column('organization', sa.Text(), nullable=False),
    sa.Column('ledger', JSONB(), nullable=False, comment='what was spent, who holds what, whose turn it is'),
    sa.PrimaryKeyConstraint('product', 'organization', name=op.f('pk_budgets')),
    comment='The call budget of each organization, shared by all workers (BEY-8)'
    )
    op.create_table('organizations',
    sa.Column('key', sa.Text(), nullable=False, comment='hash of the credentials'),
    sa.Column('organization', sa.Text(), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False, comment="edition, in Zoho's words"),
    sa.Column('users', sa.Integer(), nullable=False, comment='user licences'),
    sa.Column('learned_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_organizations')),
    comment='Which CRM or Bigin organization is behind a connection, and how much Zoho gives it'
    )
