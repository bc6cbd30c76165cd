"""What the page does at Zoho itself: a few calls for somebody who waits for the answer."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import HTTPException

from zoho.config.load import Configured
from zoho.web.actions.question import refusals
from zoho.web.security import Right

if TYPE_CHECKING:
    from zoho.engine.job import Job
    from zoho.web.view import View


def usable(view: View, name: str, right: Right = Right.SEE) -> Configured:
    """Return an integration that the user has a right over.

    Raises:
        HTTPException: they have not; or there is none (404), or its settings cannot be used (409).
    """
    view.rights.require(right, name)
    loaded = next((one for one in view.integrations if one.name == name), None)
    if loaded is None:
        raise HTTPException(404)
    if loaded.configured is None:
        text = view.say("The settings cannot be used, so nothing of this integration runs.")
        raise HTTPException(409, text)
    return loaded.configured


@contextmanager
def working(configured: Configured, module: str) -> Iterator[Job]:
    """Give a job of a module, which may stage files while it lasts.

    Raises:
        RefusedError: what was asked for cannot be done; the message says why.
    """
    with refusals(), staging() as open_job, closing(open_job(configured, module)) as job:
        yield job


@contextmanager
def staging(*, bulk: bool = False) -> Iterator[Callable[[Configured, str], Job]]:
    """Give what opens jobs, each with a folder of its own for its files; all of it is gone in the end.

    Args:
        bulk: whether they may concern many records, and leave the reserve of the quotas to what is urgent.
    """
    from zoho.hooks.job import open_job

    with tempfile.TemporaryDirectory(prefix="zoho-sync-") as folder:

        def opened(configured: Configured, module: str) -> Job:
            job = open_job(configured, module, bulk=bulk)
            job.staging = Path(folder, configured.name, module, job.run_id)
            return job

        yield opened


def page_origin() -> str:
    """Return the origin of a run that somebody asked for on the page."""
    return f"page:{uuid.uuid4()}"
