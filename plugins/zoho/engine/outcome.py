"""What became of one item of a plan: a failure of its record is noted and does not stop the others."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from zoho.core.texts import one_line
from zoho.engine import wording
from zoho.engine.job import Job
from zoho.engine.work import Work
from zoho.store import runs
from zoho.transport.errors import RecordError

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Try:
    """One try to carry out an item.

    Attributes:
        work: the item.
        begun: whether an earlier try may have carried it out, all or a part of it.
        failed: whether it cannot be carried out.
    """

    work: Work
    begun: bool = False
    failed: bool = False


@contextmanager
def noting(job: Job, one: Try) -> Iterator[None]:
    """Do something for an item; when that fails for reasons of its record, note it and go on."""
    try:
        yield
    except RecordError as error:
        reason = str(error)
    except IntegrityError:
        reason = "Its counterpart was linked to another record meanwhile; the next run pairs it anew."
    except ValueError as error:
        reason = str(error)
    except (KeyError, TypeError) as error:
        reason = f"Zoho's answer could not be understood: {error!r}"
    else:
        return
    one.failed = True
    log.error("%s", wording.failed(one.work.item, reason))
    with job.store.begin() as connection:
        runs.fail_change(connection, job.run_id, one.work.seq, reason, job.clock())


def leave_out(job: Job, work: Work) -> bool:
    """Leave an item out whose record was edited since, where just what a plan shows is carried out (BEY-1).

    An undo looks itself at what was edited, and leaves that.

    Returns:
        Whether it is left out.
    """
    if job.approved is None or work.undoes:
        return False
    with job.store.begin() as connection:
        runs.leave_out_change(connection, job.run_id, work.seq, job.clock())
    log.warning("Left out, since it was edited after the plan was made: %s.", one_line(work.item.name))
    return True
