"""What the command line says of quotas: what a run waits for, and who may use the reserve (BEY-8)."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import Command
from tests.support.days import set_reserve
from tests.support.lab import Lab
from tests.support.pairs import account
from zoho.engine import lifecycle
from zoho.engine.errors import RunStopped
from zoho.engine.waiting import note_going_on, note_wait
from zoho.store import waits

UNTIL, DONE = datetime(2030, 11, 23, tzinfo=UTC), datetime(2030, 11, 24, 0, 5, tzinfo=UTC)
TOLD = "waits for the calls of Zoho Books until 2030-11-23 00:00 UTC; done by about 2030-11-24 00:05 UTC"


@pytest.fixture
def waiting(demo: Lab) -> str:
    """A run that waits for its quota."""
    job = demo.job()
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    with demo.store.begin() as connection:
        waits.note(connection, job.run_id, "books", UNTIL, DONE)
    return job.run_id


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("arguments", [("status",), ("history",), ("history", "demo-1")], ids=" ".join)
def test_a_run_that_waits_says_until_when(command: Command, arguments: tuple[str, ...]) -> None:
    """BEY-8: and when it will be done, wherever the run is shown."""
    shown = command(*arguments)
    assert shown.exit_code == 0, shown.output
    assert TOLD in shown.output


def test_programs_are_told_too(command: Command, waiting: str) -> None:
    """BEY-8: as times, which they need not read out of a sentence."""
    (run,) = json.loads(command("history", "--json").output)["runs"]
    assert run["run_id"] == waiting
    assert run["wait"] == {"product": "books", "until": UNTIL.isoformat(), "done_by": DONE.isoformat()}


def test_a_run_that_goes_on_says_so_no_more(demo: Lab, command: Command, waiting: str) -> None:
    """BEY-8: it goes on, or it is closed after somebody ended its wait."""
    job = demo.job()
    job.run_id = waiting
    for end in (note_going_on, lifecycle.close):
        note_wait(job, "books", UNTIL)
        assert "waits for" in command("status").output
        with suppress(RunStopped):
            end(job)
        assert "waits for" not in command("status").output


def test_the_reserve_is_for_what_somebody_waits_for(demo: Lab, command: Command) -> None:
    """BEY-8: a plan of a whole module is put off when only the reserve is left; one record is fetched."""
    set_reserve(demo, 90)
    acme = account(demo, "Acme")
    demo.sandbox.settings(books_calls_per_day=30)
    for _ in range(2):  # Zoho tells how many calls there are with the first answer
        put_off = command("plan", "demo", "customers", "--full")
    assert put_off.exit_code == 1
    assert "90 % of each day are kept for what is urgent" in put_off.stderr

    fetched = command("fetch", "demo", "customers", acme)
    assert fetched.exit_code == 0, fetched.output
    refreshed = command("refresh", "demo", "customers", "--yes")
    assert refreshed.exit_code == 1
    assert "are kept for what is urgent" in refreshed.stderr
    demo.sandbox.settings(books_calls_per_day=None)
    assert list(demo.customers()) == ["Acme"]
