"""Buttons of the page: each says what will happen, does it when it is confirmed, and is written down (OPS, CON)."""

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.visitor import Visitor
from tests.web.conftest import connection
from zoho.config.load import integration
from zoho.hooks.store import store_engine
from zoho.store import controls
from zoho.store.controls import Control
from zoho.store.tables import actions
from zoho.web.jobs import working

DEMO = "/integrations/demo"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def editor(visitor: Visitor) -> Visitor:
    """Somebody who may edit and trigger the DAGs."""
    return visitor.login("admin")


def standing() -> Control:
    """How the integration stands."""
    with store_engine().connect() as connection:
        return controls.read(connection, "demo")


def done() -> list[tuple[str, str, str | None]]:
    """Who did what, and what came of it, the oldest first."""
    query = select(actions.c.actor, actions.c.action, actions.c.outcome).order_by(actions.c.action_id)
    with store_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_pause_interrupt_and_resume(editor: Visitor) -> None:
    """OPS-5: asked first; the state, the reason and the user's name are kept; what fits the state is offered."""
    asked = editor.see(f"{DEMO}/actions/pause")
    assert "No run begins" in asked
    assert standing().may_run
    shown = editor.submit(f"{DEMO}/actions/pause", why="stock-taking <b>").text
    assert "stock-taking &lt;b&gt;" in shown
    assert not standing().may_run
    assert not standing().stops
    assert f"{DEMO}/actions/resume" in shown
    assert f'{DEMO}/actions/sync"' not in shown
    editor.submit(f"{DEMO}/actions/interrupt")
    assert standing().stops
    assert "One run now" in editor.see(f"{DEMO}/actions/resume")
    editor.submit(f"{DEMO}/actions/resume", way="nothing")
    assert standing().may_run
    names = [("hanako", action, "done") for action in ("pause (drain)", "pause (interrupt)", "resume")]
    assert done() == names
    activity = editor.see("/activity")
    assert "Interrupt" in activity
    assert "Why: stock-taking &lt;b&gt;" in " ".join(activity.split())


def test_disable_enable_and_remove(editor: Visitor, include: Path) -> None:
    """CON-7, CON-8: told what goes and what stays; removing takes the name, typed."""
    asked = editor.see(f"{DEMO}/actions/disable")
    assert "Books is left untouched" in asked
    assert "removed from the CRM" not in asked, "there are no mirrors"
    editor.submit(f"{DEMO}/actions/disable", why="closing")
    assert standing().state == "disabled"
    editor.submit(f"{DEMO}/actions/enable", way="nothing")
    assert standing().may_run
    file = include / "integrations" / "demo.yaml"
    assert editor.post(f"{DEMO}/actions/remove", typed="dmeo").status_code == 409
    assert file.exists()
    assert "integrations/demo.yaml" in editor.see(f"{DEMO}/actions/remove")
    shown = editor.submit(f"{DEMO}/actions/remove", typed="demo").text
    assert not file.exists()
    assert "Its settings are gone" in shown
    assert 'id="card-demo"' not in editor.see("/")


def test_what_does_not_fit_is_refused(editor: Visitor) -> None:
    """OPS-5: a form that was opened before somebody else acted does nothing."""
    assert editor.get(f"{DEMO}/actions/resume").status_code == 409
    assert editor.post(f"{DEMO}/actions/resume", way="nothing").status_code == 409
    assert editor.get(f"{DEMO}/actions/explode").status_code == 404
    editor.submit(f"{DEMO}/actions/pause")
    assert editor.post(f"{DEMO}/actions/sync", part="customers").status_code == 409
    assert [action for _, action, _ in done()] == ["pause (drain)"]


def test_what_airflow_refuses_is_told(editor: Visitor) -> None:
    """OPS-2: without the DAG no run can begin; the reason is on the page and in what is written down."""
    answer = editor.post(f"{DEMO}/actions/sync", part="customers")
    assert answer.status_code == 409
    assert "zoho_demo_customers" in answer.text
    assert editor.post(f"{DEMO}/actions/sync", part="nonsense").status_code == 409
    assert [outcome for _, _, outcome in done() if outcome and "zoho_demo_customers" in outcome]


def test_a_refusal_of_zoho_is_told(editor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-3, SRCH-2, DEAL-1: nobody answers at the connections of this test, which is said in a sentence."""
    for product in ("crm", "books"):
        extra = {"refresh_token": "x", "accounts_url": NOBODY, "api_url": NOBODY}
        monkeypatch.setenv(f"AIRFLOW_CONN_ZOHO_{product.upper()}_DEMO", connection(product, b"secret", **extra))
    for answer in (
        editor.get(f"{DEMO}/find?module=customers&q=acme"),
        editor.get(f"{DEMO}/deals?customer=Acme"),
        editor.post(f"{DEMO}/find/fetch", module="customers", side="sales", record="5725767000000000001"),
        editor.post(f"{DEMO}/find/import", module="customers", entity="Accounts", sales_id="5725767000000000001"),
        editor.post(f"{DEMO}/deals/associate", document="estimates", number="QT-1", deal="1", customer="Acme"),
    ):
        assert answer.status_code == 409, answer.text[:800]
        assert 'role="alert"' in answer.text


def test_what_is_staged_for_the_page_is_gone_afterwards(editor: Visitor, include: Path) -> None:
    """OPS-3: each job has a folder of its own below one that nobody else uses, since runs tidy up beside theirs."""
    configured = integration("demo", include)
    with working(configured, "customers") as job, working(configured, "customers") as other:
        job.staging.mkdir(parents=True)
        assert list(job.staging.parent.iterdir()) == [job.staging]
        assert job.staging.name == job.run_id
        assert other.staging.parent != job.staging.parent
    assert not job.staging.exists()
