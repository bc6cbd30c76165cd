"""Deals whose fields hold what their type never holds: told by name, and the others go on (TRG-1)."""

import pytest
from sqlalchemy import select, update

from tests.engine.test_wrong_types import WRONG
from tests.support.deals import ESTIMATE, Trade, switched_on
from tests.support.lab import Lab
from tests.support.spoiler import spoiling
from zoho.engine.deals.scan import scan_deals, take_in
from zoho.store.tables import changes, observations

FIELDS = ("Deal_Name", "Stage", "Amount", "Currency", "Account_Name", "Owner", "Modified_Time")


@pytest.fixture
def quoting(empty_lab: Lab) -> Trade:
    return switched_on(empty_lab, ESTIMATE)


@pytest.mark.parametrize("field", FIELDS)
def test_one_odd_deal_stops_no_other(quoting: Trade, field: str):
    """TRG-1, OPS-4: it gets its estimate or stands in the history by its id, and gets one once it can be read."""
    odd = {kind: quoting.deal(Deal_Name=kind) for kind in WRONG}
    with spoiling(quoting.lab) as spoilt:
        spoilt |= {odd[kind]: {field: value} for kind, value in WRONG.items()}
        sound = [quoting.deal(Deal_Name=name) for name in ("First", "Last")]
        report = quoting.run()
        assert report.state in ("success", "partial"), report.error
    made, told = estimates_of(quoting), told_of(quoting)
    assert made >= set(sound)
    for kind, deal_id in odd.items():
        assert deal_id in made or told.get(deal_id), kind
        assert "could not be understood" not in told.get(deal_id, ""), kind
    report = quoting.run()
    assert report.failures == []
    assert estimates_of(quoting) == {*sound, *odd.values()}


def estimates_of(trade: Trade) -> set[str]:
    """Ids of the deals that have an estimate."""
    return {one["reference_number"].removeprefix("Deal ") for one in trade.estimates()}


def told_of(trade: Trade) -> dict[str, str]:
    """Deal → why the latest run did nothing about it."""
    with trade.lab.store.connect() as connection:
        rows = connection.execute(select(changes).where(changes.c.run_id == f"demo-{trade.lab.runs}"))
        return {row.sales_id: row.error or row.reason for row in rows}


def test_what_was_stored_before_stops_no_other(quoting: Trade):
    """TRG-1: an older version kept a deal as it came, odd or not; that is looked at when it is decided about."""
    odd, sound = quoting.deal(Deal_Name="Odd"), quoting.deal(Deal_Name="Sound")
    quoting.lab.sandbox.clock(advance=3_600)
    job = quoting.lab.job(module="deals")
    take_in(job, scan_deals(job))
    with quoting.lab.store.begin() as connection:
        kept = update(observations).where(observations.c.remote_id == odd)
        connection.execute(kept.values(raw={"id": odd, "Deal_Name": "Odd", "Stage": ["a"], "Amount": "twelve"}))
    quoting.run()
    assert "Stage: it holds a list, expected is a text" in told_of(quoting)[odd]
    assert estimates_of(quoting) == {sound}
