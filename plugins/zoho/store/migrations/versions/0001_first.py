"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table('claims',
    sa.Column('integration', sa.Text(), nullable=False),
    sa.Column('module', sa.Text(), nullable=False),
    sa.Column('organization_id', sa.Text(), nullable=False),
    sa.Column('sales_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False, comment='the display name under which it is created'),
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('integration', 'module', 'organization_id', 'sales_id', name=op.f('pk_claims')),
    comment='A create that has begun and whose link is not stored yet (BEY-4)'
    )
    op.create_table('cursors',
    sa.Column('integration', sa.Text(), nullable=False),
    sa.Column('module', sa.Text(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('seen_until', sa.DateTime(timezone=True), nullable=False, comment="by Zoho's clock: when the last scan began"),
    sa.Column('scope_hash', sa.Text(), nullable=False, comment='what was asked for; another scope needs a full scan'),
    sa.PrimaryKeyConstraint('integration', 'module', 'side', 'entity', name=op.f('pk_cursors')),
    comment='How far each list was read'
    )
    op.create_table('facts',
    sa.Column('integration', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', JSONB(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('integration', 'name', name=op.f('pk_facts')),
    comment='What preflight learned of the organizations, kept for a day'
    )
    op.create_table('links',
    sa.Column('link_id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('integration', sa.Text(), nullable=False),
    sa.Column('module', sa.Text(), nullable=False),
    sa.Column('organization_id', sa.Text(), nullable=False, comment='the Books organization (CON-9)'),
    sa.Column('role', sa.Text(), nullable=False, comment='record, or child of one (a contact person)'),
    sa.Column('kind', sa.Text(), nullable=False, comment='business, individual or contact_person'),
    sa.Column('sales_id', sa.Text(), nullable=False),
    sa.Column('books_id', sa.Text(), nullable=False),
    sa.Column('parent_link_id', sa.BigInteger(), nullable=True),
    sa.Column('base_sales', JSONB(), nullable=False, comment='field → value on the sales side when last in step'),
    sa.Column('base_books', JSONB(), nullable=False, comment='field → value in Books when last in step'),
    sa.Column('sales_seen', sa.Text(), nullable=False, comment='fingerprint of the observation last dealt with'),
    sa.Column('books_seen', sa.Text(), nullable=False),
    sa.Column('run_id', sa.Text(), nullable=False, comment='the run that last changed it'),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['parent_link_id'], ['links.link_id'], name=op.f('fk_links_parent_link_id')),
    sa.PrimaryKeyConstraint('link_id', name=op.f('pk_links')),
    comment='The identity map: which records are one and the same, and their base'
    )
    op.create_index('ix_links_parent', 'links', ['parent_link_id'], unique=False)
    op.create_index('uq_links_books', 'links', ['integration', 'module', 'organization_id', 'role', 'books_id'], unique=True, postgresql_where=sa.text('retired_at IS NULL'))
    op.create_index('uq_links_sales', 'links', ['integration', 'module', 'organization_id', 'role', 'sales_id'], unique=True, postgresql_where=sa.text('retired_at IS NULL'))
    op.create_table('observations',
    sa.Column('integration', sa.Text(), nullable=False),
    sa.Column('module', sa.Text(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False, comment='sales or books'),
    sa.Column('entity', sa.Text(), nullable=False, comment="Accounts, Contacts, contacts …: the API's own word"),
    sa.Column('remote_id', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Text(), nullable=True, comment='the account of a contact'),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False, comment='the name as duplicates are compared (CUS-4)'),
    sa.Column('modified_at', sa.DateTime(timezone=True), nullable=False, comment="Zoho's own modification time"),
    sa.Column('detailed_at', sa.DateTime(timezone=True), nullable=True, comment='modification time of the detail that `raw` holds; null: a list row'),
    sa.Column('fingerprint', sa.Text(), nullable=False, comment='hash of what `raw` holds of the mapped fields'),
    sa.Column('raw', JSONB(), nullable=False, comment='the record as Zoho answered it, the needed fields only'),
    sa.Column('verdict', sa.Text(), nullable=True, comment='why it is not synced, when it is not'),
    sa.PrimaryKeyConstraint('integration', 'module', 'side', 'entity', 'remote_id', name=op.f('pk_observations')),
    comment='What each side was last seen to hold'
    )
    op.create_index('ix_observations_name', 'observations', ['integration', 'module', 'side', 'name_key'], unique=False)
    op.create_index('ix_observations_parent', 'observations', ['integration', 'module', 'side', 'parent_id'], unique=False)
    op.create_table('runs',
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False, comment='who asked: airflow:<dag>:<dag run>'),
    sa.Column('integration', sa.Text(), nullable=False),
    sa.Column('module', sa.Text(), nullable=False),
    sa.Column('full_scan', sa.Boolean(), nullable=False),
    sa.Column('dry_run', sa.Boolean(), nullable=False),
    sa.Column('settings_hash', sa.Text(), nullable=False),
    sa.Column('settings', JSONB(), nullable=False, comment='the settings and mapping this run used'),
    sa.Column('state', sa.Text(), nullable=False, comment='running, success, partial or failed'),
    sa.Column('error', sa.Text(), nullable=True, comment='why the run stopped, when it did'),
    sa.Column('unchanged', sa.Integer(), server_default='0', nullable=False),
    sa.Column('skipped', sa.Integer(), server_default='0', nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True, comment='when its plan was carried out to the end'),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_runs')),
    sa.UniqueConstraint('origin', name=op.f('uq_runs_origin')),
    comment='One synchronization of one module'
    )
    op.create_index('ix_runs_recent', 'runs', ['integration', 'module', 'started_at'], unique=False)
    op.create_table('tokens',
    sa.Column('key', sa.Text(), nullable=False, comment='hash of the credentials'),
    sa.Column('sealed', sa.LargeBinary(), nullable=True, comment="the token, encrypted with Airflow's Fernet key"),
    sa.Column('issued', JSONB(), nullable=False, comment='the times of the last tokens asked for'),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_tokens')),
    comment='Access tokens, shared by all tasks and workers'
    )
    op.create_table('api_calls',
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.Column('task', sa.Text(), nullable=False),
    sa.Column('product', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Numeric(precision=12, scale=3), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_api_calls_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'task', 'product', 'purpose', name=op.f('pk_api_calls')),
    comment='What each run cost, by system and purpose'
    )
    op.create_table('changes',
    sa.Column('run_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False, comment='place in the plan'),
    sa.Column('action', sa.Text(), nullable=False, comment='create, update, link, skip or drift'),
    sa.Column('direction', sa.Text(), nullable=False, comment='sales_to_books or books_to_sales'),
    sa.Column('kind', sa.Text(), nullable=False, comment='what the record is: business, individual …'),
    sa.Column('sales_id', sa.Text(), nullable=True),
    sa.Column('books_id', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('item', JSONB(), nullable=False, comment='the plan item: every field, old and new, and why'),
    sa.Column('state', sa.Text(), nullable=False, comment='planned, started, done or failed'),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('before', JSONB(), nullable=True, comment='the target record before the write'),
    sa.Column('after', JSONB(), nullable=True, comment='the target record as the answer showed it'),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['runs.run_id'], name=op.f('fk_changes_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'seq', name=op.f('pk_changes')),
    comment='The plan of each run and what became of every item: the sync history'
    )
    op.create_index('ix_changes_books', 'changes', ['books_id'], unique=False)
    op.create_index('ix_changes_sales', 'changes', ['sales_id'], unique=False)
