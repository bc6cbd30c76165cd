"""What a run waits for while a quota is used up, and when it will be done (BEY-8)."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; a run that waits at this moment tells it when it waits again."""
    op.add_column("runs", sa.Column("waits_for", sa.Text(), comment="whose quota it waits for: crm, bigin or books"))
    op.add_column("runs", sa.Column("waits_until", _INSTANT, comment="when it goes on by itself"))
    op.add_column("runs", sa.Column("done_by", _INSTANT, comment="about when a run that waits will be done, if known"))
