"""Books views: which records they show, and whether a link was last dealt with as shown."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    shown = sa.Column(
        "in_view", sa.Boolean(), nullable=True, comment="whether the Books view shows it; null: there is no such view"
    )
    op.add_column("observations", shown)
    dealt_with = sa.Column(
        "in_view",
        sa.Boolean(),
        nullable=True,
        comment="whether the Books view showed the record when the pair was last dealt with",
    )
    op.add_column("links", dealt_with)
