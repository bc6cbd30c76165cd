"""Which run is to be undone, and whether it can be."""

from sqlalchemy.exc import NoResultFound

from zoho.engine import lifecycle
from zoho.engine.errors import CannotUndo
from zoho.engine.job import Job, is_dry
from zoho.store import runs

DEALS_STAY = "What the deals' automation did is not undone: void or delete its documents in Books."


def check_undo(job: Job) -> None:
    """Let a run begin that plans to undo another one, and note which.

    Raises:
        CannotUndo: there is no such run, it wrote nothing, it still goes on, or its kind is not undone.
    """
    if job.undoes is None:
        return
    run_id = job.undoes
    try:
        with job.store.connect() as connection:
            run = runs.get(connection, run_id)
    except NoResultFound:
        raise CannotUndo(f"There is no run {run_id}.") from None
    organization_id = run.settings["integration"]["books"]["organization_id"]
    if run.integration != job.configured.name or organization_id != job.scope.organization_id:
        raise CannotUndo(f"{run_id} is no run of {job.configured.name} with this Books organization.")
    if run.module == "deals":
        raise CannotUndo(DEALS_STAY)
    if run.dry_run:
        raise CannotUndo(f"{run_id} was a dry run and wrote nothing, so there is nothing to undo.")
    if run.finished_at is None:
        raise CannotUndo(f"The run {run_id} has not ended yet. Wait for it, or stop it, and then undo it.")
    if not is_dry(job):
        raise CannotUndo("An undo is planned first, by a dry run; look at that plan, and then carry it out.")
    lifecycle.note_about(job, f"undo of the run {run_id}")
    note_undoes(job, run_id)


def note_undoes(job: Job, run_id: str) -> None:
    """Note in the history which run this one takes back."""
    with job.store.begin() as connection:
        runs.note_undoes(connection, job.run_id, run_id)


def undone_run(job: Job) -> str | None:
    """Return the run that this one takes back, or plans to; ``None`` for any other run."""
    with job.store.connect() as connection:
        undoes = runs.get(connection, job.run_id).undoes
    return str(undoes) if undoes else None
