"""The tables of the store, as SQLAlchemy Core. ``migrations/`` makes them; a test holds the two together."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

Instant = DateTime(timezone=True)

STEM_LENGTH = 190
"""Characters of a name that stay whatever suffix it gets: a suffixed one may be cut at Books' limit of 200."""

STEM = literal_column(f"""left(regexp_replace(name_key, ' \\(\\d+\\)$', ''), {STEM_LENGTH})""", Text)
"""The name of an observation as duplicates are compared, without a suffix such as " (2)"; an index holds it."""

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("origin", Text, nullable=False, unique=True, comment="who asked: airflow:<dag>:<dag run>"),
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("full_scan", Boolean, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("about", Text, comment="what a run on demand was limited to; null: the whole module"),
    Column("undoes", Text, comment="the run that it takes back, or would"),
    Column("settings_hash", Text, nullable=False),
    Column("settings", JSONB, nullable=False, comment="the settings and mapping this run used"),
    Column("state", Text, nullable=False, comment="running, success, partial, failed or interrupted"),
    Column("error", Text, comment="why the run stopped, when it did"),
    Column("cost", JSONB(none_as_null=True), comment="what its plan takes: product → API calls"),
    Column("outlook", JSONB(none_as_null=True), comment="its plan's time, quotas and money, when it was made"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("skipped", Integer, nullable=False, server_default="0", comment="sales-side records left alone"),
    Column("skipped_in_books", Integer, nullable=False, server_default="0", comment="Books records left alone"),
    Column("started_at", Instant, nullable=False),
    Column("applied_at", Instant, comment="when its plan was carried out to the end"),
    Column("interrupted_at", Instant, comment="when it heeded that it was to stop"),
    Column("finished_at", Instant),
    Column("waits_for", Text, comment="whose quota it waits for: crm, bigin or books"),
    Column("waits_until", Instant, comment="when it goes on by itself"),
    Column("done_by", Instant, comment="about when a run that waits will be done, if known"),
    Index("ix_runs_recent", "integration", "module", "started_at"),
    Index("ix_runs_started", "started_at", "run_id"),
    comment="One synchronization of one module",
)

changes = Table(
    "changes",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), nullable=False),
    Column("seq", Integer, nullable=False, comment="place in the plan"),
    Column("action", Text, nullable=False, comment="create, update, link, skip or drift"),
    Column("direction", Text, nullable=False, comment="sales_to_books or books_to_sales"),
    Column("kind", Text, nullable=False, comment="what the record is: business, individual …"),
    Column("sales_id", Text),
    Column("books_id", Text),
    Column("name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("item", JSONB, nullable=False, comment="the plan item: every field, old and new, and why"),
    Column("state", Text, nullable=False, comment="planned, started, done or failed"),
    Column("error", Text),
    Column("before", JSONB(none_as_null=True), comment="the target record before the write"),
    Column("after", JSONB(none_as_null=True), comment="the target record as the answer showed it"),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("sought", Text, Computed("lower(name)", persisted=True), comment="the name as it is searched"),
    PrimaryKeyConstraint("run_id", "seq"),
    Index("ix_changes_sales", "sales_id"),
    Index("ix_changes_books", "books_id"),
    Index("ix_changes_sought", "sought", "run_id"),
    Index("ix_changes_failed", "run_id", postgresql_where=text("state IN ('failed', 'started')")),
    comment="The plan of each run and what became of every item: the sync history",
)

run_counts = Table(
    "run_counts",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), nullable=False),
    Column("direction", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("n", Integer, nullable=False),
    PrimaryKeyConstraint("run_id", "direction", "action", "state"),
    comment="The changes of each run that has ended, summed up, so that a list of runs need not count them",
)

