"""What webhooks told of deals, for the run that looks at them (TXN-5)."""

from zoho.engine.deals.source import entity_of
from zoho.engine.job import Job
from zoho.store import events
from zoho.store.events import Told


def take(job: Job) -> Told:
    """Take what waits, and what an earlier run left; returns list → ids."""
    lists: set[events.RecordList] = {("sales", entity_of(job))}
    with job.store.begin() as connection:
        events.take(connection, job.configured.name, lists, job.run_id)
        return events.taken(connection, job.configured.name, lists, job.run_id)
