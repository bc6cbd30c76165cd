"""What webhooks told of a module's records, for the run that looks at them (TXN-5).

A run takes what waits once, at its beginning; its later tasks find the same again. It is done with when what the
run saw is stored: from then on the difference is work, whatever becomes of the run.
"""

from collections.abc import Set

from zoho.engine.job import Job
from zoho.store import events
from zoho.store.events import RecordList, Told


def lists_of(job: Job) -> Set[RecordList]:
    """Return the lists of both sides that the module of a run reads."""
    sales = job.module.sales_lists()
    return {*(("sales", entity) for entity in sales), ("books", job.module.books_list.entity)}


def take(job: Job) -> Told:
    """Take what waits for the module, and what an earlier run left; returns list → ids."""
    with job.store.begin() as connection:
        events.take(connection, job.configured.name, lists_of(job), job.run_id)
    return only_of(job)


def only_of(job: Job) -> Told:
    """Return what the run has taken: list → ids, the value for ``Job.only`` or, in a regular run, ``Job.also``."""
    with job.store.connect() as connection:
        return events.taken(connection, job.configured.name, lists_of(job), job.run_id)


def finish(job: Job) -> None:
    """Note that what the run took is looked at: what was seen is stored. Old events are forgotten."""
    with job.store.begin() as connection:
        events.done(connection, job.run_id)
        events.prune(connection, job.configured.name)


def give_back(job: Job) -> None:
    """Let what the run took wait again, when it ends before it stored what it saw."""
    with job.store.begin() as connection:
        events.give_back(connection, job.run_id)


def waiting(job: Job) -> int:
    """Return how many records of the module wait for a run."""
    with job.store.connect() as connection:
        return events.pending(connection, job.configured.name, lists_of(job))
