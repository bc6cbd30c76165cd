"""Which span of time an Airflow run is limited to (AIR-2, OPS-5)."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pendulum
import pytest
from airflow.sdk.api.datamodels._generated import DagRunType  # what a task gets to see
from airflow.sdk.exceptions import AirflowFailException
from airflow.utils.state import DagRunState

from tests.support.sandbox import Sandbox
from zoho.operators.running import window_of

SIX, EIGHT = pendulum.datetime(2026, 3, 1, 6), pendulum.datetime(2026, 3, 1, 8)


def context(run_type: str, **params: Any) -> Any:
    run = SimpleNamespace(run_type=DagRunType(run_type), data_interval_start=SIX, data_interval_end=EIGHT)
    return {"params": params, "dag_run": run}


def test_only_a_backfill_goes_by_its_interval() -> None:
    """OPS-5: manual runs and those that an asset began carry a misleading interval, or none."""
    window = window_of(context("backfill"))
    assert window is not None
    assert (window.start, window.end) == (SIX, EIGHT)
    assert [window_of(context(run_type)) for run_type in ("scheduled", "manual", "asset_triggered")] == [None] * 3


def test_a_window_by_parameters() -> None:
    """AIR-2: both ends, the first before the second; anything else is refused in a sentence."""
    window = window_of(context("manual", window_from="2026-03-01T09:00:00+09:00", window_to="2026-03-01T03:00:00Z"))
    assert window is not None
    assert (window.start, window.end) == (pendulum.datetime(2026, 3, 1, 0), pendulum.datetime(2026, 3, 1, 3))
    with pytest.raises(AirflowFailException, match="both ends"):
        window_of(context("manual", window_from="2026-03-01T09:00:00Z"))
    with pytest.raises(AirflowFailException, match="holds no time"):
        window_of(context("manual", window_from="2026-03-01T09:00:00Z", window_to="2026-03-01T08:00:00Z"))


def test_a_dag_run_over_a_window(run_dag: Callable[..., Any], sandbox: Sandbox) -> None:
    """AIR-2: after the first run, a window of the past writes nothing of what was edited outside of it."""
    dag = "zoho_demo_customers"
    assert run_dag(dag).state == DagRunState.SUCCESS
    sandbox.clear_calls()
    run = run_dag(dag, window_from="2020-01-01T00:00:00Z", window_to="2020-01-02T00:00:00Z")
    assert run.state == DagRunState.SUCCESS
    assert [call for call in sandbox.calls() if call["method"] != "GET" and call["product"] == "books"] == []