observations = Table(
    "observations",
    metadata,
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("organization_id", Text, nullable=False, comment="the Books organization (CON-9)"),
    Column("side", Text, nullable=False, comment="sales or books"),
    Column("entity", Text, nullable=False, comment="Accounts, Contacts, contacts …: the API's own word"),
    Column("remote_id", Text, nullable=False),
    Column("parent_id", Text, comment="the account of a contact"),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, comment="the name as duplicates are compared (CUS-4)"),
    Column("modified_at", Instant, nullable=False, comment="Zoho's own modification time"),
    Column("detailed_at", Instant, comment="modification time of the detail that `raw` holds; null: a list row"),
    Column("read_at", Instant, comment="by Zoho's clock, of a record that is read one by one: when"),
    Column("fingerprint", Text, nullable=False, comment="hash of what `raw` holds of the mapped fields"),
    Column("raw", JSONB, nullable=False, comment="the record as Zoho answered it, the needed fields only"),
    Column("verdict", Text, comment="why it is not synced, when it is not"),
    Column("absent", Text, comment="why it is not in the list any more: deleted, or left the view"),
    Column("in_view", Boolean, comment="whether the Books view shows it; null: there is no such view"),
    PrimaryKeyConstraint(
        *("integration", "module", "organization_id", "side", "entity", "remote_id"),
        # What tells whether a linked record is out of step, so that a whole module is compared without its content.
        postgresql_include=["fingerprint", "parent_id", "absent", "in_view"],
    ),
    Index("ix_observations_name", "integration", "module", "organization_id", "side", "name_key"),
    Index("ix_observations_parent", "integration", "module", "organization_id", "side", "parent_id"),
    Index(
        "ix_observations_stem",
        *("integration", "module", "organization_id", "side"),
        STEM,
    ),
    Index(
        "ix_observations_absent",
        *("integration", "module", "organization_id", "side", "entity", "remote_id"),
        postgresql_where=text("absent IS NOT NULL"),
    ),
    comment="What each side was last seen to hold",
)

links = Table(
    "links",
    metadata,
    Column("link_id", BigInteger, Identity(), primary_key=True),
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("organization_id", Text, nullable=False, comment="the Books organization (CON-9)"),
    Column("role", Text, nullable=False, comment="record, or child of one (a contact person)"),
    Column("kind", Text, nullable=False, comment="business, individual or contact_person"),
    Column("sales_id", Text, nullable=False),
    Column("books_id", Text, nullable=False),
    Column("parent_link_id", BigInteger, ForeignKey("links.link_id")),
    Column("base_sales", JSONB, nullable=False, comment="field → value on the sales side when last in step"),
    Column("base_books", JSONB, nullable=False, comment="field → value in Books when last in step"),
    Column("sales_seen", Text, nullable=False, comment="fingerprint of the observation last dealt with"),
    Column("books_seen", Text, nullable=False),
    Column("in_view", Boolean, comment="whether the Books view showed the record when the pair was last dealt with"),
    Column("run_id", Text, nullable=False, comment="the run that last changed it"),
    Column("linked_at", Instant, nullable=False),
    Column("retired_at", Instant),
    Column("retired_why", Text, comment="which record was deleted: sales or books; moved; undone; disabled (CON-7)"),
    Index(
        "uq_links_sales",
        *("integration", "module", "organization_id", "role", "sales_id"),
        unique=True,
        postgresql_where=text("retired_at IS NULL"),
        postgresql_include=["link_id", "parent_link_id", "books_id", "sales_seen", "books_seen", "in_view"],
    ),
    Index(
        "uq_links_books",
        *("integration", "module", "organization_id", "role", "books_id"),
        unique=True,
        postgresql_where=text("retired_at IS NULL"),
    ),
    Index("ix_links_parent", "parent_link_id"),
    Index("ix_links_sales", "sales_id"),
    Index("ix_links_books", "books_id"),
    Index(
        "ix_links_ended",
        *("integration", "module", "organization_id", "role"),
        postgresql_where=text("retired_at IS NOT NULL"),
    ),
    comment="The identity map: which records are one and the same, and their base",
)

