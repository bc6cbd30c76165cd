"""Pause, interrupt and resume: what runs do about it, and what they do afterwards (OPS-5)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support.deals import ESTIMATE, switched_on
from tests.support.lab import Lab
from zoho.engine import associations, lifecycle
from zoho.engine.control import pulse, state
from zoho.engine.control.points import check_may_go_on
from zoho.engine.control.state import ControlError
from zoho.engine.create_books import AT_ONCE
from zoho.engine.errors import Interrupted, NotNow
from zoho.engine.on_demand.planning import carry_out, make_plan, plan_undo
from zoho.store import controls, runs
from zoho.store.controls import Pause
from zoho.store.tables import changes, claims
from zoho.store.tables import runs as runs_table
from zoho.transport.exchange import Call

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def looks_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs look at every safe point, and not once a second."""
    monkeypatch.setattr(pulse, "LOOK_EVERY", 0.0)


def pause(lab: Lab, how: Pause = Pause.DRAIN, at: datetime = NOON) -> None:
    state.pause(lab.store, lab.integration, how, "anna", "stocktaking", at)


def resume(lab: Lab, at: datetime = NOON + timedelta(hours=1)) -> state.Gap:
    return state.resume(lab.store, lab.integration, "anna", at)


MANY = AT_ONCE + 5
"""Records, more than are created at once."""


def accounts(lab: Lab, count: int) -> list[str]:
    """New accounts, each with a contact; returns their names."""
    names = [f"Account {number:03}" for number in range(count)]
    made = lab.crm.insert("Accounts", [{"Account_Name": name, "Phone": "1"} for name in names])
    people = [{"Last_Name": f"Person {one.id}", "Account_Name": {"id": one.id}} for one in made]
    lab.crm.insert("Contacts", people)
    return names


@contextmanager
def paused_after(lab: Lab, call: Callable[[Call], bool], how: Pause, times: int = 1) -> Iterator[None]:
    """Somebody pauses the integration at the moment in which the n-th call of a kind is answered."""
    seen = 0

    def look(made: Call) -> None:
        nonlocal seen
        seen += call(made)
        if seen == times and call(made):
            pause(lab, how)

    lab.on_call = look
    try:
        yield
    finally:
        lab.on_call = None


def is_create(call: Call) -> bool:
    return call.method == "POST" and call.path.endswith("/contacts")


def history(lab: Lab) -> list[str]:
    with lab.store.connect() as connection:
        return list(connection.scalars(select(runs_table.c.state).order_by(runs_table.c.started_at)))


def held(lab: Lab) -> dict[str, tuple[Any, ...]]:
    """What Books holds, without ids and times."""
    return {
        name: (one["billing_address"]["phone"], [person["last_name"] for person in one["contact_persons"]])
        for name, one in lab.customers().items()
    }


def test_nothing_begins_while_paused(empty_lab: Lab):
    """OPS-5: a run that has not begun does not begin, asks Zoho nothing and is not in the history."""
    accounts(empty_lab, 2)
    pause(empty_lab)
    empty_lab.sandbox.clear_calls()

    with pytest.raises(NotNow) as told:
        empty_lab.run()

    assert str(told.value) == (
        "demo is paused since 2026-11-22 12:00 UTC by anna: stocktaking. "
        "No run begins until it is resumed: zoho-sync resume demo"
    )
    assert (empty_lab.sandbox.calls(), history(empty_lab)) == ([], [])

    gap = resume(empty_lab)

    assert gap == state.Gap(NOON, NOON + timedelta(hours=1))
    assert empty_lab.run().directions[0].added == 2


@pytest.mark.parametrize("how", [Pause.DRAIN, Pause.INTERRUPT])
def test_looking_and_undoing_while_paused(empty_lab: Lab, how: Pause, looks_always: None):
    """OPS-5, BEY-3: a wrong run is looked into and taken back while nothing else writes; no other plan is."""
    lab = empty_lab
    accounts(lab, 1)
    lab.run()
    wrong = f"demo-{lab.runs}"
    accounts(lab, 2)
    pause(lab, how)
    lab.sandbox.clock(advance=5)

    plan = make_plan(lab.job(), "test:plan")
    with pytest.raises(NotNow):
        carry_out(lab.job(), "test:apply", plan)
    undo = plan_undo(lab.job(), "test:undo", wrong)
    carry_out(lab.job(), "test:back", undo)

    assert {name: one["status"] for name, one in lab.customers().items()} == {"Account 000": "inactive"}


