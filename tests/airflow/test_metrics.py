"""The numbers of a run, as a monitoring system receives them of Airflow over OpenTelemetry."""

import atexit
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from airflow.utils.state import DagRunState
from opentelemetry import metrics

from tests.support.collector import Collector
from tests.support.lab import Lab

DAG = "zoho_demo_customers"
REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}
INVALID = {**REFUSED, "body": {"code": 4, "message": "Invalid value passed for website."}}

RunDag = Callable[..., Any]


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Receives what this process measures, which is set up as Airflow sets up the process of a task."""
    from airflow.sdk._shared.observability.metrics import otel_logger
    from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
    from airflow.sdk.observability import stats
    from airflow.sdk.observability.metrics import stats_utils

    receiving = Collector()
    for name, value in receiving.environment.items():
        monkeypatch.setenv(name, value)
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)
    yield receiving
    atexit.unregister(otel_logger.flush_otel_metrics)  # there is nobody any more to flush to
    provider: Any = metrics.get_meter_provider()
    provider.shutdown()
    stats.initialize(factory=NoStatsLogger, export_legacy_names=False)
    receiving.close()


def flush() -> None:
    provider: Any = metrics.get_meter_provider()
    provider.force_flush()


def test_what_a_run_did(collector: Collector, dag_lab: Lab, run_dag: RunDag) -> None:
    """OPS-4, BEY-8: records by outcome, API calls by purpose, what is left of the quotas, and the lag."""
    lab = dag_lab
    lab.crm.insert("Accounts", [{"Account_Name": name} for name in ("Acme", "Birch")])
    assert run_dag(DAG).state == DagRunState.SUCCESS
    flush()
    mine = {"integration": "demo", "module": "customers"}
    records = collector.of("airflow.zoho_sync.records", "outcome", **mine, direction="sales_to_books")
    assert records == {"added": 2, "updated": 0, "deleted": 0, "skipped": 0, "failed": 0}
    assert collector.of("airflow.zoho_sync.change_age", "direction") == {}, "these were there before"

    made = lab.crm.insert("Accounts", [{"Account_Name": name} for name in ("Cedar", "Dogwood")])
    assert len(made) == 2
    lab.sandbox.faults([{**INVALID, "times": 1}])
    assert run_dag(DAG).state == DagRunState.FAILED
    flush()
    records = collector.of("airflow.zoho_sync.records", "outcome", **mine, direction="sales_to_books")
    assert records == {"added": 3, "updated": 0, "deleted": 0, "skipped": 0, "failed": 1}
    assert collector.of("airflow.zoho_sync.records", "outcome", direction="both") == {"unchanged": 2}
    assert collector.of("airflow.zoho_sync.runs", "state", **mine) == {"success": 1, "partial": 1}

    told = [call for call in lab.sandbox.calls() if call["product"] == "books"]
    calls = collector.of("airflow.zoho_sync.api_calls", "purpose", **mine, product="books")
    assert calls["load"] == 4
    assert sum(calls.values()) == len(told)

    left = collector.of("airflow.zoho_sync.quota_left", "product", integration="demo")
    size = collector.of("airflow.zoho_sync.quota_size", "product", integration="demo")
    assert set(left) == set(size) == {"crm", "books"}
    assert size["books"] - 100 < left["books"] <= size["books"] - len(told)

    assert 0 < collector.of("airflow.zoho_sync.lag", "module")["customers"] < 600
    (age,) = collector.of("airflow.zoho_sync.change_age", "direction", **mine).items()
    assert age[0] == "sales_to_books"
    assert 0 <= age[1] < 600

    assert run_dag(DAG, dry_run=True).state == DagRunState.SUCCESS
    flush()
    assert collector.of("airflow.zoho_sync.runs", "state", **mine) == {"success": 1, "partial": 1}
    assert sum(collector.of("airflow.zoho_sync.api_calls", "purpose", **mine, product="books").values()) > len(told)


def test_a_run_on_demand_counts_once(collector: Collector, dag_lab: Lab, run_dag: RunDag) -> None:
    """OPS-3, OPS-4: also when it fails in part, after which its task closes it once more."""
    dag_lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    dag_lab.sandbox.faults([INVALID])
    assert run_dag("zoho_demo_fetch", module="customers", record="Acme").state == DagRunState.FAILED
    flush()
    assert collector.of("airflow.zoho_sync.runs", "state") == {"partial": 1}
    records = collector.of("airflow.zoho_sync.records", "outcome", direction="sales_to_books")
    assert records["failed"] == 1


def test_a_run_needs_no_metrics(
    dag_lab: Lab, run_dag: RunDag, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """OPS-4: a metrics backend that is broken fails no run."""
    from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
    from airflow.sdk.observability import stats

    class Broken(NoStatsLogger):
        @classmethod
        def gauge(cls, *_: Any, **__: Any) -> None:
            raise OSError("nobody listens")

    stats.initialize(factory=Broken, export_legacy_names=False)
    try:
        assert run_dag("zoho_demo_products").state == DagRunState.SUCCESS
    finally:
        stats.initialize(factory=NoStatsLogger, export_legacy_names=False)
    assert "nobody listens" in caplog.text
