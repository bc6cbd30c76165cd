"""How long the plan of a run takes under the quotas, and which money it moves (BEY-1, BEY-8)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of earlier runs it is not known."""
    op.add_column("runs", sa.Column("outlook", JSONB(), comment="its plan's time, quotas and money, when it was made"))