def test_what_is_disabled_is_not_undone(empty_lab: Lab):
    """CON-7: disabled, nothing begins."""
    accounts(empty_lab, 1)
    empty_lab.run()
    wrong = f"demo-{empty_lab.runs}"
    state.disable(empty_lab.store, "demo", "anna", "", NOON)
    with pytest.raises(NotNow):
        plan_undo(empty_lab.job(), "test:undo", wrong)


def test_a_later_interrupt_stops_looking_too(empty_lab: Lab):
    """OPS-5: whatever began before it stops, also a dry run that the pause before let begin."""
    pause(empty_lab, Pause.INTERRUPT)
    job = empty_lab.job()
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=True)
    check_may_go_on(job)
    pause(empty_lab, Pause.INTERRUPT, at=job.clock() + timedelta(seconds=1))
    with pytest.raises(Interrupted):
        check_may_go_on(job)


def test_a_pause_is_of_one_integration(lab: Lab):
    """OPS-5, CON-2: another integration goes on."""
    pause(lab)
    lab.integration = "demo_bigin"
    assert lab.run().state == "success"


def test_a_run_that_has_begun_is_finished(empty_lab: Lab, looks_always: None):
    """OPS-5: drain lets a run finish, wherever it stands; also one that is about to be repeated."""
    accounts(empty_lab, 3)
    with paused_after(empty_lab, lambda call: True, Pause.DRAIN):
        report = empty_lab.run()
    assert (report.state, report.directions[0].added) == ("success", 3)

    resume(empty_lab)
    job = empty_lab.job()
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    pause(empty_lab)
    assert lifecycle.begin(job, f"test:{job.run_id}", dry_run=False) == job.run_id


def test_interrupted_between_records(empty_lab: Lab, looks_always: None):
    """OPS-5: it stops before the next record; the history says so, and what it has done stays done."""
    names = accounts(empty_lab, MANY)
    with paused_after(empty_lab, is_create, Pause.INTERRUPT, times=2):
        report = empty_lab.run()

    added = report.directions[0].added
    assert (report.state, report.failures) == ("interrupted", [])
    assert 2 <= added < MANY  # and those that were on their way by then
    assert report.error is not None
    assert "demo is paused since 2026-11-22 12:00 UTC by anna: stocktaking. So this run stops here" in report.error
    assert len(empty_lab.customers()) == added
    with empty_lab.store.connect() as connection:
        states = connection.execute(select(changes.c.state, func.count()).group_by(changes.c.state)).all()
        assert sorted(tuple(row) for row in states) == [("done", added), ("planned", MANY - added)]
        assert connection.execute(select(claims)).all() == []

    resume(empty_lab)
    empty_lab.sandbox.clear_calls()
    report = empty_lab.run()

    left = MANY - added
    assert (report.state, report.directions[0].added, len(empty_lab.writes())) == ("success", left, left)
    assert sorted(empty_lab.customers()) == names
    assert empty_lab.run().directions[0].unchanged == MANY


def test_interrupted_after_every_call(empty_lab: Lab, looks_always: None):
    """OPS-5: interrupted after each of its calls in turn and resumed, it is as if nothing had happened."""
    accounts(empty_lab, 3)
    twin = empty_lab.run()
    wanted, created = held(empty_lab), twin.directions[0].added
    call, stops = 0, 0
    while True:
        call += 1
        empty_lab.start_over()
        accounts(empty_lab, 3)
        empty_lab.sandbox.clear_calls()
        with paused_after(empty_lab, lambda _: True, Pause.INTERRUPT, times=call):
            first = empty_lab.run()
        with empty_lab.store.connect() as connection:
            asked = controls.read(connection, "demo").pause is Pause.INTERRUPT
        if not asked:
            break
        stops += first.state == "interrupted"
        resume(empty_lab)
        second = empty_lab.run()
        assert (second.state, held(empty_lab)) == ("success", wanted), call
        assert first.directions[0].added + second.directions[0].added == created, call
        assert len(empty_lab.writes()) == created, call
    assert stops > 5


