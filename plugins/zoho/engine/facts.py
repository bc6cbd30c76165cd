"""Facts about the connected organizations, asked for once a day."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zoho.store import facts

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job

FACTS_LAST = timedelta(days=1)
"""How long a fact is believed before it is read again; a full scan reads it again at once."""


def remembered(job: "Job", name: str, read: Callable[[], Any], *, anew: bool = False) -> Any:
    """Return a fact: as it is kept in the store, else as ``read`` tells it now.

    Args:
        job: the run.
        name: of the fact, unique in the integration.
        read: asks Zoho; gives something that JSON can hold.
        anew: whether to ask whatever is kept.
    """
    now = job.clock()
    not_before = now if job.full_scan or anew else now - FACTS_LAST
    with job.store.connect() as connection:
        known = facts.read(connection, job.configured.name, name, not_before)
    if known is not None:
        return known
    value = read()
    with job.store.begin() as connection:
        facts.keep(connection, job.configured.name, name, value, now)
    return value
