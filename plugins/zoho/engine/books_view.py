"""The Books view: which records of Books may be sent to the sales side (CUS-5)."""

from collections.abc import Iterator

from zoho.api.paging import Page
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered
from zoho.engine.job import Job
from zoho.transport.errors import Fatal, RecordError

NOT_SHOWN = "the Books view does not show it"
"""Why a record of Books is not sent, or an edit of it."""

_NO_VIEW = "1"
"""The id of no custom view."""


def view_pages(job: Job, view: str) -> Iterator[Page]:
    """Walk what the Books view shows, all of it: a record enters or leaves a view without being edited.

    Args:
        job: the run.
        view: id of a custom view, or a filter of the list.

    Raises:
        PreflightError: there is no such view, or Books does not heed views on this list.
    """
    entity = job.module.books_list.entity
    pages = job.books_side.shown(view)
    try:
        first = next(pages)
    except (RecordError, Fatal) as error:
        if error.code != "4":  # an invalid value (zoho-api 3.10)
            raise
        raise PreflightError([f"Books has no view {view} of {entity}; look its id up in Books"]) from None
    if view.isdigit() and first.records and not _heeds_views(job):
        text = f"Books does not limit its list of {entity} to custom views, so books_view cannot be one"
        raise PreflightError([f"{text}; name a filter such as Status.Active, or take it out"])
    yield first
    yield from pages


def _heeds_views(job: Job) -> bool:
    """Whether Books limits the list to custom views at all, which it promises for few lists (zoho-api 3.8).

    A list that passes over the parameter shows everything, also for a view that does not exist. Asked once a day.
    """
    return bool(remembered(job, f"books views of {job.module.books_list.entity}", lambda: _heed(job))["heeded"])


def _heed(job: Job) -> dict[str, bool]:
    try:
        return {"heeded": not next(job.books_side.shown(_NO_VIEW)).records}
    except (RecordError, Fatal):
        return {"heeded": True}