def test_interrupted_between_batches_of_the_sales_side(empty_lab: Lab, looks_always: None):
    """OPS-5: hundreds are written at once to the CRM; it stops between two of them, nothing twice, nothing left."""
    empty_lab.settings(direction="two_way")
    for number in range(230):
        empty_lab.books.create_contact({"contact_name": f"Customer {number:03}", "customer_sub_type": "business"})

    def is_batch(call: Call) -> bool:
        return call.method == "POST" and call.path.endswith("/Accounts")

    with paused_after(empty_lab, is_batch, Pause.INTERRUPT):
        report = empty_lab.run()
    assert (report.state, report.directions[1].added, len(empty_lab.accounts())) == ("interrupted", 100, 100)

    resume(empty_lab)
    report = empty_lab.run()
    assert (report.state, report.directions[1].added, len(empty_lab.accounts())) == ("success", 130, 230)
    assert len({one["Account_Name"] for one in empty_lab.accounts()}) == 230


def test_a_change_in_the_meantime_is_picked_up(empty_lab: Lab, looks_always: None):
    """OPS-5: what was edited while the integration paused is written as it is now, not as it was planned."""
    names = accounts(empty_lab, MANY)
    with paused_after(empty_lab, is_create, Pause.INTERRUPT):
        added = empty_lab.run().directions[0].added
    edits = [{"id": one["id"], "Phone": "2"} for one in empty_lab.accounts()]
    empty_lab.crm.update("Accounts", edits)

    resume(empty_lab)
    report = empty_lab.run()

    assert 1 <= added < MANY
    assert (report.directions[0].added, report.directions[0].updated) == (MANY - added, added)
    assert {name: phone for name, (phone, _) in held(empty_lab).items()} == dict.fromkeys(names, "2")


def test_interrupted_between_deals(empty_lab: Lab, looks_always: None):
    """OPS-5, TRG-2: it stops before the next deal; resumed, each deal has one estimate."""
    trade = switched_on(empty_lab, ESTIMATE)
    for number in range(4):
        trade.deal(Deal_Name=f"Deal {number}")

    def is_estimate(call: Call) -> bool:
        return call.method == "POST" and call.path.endswith("/estimates")

    with paused_after(empty_lab, is_estimate, Pause.INTERRUPT, times=2):
        report = trade.run()
    assert (report.state, report.directions[0].added, len(trade.estimates())) == ("interrupted", 2, 2)

    resume(empty_lab)
    report = trade.run()
    assert (report.state, report.directions[0].added) == ("success", 2)
    references = [one["reference_number"] for one in trade.estimates()]
    assert len(references) == len(set(references)) == 4


def test_nobody_associates_while_paused(empty_lab: Lab):
    """OPS-5, DEAL-1: what a person asks for begins no more than a schedule does."""
    trade = switched_on(empty_lab, ESTIMATE)
    deal = trade.deal("Qualification")
    body = {"customer_id": trade.customer, "line_items": [{"name": "Tea", "rate": 3, "quantity": 1}]}
    number = empty_lab.books.sales_orders.create(body)["salesorder_number"]
    pause(empty_lab)
    with pytest.raises(NotNow):
        associations.associate(empty_lab.job(module="deals"), "test:form", "sales_orders", number, deal)


def test_a_run_looks_once_a_second(empty_lab: Lab):
    """OPS-5: looking costs next to nothing, however many records there are."""
    job = empty_lab.job()
    assert [job.pulse.is_due() for _ in range(100)].count(True) == 1


def test_pause_twice_resume_twice(lab: Lab):
    """OPS-5: a drain may become an interrupt; the gap is that of the whole pause and can be told again."""
    pause(lab)
    pause(lab, at=NOON + timedelta(minutes=5))
    pause(lab, Pause.INTERRUPT, at=NOON + timedelta(minutes=10))
    gap = resume(lab)
    assert (gap.since, gap.until) == (NOON, NOON + timedelta(hours=1))
    assert resume(lab, NOON + timedelta(hours=9)) == gap == state.gap(lab.store, "demo", NOON + timedelta(days=1))


def test_resume_without_a_pause(lab: Lab):
    """OPS-5: it says that there is nothing to resume."""
    with pytest.raises(ControlError, match=r"demo was never paused\."):
        resume(lab)


def test_a_run_of_a_paused_integration_does_not_spoil_the_history(lab: Lab):
    """OPS-4, OPS-5: an interrupted run is no failure; the last run that did its work is still found."""
    lab.run()
    pause(lab, Pause.INTERRUPT)
    with pytest.raises(NotNow):
        lab.run()
    with lab.store.connect() as connection:
        last = runs.last_applied(connection, lab.job().scope)
    assert last is not None
    assert history(lab) == ["success"]
