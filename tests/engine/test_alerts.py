"""What is told when something goes wrong, as text (OPS-4)."""

from zoho.config.notify import About
from zoho.engine.alerts import LONGEST_TEXT, DagRun, alert_without_history

RUN = DagRun("demo", "zoho_demo_customers", "manual__2026-11-22T10:00:00+00:00", task="load")


def test_it_fits_where_it_is_sent() -> None:
    """OPS-4: however long a reason is, the text is cut before the line that says where to look."""
    alert = alert_without_history(About.FAILED, RUN, "x" * 5000)
    assert len(alert.text) == LONGEST_TEXT
    assert alert.text.splitlines()[-1] == f"Airflow: DAG {RUN.dag_id}, run {RUN.run_id}"
    assert alert.url == ""


def test_it_tells_no_secret() -> None:
    """CON-1: what looks like a token of Zoho is not passed on."""
    token = f"1000.{'a1' * 16}.{'b2' * 16}"
    assert token not in alert_without_history(About.LATE, RUN, f"refused {token}").text