claims = Table(
    "claims",
    metadata,
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("organization_id", Text, nullable=False),
    Column("source", Text, nullable=False, comment="the side that has the record: sales or books"),
    Column("source_id", Text, nullable=False),
    Column("name", Text, nullable=False, comment="the name under which it is created on the other side"),
    Column("run_id", Text, nullable=False),
    Column("claimed_at", Instant, nullable=False),
    PrimaryKeyConstraint("integration", "module", "organization_id", "source", "source_id"),
    comment="A create that has begun and whose link is not stored yet (BEY-4)",
)

proposals = Table(
    "proposals",
    metadata,
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("organization_id", Text, nullable=False, comment="the Books organization (CON-9)"),
    Column("sales_id", Text, nullable=False),
    Column("books_id", Text, nullable=False),
    Column("score", Integer, nullable=False, comment="of 100"),
    Column("reasons", JSONB, nullable=False, comment="what speaks for and against it: about, points, words"),
    Column("state", Text, nullable=False, comment="open, link, different or later: what a person decided"),
    Column("found_at", Instant, nullable=False, comment="when it was last found"),
    Column("decided_by", Text, comment="the user, as Airflow or the operating system calls them"),
    Column("decided_at", Instant),
    Column("later_until", Instant, comment="with later: when to ask again"),
    PrimaryKeyConstraint("integration", "module", "organization_id", "sales_id", "books_id"),
    Index("ix_proposals_books", "integration", "module", "organization_id", "books_id"),
    comment="Records that may be the same, and what a person decided about them (BEY-6)",
)

refusals = Table(
    "refusals",
    metadata,
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("organization_id", Text, nullable=False, comment="the Books organization (CON-9)"),
    Column("source", Text, nullable=False, comment="the side that the write came from: sales or books"),
    Column("source_id", Text, nullable=False),
    Column("mark", Text, nullable=False, comment="hash of what was written, and of what it was made from"),
    Column("reason", Text, nullable=False),
    Column("run_id", Text, nullable=False, comment="the run that took it back"),
    Column("refused_at", Instant, nullable=False),
    PrimaryKeyConstraint("integration", "module", "organization_id", "source", "source_id"),
    comment="Writes that came to something else than they had to and were taken back (TXN-6)",
)

