"""Which run another one takes back, so that it can be shown, carried out and undone in turn (BEY-3)."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BEFORE = "whose record was deleted: sales or books; moved; or disabled (CON-7)"
_NOW = "which record was deleted: sales or books; moved; undone; disabled (CON-7)"


def upgrade() -> None:
    """Add the column; no earlier run undid anything."""
    op.add_column("runs", sa.Column("undoes", sa.Text(), comment="the run that it takes back, or would"))
    op.alter_column("links", "retired_why", existing_type=sa.Text(), comment=_NOW, existing_comment=_BEFORE)
