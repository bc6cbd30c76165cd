"""What the page says of a run that waits for a quota, and how the reserve is set there (BEY-8)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from tests.support.visitor import Visitor
from zoho.engine import lifecycle
from zoho.store import waits
from zoho.store.database import open_store

UNTIL, DONE = datetime(2030, 11, 23, tzinfo=UTC), datetime(2030, 11, 24, 0, 5, tzinfo=UTC)
PLACES = ["/", "/integrations/demo", "/history", "/runs/demo-1"]


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The demo integration on two empty organizations."""
    engine = open_store(store_url)
    yield Lab(sandbox, engine, tmp_path / "lab")
    engine.dispose()


def begun(lab: Lab, until: datetime | None, done_by: datetime | None = None) -> None:
    """A run that has not ended, and waits."""
    job = lab.job()
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    if until:
        with lab.store.begin() as connection:
            waits.note(connection, job.run_id, "books", until, done_by)


def text_of(visitor: Visitor, place: str) -> str:
    """A view without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", visitor.see(place)).split())


@pytest.mark.parametrize("place", PLACES)
def test_a_run_that_waits_says_until_when(visitor: Visitor, lab: Lab, place: str) -> None:
    """BEY-8: and when it will be done, wherever the run is shown, in the reader's language."""
    begun(lab, UNTIL, DONE)
    visitor.login("viewer")
    told = "waits for the calls of Zoho Books until 2030-11-23 00:00 UTC; done by about 2030-11-24 00:05 UTC"
    assert told in text_of(visitor, place)
    visitor.see("/?language=ja")
    assert "Zoho Books の呼び出し枠を 2030-11-23 00:00 UTC まで待機中" in text_of(visitor, place)


def test_before_its_plan_nobody_knows_when_it_will_be_done(visitor: Visitor, lab: Lab) -> None:
    """BEY-8: then only until when it waits is told; of a run that does not wait, nothing."""
    begun(lab, UNTIL)
    visitor.login("viewer")
    assert "until 2030-11-23 00:00 UTC" in text_of(visitor, "/runs/demo-1")
    assert "done by about" not in text_of(visitor, "/runs/demo-1")
    begun(lab, None)
    assert "waits for" not in text_of(visitor, "/runs/demo-2")


def test_the_form_asks_for_the_reserve(visitor: Visitor) -> None:
    """BEY-8, OPS-6: with what it is for, and what holds when nothing is set."""
    field = visitor.login("admin").see("/integrations/demo/settings").split('name="quota.reserve"', 1)[1]
    assert field.lstrip().startswith('value="10"')
    assert "Per cent of the calls and credits of each day" in field
