"""One Airflow for all tests of the page in a browser, and a tab that is logged in."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from stack.postgres import Postgres
from tests.browser.stage import Stage, staged

PATIENCE_MS = 60_000
"""For a machine that is busy with other tests."""


@pytest.fixture(scope="package")
def stage(postgres: Postgres) -> Iterator[Stage]:
    """A running Airflow, the sandbox and the store, until the last of these tests has ended.

    The tests leave their records to each other.
    """
    with (
        tempfile.TemporaryDirectory(prefix="zoho-sync-browser-", ignore_cleanup_errors=True) as folder,
        staged(postgres, Path(folder)) as running,
    ):
        yield running


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    """A tab of somebody who is logged in to Airflow; no script of the page may fail."""
    context = browser.new_context(base_url=stage.url, locale="en-GB", viewport={"width": 1360, "height": 900})
    context.add_cookies([{"name": "_token", "value": stage.login(), "url": stage.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    wrong: list[str] = []

    def note(text: str) -> None:
        if page.url.startswith(f"{stage.url}/zoho/"):  # what Airflow's own pages say is not ours
            wrong.append(text)

    page.on("pageerror", lambda error: note(str(error)))
    page.on("console", lambda told: note(told.text) if "Content Security Policy" in told.text else None)
    yield page
    context.close()
    assert wrong == [], "a script of the page failed, or wanted more than the page's policy allows"
