"""Facts about the connected organizations, asked for once a day."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zoho.core.records import fingerprint
from zoho.engine.errors import NeverTold
from zoho.store import facts

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

FACTS_LAST = timedelta(days=1)
"""How long a fact is believed before it is read again; a full scan reads it again at once."""


def remembered(job: "Job", name: str, read: Callable[[], Any], *, anew: bool = False) -> Any:
    """Return a fact: as it is kept in the store, else as ``read`` tells it now.

    Args:
        job: the run.
        name: of the fact, unique among those of the two organizations.
        read: asks Zoho; gives something that JSON can hold.
        anew: whether to ask whatever is kept.

    Raises:
        NeverTold: it is not kept, and the job asks nobody.
    """
    if job.offline:
        return _as_last_told(job, name)
    now, integration = job.clock(), job.configured.name
    not_before = now if job.full_scan or anew else now - FACTS_LAST
    kept_as = f"{told(name)}{_teller(job)}"
    with job.store.connect() as connection:
        known = facts.read(connection, integration, kept_as, not_before)
    if known is not None:
        return known
    value = read()
    with job.store.begin() as connection:
        facts.keep(connection, integration, kept_as, value, now)
    return value


def _as_last_told(job: "Job", name: str) -> Any:
    with job.store.connect() as connection:
        known = facts.latest(connection, job.configured.name, told(name))
    if known is None:
        raise NeverTold(f"no run has asked for the {name} yet")
    return known


def told(name: str) -> str:
    """Return how the name of a fact begins in the store, whoever told it."""
    return f"{name} @ "


def _teller(job: "Job") -> str:
    """Return whose facts are meant: other credentials, or another Books organization, tell others (CON-9)."""
    organization_id = job.configured.settings.books.organization_id
    return fingerprint([job.sales.transport.key, job.books.transport.key, organization_id])
