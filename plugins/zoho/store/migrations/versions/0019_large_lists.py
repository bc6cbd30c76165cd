"""Indexes that hold what large lists are compared by, so that a module of a million records is planned in seconds."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SCOPE = ["integration", "module", "organization_id"]


def upgrade() -> None:
    """Make the indexes; on a store of a million links that takes a minute."""
    op.drop_constraint("pk_observations", "observations")
    key = "integration, module, organization_id, side, entity, remote_id"
    more = "fingerprint, parent_id, absent, in_view"
    op.execute(f"ALTER TABLE observations ADD CONSTRAINT pk_observations PRIMARY KEY ({key}) INCLUDE ({more})")
    stem = sa.text(r"""("left"(regexp_replace(name_key, ' \(\d+\)$', ''), 190))""")
    op.create_index("ix_observations_stem", "observations", [*_SCOPE, "side", stem])
    op.create_index(
        "ix_observations_absent",
        "observations",
        [*_SCOPE, "side", "entity", "remote_id"],
        postgresql_where=sa.text("absent IS NOT NULL"),
    )
    op.drop_index("uq_links_sales", "links")
    op.create_index(
        "uq_links_sales",
        "links",
        [*_SCOPE, "role", "sales_id"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
        postgresql_include=["link_id", "parent_link_id", "books_id", "sales_seen", "books_seen", "in_view"],
    )
    op.create_index("ix_links_sales", "links", ["sales_id"])
    op.create_index("ix_links_books", "links", ["books_id"])
    op.create_index(
        "ix_links_ended", "links", [*_SCOPE, "role"], postgresql_where=sa.text("retired_at IS NOT NULL")
    )