cursors = Table(
    "cursors",
    metadata,
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("organization_id", Text, nullable=False, comment="the Books organization (CON-9)"),
    Column("side", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("seen_until", Instant, nullable=False, comment="by Zoho's clock: when the last scan began"),
    Column("scope_hash", Text, nullable=False, comment="what was asked for; another scope needs a full scan"),
    Column("complete_at", Instant, comment="when all of it was last read"),
    PrimaryKeyConstraint("integration", "module", "organization_id", "side", "entity"),
    comment="How far each list was read",
)

facts = Table(
    "facts",
    metadata,
    Column("integration", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("read_at", Instant, nullable=False),
    PrimaryKeyConstraint("integration", "name"),
    comment="What preflight learned of the organizations, kept for a day",
)

settings_versions = Table(
    "settings_versions",
    metadata,
    Column("version_id", BigInteger, Identity(), primary_key=True),
    Column("file", Text, nullable=False, comment="below the include folder, such as integrations/demo.yaml"),
    Column("content", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", Text, comment="user of Airflow; null: found so, changed outside of the page"),
    Column("why", Text, comment="what they said of it"),
    Index("ix_settings_versions_file", "file", "version_id"),
    comment="What the files of settings and mappings held, each time they were changed (OPS-6)",
)

api_calls = Table(
    "api_calls",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), nullable=False),
    Column("task", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("seconds", Numeric(12, 3), nullable=False),
    PrimaryKeyConstraint("run_id", "task", "product", "purpose"),
    comment="What each run cost, by system and purpose",
)

tokens = Table(
    "tokens",
    metadata,
    Column("key", Text, primary_key=True, comment="hash of the credentials"),
    Column("sealed", LargeBinary, comment="the token, encrypted with Airflow's Fernet key"),
    Column("issued", JSONB, nullable=False, comment="the times of the last tokens asked for"),
    comment="Access tokens, shared by all tasks and workers",
)

budgets = Table(
    "budgets",
    metadata,
    Column("product", Text, nullable=False, comment="crm, bigin or books"),
    Column("organization", Text, nullable=False),
    Column("ledger", JSONB, nullable=False, comment="what was spent, who holds what, whose turn it is"),
    PrimaryKeyConstraint("product", "organization"),
    comment="The call budget of each organization, shared by all workers (BEY-8)",
)

organizations = Table(
    "organizations",
    metadata,
    Column("key", Text, primary_key=True, comment="hash of the credentials"),
    Column("organization", Text, nullable=False),
    Column("plan", Text, nullable=False, comment="edition, in Zoho's words"),
    Column("users", Integer, nullable=False, comment="user licences"),
    Column("learned_at", Instant, nullable=False),
    comment="Which CRM or Bigin organization is behind a connection, and how much Zoho gives it",
)

events = Table(
    "events",
    metadata,
    Column("event_id", BigInteger, Identity(), primary_key=True),
    Column("integration", Text, nullable=False),
    Column("side", Text, nullable=False, comment="sales or books"),
    Column("entity", Text, nullable=False, comment="Quotes, invoices …: the API's own word"),
    Column("remote_id", Text, nullable=False),
    Column("operation", Text, nullable=False, comment="as Zoho told it; a hint, never believed"),
    Column("digest", Text, comment="hash of the body, to know a repeat; null: none is known"),
    Column("received_at", Instant, nullable=False, comment="when it was last told"),
    Column("times", Integer, nullable=False, comment="how often it was told while it waited"),
    Column("taken_by", Text, comment="the run that looks at the record"),
    Column("taken_at", Instant),
    Column("done_at", Instant),
    Index(
        "uq_events_waiting",
        *("integration", "side", "entity", "remote_id"),
        unique=True,
        postgresql_where=text("taken_by IS NULL AND done_at IS NULL"),
    ),
    Index("ix_events_record", "integration", "side", "entity", "remote_id", "digest"),
    Index("ix_events_open", "integration", postgresql_where=text("done_at IS NULL")),
    comment="What webhooks told: records to look at (TXN-5)",
)

bells = Table(
    "bells",
    metadata,
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False, comment="transactions or deals"),
    Column("rung_at", Instant, nullable=False, comment="when a run was last asked for"),
    PrimaryKeyConstraint("integration", "module"),
    comment="When webhooks last asked for a run, so that many ask once",
)

channels = Table(
    "channels",
    metadata,
    Column("integration", Text, nullable=False),
    Column("connection", Text, nullable=False, comment="the Airflow connection that it was made with"),
    Column("channel_id", Text, nullable=False),
    Column("product", Text, nullable=False, comment="crm or bigin"),
    Column("notify_url", Text, nullable=False),
    Column("events", JSONB, nullable=False, comment="such as Deals.all"),
    Column("asked", Text, nullable=False, comment="hash of what was asked for, its token included"),
    Column("renewed_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, comment="as Zoho granted it"),
    PrimaryKeyConstraint("integration", "connection", "channel_id"),
    comment="The subscriptions to notifications of the sales side",
)

approvals = Table(
    "approvals",
    metadata,
    Column("run_id", Text, primary_key=True, comment="the run that made the plan"),
    Column("integration", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("why", Text, nullable=False, comment="which guard holds it back"),
    Column("content", Text, nullable=False, comment="hash of what the plan would write"),
    Column("asks", Boolean, nullable=False, comment="false: somebody was asked about such a plan already"),
    Column("until", Instant, comment="how long an answer is waited for; null: nobody was asked yet"),
    Column("answer", Text, comment="carried_out, rejected or none"),
    Column("answered_by", Text),
    Column("answered_at", Instant),
    Index("ix_approvals_module", "integration", "module"),
    comment="Plans that a guard held back, and what was decided about them (BEY-5)",
)

associations = Table(
    "associations",
    metadata,
    Column("association_id", BigInteger, Identity(), primary_key=True),
    Column("integration", Text, nullable=False),
    Column("organization_id", Text, nullable=False, comment="the Books organization (CON-9)"),
    Column("deal_id", Text, nullable=False),
    Column("document", Text, nullable=False, comment="estimates, sales_orders or invoices"),
    Column("books_id", Text, comment="null: a create that has begun"),
    Column("number", Text, comment="of the document, for people"),
    Column("made_by", Text, nullable=False, comment="trigger, person, or books of the trigger's estimate"),
    Column("left_in", Text, comment="the status in which the trigger left it"),
    Column("moving_to", Text, comment="the status that the trigger is about to give it"),
    Column("content", JSONB(none_as_null=True), comment="what the deal said when the trigger last wrote it"),
    Column("run_id", Text, nullable=False, comment="the run that last changed it"),
    Column("made_at", Instant, nullable=False),
    Column("deal_gone", Boolean, nullable=False, server_default=text("false"), comment="deleted in the CRM"),
    Column("shown", Boolean, nullable=False, server_default=text("false"), comment="on both sides, as it is"),
    Column("ended_at", Instant),
    Index(
        "uq_associations_document",
        *("integration", "organization_id", "document", "books_id"),
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "uq_associations_trigger",
        *("integration", "organization_id", "deal_id"),
        unique=True,
        postgresql_where=text("ended_at IS NULL AND made_by = 'trigger'"),
    ),
    Index("ix_associations_deal", "integration", "organization_id", "deal_id"),
    comment="Which document of Books belongs to which deal",
)

deals = Table(
    "deals",
    metadata,
    Column("integration", Text, nullable=False),
    Column("organization_id", Text, nullable=False, comment="the Books organization (CON-9)"),
    Column("deal_id", Text, nullable=False),
    Column("seen", Text, nullable=False, comment="fingerprint of the observation last dealt with"),
    Column("rules", Text, nullable=False, comment="hash of the settings and stages it was dealt with by"),
    Column("earlier", Boolean, nullable=False, comment="in its stage since before the automation began"),
    Column("waits", Boolean, nullable=False, comment="looked at in every run, until it can be done"),
    Column("verdict", Text, comment="why it was left alone, as it was last told"),
    PrimaryKeyConstraint("integration", "organization_id", "deal_id"),
    comment="How far the automation has dealt with each deal",
)

controls = Table(
    "controls",
    metadata,
    Column("integration", Text, primary_key=True),
    Column("state", Text, nullable=False, comment="enabled, disabled or removed"),
    Column("pause", Text, nullable=False, comment="none, drain or interrupt"),
    Column("since", Instant, nullable=False, comment="since when it is so"),
    Column("by", Text, nullable=False, comment="who wanted it so"),
    Column("why", Text, nullable=False, comment="in their words; empty: they did not say"),
    Column("paused_at", Instant, comment="when the latest time without runs began"),
    Column("resumed_at", Instant, comment="when that ended; null: it lasts"),
    comment="Which integrations may run; one without a row may (OPS-5, CON-7, CON-8)",
)

actions = Table(
    "actions",
    metadata,
    Column("action_id", BigInteger, Identity(), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False, comment="the user, as Airflow or the operating system calls them"),
    Column("action", Text, nullable=False, comment="pause, resume, enable, disable, remove, run …"),
    Column("integration", Text, nullable=False),
    Column("module", Text, comment="null: the integration as a whole"),
    Column("detail", JSONB, nullable=False, comment="what was asked for"),
    Column("outcome", Text, comment="done, or why not; null: it has not ended, or died"),
    Column("ended_at", Instant),
    Index("ix_actions_recent", "integration", "at"),
    comment="Who did what, by the page, the command line or a form of Airflow",
)
