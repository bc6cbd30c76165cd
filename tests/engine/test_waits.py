"""What is kept with a run that waits for a quota (BEY-8)."""

from datetime import UTC, datetime

import pytest

from sandbox import defaults
from tests.support.lab import Lab
from tests.support.pairs import account, later
from zoho.engine.history.runs import one_run
from zoho.engine.job import Job
from zoho.engine.on_demand.planning import make_plan
from zoho.engine.waiting import note_wait
from zoho.engine.waits import Wait
from zoho.store.budget import DatabaseBudget
from zoho.transport.limits import Limits

UNTIL = datetime(2030, 11, 23, tzinfo=UTC)
LIMITS = Limits(per_day=1_000, concurrent=5, per_minute=100)


@pytest.fixture
def begun(two_way: Lab) -> Job:
    """A task of a run with a plan, which has done nothing yet."""
    for number in range(3):
        account(two_way, f"Customer {number}")
    two_way.budget_of = lambda product, job: (
        DatabaseBudget(job.store, "books", defaults.BOOKS_ORGANIZATION_ID, LIMITS) if product == "books" else None
    )
    plan = later(two_way).job()
    make_plan(plan, f"test:{plan.run_id}")
    plan.close()
    job = two_way.job()
    job.run_id = plan.run_id
    two_way.sandbox.clear_calls()
    return job


def kept(job: Job) -> Wait | None:
    """What the history shows."""
    return one_run(job.store, job.run_id).entry.wait


def test_when_it_will_be_done_follows_from_its_plan(begun: Job, two_way: Lab) -> None:
    """BEY-8: three calls, soon after Zoho takes calls again; nobody is asked for it."""
    assert begun.module
    assert begun.books
    two_way.sandbox.clear_calls()
    note_wait(begun, "books", UNTIL)
    wait = kept(begun)
    assert wait is not None
    assert wait.sentence.startswith("waits for the calls of Zoho Books until 2030-11-23 00:00 UTC; done by about ")
    assert wait.done_by is not None
    assert 0 < (wait.done_by - UNTIL).total_seconds() < 60
    assert two_way.sandbox.calls() == []


@pytest.mark.parametrize("product", ["books", "accounts", ""])
def test_a_task_that_has_hardly_begun_can_be_put_off(begun: Job, two_way: Lab, product: str) -> None:
    """BEY-8: it needs nothing that would take a call, since there are none; until when it waits is known."""
    assert begun.books
    note_wait(begun, product, UNTIL)
    assert kept(begun) == Wait(product, UNTIL, None)
    assert two_way.sandbox.calls() == []
