"""What the plan of a run takes, so that it can be shown before it is carried out (BEY-1, BEY-8)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of earlier runs it is not known."""
    op.add_column("runs", sa.Column("cost", JSONB(), comment="what its plan takes: product → API calls"))
